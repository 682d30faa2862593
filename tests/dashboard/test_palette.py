"""Every word that has a colour is a word that can occur, and the other way round."""

from __future__ import annotations

from typing import get_args

from ftms_bridge.dashboard import palette
from ftms_bridge.motion.direction import Direction
from ftms_bridge.telemetry.blocks import AvailabilityWord

OWN_WORDS = {"silent", "unheard", "no broker"}
"""What the view says of a machine when the bridge's own word cannot be believed."""


def test_every_direction_has_a_colour_of_its_own() -> None:
    assert set(palette.DIRECTION) == {direction.value for direction in Direction}
    assert len({style.color for style in palette.DIRECTION.values()}) == len(palette.DIRECTION)


def test_every_standing_has_a_colour() -> None:
    assert set(palette.STANDING) == {*get_args(AvailabilityWord), *OWN_WORDS}
