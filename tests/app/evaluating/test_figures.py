"""The figures of a rig follow from its counts, and JSON can carry them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ftms_bridge.app.evaluating.figures import Title, WrongFigures, figures
from ftms_bridge.app.evaluating.intervals import interval_errors
from ftms_bridge.app.evaluating.onsets import onsets
from ftms_bridge.app.evaluating.reasons import Setting, reasons
from ftms_bridge.app.evaluating.score import score
from ftms_bridge.app.evaluating.tally import Tally
from ftms_bridge.app.evaluating.wrong import contradictions
from tests.app.evaluating.made import ride

TITLE = Title("H", "H", "an elliptical", "explicit")


def tally(true: str, said: str, *, rate_hz: float = 1.0, dark: str = "") -> Tally:
    samples = ride(true, said, dark=dark)
    found, held = onsets(samples, rate_hz)
    return Tally(
        score(samples, rate_hz), found, held, interval_errors(samples),
        reasons(samples, Setting(is_null=True)), contradictions(samples, 3.0), 0.0,
        notifications=10, core_s=0.001,
    )  # fmt: skip


def test_every_figure_of_a_ride() -> None:
    one = figures(TITLE, tally("5s 40f 55b", "5S 2? 38F 15? 40B", dark="5# 40. 10# 45."))
    assert one.rides == 1
    assert one.hours == pytest.approx(100 / 3600)
    assert one.confusion_s["backward"]["unknown"] == 15.0
    assert (one.selective_error, one.strict_error, one.late_s) == (0.0, 0.0, 0.0)
    assert one.coverage == pytest.approx(78 / 95)
    assert one.evident_coverage == pytest.approx(78 / 85)
    assert one.no_evidence_share == pytest.approx(10 / 95)
    assert (one.false_flips, one.false_flips_per_h, one.outputs) == (0, 0.0, 2)
    assert (one.intervals, one.interval_bias_s, one.interval_abs_s) == (2, -8.5, 8.5)
    assert one.ece == pytest.approx(0.05)
    assert one.unknown_s == 17.0
    assert one.us_per_notification == pytest.approx(100.0)
    assert one.sums_error == 0.0


def test_onsets_are_grouped_by_rate_and_by_evidence() -> None:
    total = tally("40f 40b", "2? 38F 15? 25B", dark="40. 10# 30.")
    total.add(tally("40f", "1? 39F", rate_hz=4.0))
    total.add(tally("40f", "40?", rate_hz=4.0, dark="40#"))
    groups = {one.label: one for one in figures(TITLE, total).onsets}
    assert list(groups) == [
        "1 Hz", "4 Hz", "all", "with evidence", "from evidence", "from late evidence",
    ]  # fmt: skip
    assert groups["1 Hz"].latency_s["p95"] == 15.0
    assert groups["4 Hz"].latency_s["p95"] == 1.0
    assert groups["4 Hz"].latency_with_misses_s["p95"] is None
    assert (groups["all"].onsets, groups["all"].missed) == (4, 1)
    assert (groups["with evidence"].onsets, groups["with evidence"].missed) == (3, 0)
    assert groups["from evidence"].latency_s["p95"] == 5.0
    assert groups["from late evidence"].onsets == 1


def test_a_wrong_word_has_figures_of_its_own() -> None:
    one = figures(TITLE, tally("20f 10s", "24B 6S"))
    assert one.wrong == WrongFigures(24.0, 20.0, 1, 4.0, 4.0, 4.0)
    json.dumps(one.as_dict(), allow_nan=False)


def test_nothing_at_all_has_no_figures() -> None:
    one = figures(TITLE, Tally())
    assert one.selective_error is one.coverage is one.ece is one.interval_bias_s is None
    assert one.us_per_notification is None
    assert one.wrong is None
    json.dumps(one.as_dict(), allow_nan=False)


def test_the_document_is_rounded_to_a_millionth() -> None:
    one = figures(TITLE, tally("40f", "2? 38F"))
    shown = replace(one, hours=1.0 / 3.0, reasons_s={"none": 2.0 / 3.0}).as_dict()
    assert shown["hours"] == 0.333333
    assert shown["reasons_s"] == {"none": 0.666667}
