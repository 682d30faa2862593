"""What a record says of motion: whoever is believed, and the machine alone."""

from __future__ import annotations

import pytest

from ftms_bridge.measurement.signals import Basis, Lane, Signals
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.pipeline.motion_signals import MotionSignals
from ftms_bridge.workout.session import SessionRules

SPEC = MachineSpec(
    "bike", MachineKind.INDOOR_BIKE, sensors=(SensorSpec("meter", SensorKind.POWER_METER),)
)


class Shown:
    """Motion of a bike with a meter, from lanes that the test fills."""

    def __init__(self) -> None:
        self._signals = Signals(SPEC)
        self.motion = MotionSignals("bike", self._signals, SessionRules())

    def give(self, source: str, at: float, **values: float) -> None:
        lane = Lane(source, Basis.MEASURED, list(values))
        lane.values, lane.at = list(values.values()), at
        self._signals.add_lane(lane)


def test_nothing_is_known_and_nothing_moves_before_anything_is_heard() -> None:
    sample = Shown().motion.sample(1.0)
    assert (sample.moving, sample.speed_kmh, sample.cadence_rpm) == (False, None, None)
    assert (sample.power_w, sample.hr_bpm) == (None, None)


@pytest.mark.parametrize(
    ("values", "moving"),
    [
        ({"speed_kmh": 0.3}, True),
        ({"speed_kmh": 0.29}, False),
        ({"cadence_rpm": 10.0}, True),
        ({"cadence_rpm": 9.5}, False),
        ({"power_w": 5}, True),
        ({"power_w": 4}, False),
        ({"power_w": -50}, False),
        ({"speed_kmh": 0.0, "cadence_rpm": 0.0, "power_w": 20}, True),
        ({"hr_bpm": 150}, False),
    ],
)
def test_any_value_of_motion_above_its_threshold_is_motion(
    values: dict[str, float], moving: bool
) -> None:
    shown = Shown()
    shown.give("bike", 1.0, **values)
    assert shown.motion.sample(1.0).moving is moving


def test_a_sample_believes_the_sensor_and_what_is_shown_is_the_machines_own() -> None:
    shown = Shown()
    shown.give("bike", 1.0, speed_kmh=25.0, cadence_rpm=70.0, power_w=120)
    shown.give("meter", 1.0, cadence_rpm=72.0, power_w=0)
    sample = shown.motion.sample(1.0)
    assert (sample.speed_kmh, sample.cadence_rpm, sample.power_w) == (25.0, 72.0, 0)
    assert shown.motion.shown(1.0) == (25.0, 70.0, 120, None)


def test_old_values_are_not_known_any_more() -> None:
    shown = Shown()
    shown.give("bike", 1.0, speed_kmh=25.0, cadence_rpm=70.0, power_w=120)
    assert shown.motion.sample(4.0).moving is False
    assert shown.motion.shown(4.0) == (None, None, None, None)


def test_steps_and_heart_rate_are_known_too() -> None:
    shown = Shown()
    shown.give("bike", 1.0, speed_kmh=4.0, step_rate_spm=100.0, hr_bpm=120)
    assert shown.motion.sample(1.0).hr_bpm == 120
    assert shown.motion.shown(1.0)[3] == 100.0
