"""A session with its laps: by direction they add up, and a gap joins nothing."""

from __future__ import annotations

from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate
from ftms_bridge.workout.metrics import Sample
from ftms_bridge.workout.ride import Ride

RIDING = Sample(True, 36.0, 90.0, 200.0)


def ridden(seconds: int, direction: Direction, ride: Ride | None = None) -> Ride:
    """Ride on, or for the first time, with a record each second."""
    ride = ride or Ride("r-1", 0.0, {})
    start = ride.metrics.totals.credited_s
    ride.step(0.0, start, RIDING, direction)
    for second in range(seconds):
        ride.step(1.0, start + second + 1.0, RIDING, direction)
    return ride


def test_a_step_credits_totals_and_direction_alike() -> None:
    ride = ridden(30, Direction.BACKWARD)
    assert ride.metrics.totals.moving_s == 30.0
    assert ride.by_direction.times_s() == [0.0, 30.0, 0.0, 0.0]
    assert ride.by_direction.since()[1].work_kj == ride.metrics.totals.work_kj


def test_a_lap_has_its_own_share_of_each_direction() -> None:
    ride = ridden(30, Direction.FORWARD)
    first = ride.lap(30.0)
    second = ridden(10, Direction.BACKWARD, ride).lap(40.0)
    assert [share.time_s for share in first.shares] == [30.0, 0.0, 0.0, 0.0]
    assert [share.time_s for share in second.shares] == [0.0, 10.0, 0.0, 0.0]


def test_a_lap_that_was_told_is_not_changed_by_back_dating() -> None:
    ride = ridden(30, Direction.UNKNOWN)
    ride.lap(30.0)
    ridden(10, Direction.UNKNOWN, ride)
    ride.by_direction.settle(Direction.BACKWARD, since=25.0)
    assert [share.time_s for share in ride.lap(40.0).shares] == [0.0, 10.0, 0.0, 0.0]
    assert ride.by_direction.times_s() == [0.0, 10.0, 0.0, 30.0]


def test_an_interruption_ends_the_bout_and_holds_nothing() -> None:
    ride = ridden(30, Direction.FORWARD)
    ride.interrupt()
    ride.step(5.0, 90.0, RIDING, Direction.FORWARD)
    ride.step(5.0, 95.0, RIDING, Direction.FORWARD)
    assert ride.metrics.totals.moving_s == 35.0
    assert ride.by_direction.bouts(0) == (2, 30.0)


def said(direction: Direction, since: float, basis: DirectionBasis | None) -> DirectionEstimate:
    return DirectionEstimate(direction, since, basis)


def test_a_measured_direction_counts_from_its_onset_and_a_declared_one_from_now() -> None:
    unknown = said(Direction.UNKNOWN, 0.0, None)
    measured = ridden(10, Direction.UNKNOWN)
    measured.follow(unknown, said(Direction.BACKWARD, 4.0, DirectionBasis.MEASURED))
    assert measured.by_direction.times_s() == [0.0, 6.0, 0.0, 4.0]
    declared = ridden(10, Direction.UNKNOWN)
    declared.follow(unknown, said(Direction.BACKWARD, 4.0, DirectionBasis.DECLARED))
    assert declared.by_direction.times_s() == [0.0, 0.0, 0.0, 10.0]


def test_a_renewed_confidence_moves_nothing() -> None:
    ride = ridden(10, Direction.FORWARD)
    ridden(10, Direction.UNKNOWN, ride)
    before = said(Direction.FORWARD, 0.0, DirectionBasis.MEASURED)
    ride.follow(before, said(Direction.FORWARD, 0.0, DirectionBasis.MEASURED))
    assert ride.by_direction.times_s() == [10.0, 0.0, 0.0, 10.0]
