"""The engagement line of a freewheel: what lies below it, on it and above it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.direction import Direction, Reason
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain, SpeedSource
from tests.motion.bench import BACKWARD, FORWARD, STOPPED, UNKNOWN, Bench, proof, proven

BIKE = MachineKind.INDOOR_BIKE
RATIO = 0.35
TRAINER = proven(
    proof("engagement_line"),
    drivetrain=Drivetrain.FREEWHEEL, speed_source=SpeedSource.FLYWHEEL,
    ratio_min=RATIO * 0.99, ratio_max=RATIO * 1.01,
)  # fmt: skip


class Trainer:
    """A trainer that shows what the test says, once a second; speeds relative to the line."""

    def __init__(self, profile: DirectionProfile = TRAINER) -> None:
        self.bench = Bench(BIKE, profile)
        self.at = 0.0

    @property
    def llr(self) -> float:
        return self.bench.channel("engagement_line").llr

    @property
    def reason(self) -> Reason | None:
        return self.bench.tracker.estimate.reason

    def show(
        self, seconds: int, rpm: float, off_kmh: float, power_w: int, *, ratio: float = RATIO
    ) -> list[Direction]:
        """Show a cadence, a speed so far from the line, and a power."""
        speed_kmh = max(ratio * rpm + off_kmh, 0.0)
        start, self.at = self.at, self.at + seconds
        return self.bench.run(start, seconds, speed_kmh=speed_kmh, cadence_rpm=rpm, power_w=power_w)


def test_power_on_the_line_is_forward() -> None:
    said = Trainer().show(10, 80.0, 0.0, 150)
    assert said[-1] is FORWARD
    assert BACKWARD not in said


def test_a_crank_that_is_faster_than_the_wheel_turns_backward() -> None:
    said = Trainer().show(10, 60.0, -20.0, 0)
    assert said[-1] is BACKWARD
    assert FORWARD not in said


def test_above_the_line_nobody_drives_and_nothing_is_known() -> None:
    trainer = Trainer()
    assert set(trainer.show(30, 60.0, 8.0, 0)) == {UNKNOWN}
    assert trainer.reason is Reason.NOT_DRIVING


def test_on_the_line_without_power_is_ghost_pedalling() -> None:
    trainer = Trainer()
    assert set(trainer.show(30, 60.0, 0.0, 0)) == {UNKNOWN}
    assert trainer.reason is Reason.NOT_DRIVING


def test_a_cadence_held_while_the_wheel_runs_down_is_a_stop_and_not_backward() -> None:
    trainer = Trainer()
    trainer.show(15, 60.0, 0.0, 150)
    for rpm, speed_kmh in ((40.0, 14.0), (24.0, 7.0), (23.5, 4.0), (23.5, 1.0)):
        assert BACKWARD not in trainer.show(1, rpm, speed_kmh - RATIO * rpm, 0)
    assert trainer.llr <= 0.0


def test_a_cadence_that_rises_again_while_the_wheel_runs_down_is_backward() -> None:
    trainer = Trainer()
    trainer.show(15, 60.0, 0.0, 150)
    trainer.show(1, 24.0, 7.0 - RATIO * 24.0, 0)
    for rpm, speed_kmh in ((32.0, 5.0), (40.0, 3.0), (41.0, 1.0)):
        trainer.show(1, rpm, speed_kmh - RATIO * rpm, 0)
    assert trainer.llr > 2.0


def test_who_stops_driving_is_forward_no_longer() -> None:
    trainer = Trainer()
    assert trainer.show(15, 80.0, 0.0, 150)[-1] is FORWARD
    assert trainer.show(3, 80.0, 1.0, 0)[-1] is UNKNOWN
    assert trainer.reason is Reason.NOT_DRIVING


def test_below_the_line_with_power_is_another_gear_and_forward_once_that_is_sure() -> None:
    trainer = Trainer()
    assert trainer.show(15, 80.0, 0.0, 150)[-1] is FORWARD
    said = trainer.show(30, 80.0, 0.0, 150, ratio=RATIO * 0.7)
    assert BACKWARD not in said
    assert said[-1] is FORWARD


def test_where_coasting_shows_power_too_another_gear_must_be_sure_first() -> None:
    trainer, reasons = Trainer(replace(TRAINER, coasting_power=True)), set()
    for _ in range(20):
        trainer.show(1, 80.0, 0.0, 150, ratio=RATIO * 0.7)
        reasons.add(trainer.reason)
    assert Reason.GEAR_UNKNOWN in reasons
    assert trainer.bench.tracker.estimate.direction is FORWARD


def test_cranks_that_are_still_say_nothing_and_start_anew() -> None:
    trainer = Trainer()
    trainer.show(15, 80.0, 0.0, 150)
    assert trainer.show(3, 0.0, 20.0, 0)[-1] is UNKNOWN
    assert (trainer.llr, trainer.reason) == (0.0, Reason.NOT_DRIVING)
    paused_at = trainer.at - 1.0
    assert trainer.show(10, 55.0, -16.0, 0)[-1] is BACKWARD
    assert trainer.bench.tracker.estimate.since == paused_at


@settings(max_examples=30)
@given(
    gains=st.lists(st.floats(0.7, 4.0), min_size=5, max_size=15), rpm=st.sampled_from([30.0, 70.0])
)
def test_a_wheel_that_a_motor_drives_never_decides(gains: list[float], rpm: float) -> None:
    bench, speed_kmh = Bench(BIKE, TRAINER), 1.0
    for at, gain in enumerate(gains):
        speed_kmh += gain
        said = bench.record(float(at), speed_kmh=speed_kmh, cadence_rpm=rpm, power_w=0)
        assert said.direction in (UNKNOWN, STOPPED)


UNVERIFIED = pytest.mark.parametrize(
    "profile",
    [
        DirectionProfile(),
        DirectionProfile(ratio_min=RATIO, ratio_max=RATIO),
        DirectionProfile(drivetrain=Drivetrain.FREEWHEEL),
        proven(proof("engagement_line")),
        proven(proof("engagement_line", "another"), ratio_min=RATIO, ratio_max=RATIO),
    ],
)


@UNVERIFIED
def test_without_proof_or_ratio_it_never_decides(profile: DirectionProfile) -> None:
    trainer = Trainer(profile)
    for part in ((20, 80.0, 0.0, 150), (20, 60.0, -20.0, 0), (20, 60.0, 9.0, 0)):
        assert set(trainer.show(*part)) <= {UNKNOWN, STOPPED}
        assert trainer.llr == 0.0


def test_a_speed_that_is_made_from_the_cadence_says_that_nobody_verified_it() -> None:
    trainer = Trainer(DirectionProfile())
    trainer.show(20, 80.0, 0.0, 150)
    assert trainer.reason is Reason.SPEED_SOURCE_UNVERIFIED


@settings(max_examples=40)
@given(
    parts=st.lists(
        st.tuples(
            st.integers(1, 6),
            st.sampled_from([0.0, 30.0, 70.0, 95.0]),
            st.floats(0.0, 15.0),
        ),
        max_size=8,
    )
)
def test_nobody_is_ever_said_to_ride_backward_on_or_above_the_line(
    parts: list[tuple[int, float, float]],
) -> None:
    trainer = Trainer()
    for seconds, rpm, off_kmh in parts:
        assert BACKWARD not in trainer.show(seconds, rpm, off_kmh, 0)


@settings(max_examples=40)
@given(
    parts=st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from([30.0, 70.0, 95.0]), st.floats(-30.0, 15.0)),
        max_size=8,
    )
)
def test_nobody_is_ever_said_to_ride_forward_without_power(
    parts: list[tuple[int, float, float]],
) -> None:
    trainer = Trainer()
    for seconds, rpm, off_kmh in parts:
        assert FORWARD not in trainer.show(seconds, rpm, off_kmh, 0)


def test_fading_power_is_what_was_and_does_not_drive() -> None:
    trainer = Trainer()
    trainer.show(12, 80.0, 0.0, 200)
    for power_w in (150, 110, 80, 60, 45, 33):
        trainer.show(1, 80.0, 1.0, power_w)
    assert trainer.bench.tracker.estimate.direction is UNKNOWN


def test_a_machine_without_power_is_never_said_to_be_driven() -> None:
    bench = Bench(BIKE, TRAINER)
    assert set(bench.run(0.0, 30, speed_kmh=RATIO * 80.0, cadence_rpm=80.0)) == {UNKNOWN}


def test_proof_that_is_taken_back_silences_it() -> None:
    trainer = Trainer()
    assert trainer.show(10, 60.0, -20.0, 0)[-1] is BACKWARD
    trainer.bench.tracker.trust(DirectionProfile())
    assert set(trainer.show(20, 60.0, -20.0, 0)) == {UNKNOWN}
