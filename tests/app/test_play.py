"""Playing entries, and commands that arrive while they are played."""

from __future__ import annotations

from typing import Any

from ftms_bridge.app.play import Player
from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.recordings.format import Marker
from tests.pipeline.rides import bike, bike_pipeline


def test_a_link_cannot_be_given_away_while_a_recording_is_played() -> None:
    told: list[Any] = []
    player = Player(bike_pipeline(), lambda _, effect: told.append(effect.payload))
    player.obey(Command("bike", Verb.LINK, "1", action="release"))
    assert (told[-1]["status"], told[-1]["reason"]) == ("rejected", "no_radio")


def test_commands_of_machines_that_are_not_there_are_passed_over() -> None:
    told: list[str] = []
    player = Player(bike_pipeline(), lambda _, effect: told.append(effect.topic.name))
    player.play(
        [
            bike(0.0, speed_kmh=20.0),
            Marker(1.0, "command", "bike", {"verb": "link", "action": "resume"}),
            Marker(1.0, "command", "rower", {"verb": "lap"}),
            Marker(1.0, "command", "bike", {"verb": "of_a_newer_version"}),
        ]
    )
    assert told.count("result") == 1
