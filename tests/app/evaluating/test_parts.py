"""What calibration proves in an evaluation: also that something is mounted the wrong way round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ftms_bridge.app.evaluating.parts import calibrated, uncalibrated
from ftms_bridge.motion.profile import UNPROVEN
from ftms_bridge.simulator.rig_wrongs import inverted
from ftms_bridge.simulator.rigs import RigSession, rig_session


def turned_round(session: RigSession) -> RigSession:
    """Return the session of a machine whose sign was the other way at calibration already."""
    other = inverted(replace(session, ride=session.calibration)).ride
    return replace(session, calibration=other)


@pytest.mark.parametrize("rig", ["elliptical_bit", "direction_sensor"])
@pytest.mark.parametrize("seed", [300, 301, 302])
def test_calibration_finds_a_sign_that_is_turned_round(rig: str, seed: int) -> None:
    session = rig_session(rig, seed, minutes=1.0)
    (right,) = calibrated(session).channels
    (wrong,) = calibrated(turned_round(session)).channels
    assert wrong == replace(right, polarity=-right.polarity)
    assert {right.polarity, wrong.polarity} == {1, -1}


def test_an_uncalibrated_machine_has_nothing_proven() -> None:
    assert uncalibrated(rig_session("spin_bike", 300, minutes=1.0)) is UNPROVEN
