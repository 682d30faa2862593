"""When a direction is said, taken back and dated."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate, Reason
from ftms_bridge.motion.evidence import Channel
from ftms_bridge.motion.fusion import Fusion
from ftms_bridge.motion.posterior import (
    GIVES_UP,
    PERSISTS_LONG_S,
    SURE_LEANT,
    SURE_PERSISTING,
    SURE_STATED,
    SURE_UNPROVEN,
    MeasuredPosterior,
)
from ftms_bridge.motion.profile import Drivetrain
from ftms_bridge.motion.reading import MotionReading
from ftms_bridge.motion.reasons import WhyUnknown
from tests.motion.bench import BACKWARD, FORWARD, MIRRORED, STOPPED, UNKNOWN, saying

WAYS = pytest.mark.parametrize(("sign", "way"), [(1, BACKWARD), (-1, FORWARD)])
DRIVES = st.sampled_from(list(Drivetrain))


class Judge:
    """A posterior over channels that say what the test wants, one step of a second at a time."""

    def __init__(self, *channels: Channel, drivetrain: Drivetrain = Drivetrain.BELT) -> None:
        self.channels = channels
        self.reading = MotionReading()
        self.reading.dt_s = 1.0
        fusion = Fusion(channels)
        self.posterior = MeasuredPosterior(
            fusion, WhyUnknown(fusion, MachineKind.TREADMILL), self.reading
        )
        self.posterior.trust(drivetrain, 1.0)

    @property
    def said(self) -> Direction:
        return self.posterior.estimate.direction

    def hear(self, at: float, *llrs: float, pace: float = 80.0) -> DirectionEstimate:
        """Let the channels say this, one after the other, and decide."""
        self.posterior.look_for_dip(pace, at)
        for channel, llr in zip(self.channels, llrs, strict=True):
            channel.llr, channel.spoke_at = llr, at
        self.posterior.decide(at)
        return self.posterior.estimate


def leaning(source: str = "a", *, is_proven: bool = True) -> Channel:
    return saying(0.0, source, explicit=False, is_proven=is_proven, held_s=1.0)


def stating(source: str = "a", *, is_proven: bool = True) -> Channel:
    return saying(0.0, source, is_proven=is_proven)


def closed(*channels: Channel) -> Judge:
    """Return a judge of a fixed drive whose pace has settled at 80."""
    judge = Judge(*channels, drivetrain=Drivetrain.FIXED)
    for second in range(-60, 0):
        judge.hear(float(second), *(0.0 for _ in channels))
    assert not judge.posterior._gate.is_open
    return judge


@settings(max_examples=60)
@given(
    drivetrain=DRIVES,
    explicit=st.booleans(),
    steps=st.lists(
        st.tuples(
            st.floats(-6.0, 6.0, allow_nan=False),
            st.sampled_from([80.0, 79.0, 55.0, 20.0]),
        ),
        max_size=25,
    ),
)
def test_mirrored_evidence_gives_the_mirrored_estimate(
    drivetrain: Drivetrain, explicit: bool, steps: list[tuple[float, float]]
) -> None:
    one, other = (Judge(saying(0.0, explicit=explicit), drivetrain=drivetrain) for _ in range(2))
    for at, (llr, pace) in enumerate(steps):
        said = one.hear(float(at), llr, pace=pace)
        mirrored = other.hear(float(at), -llr, pace=pace)
        assert mirrored.direction is MIRRORED[said.direction]
        assert (mirrored.since, mirrored.basis) == (said.since, said.basis)
        assert (mirrored.confidence, mirrored.reason) == (said.confidence, said.reason)


@settings(max_examples=60)
@given(
    drivetrain=DRIVES,
    llrs=st.lists(st.floats(-6.0, 6.0, allow_nan=False), max_size=25),
)
def test_an_estimate_is_whole_and_is_replaced_only_when_it_changes(
    drivetrain: Drivetrain, llrs: list[float]
) -> None:
    judge = Judge(leaning(), drivetrain=drivetrain)
    before = judge.posterior.estimate
    for at, llr in enumerate(llrs):
        now = judge.hear(float(at), llr)
        assert (now is before) == (now == before)
        assert now.since <= at
        if now.direction is UNKNOWN:
            assert now.reason is not None
            assert (now.basis, now.confidence, now.onset_uncertainty_s) == (None, None, None)
        else:
            assert (now.reason, now.basis) == (None, DirectionBasis.MEASURED)
            assert now.confidence is not None
            assert now.onset_uncertainty_s is not None
            assert 0.5 < now.confidence < 1.0
            assert now.onset_uncertainty_s >= 0.0
        before = now


@WAYS
def test_what_states_the_way_is_said_at_once(sign: int, way: Direction) -> None:
    judge = Judge(stating())
    assert judge.hear(1.0, sign * 3.0).direction is way


@WAYS
def test_what_leans_to_it_must_last(sign: int, way: Direction) -> None:
    judge = Judge(leaning())
    assert judge.hear(1.0, sign * 3.0).direction is UNKNOWN
    assert judge.hear(1.0 + 0.5, sign * 3.0).direction is UNKNOWN
    assert judge.hear(2.0, sign * 3.0).direction is way


def test_what_does_not_last_is_not_said() -> None:
    judge = Judge(leaning())
    for at in range(20):
        assert judge.hear(at / 2.0, 3.0 if at % 2 else 2.9).direction is UNKNOWN


@WAYS
def test_it_is_kept_until_it_is_hardly_believed(sign: int, way: Direction) -> None:
    judge = Judge(stating())
    judge.hear(1.0, sign * 4.0)
    assert judge.hear(2.0, sign * GIVES_UP).direction is way
    assert judge.hear(3.0, sign * (GIVES_UP - 0.01)).direction is UNKNOWN
    assert judge.posterior.onset_at == 3.0


@WAYS
def test_leaning_evidence_for_the_other_way_takes_it_back_at_once_and_turns_it_later(
    sign: int, way: Direction
) -> None:
    judge = Judge(leaning())
    judge.hear(1.0, sign * 4.0)
    judge.hear(2.0, sign * 4.0)
    assert judge.hear(3.0, -sign * 4.0).direction is UNKNOWN
    for at in (4.0, 5.0):
        judge.hear(at, -sign * 4.0)
    assert judge.said is MIRRORED[way]
    assert judge.posterior.estimate.since == 3.0


def test_behind_a_closed_gate_leaning_evidence_takes_back_but_never_turns() -> None:
    judge = closed(leaning())
    for at in (1.0, 2.0):
        judge.hear(at, -4.0)
    assert judge.said is FORWARD
    for at in range(3, 30):
        assert judge.hear(float(at), 4.0).direction is UNKNOWN


def test_on_a_fixed_drive_it_persists_without_fresh_evidence_until_a_dip() -> None:
    judge = closed(stating())
    judge.hear(1.0, 4.0)
    channel = judge.channels[0]
    for at in range(2, 180):
        judge.posterior.look_for_dip(80.0, float(at))
        judge.posterior.decide(float(at))
        assert judge.said is BACKWARD
    judge.posterior.look_for_dip(10.0, 180.0)
    assert judge.posterior.estimate.reason is Reason.AFTER_STOP_UNCONFIRMED
    assert (judge.said, channel.llr, judge.posterior.onset_at) == (UNKNOWN, 0.0, 180.0)


def test_on_a_drive_that_reverses_freely_it_goes_stale() -> None:
    judge = Judge(stating(), drivetrain=Drivetrain.FREEWHEEL)
    judge.hear(1.0, 4.0)
    judge.posterior.decide(6.0)
    assert judge.said is BACKWARD
    judge.posterior.decide(6.1)
    assert (judge.said, judge.posterior.estimate.reason) == (UNKNOWN, Reason.EVIDENCE_STALE)


def test_a_dip_can_be_slept_through_while_a_live_proven_statement_goes_on() -> None:
    live, unproven = closed(stating()), closed(stating(is_proven=False))
    for judge in (live, unproven):
        judge.hear(1.0, 4.0)
        judge.posterior.look_for_dip(50.0, 2.0)
    assert (live.said, unproven.said) == (BACKWARD, UNKNOWN)
    live.posterior.look_for_dip(45.0, 4.0)  # nothing was stated in the meantime
    assert live.said is UNKNOWN


def test_after_a_dip_a_fading_reading_does_not_bring_back_what_was() -> None:
    judge = closed(leaning())
    for at in (1.0, 2.0, 3.0):
        judge.hear(at, -4.0)
    assert judge.said is FORWARD
    for at, pace in enumerate((40.0, 30.0, 20.0, 12.0), start=4):
        assert judge.hear(float(at), -4.0, pace=pace).direction is UNKNOWN


def test_the_onset_is_the_dip_or_the_setting_off() -> None:
    judge = closed(leaning())
    judge.hear(1.0, 0.0, pace=10.0)
    for at in (2.0, 3.0, 4.0, 5.0):
        judge.hear(at, 4.0, pace=40.0 + at)
    assert judge.posterior.estimate.since == 1.0
    judge.posterior.stop(6.0, 8.0, 1.5)
    assert (judge.said, judge.posterior.estimate.since) == (STOPPED, 6.0)
    judge.posterior.set_off(20.0)
    for at in (21.0, 22.0, 23.0):
        judge.hear(at, -4.0)
    estimate = judge.posterior.estimate
    assert (estimate.direction, estimate.since) == (FORWARD, 20.0)
    assert estimate.onset_uncertainty_s == pytest.approx(2.0)


def test_a_channel_that_knows_the_onset_better_is_asked() -> None:
    judge = Judge(saying(0.0, explicit=False, held_s=1.0, dates=True))
    judge.channels[0].onset_at = 7.0
    for at in (8.0, 9.0):
        judge.hear(at, 4.0)
    assert judge.posterior.estimate.since == 7.0
    assert judge.posterior.estimate.onset_uncertainty_s == 2.0


def test_confidence_is_limited_by_what_the_channel_can_reach() -> None:
    stated, leant, guessed = stating(), leaning(), stating(is_proven=False)
    for channel, limit in (
        (stated, SURE_STATED), (leant, SURE_LEANT), (guessed, SURE_UNPROVEN)
    ):  # fmt: skip
        judge = Judge(channel)
        for at in (1.0, 2.0, 3.0):
            judge.hear(at, 8.0)
        assert judge.posterior.estimate.confidence == limit


def test_what_persists_for_long_is_less_sure() -> None:
    judge = closed(stating())
    judge.hear(1.0, 6.0)
    judge.posterior.decide(1.0 + PERSISTS_LONG_S)
    known = judge.posterior.estimate
    judge.posterior.decide(1.5 + PERSISTS_LONG_S)
    assert (known.confidence, judge.posterior.estimate.confidence) == (0.998, SURE_PERSISTING)
    assert judge.posterior.estimate.since == known.since


def test_two_proven_sensors_that_contradict_each_other_leave_it_unknown() -> None:
    judge = Judge(stating("a"), stating("b"))
    judge.hear(1.0, -6.0, -6.0)
    said = [judge.hear(at, -6.0, 6.0) for at in (2.0, 5.0, 6.0)]
    assert {one.direction for one in said} == {UNKNOWN}
    conflicts = [one.reason is Reason.CONFLICTING_EVIDENCE for one in said]
    assert conflicts == [False, False, True]


@pytest.mark.parametrize("llrs", [(-6.0, 4.0), (6.0, -4.0), (6.0, 6.0, -4.0)])
def test_a_contradiction_that_lasts_is_not_settled_by_the_louder_one(
    llrs: tuple[float, ...],
) -> None:
    judge = Judge(*(stating(name) for name in "abc"[: len(llrs)]))
    judge.hear(1.0, *llrs[:-1], 0.0)
    for at in range(2, 7):
        judge.hear(float(at), *llrs)
    assert judge.said is UNKNOWN
    assert judge.posterior.estimate.reason is Reason.CONFLICTING_EVIDENCE


def test_stopped_is_measured_and_takes_back_what_was_known() -> None:
    judge = Judge(stating())
    judge.hear(1.0, 4.0)
    judge.posterior.stop(2.0, 3.5, 1.5)
    estimate = judge.posterior.estimate
    assert (estimate.direction, estimate.basis) == (STOPPED, DirectionBasis.MEASURED)
    assert (estimate.since, estimate.onset_uncertainty_s) == (2.0, 1.5)
    assert not judge.posterior.is_known
    assert judge.channels[0].llr == 0.0
