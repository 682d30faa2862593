"""Each kind of rig has its bars; what was never measured does not clear one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ftms_bridge.app.evaluating.bars import Bar, bar_line, bars_of
from ftms_bridge.app.evaluating.figures import Figures, Title, figures
from tests.app.evaluating.test_figures import tally


def rig(
    expects: str, true: str, said: str, *, name: str = "R", rate_hz: float = 1.0, dark: str = ""
) -> Figures:
    found = tally(true, said, rate_hz=rate_hz, dark=dark)
    found.contradictions = None
    return figures(Title(name, "R", "a rig", expects), found)


def verdicts(one: Figures) -> dict[str, bool]:
    return {bar.name: bar.met for bar in bars_of(one)}


def test_an_explicit_rig_that_is_good_enough() -> None:
    one = replace(rig("explicit", "200f 200b", "2? 198F 2? 198B"), interval_bias_s=-2.0, ece=0.05)
    assert verdicts(one) == {
        "selective error": True,
        "evident coverage": True,
        "p95 onset at 1 Hz, s": True,
        "calibration error": True,
        "false flips in 10 h, at least 1": True,
        "interval-minute bias, s": True,
        "sums by direction against totals": True,
    }


def test_an_explicit_rig_that_is_not() -> None:
    one = rig("explicit", "200f 200b", "2? 198F 5? 155B 40F", rate_hz=4.0)
    met = verdicts(replace(one, false_flips=2, sums_error=0.002))
    assert not met["selective error"]
    assert not met["p95 onset at 4 Hz, s"]
    assert not met["false flips in 10 h, at least 1"]
    assert not met["sums by direction against totals"]


def test_blind_cadences_need_not_be_covered() -> None:
    one = rig("explicit", "40f", "10? 30F", name="crank_vector", dark="10# 30.")
    assert verdicts(one)["evident coverage"]
    assert not verdicts(rig("explicit", "40f", "10? 30F"))["evident coverage"]


def test_a_null_rig_may_not_say_anything() -> None:
    silent = verdicts(rig("null", "40f 5s 40b", "40? 5S 40?"))
    assert silent["measured forward or backward outputs"]
    assert len(silent) == 2
    assert not verdicts(rig("null", "40f", "39? 1F"))["measured forward or backward outputs"]


def test_a_light_freewheel_has_to_cover_what_is_evident() -> None:
    one = rig("freewheel", "40f 40b", "40F 30? 10B", dark="40. 30# 10.")
    assert verdicts(one)["evident coverage"]


def test_a_heavy_freewheel_may_take_its_time() -> None:
    name = "freewheel_heavy"
    one = rig("freewheel", "40f 40b", "40F 19? 21B", name=name, dark="40. 15# 25.")
    assert verdicts(one)["p90 onset with evidence, s"]
    late = rig("freewheel", "40f 40b", "40F 21? 19B", name=name, dark="40. 15# 25.")
    assert not verdicts(late)["p90 onset with evidence, s"]


@pytest.mark.parametrize("expects", ["meter", "pod"])
def test_other_rigs_have_a_bar_of_two_percent(expects: str) -> None:
    assert verdicts(rig(expects, "40f", "40F"))["selective error"]
    assert not verdicts(rig(expects, "40f", "40B"))["selective error"]
    assert not verdicts(rig(expects, "40f", "40?"))["selective error"]


def test_a_wrong_profile_is_measured_by_its_contradictions_alone() -> None:
    title = Title("R", "R", "a rig", "explicit")
    assert verdicts(figures(title, tally("20f 20s", "24B 16S"))) == {
        "longest wrong word after a contradiction, s": True
    }
    assert not all(verdicts(figures(title, tally("20f 11s", "31B"))).values())
    assert verdicts(figures(title, tally("20f", "20B"))) == {}
    null = Title("R", "R", "a rig", "null")
    assert not verdicts(figures(null, tally("20f", "20B")))["measured forward or backward outputs"]


def test_a_bar_as_text() -> None:
    assert bar_line(Bar("H", "coverage", 0.99, 0.98, at_least=True)) == (
        "met    H: coverage 0.99, at least 0.98"
    )
    assert bar_line(Bar("H", "selective error", None, 0.001)) == (
        "MISSED H: selective error nothing measured, at most 0.001"
    )
