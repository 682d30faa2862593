"""A bout lasts until another direction is said; a short unknown joins its two halves."""

from __future__ import annotations

from ftms_bridge.motion.direction import Direction
from ftms_bridge.workout.bouts import BRIDGED_S, COLUMNS, Bouts

FORWARD, BACKWARD, STOPPED, UNKNOWN = COLUMNS


def said(*parts: tuple[Direction, float]) -> list[tuple[int, float]]:
    """Return the bouts per column after saying each direction for so many seconds."""
    bouts, times_s = Bouts(), [0.0] * 4
    for direction, seconds in parts:
        if direction is not bouts.direction:
            bouts = bouts.turn(direction, times_s, sum(times_s))
        times_s[COLUMNS.index(direction)] += seconds
    return [bouts.so_far(column, time_s) for column, time_s in enumerate(times_s)]


def test_the_open_bout_counts() -> None:
    assert said((FORWARD, 10.0)) == [(1, 10.0), (0, 0.0), (0, 0.0), (0, 0.0)]
    assert said((FORWARD, 10.0), (BACKWARD, 4.0), (FORWARD, 6.0))[:2] == [(2, 10.0), (1, 4.0)]


def test_a_short_unknown_joins_and_a_longer_one_parts() -> None:
    joined = said((BACKWARD, 10.0), (UNKNOWN, BRIDGED_S), (BACKWARD, 4.0))
    assert (joined[1], joined[3]) == ((1, 14.0), (1, BRIDGED_S))
    parted = said((BACKWARD, 10.0), (UNKNOWN, BRIDGED_S + 0.5), (BACKWARD, 4.0))
    assert parted[1] == (2, 10.0)


def test_a_direction_that_was_said_for_no_time_was_no_bout() -> None:
    assert said((FORWARD, 10.0), (BACKWARD, 0.0), (FORWARD, 4.0))[1] == (0, 0.0)


def test_switches_are_those_between_forward_and_backward() -> None:
    bouts = Bouts()
    for direction in (FORWARD, UNKNOWN, BACKWARD, STOPPED, BACKWARD, STOPPED, FORWARD):
        bouts = bouts.turn(direction, [0.0] * 4, 0.0)
    assert bouts.switches == 2


def test_nothing_is_open_after_an_end() -> None:
    bouts = Bouts().turn(FORWARD, [0.0] * 4, 0.0).end_all([7.0, 0.0, 0.0, 0.0])
    assert (bouts.direction, bouts.bout, bouts.ended) == (None, None, (1, 0, 0, 0))
    assert bouts.so_far(0, 7.0) == (1, 7.0)
