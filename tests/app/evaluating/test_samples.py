"""Rides are divided into stretches of one truth; late words are excused for a while."""

from __future__ import annotations

import pytest

from ftms_bridge.app.evaluating.samples import (
    Recent,
    Row,
    Segment,
    is_blind,
    segments,
    transition_window_s,
    weighted,
)
from tests.app.evaluating.made import ride


def test_a_sample_stands_for_the_time_until_the_next() -> None:
    samples = ride("3f", "3F")
    samples[1].at = 0.5
    assert [seconds for _, seconds in weighted(samples)] == [0.5, 1.5, 1.0]
    assert list(weighted(samples[:1])) == list(weighted([])) == []


def test_stretches_have_their_first_evidence() -> None:
    assert segments(ride("4f 2s 3b", "4F 2S 3B", dark="2# 2. 2# 3.")) == [
        Segment(Row.FORWARD, 0.0, 4.0, 2.0),
        Segment(Row.STOPPED, 4.0, 6.0, None),
        Segment(Row.BACKWARD, 6.0, 9.0, 6.0),
    ]
    assert segments(ride("7f", "7F"))[0].length_s == 7.0


@pytest.mark.parametrize(
    ("rate_hz", "window_s"), [(0.5, 3.0), (1.0, 3.0), (2.0, 2.0), (4.0, 1.5), (8.0, 1.5)]
)
def test_the_window_is_shorter_for_fast_machines(rate_hz: float, window_s: float) -> None:
    assert transition_window_s(rate_hz) == window_s


def test_only_a_word_that_was_true_a_moment_ago_is_excused() -> None:
    recent = Recent(3.0)
    excused = []
    for sample in ride("3f 1s 6b", "10F"):
        recent.see(sample)
        excused.append(recent.excuses(sample))
    assert excused == [False] * 3 + [True] * 3 + [False] * 5


@pytest.mark.parametrize(
    ("cadence", "rate_hz", "blind"),
    [
        (60.0, 1.0, True), (-62.0, 1.0, True), (63.0, 1.0, False), (75.0, 1.0, False),
        (120.0, 2.0, True), (90.0, 2.0, False), (120.0, 4.0, True), (5.0, 1.0, False),
    ],
)  # fmt: skip
def test_half_turns_from_packet_to_packet_are_blind(
    cadence: float, rate_hz: float, blind: bool
) -> None:
    assert is_blind(cadence, rate_hz) is blind
