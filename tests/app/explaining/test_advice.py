"""Every reason has advice, and no advice promises what cannot be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ftms_bridge.app.explaining.advice import _ADVICE, advice
from ftms_bridge.app.explaining.explain import explain
from ftms_bridge.app.explaining.moment import Explanation, Moment
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate, Reason
from tests.app.explaining.strides import BACKWARD, PROVEN, strides, write


@pytest.fixture
def unlabelled(tmp_path: Path) -> tuple[Explanation, Moment]:
    found = explain(write(tmp_path / "r.ndjson", strides(0.0, 20), profile=PROVEN), at="15")
    assert found.moment is not None
    return found, found.moment


def unknown(reason: Reason) -> DirectionEstimate:
    return DirectionEstimate(Direction.UNKNOWN, 1.0, reason=reason)


def test_every_reason_has_advice() -> None:
    assert set(_ADVICE) == set(Reason)


@pytest.mark.parametrize("reason", list(Reason))
def test_advice_is_given_for_every_reason(
    unlabelled: tuple[Explanation, Moment], reason: Reason
) -> None:
    explanation, moment = unlabelled
    if reason is Reason.EVIDENCE_STALE:
        moment = replace(moment, availability="offline")
    told = advice(explanation, replace(moment, estimate=unknown(reason)))
    assert told
    assert all(text.endswith((".", "?", ")", "ndjson")) for text in told)
    assert not any("from the labels" in text for text in told)


def test_a_silent_sensor_is_named(unlabelled: tuple[Explanation, Moment]) -> None:
    explanation, moment = unlabelled
    rows = tuple(replace(row, age_s=40.0) for row in moment.channels)
    stale = replace(moment, estimate=unknown(Reason.EVIDENCE_STALE), channels=rows)
    assert advice(explanation, stale) == [
        "movement_direction_bit of trainer was heard not for 40 s: look after it."
    ]


def test_a_rower_has_no_other_way_round(unlabelled: tuple[Explanation, Moment]) -> None:
    explanation, moment = unlabelled
    rower = replace(explanation, machine=replace(explanation.machine, kind=MachineKind.ROWER))
    moment = replace(moment, estimate=unknown(Reason.NO_DIRECTIONAL_CHANNEL))
    assert advice(rower, moment) == ["Nothing: a rower has no other way round."]


def test_what_is_only_declared_could_be_measured(unlabelled: tuple[Explanation, Moment]) -> None:
    explanation, moment = unlabelled
    said = DirectionEstimate(Direction.BACKWARD, 1.0, DirectionBasis.DECLARED)
    declared = replace(moment, estimate=said, measured=unknown(Reason.CHANNEL_UNPROVEN))
    first, second = advice(explanation, declared)
    assert "only what you declared" in first
    assert "ftms-bridge calibrate trainer" in second


def test_what_is_known_by_the_unproven_alone_can_be_proven(tmp_path: Path) -> None:
    found = explain(write(tmp_path / "r.ndjson", strides(0.0, 20, BACKWARD)), at="15")
    assert found.moment is not None
    assert found.moment.estimate.direction is Direction.BACKWARD
    (only,) = advice(found, found.moment)
    assert "never proven for this machine" in only
