"""The verdict on each channel: what it takes to be proven, and what never is."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.motion.calibration import Calibration, Part
from ftms_bridge.motion.calibration_channels import Allowance, Finding
from ftms_bridge.motion.profile import ChannelProof
from tests.motion.calibrations import BIKE, NOBODY, Stretch, hear

FORWARD, BACKWARD = Part.FORWARD, Part.BACKWARD


def verdict(
    forward: tuple[int, ...],
    backward: tuple[int, ...],
    *,
    channel: str = "movement_direction_bit",
    every_s: float = 1.0,
) -> Finding:
    calibration = Calibration(BIKE)
    ways = (Stretch(FORWARD, forward), Stretch(BACKWARD, backward))
    hear(calibration, ways, channel=channel, every_s=every_s)
    findings = [one for one in calibration.result(NOBODY).findings if one.channel == channel]
    assert len(findings) == 1
    return findings[0]


def test_a_channel_that_was_right_both_ways_is_proven() -> None:
    assert verdict((-1,) * 20, (1,) * 25).proof == ChannelProof(
        "movement_direction_bit", "bike", 1, 20, round(log(21), 3)
    )


def test_a_channel_that_has_them_swapped_is_proven_with_its_polarity() -> None:
    found = verdict((1,) * 20, (-1,) * 20)
    assert found.proof is not None
    assert found.proof.polarity == -1
    assert "swapped" in found.text


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_channel_that_says_the_same_both_ways_is_blind(sign: int) -> None:
    found = verdict((sign,) * 20, (sign,) * 20)
    assert found.blind
    assert found.proof is None
    assert "same both ways" in found.text


def test_counter_examples_cost_confidence() -> None:
    found = verdict((-1,) * 20, (1,) * 19 + (-1,))
    assert found.proof is not None
    assert found.proof.cap == pytest.approx(log(20 / 2), abs=0.01)


def test_a_channel_that_wavers_is_not_proven() -> None:
    found = verdict((-1,) * 20, (1, 1, -1) * 8)
    assert found.proof is None
    assert not found.blind
    assert "wavers" in found.text


def test_seven_samples_are_too_few() -> None:
    assert verdict((-1,) * 20, (0,) * 13 + (1,) * 7).proof is None
    assert verdict((-1,) * 20, (0,) * 12 + (1,) * 8).proof is not None


def test_samples_that_come_fast_count_once_a_second() -> None:
    found = verdict((-1,) * 200, (1,) * 200, every_s=0.1)
    assert found.proof is not None
    assert found.proof.samples <= 21


def test_silence_forward_proves_a_channel_that_only_speaks_up_backward() -> None:
    found = verdict((0,) * 20, (1,) * 20, channel="wheel_counter")
    assert found.proof is not None
    assert found.proof.polarity == 1
    assert verdict((0,) * 20, (1,) * 20).proof is None


def test_a_channel_that_only_ever_says_forward_is_never_proven_by_silence_backward() -> None:
    found = verdict((-1,) * 20, (0,) * 20, channel="negative_power")
    assert found.proof is None
    assert found.blind


def test_a_sign_that_shows_forward_only_is_taken_for_swapped() -> None:
    found = verdict((1,) * 20, (0,) * 20, channel="wheel_counter")
    assert found.proof is not None
    assert found.proof.polarity == -1


def test_a_sign_that_shows_now_and_then_proves_nothing() -> None:
    found = verdict((0,) * 10 + (1,) * 2 + (0,) * 10, (1,) * 20, channel="wheel_counter")
    assert found.proof is None


@pytest.mark.parametrize("channel", ["engagement_line", "gait_ratio"])
def test_channels_that_depend_on_what_is_learnt_are_judged_elsewhere(channel: str) -> None:
    calibration = Calibration(BIKE)
    ways = (Stretch(FORWARD, (-1,) * 20), Stretch(BACKWARD, (1,) * 20))
    hear(calibration, ways, channel=channel)
    assert calibration.result(NOBODY).profile.proof(channel, "bike") is None


def test_one_way_alone_proves_nothing() -> None:
    found = verdict((-1,) * 30, ())
    assert found.proof is None
    assert "long enough" in found.text


@given(st.lists(st.sampled_from([-1, 0, 1]), min_size=20, max_size=60))
def test_what_does_not_depend_on_the_way_is_never_proven(signs: list[int]) -> None:
    found = verdict(tuple(signs), tuple(signs))
    assert found.proof is None


@given(st.lists(st.floats(0.01, 5.0), min_size=1, max_size=80))
def test_no_more_than_one_sample_a_second_counts(steps: list[float]) -> None:
    allowance, at, counted = Allowance(), 0.0, 0
    for step in steps:
        at += step
        counted += allowance.take(at)
    assert counted <= at + 1.0 + 1e-3
