"""Each figure of the score on rides whose right answer can be counted on the fingers."""

from __future__ import annotations

import pytest

from ftms_bridge.app.evaluating.samples import Row
from ftms_bridge.app.evaluating.score import (
    Score,
    calibration_error,
    confusion,
    coverage,
    errors,
    false_flips,
    outputs,
    score,
)
from ftms_bridge.motion.direction import Direction
from tests.app.evaluating.made import ride


def test_the_matrix_counts_seconds_by_truth_and_word() -> None:
    matrix = confusion(ride("4f 2s 3b 1o", "1? 3F 2S 3F 1B"))
    assert matrix[Row.FORWARD][Direction.FORWARD] == 3.0
    assert matrix[Row.FORWARD][Direction.UNKNOWN] == 1.0
    assert matrix[Row.STOPPED][Direction.STOPPED] == 2.0
    assert matrix[Row.BACKWARD][Direction.FORWARD] == 3.0
    assert matrix[Row.OTHER][Direction.BACKWARD] == 1.0
    assert sum(sum(words.values()) for words in matrix.values()) == 10.0


def test_what_was_true_a_moment_ago_is_late_and_not_wrong() -> None:
    found, _ = errors(ride("10f 10b", "15F 5B"), 3.0)
    assert (found.decided_s, found.late_s, found.wrong_s) == (20.0, 3.0, 2.0)
    assert found.selective == pytest.approx(2 / 17)
    assert found.strict == pytest.approx(5 / 20)


@pytest.mark.parametrize(
    ("true", "said", "wrong_s"),
    [
        ("10f 2b", "10F 2?", 0.0),
        ("10f 2s 8b", "10F 2S 8F", 7.0),  # one second of the window is left
        ("5o", "5F", 5.0),
        ("5s", "5B", 5.0),
        ("5f", "2F 1B 2F", 1.0),
        ("5s 5f", "10F", 5.0),  # said too early
    ],
)
def test_anything_else_wrong_counts_at_once(true: str, said: str, wrong_s: float) -> None:
    found, _ = errors(ride(true, said), 3.0)
    assert found.wrong_s == sum(found.by_row_s.values()) == wrong_s


def test_nothing_decided_has_no_error() -> None:
    found, bins = errors(ride("5f", "5?"), 3.0)
    assert found.selective is None
    assert found.strict is None
    assert calibration_error(bins) is None


def test_confidence_is_compared_with_what_came_true() -> None:
    _, bins = errors(ride("8f 2o", "10F", confidence=0.95), 0.0)
    assert bins[9].seconds == 10.0
    assert calibration_error(bins) == pytest.approx(0.15)
    _, right = errors(ride("10f", "10F", confidence=1.0), 0.0)
    assert calibration_error(right) == 0.0
    _, low = errors(ride("1f 1o", "2F", confidence=0.5), 0.0)
    assert (low[5].seconds, calibration_error(low)) == (2.0, 0.0)


def test_coverage_counts_moving_time_and_evident_time() -> None:
    found = coverage(ride("10f 5s 10b 5o", "2? 8F 5F 5? 5B 5?", dark="4# 26."))
    assert (found.moving_s, found.decided_s) == (20.0, 13.0)
    assert (found.evident_s, found.evident_decided_s) == (16.0, 11.0)


def test_outputs_are_counted_when_they_begin() -> None:
    assert outputs(ride("6f", "6?")) == 0
    assert outputs(ride("6f", "6F")) == 1
    assert outputs(ride("8f", "2? 2F 1? 1F 2B")) == 3
    assert outputs([]) == 0


@pytest.mark.parametrize(
    ("true", "said", "flips"),
    [
        ("40f 40b", "42F 38B", 0),
        ("40f 40b", "40F 40F", 0),
        ("80f", "40F 5B 35F", 2),
        ("80f", "40F 5? 5B 30F", 2),
        ("10s 40f 60b", "10S 40F 50F 10B", 0),  # late, but found at last: latency
        ("20f 20b 60f", "20F 50B 30F", 0),
        ("20f 70b", "20F 10B 25F 35B", 1),  # the first is within 30 s of a true change
    ],
)
def test_flips_that_no_true_change_explains_are_false(true: str, said: str, flips: int) -> None:
    assert false_flips(ride(true, said)) == flips


def test_scores_add_up() -> None:
    one, other = ride("10f 10b", "15F 5B"), ride("80f", "40F 5B 35F", dark="40# 40.")
    total = Score()
    total.add(score(one, 1.0))
    total.add(score(other, 1.0))
    assert (total.rides, total.seconds, total.outputs, total.flips) == (2, 100.0, 5, 2)
    assert total.errors.wrong_s == 7.0
    assert total.errors.by_row_s[Row.FORWARD] == 5.0
    assert total.coverage.evident_s == 60.0
    assert total.matrix[Row.FORWARD][Direction.BACKWARD] == 5.0
    assert sum(one.seconds for one in total.bins) == 97.0


def test_the_window_of_a_score_follows_the_rate() -> None:
    late = ride("10f 10b", "15F 5B")
    assert [score(late, rate).errors.wrong_s for rate in (1.0, 2.0, 4.0)] == [2.0, 3.0, 3.0]
