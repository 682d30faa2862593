"""Columns by direction against a reference that keeps every step in a list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.motion.direction import Direction
from ftms_bridge.workout.bouts import BRIDGED_S, COLUMNS
from ftms_bridge.workout.by_direction import RECENT, DirectionTotals, Share
from ftms_bridge.workout.metrics import Sample, Totals

FORWARD, BACKWARD, STOPPED, UNKNOWN = COLUMNS
STILL = Sample(moving=False, speed_kmh=0.0, cadence_rpm=0.0, power_w=0.0)
RIDING = Sample(True, 36.0, 90.0, 200.0)


@dataclass(frozen=True)
class Step:
    """One step of the reference; ``joins`` is false for the first one after a gap."""

    dt_s: float
    at: float
    held: Sample
    direction: Direction
    joins: bool = True

    @property
    def column(self) -> Direction:
        return self.direction if self.held.moving else STOPPED


class Reference:
    """Relabels the steps since the onset when a direction is confirmed; adds up at the end."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.floor = 0
        self._joins = True

    def step(self, dt_s: float, at: float, held: Sample, direction: Direction) -> None:
        if dt_s > 0.0:
            self.steps.append(Step(dt_s, at, held, direction, self._joins))
            self._joins = True

    def pin(self) -> None:
        """Do nothing: all steps are kept anyway."""

    def settle(self, direction: Direction, since: float) -> None:
        for index, step in enumerate(self.steps):
            if index >= self.floor and step.at > since:
                self.steps[index] = replace(step, direction=direction)

    def interrupt(self) -> None:
        self._joins = False
        self.floor = len(self.steps)

    def column(self, direction: Direction, field: str) -> float:
        steps = [step for step in self.steps if step.held.moving and step.direction is direction]
        return sum((getattr(step.held, field) or 0.0) * step.dt_s for step in steps)

    def time_s(self, direction: Direction) -> float:
        return sum(step.dt_s for step in self.steps if step.column is direction)

    def switches(self) -> int:
        ways = [step.direction for step in self.steps if step.direction in {FORWARD, BACKWARD}]
        return sum(one is not other for one, other in pairwise(ways))

    def bouts(self, direction: Direction) -> list[float]:
        """Return the length of every bout, by walking over all steps again."""
        lengths: list[float] = []
        is_open, apart_s = False, 0.0
        for step in self.steps:
            apart_s = 0.0 if not step.joins else apart_s
            is_open = is_open and step.joins
            if step.direction is direction:
                if not is_open or (direction is not UNKNOWN and apart_s > BRIDGED_S):
                    lengths.append(0.0)
                is_open, apart_s = True, 0.0
            elif step.direction is UNKNOWN:
                apart_s += step.dt_s
            else:
                is_open = False
            if is_open and step.column is direction:
                lengths[-1] += step.dt_s
        return [length for length in lengths if length > 0.0]


quantity = st.none() | st.integers(0, 400).map(float)
samples = st.builds(Sample, st.booleans(), quantity, quantity, quantity)
directions = st.sampled_from(COLUMNS)
calls = st.one_of(
    # quarters of a second, so that the reference adds up without rounding
    st.tuples(st.just("step"), st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.5]), samples, directions),
    st.tuples(st.just("pin")),
    st.tuples(st.just("settle"), directions, st.integers(0, 60).map(lambda part: part / 4)),
    st.tuples(st.just("interrupt")),
)
"""The number of ``settle`` is how long ago the onset was."""

Calls = list[tuple[object, ...]]


def play(calls: Calls) -> tuple[DirectionTotals, Reference, Totals]:
    columns, reference, totals = DirectionTotals(), Reference(), Totals()
    at = 0.0
    for call in calls:
        match call:
            case ("step", float() as dt_s, Sample() as held, Direction() as direction):
                at += dt_s
                columns.step(dt_s, at, held, direction)
                reference.step(dt_s, at, held, direction)
                totals.credited_s += dt_s
                if held.moving:
                    totals.add(held, dt_s)
            case ("settle", Direction() as direction, float() as ago_s):
                columns.settle(direction, at - ago_s)
                reference.settle(direction, at - ago_s)
            case (str() as name,):
                getattr(columns, name)()
                getattr(reference, name)()
    return columns, reference, totals


@given(st.lists(calls, max_size=60))
def test_sums_are_the_totals_of_the_session(sequence: Calls) -> None:
    columns, _, totals = play(sequence)
    shares = columns.since()
    assert sum(one.time_s for one in shares) == pytest.approx(totals.credited_s, rel=1e-9)
    assert sum(one.time_s for one in shares) - columns.still_s == pytest.approx(
        totals.moving_s, rel=1e-9, abs=1e-9
    )
    assert sum(one.speed_kmh_s for one in shares) == pytest.approx(totals.speed_kmh_s, rel=1e-9)
    assert sum(one.power_j for one in shares) == pytest.approx(totals.power_j, rel=1e-9)
    assert sum(one.cadence_rpm_s for one in shares) == pytest.approx(totals.cadence_rpm_s, rel=1e-9)


@given(st.lists(calls, max_size=60))
def test_columns_and_bouts_are_those_of_the_reference(sequence: Calls) -> None:
    columns, reference, _ = play(sequence)
    for index, (direction, share) in enumerate(zip(COLUMNS, columns.since(), strict=True)):
        assert share.time_s == pytest.approx(reference.time_s(direction), abs=1e-9)
        assert share.speed_kmh_s == pytest.approx(reference.column(direction, "speed_kmh"))
        assert share.cadence_rpm_s == pytest.approx(reference.column(direction, "cadence_rpm"))
        assert share.power_j == pytest.approx(reference.column(direction, "power_w"))
        lengths = reference.bouts(direction)
        count, longest_s = columns.bouts(index)
        assert count == len(lengths)
        assert longest_s == pytest.approx(max(lengths, default=0.0), abs=1e-9)
        assert Share(*columns.column(index)) == share
    assert columns.switches == reference.switches()


def ridden(*parts: tuple[float, Direction]) -> DirectionTotals:
    """Return the columns after riding for so many seconds in each direction, second by second."""
    return ridden_on(DirectionTotals(), 0.0, *parts)


def ridden_on(
    columns: DirectionTotals, at: float, *parts: tuple[float, Direction]
) -> DirectionTotals:
    for seconds, direction in parts:
        for _ in range(int(seconds)):
            at += 1.0
            columns.step(1.0, at, STILL if direction is STOPPED else RIDING, direction)
    return columns


def test_a_column_has_distance_revolutions_and_work() -> None:
    backward = ridden((10, FORWARD), (60, BACKWARD)).since()[1]
    assert backward.distance_m == pytest.approx(600.0)
    assert (backward.time_s, backward.revolutions, backward.work_kj) == (60.0, 90.0, 12.0)


def test_a_direction_confirmed_late_counts_from_its_onset() -> None:
    columns = ridden((13, FORWARD), (2, UNKNOWN))
    columns.settle(BACKWARD, since=10.0)
    assert columns.times_s() == [10.0, 5.0, 0.0, 0.0]
    assert [columns.bouts(index) for index in range(4)] == [(1, 10.0), (1, 5.0), (0, 0.0), (0, 0.0)]
    assert columns.switches == 1


def test_standing_still_is_never_back_dated() -> None:
    columns = ridden((5, FORWARD))
    columns.step(2.0, 7.0, STILL, FORWARD)
    columns.step(1.0, 8.0, RIDING, UNKNOWN)
    columns.settle(BACKWARD, since=5.0)
    assert columns.times_s() == [5.0, 1.0, 2.0, 0.0]
    assert columns.still_s == 2.0


def test_a_short_unknown_does_not_end_a_bout_and_is_no_part_of_it() -> None:
    columns = ridden((20, BACKWARD), (5, UNKNOWN), (10, BACKWARD))
    assert (columns.bouts(1), columns.bouts(3)) == ((1, 30.0), (1, 5.0))


@pytest.mark.parametrize("between", [(6, UNKNOWN), (1, STOPPED), (1, FORWARD)])
def test_a_long_unknown_and_everything_else_ends_a_bout(between: tuple[float, Direction]) -> None:
    columns = ridden((20, BACKWARD), between, (10, BACKWARD))
    assert columns.bouts(1) == (2, 20.0)


def test_a_gap_ends_a_bout_and_nothing_is_back_dated_across_it() -> None:
    columns = ridden((24, BACKWARD))
    columns.interrupt()
    ridden_on(columns, 24.0, (10, UNKNOWN)).settle(FORWARD, since=20.0)
    assert columns.times_s() == [10.0, 24.0, 0.0, 0.0]
    columns.interrupt()
    columns.step(1.0, 35.0, RIDING, FORWARD)
    assert columns.bouts(0) == (2, 10.0)


def test_switches_are_counted_between_the_two_ways_only() -> None:
    columns = ridden(
        (5, FORWARD), (5, UNKNOWN), (5, FORWARD), (5, STOPPED), (5, BACKWARD), (5, FORWARD)
    )
    assert columns.switches == 2


def test_the_idle_time_before_the_end_can_be_left_out() -> None:
    columns = ridden((20, FORWARD), (5, STOPPED), (20, FORWARD), (300, STOPPED))
    columns.trim()
    assert columns.times_s() == [40.0, 0.0, 5.0, 0.0]
    assert (columns.still_s, columns.bouts(2)) == (5.0, (1, 5.0))


def test_a_pinned_onset_can_lie_far_back() -> None:
    columns = ridden((5, FORWARD))
    columns.pin()
    ridden_on(columns, 5.0, (3 * RECENT, UNKNOWN)).settle(BACKWARD, since=5.0)
    assert columns.times_s() == [5.0, 3.0 * RECENT, 0.0, 0.0]


def test_without_a_pin_there_is_back_dating_over_the_last_records() -> None:
    columns = ridden((5, FORWARD), (3 * RECENT, UNKNOWN))
    columns.settle(BACKWARD, since=3.0 * RECENT)
    assert columns.times_s() == [5.0, 5.0, 0.0, 3.0 * RECENT - 5.0]


def test_a_copy_keeps_what_was_before_it() -> None:
    columns = ridden((5, FORWARD))
    lap = columns.copy()
    ridden_on(columns, 5.0, (5, UNKNOWN)).settle(BACKWARD, since=2.0)
    assert [share.time_s for share in columns.since(lap)] == [0.0, 5.0, 0.0, 0.0]
    assert columns.times_s() == [5.0, 5.0, 0.0, 0.0]
