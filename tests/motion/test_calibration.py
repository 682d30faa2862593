"""The whole calibration on synthetic rides: what is proven, and above all what is not."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.calibration import Calibration, Identity, Part, Reading, Sense
from ftms_bridge.motion.profile import Drivetrain, SpeedSource
from tests.motion.calibrations import (
    BELT,
    BIKE,
    COURSE,
    NOBODY,
    RATIO,
    Act,
    Stretch,
    freewheel,
    hear,
    ride,
    synthesised,
    walk,
    with_power,
    without_coast,
)


@pytest.mark.parametrize("decay_s", [3.0, 8.0])
@pytest.mark.parametrize("rate_hz", [1.0, 4.0])
def test_a_freewheel_proves_its_line(decay_s: float, rate_hz: float) -> None:
    calibration = Calibration(BIKE)
    ride(calibration, freewheel(decay_s), rate_hz=rate_hz)
    profile = calibration.result(NOBODY).profile
    assert profile.drivetrain is Drivetrain.FREEWHEEL
    assert profile.speed_source is SpeedSource.FLYWHEEL
    proof = profile.proof("engagement_line", "bike")
    assert proof is not None
    assert proof.cap >= 3.0
    assert profile.ratio_min == pytest.approx(RATIO * 0.97, rel=0.02)
    assert profile.ratio_max == pytest.approx(RATIO * 1.03, rel=0.02)


@pytest.mark.parametrize("lag_s", [0.1, 1.0, 3.0, 6.0, 10.0])
@pytest.mark.parametrize("rate_hz", [1.0, 4.0])
def test_a_speed_made_from_the_cadence_never_proves_a_line(lag_s: float, rate_hz: float) -> None:
    calibration = Calibration(BIKE)
    ride(calibration, synthesised(lag_s), without_coast(), rate_hz=rate_hz)
    profile = calibration.result(NOBODY).profile
    assert profile.channels == ()
    assert profile.drivetrain is not Drivetrain.FREEWHEEL
    assert profile.speed_source is not SpeedSource.FLYWHEEL


@given(
    cadence_lag_s=st.floats(0.1, 6.0),
    speed_lag_s=st.floats(0.1, 8.0),
    rate_hz=st.sampled_from([1.0, 2.0, 4.0]),
    seconds=st.integers(15, 60),
    paces=st.tuples(st.floats(50, 95), st.floats(30, 80)),
)
@example(cadence_lag_s=6.0, speed_lag_s=2.8, rate_hz=1.0, seconds=20, paces=(90.0, 35.0))
def test_no_pair_of_delays_passes_for_a_freewheel(
    cadence_lag_s: float,
    speed_lag_s: float,
    rate_hz: float,
    seconds: int,
    paces: tuple[float, float],
) -> None:
    calibration = Calibration(BIKE)
    at = cadence = speed = 0.0
    dt = 1.0 / rate_hz
    for part, pace in zip([Part.FORWARD, Part.BACKWARD] * 3, paces * 3, strict=True):
        calibration.label(part, at)
        for _ in range(int(seconds * rate_hz)):
            at += dt
            cadence += (pace - cadence) * (1.0 - exp(-dt / cadence_lag_s))
            speed += (RATIO * pace - speed) * (1.0 - exp(-dt / speed_lag_s))
            calibration.receive(Reading(at, round(speed, 1), round(cadence), 100.0))
    profile = calibration.result(NOBODY).profile
    assert profile.channels == ()
    assert profile.drivetrain is not Drivetrain.FREEWHEEL


def test_what_goes_together_both_ways_is_named_blind() -> None:
    calibration = Calibration(BIKE)
    ride(calibration, synthesised(0.5), without_coast())
    profile = calibration.result(NOBODY).profile
    assert profile.drivetrain is Drivetrain.FIXED
    assert profile.speed_source is SpeedSource.SYNTHESISED
    assert ("engagement_line", "bike") in profile.blind


def test_a_freewheel_without_the_backward_part_proves_nothing() -> None:
    calibration = Calibration(BIKE)
    acts = tuple(act for act in COURSE if act.part is not Part.BACKWARD)
    ride(calibration, freewheel(8.0), acts)
    result = calibration.result(NOBODY)
    assert result.profile.drivetrain is Drivetrain.FREEWHEEL
    assert result.profile.channels == ()
    assert any("Backward" in problem for problem in result.problems)


def test_a_cadence_that_vanishes_backward_looks_like_coasting() -> None:
    calibration = Calibration(BIKE)
    acts = tuple(
        replace(act, cadence_rpm=0.0) if act.part is Part.BACKWARD else act for act in COURSE
    )
    ride(calibration, freewheel(8.0), acts)
    result = calibration.result(NOBODY)
    assert result.profile.channels == ()
    assert any("looks like coasting" in text for text in result.texts)


def test_exchanged_labels_are_noticed() -> None:
    swap = {Part.FORWARD: Part.BACKWARD, Part.BACKWARD: Part.FORWARD}
    calibration = Calibration(BIKE)
    law = freewheel(4.0)
    ride(
        calibration,
        lambda speed, cadence, act, dt: law(
            speed, cadence, replace(act, part=swap.get(act.part, act.part)), dt
        ),
        without_coast(),
    )
    result = calibration.result(NOBODY)
    assert result.profile.channels == ()
    assert any("exchanged" in problem for problem in result.problems)


def test_power_without_driving_is_noticed() -> None:
    acts = tuple(with_power(act, 60) if act.part is Part.COAST else act for act in COURSE)
    noticed, honest = Calibration(BIKE), Calibration(BIKE)
    ride(noticed, freewheel(8.0), acts)
    ride(honest, freewheel(8.0))
    assert noticed.result(NOBODY).profile.coasting_power
    assert not honest.result(NOBODY).profile.coasting_power


@pytest.mark.parametrize("smoothing_s", [0.5, 1.0, 2.0, 4.0])
def test_smoothing_is_read_off_the_stops(smoothing_s: float) -> None:
    calibration = Calibration(BIKE)
    acts = tuple(replace(act, seconds=act.seconds * 2) for act in COURSE)
    ride(calibration, freewheel(8.0), acts, smoothing_s=smoothing_s)
    found = calibration.result(NOBODY).profile.smoothing_s
    assert found == pytest.approx(smoothing_s, rel=0.25, abs=0.3)


def test_a_machine_without_cadence_has_no_line() -> None:
    calibration = Calibration(BIKE)
    at = 0.0
    for part in (Part.FORWARD, Part.BACKWARD):
        calibration.label(part, at)
        for _ in range(30):
            at += 1.0
            calibration.receive(Reading(at, 20.0, None, 100.0))
    profile = calibration.result(NOBODY).profile
    assert profile.drivetrain is Drivetrain.UNKNOWN
    assert profile.ratio_min is None


def test_a_cross_trainer_is_fixed_without_further_proof() -> None:
    spec = MachineSpec("bike", MachineKind.CROSS_TRAINER)
    calibration = Calibration(spec)
    hear(calibration, (Stretch(Part.FORWARD, (-1,) * 21), Stretch(Part.BACKWARD, (1,) * 21)))
    profile = calibration.result(NOBODY).profile
    assert profile.drivetrain is Drivetrain.FIXED
    assert profile.proof("movement_direction_bit", "bike") is not None


def test_the_machine_says_nothing_new_while_it_stands() -> None:
    calibration = Calibration(BIKE)
    at = 0.0
    for part, sign in ((Part.FORWARD, -1), (Part.BACKWARD, 1)):
        calibration.label(part, at)
        for _ in range(30):
            at += 1.0
            calibration.receive(Reading(at, 0.0, 0.0, 0.0))
            calibration.sense(Sense("movement_direction_bit", "bike", sign), at)
            calibration.sense(Sense("direction_sensor", "bike", sign), at)
    names = {proof.channel for proof in calibration.result(NOBODY).profile.channels}
    assert names == {"direction_sensor"}


def test_a_belt_that_shows_its_way_is_reversible() -> None:
    signed, plain = Calibration(BELT), Calibration(BELT)
    for calibration, sign in ((signed, 1), (plain, -1)):
        at = 0.0
        for part, said in ((Part.FORWARD, -1), (Part.BACKWARD, sign)):
            calibration.label(part, at)
            for _ in range(40):
                at += 1.0
                calibration.receive(Reading(at, 2.0))
                calibration.sense(Sense("signed_speed", "belt", said), at)
    assert signed.result(NOBODY).profile.drivetrain is Drivetrain.REVERSIBLE_BELT
    assert plain.result(NOBODY).profile.drivetrain is Drivetrain.BELT
    assert plain.result(NOBODY).profile.blind == (("signed_speed", "belt"),)


def test_the_steps_of_a_user_are_kept() -> None:
    calibration = Calibration(BELT)
    walk(calibration, 80.0, 92.0)
    profile = calibration.result(NOBODY).profile
    assert profile.gait is not None
    assert profile.gait.backward_spm == pytest.approx(92.0)
    assert profile.proof("gait_ratio", "pod") is not None


def test_the_profile_is_of_the_machine_that_says_so() -> None:
    calibration = Calibration(BIKE)
    ride(calibration, freewheel(8.0), (Act(Part.FORWARD, 20, 70),))
    profile = calibration.result(Identity("Maker", "Model", "1.2")).profile
    assert (profile.manufacturer, profile.model, profile.firmware) == ("Maker", "Model", "1.2")
    assert calibration.part is Part.FORWARD
