"""A reason is right when it fits the situation, whichever of the fitting ones it is."""

from __future__ import annotations

import pytest

from ftms_bridge.app.evaluating.reasons import (
    RULES,
    Moment,
    ReasonScore,
    Setting,
    accepted,
    reasons,
)
from ftms_bridge.app.evaluating.samples import Row, Scored
from ftms_bridge.motion.direction import Direction, Reason
from ftms_bridge.motion.profile import Drivetrain
from tests.app.evaluating.made import ride

NULL = Setting(is_null=True, drivetrain=Drivetrain.FIXED)
FREE = Setting(drivetrain=Drivetrain.FREEWHEEL)
UNPROVEN = Setting(is_unproven=True, drivetrain=Drivetrain.FREEWHEEL)
BELT = Setting(drivetrain=Drivetrain.BELT)
ANGLE = Setting(drivetrain=Drivetrain.FIXED, angle_rate_hz=1.0)


def moment(
    row: Row, setting: Setting, *, dark: bool = False, disturbed: bool = False, rpm: float = 75.0
) -> Moment:
    is_moving = row is not Row.STOPPED
    sample = Scored(
        100.0, row, Direction.UNKNOWN, 0.0, evident=not dark, disturbed=disturbed,
        speed_kmh=20.0 if is_moving else 0.0, cadence_per_min=rpm if is_moving else 0.0,
    )  # fmt: skip
    return Moment(sample, setting, since_change_s=60.0, since_stop_s=60.0)


@pytest.mark.parametrize(
    ("row", "setting", "dark", "reason"),
    [
        (Row.FORWARD, NULL, False, Reason.NO_DIRECTIONAL_CHANNEL),
        (Row.FORWARD, NULL, False, Reason.CHANNEL_UNPROVEN),
        (Row.STOPPED, FREE, False, Reason.BELOW_MIN_SPEED),
        (Row.OTHER, FREE, True, Reason.NOT_DRIVING),
        (Row.BACKWARD, FREE, True, Reason.NOT_DRIVING),
        (Row.OTHER, BELT, True, Reason.GAIT_OTHER),
        (Row.STOPPED, FREE, False, Reason.EVIDENCE_STALE),
        (Row.FORWARD, UNPROVEN, False, Reason.SPEED_SOURCE_UNVERIFIED),
        (Row.BACKWARD, BELT, False, Reason.AFTER_STOP_UNCONFIRMED),
    ],
)
def test_these_reasons_fit(row: Row, setting: Setting, dark: bool, reason: Reason) -> None:
    assert reason in accepted(moment(row, setting, dark=dark))


@pytest.mark.parametrize(
    ("row", "setting", "reason"),
    [
        (Row.FORWARD, FREE, Reason.NOT_DRIVING),
        (Row.FORWARD, FREE, Reason.NO_DIRECTIONAL_CHANNEL),
        (Row.FORWARD, NULL, Reason.EVIDENCE_STALE),
        (Row.OTHER, FREE, Reason.GAIT_OTHER),
        (Row.FORWARD, UNPROVEN, Reason.NO_DIRECTIONAL_CHANNEL),
        (Row.STOPPED, FREE, Reason.DECLARATION_EXPIRED),
    ],
)
def test_these_do_not(row: Row, setting: Setting, reason: Reason) -> None:
    assert reason not in accepted(moment(row, setting))


@pytest.mark.parametrize(("rpm", "fits"), [(60.0, True), (64.0, True), (66.0, False)])
def test_blind_cadences_are_those_near_a_multiple_of_half_turns(rpm: float, fits: bool) -> None:
    assert (Reason.BLIND_CADENCE in accepted(moment(Row.FORWARD, ANGLE, rpm=rpm))) is fits


def test_a_disturbance_excuses_stale_evidence() -> None:
    assert Reason.EVIDENCE_STALE in accepted(moment(Row.FORWARD, FREE, disturbed=True))


def test_after_a_stop_the_way_is_open_for_a_while() -> None:
    samples = ride("20f 5s 30f", "20F 5S 30?")
    result = reasons(samples, FREE)
    assert result.unknown_s == 30.0
    assert result.right_s == 15.0
    assert result.by_reason_s == {"after_stop_unconfirmed": 30.0}
    assert result.wrong_s == {("moving, evidence", "after_stop_unconfirmed"): 15.0}


def test_unknown_without_a_reason_is_wrong() -> None:
    samples = ride("5f", "5?")
    for sample in samples:
        sample.reason = None
    assert reasons(samples, FREE).wrong_s == {("moving, evidence", "none"): 5.0}


def test_scores_add_up() -> None:
    total = ReasonScore()
    for _ in range(2):
        total.add(reasons(ride("20f 5s 30f", "20F 5S 30?"), FREE))
    assert (total.unknown_s, total.right_s) == (60.0, 30.0)
    assert total.wrong_s == {("moving, evidence", "after_stop_unconfirmed"): 30.0}


def test_every_rule_says_why_and_expired_declarations_fit_nowhere() -> None:
    assert all(rule.why and rule.name for rule in RULES)
    fitting = frozenset[Reason]().union(*(rule.reasons for rule in RULES))
    assert set(Reason) - fitting == {Reason.DECLARATION_EXPIRED}
