"""Latency is counted from the onset, and from the first evidence."""

from __future__ import annotations

from math import inf

import pytest

from ftms_bridge.app.evaluating.onsets import Onset, onsets, percentile, with_misses
from tests.app.evaluating.made import ride


def test_an_onset_is_found_when_its_direction_is_first_said() -> None:
    found, held = onsets(ride("5s 20f 20b", "5S 2? 18F 3? 17B"), 4.0)
    assert held == 0
    assert [one.latency_s for one in found] == [2.0, 3.0]
    assert {one.rate_hz for one in found} == {4.0}


def test_a_direction_that_is_never_said_is_missed() -> None:
    found, _ = onsets(ride("20f 20b", "20F 20?"), 1.0)
    assert [one.latency_s for one in found] == [0.0, None]
    assert with_misses(found) == [0.0, inf]


def test_short_stretches_and_words_that_stood_there_are_no_onsets() -> None:
    found, held = onsets(ride("9f 20b 2s 20b", "9F 1? 41B"), 1.0)
    assert len(found) == 1
    assert held == 1


def test_late_evidence_is_told_apart() -> None:
    found, _ = onsets(ride("20f 20b 20f", "20F 12? 8B 20?", dark="20. 8# 12. 20#"), 1.0)
    assert found[1] == Onset(1.0, 12.0, 4.0, evidence_came_late=True, has_evidence=True)
    assert found[2] == Onset(1.0, None, None, evidence_came_late=False, has_evidence=False)


def test_a_word_before_the_evidence_has_no_negative_latency() -> None:
    found, _ = onsets(ride("20f", "2? 18F", dark="5# 15."), 1.0)
    assert (found[0].latency_s, found[0].evidence_latency_s) == (2.0, 0.0)


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 2.0), (0.51, 3.0), (0.75, 3.0), (0.9, 4.0), (0.01, 1.0)]
)
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == value


def test_there_is_no_percentile_of_nothing() -> None:
    assert percentile([], 0.5) is None
