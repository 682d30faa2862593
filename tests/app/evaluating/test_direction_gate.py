"""The gate: a small part of the evaluation, on seeds that nothing was tuned on.

The bars are wider than those of the whole evaluation, because two short rides per rig are few.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from ftms_bridge.app.evaluating.figures import Figures, Title, figures
from ftms_bridge.app.evaluating.ride import Task, evaluate
from ftms_bridge.simulator.rigs import RIGS, Expectation

SEEDS: Final = (90_001, 90_002)
MINUTES: Final = 6.0
NULL: Final = [name for name, rig in RIGS.items() if rig.expects == "null"]
TELLING: Final = [name for name, rig in RIGS.items() if rig.expects not in {"null", "limit"}]

WRONG_AT_MOST: Final[dict[Expectation, float]] = {
    "explicit": 0.02, "freewheel": 0.03, "meter": 0.03, "pod": 0.10,
}  # fmt: skip
FOUND_AT_LEAST: Final[dict[Expectation, float]] = {
    "explicit": 0.75, "freewheel": 0.60, "meter": 0.30,
}  # fmt: skip
"""No share is promised for a pod: it depends on the walker."""


@cache
def ridden(name: str) -> Figures:
    """Return the figures of two calibrated rides of one rig."""
    first, *rest = (evaluate(Task(name, seed, MINUTES)) for seed in SEEDS)
    for tally in rest:
        first.add(tally)
    rig = RIGS[name]
    return figures(Title(rig.name, rig.letter, rig.meaning, rig.expects), first)


@pytest.mark.parametrize("name", NULL)
def test_what_cannot_be_known_is_never_said(name: str) -> None:
    assert ridden(name).outputs == 0


@pytest.mark.parametrize("name", TELLING)
def test_what_is_said_is_right(name: str) -> None:
    found = ridden(name)
    assert (found.selective_error or 0.0) <= WRONG_AT_MOST[RIGS[name].expects]
    assert found.false_flips <= 1


@pytest.mark.parametrize("name", [n for n in TELLING if RIGS[n].expects in FOUND_AT_LEAST])
def test_what_can_be_known_is_said(name: str) -> None:
    assert (ridden(name).evident_coverage or 0.0) >= FOUND_AT_LEAST[RIGS[name].expects]


@pytest.mark.parametrize("name", RIGS)
def test_the_columns_add_up(name: str) -> None:
    assert (ridden(name).sums_error or 0.0) <= 0.001


@pytest.mark.parametrize("case", ["ratio_high", "ratio_low", "wrong_drivetrain"])
def test_a_wrong_profile_does_not_lead_to_long_lies(case: str) -> None:
    tally = evaluate(Task("freewheel_light", SEEDS[0], MINUTES, wrong=case))
    assert (tally.score.errors.selective or 0.0) <= 0.03
