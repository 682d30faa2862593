"""What is said about the direction before any evidence is weighed."""

from __future__ import annotations

from ftms_bridge.motion.direction import Direction, DirectionBasis, Reason
from ftms_bridge.motion.watch import DirectionWatch


def test_before_the_first_record_the_evidence_is_stale() -> None:
    estimate = DirectionWatch(directional=False).estimate
    assert (estimate.direction, estimate.reason) == (Direction.UNKNOWN, Reason.EVIDENCE_STALE)


def test_a_moving_bike_is_unknown_because_it_has_no_directional_channel() -> None:
    watch = DirectionWatch(directional=False)
    watch.receive(moving=True, at=5.0)
    estimate = watch.estimate
    assert (estimate.direction, estimate.since) == (Direction.UNKNOWN, 5.0)
    assert estimate.reason is Reason.NO_DIRECTIONAL_CHANNEL
    assert estimate.basis is None
    assert estimate.confidence is None


def test_a_cross_trainer_is_unknown_because_its_bit_is_unproven() -> None:
    watch = DirectionWatch(directional=True)
    watch.receive(moving=True, at=5.0)
    assert watch.estimate.reason is Reason.CHANNEL_UNPROVEN


def test_standing_still_long_enough_is_a_measured_stop_since_it_began() -> None:
    watch = DirectionWatch(directional=False)
    watch.receive(moving=True, at=0.0)
    watch.receive(moving=False, at=1.0)
    assert watch.estimate.direction is Direction.UNKNOWN
    watch.receive(moving=False, at=2.5)
    estimate = watch.estimate
    assert (estimate.direction, estimate.since) == (Direction.STOPPED, 1.0)
    assert estimate.basis is DirectionBasis.MEASURED


def test_one_record_of_zero_is_no_stop() -> None:
    watch = DirectionWatch(directional=False)
    for at, moving in ((0.0, True), (1.0, False), (2.0, True), (3.0, False)):
        watch.receive(moving=moving, at=at)
    assert watch.estimate.direction is Direction.UNKNOWN


def test_silence_takes_back_what_was_seen() -> None:
    watch = DirectionWatch(directional=False)
    for at in (0.0, 1.0, 2.0):
        watch.receive(moving=False, at=at)
    watch.lose(5.0)
    reasons = [watch.estimate.reason]
    watch.receive(moving=False, at=6.0)
    reasons.append(watch.estimate.reason)
    assert reasons == [Reason.EVIDENCE_STALE, Reason.BELOW_MIN_SPEED]


def test_the_estimate_is_replaced_only_when_it_changes() -> None:
    watch = DirectionWatch(directional=False)
    watch.receive(moving=True, at=0.0)
    first = watch.estimate
    watch.receive(moving=True, at=1.0)
    assert watch.estimate is first
