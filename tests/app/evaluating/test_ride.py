"""One drawn machine through the real calibration and the real core."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ftms_bridge.app.evaluating.ride import (
    Task,
    angle_rate_of,
    evaluate,
    profile_of,
    rate_of,
    ride_timeline,
    setting_of,
)
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.profile import UNPROVEN, ChannelProof, DirectionProfile, Drivetrain
from ftms_bridge.simulator.rigs import rig_session
from ftms_bridge.simulator.scenario import Scenario

SENSED = Task("direction_sensor", 3, minutes=3.0)
PHASES = [{"duration_s": 10.0, "direction": "forward", "cadence_rpm": 80.0}]


def scenario(kind: str = "indoor_bike", **tables: object) -> Scenario:
    bike = {"id": "bike", "kind": kind}
    return Scenario.model_validate({"machine": bike, "phase": PHASES} | tables)


def test_a_ride_with_a_sensor_is_scored() -> None:
    found = evaluate(SENSED)
    assert 175.0 < found.score.seconds <= 180.0
    assert sum(sum(row.values()) for row in found.score.matrix.values()) == pytest.approx(
        found.score.seconds
    )
    assert found.score.outputs >= 1
    assert found.onsets
    assert found.notifications > 100
    assert found.core_s > 0.0
    assert found.sums_error is not None
    assert found.contradictions is None


def test_the_same_ride_has_the_same_score() -> None:
    one, other = evaluate(SENSED), evaluate(SENSED)
    one.core_s = other.core_s = 0.0
    assert one == other


def test_a_wrong_profile_is_followed() -> None:
    wrong = evaluate(Task("direction_sensor", 3, minutes=3.0, wrong="inverted_polarity"))
    assert wrong.contradictions is not None
    assert wrong.score.errors.wrong_s > evaluate(SENSED).score.errors.wrong_s


def test_a_swapped_sensor_takes_the_proofs_of_the_next_seed() -> None:
    session = rig_session("elliptical_bit", 1)
    swapped = profile_of(Task("elliptical_bit", 1, wrong="swapped_sensor"), session)
    other = profile_of(Task("elliptical_bit", 2), rig_session("elliptical_bit", 2))
    assert swapped.channels == other.channels


def test_mixed_sensors_come_from_the_next_seed() -> None:
    mixed = evaluate(Task("direction_sensor", 3, minutes=3.0, wrong="mixed_sensors"))
    assert mixed.contradictions is not None
    assert mixed.score.errors.wrong_s > evaluate(SENSED).score.errors.wrong_s


def test_without_calibration_nothing_is_proven() -> None:
    session = rig_session("elliptical_bit", 1)
    assert profile_of(Task("elliptical_bit", 1, is_calibrated=False), session) is UNPROVEN
    assert profile_of(Task("elliptical_bit", 1), session) is not UNPROVEN


def test_a_timeline_begins_unknown_and_keeps_its_order() -> None:
    session = rig_session("treadmill", 1, minutes=1.0)
    samples = ride_timeline(session, UNPROVEN, with_evidence=True)
    assert samples[0].said is Direction.UNKNOWN
    assert all(one.at <= other.at for one, other in pairwise(samples))
    assert len(samples) >= 4 * 55


def test_the_rate_is_that_of_the_slowest_that_must_agree() -> None:
    meter = {"kind": "power_meter", "id": "meter", "rate_hz": 1.0, "vector": True}
    strap = {"kind": "heart_rate", "id": "strap", "rate_hz": 0.5}
    step = {"kind": "direction", "id": "step", "rate_hz": 2.0}
    fast = {"rate_hz": 4.0}
    assert rate_of(scenario(firmware=fast)) == 4.0
    assert rate_of(scenario(firmware=fast, sensor=[strap])) == 4.0
    assert rate_of(scenario(firmware=fast, sensor=[meter])) == 1.0
    assert rate_of(scenario(firmware=fast, sensor=[meter, step])) == 2.0
    assert angle_rate_of(scenario(sensor=[meter])) == 1.0
    assert angle_rate_of(scenario(sensor=[strap])) is None


@pytest.mark.parametrize(
    ("made", "drivetrain"),
    [
        (scenario(), Drivetrain.FIXED),
        (scenario(drivetrain={"coupling": "freewheel"}), Drivetrain.FREEWHEEL),
        (rig_session("treadmill", 1).ride, Drivetrain.BELT),
        (rig_session("reversible_silent", 1).ride, Drivetrain.REVERSIBLE_BELT),
    ],
)
def test_the_setting_knows_the_true_drivetrain(made: Scenario, drivetrain: Drivetrain) -> None:
    assert setting_of(Task("spin_bike_meter", 1), made, UNPROVEN).drivetrain is drivetrain


def test_the_setting_knows_what_cannot_be_expected() -> None:
    proven = DirectionProfile(channels=(ChannelProof("direction_bit", "bike", 1, 20, 3.0),))
    bit = Task("elliptical_bit", 1)
    assert setting_of(Task("spin_bike", 1), scenario(), proven).is_null
    assert setting_of(Task("elliptical_bit", 1, is_calibrated=False), scenario(), proven).is_null
    assert not setting_of(bit, scenario(), proven).is_null
    assert not setting_of(bit, scenario(), proven).is_unproven
    assert setting_of(bit, scenario(), UNPROVEN).is_unproven
