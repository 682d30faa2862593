"""The words of the contract about the direction are those of the core."""

from __future__ import annotations

from typing import get_args

from ftms_bridge.motion.direction import Direction, DirectionBasis
from ftms_bridge.telemetry.directions import DirectionBasisWord, DirectionColumns, DirectionWord
from ftms_bridge.workout.bouts import COLUMNS


def test_the_words_are_those_of_the_core() -> None:
    assert set(get_args(DirectionWord)) == {direction.value for direction in Direction}
    assert set(get_args(DirectionBasisWord)) == {basis.value for basis in DirectionBasis}


def test_every_direction_has_a_column_in_the_order_in_which_it_is_kept() -> None:
    names = list(DirectionColumns.__annotations__)
    assert names[: len(COLUMNS)] == [direction.value for direction in COLUMNS]
    assert set(COLUMNS) == set(Direction)
