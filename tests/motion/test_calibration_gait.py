"""Step rates of a user: a baseline, and proof only where the two ways differ clearly."""

from __future__ import annotations

import pytest

from ftms_bridge.motion.calibration import Calibration, Part, Reading
from ftms_bridge.motion.profile import DirectionProfile
from tests.motion.calibrations import BELT, NOBODY, walk


def learnt(
    forward_spm: float, backward_spm: float | None, scatter: float = 0.0
) -> tuple[DirectionProfile, tuple[str, ...]]:
    calibration = Calibration(BELT)
    walk(calibration, forward_spm, backward_spm, scatter=scatter)
    result = calibration.result(NOBODY)
    return result.profile, result.problems


def test_rates_that_differ_are_proof() -> None:
    profile, problems = learnt(80.0, 88.0)
    proof = profile.proof("gait_ratio", "pod")
    assert proof is not None
    assert 0 < proof.cap <= 3.0
    assert problems == ()


def test_rates_that_hardly_differ_are_kept_with_a_warning() -> None:
    profile, problems = learnt(80.0, 81.0)
    assert profile.channels == ()
    assert profile.gait is not None
    assert any("do not differ enough" in text for text in problems)


def test_an_uneven_walker_needs_a_larger_difference() -> None:
    assert learnt(80.0, 86.0, 0.0)[0].channels != ()
    assert learnt(80.0, 86.0, 0.1)[0].channels == ()


def test_without_the_way_back_there_is_half_a_baseline() -> None:
    profile, problems = learnt(80.0, None)
    assert profile.gait is not None
    assert profile.gait.backward_spm is None
    assert profile.channels == ()
    assert any("Backward" in text for text in problems)


def test_ways_at_different_speeds_are_not_compared() -> None:
    calibration = Calibration(BELT)
    at = 0.0
    for part, speed in ((Part.FORWARD, 4.0), (Part.BACKWARD, 2.0)):
        calibration.label(part, at)
        for _ in range(60):
            at += 1.0
            reading = Reading(at, speed, step_rate_spm=40.0 * speed, step_source="pod")
            calibration.receive(reading)
    result = calibration.result(NOBODY)
    assert result.profile.gait is None
    assert any("too short a time" in text for text in result.problems)


def test_without_steps_it_says_what_would_help() -> None:
    calibration = Calibration(BELT)
    for second in range(40):
        calibration.receive(Reading(float(second), 2.0))
    result = calibration.result(NOBODY)
    assert any("foot pod" in text for text in result.texts)


def test_the_scatter_is_never_below_what_people_have() -> None:
    profile, _ = learnt(80.0, 90.0)
    assert profile.gait is not None
    assert profile.gait.scatter == pytest.approx(0.015)
