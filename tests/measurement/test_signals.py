"""Who is believed for a quantity, and for how long."""

from __future__ import annotations

import pytest

from ftms_bridge.measurement.quantities import QUANTITIES, QUANTITY_OF_FIELD
from ftms_bridge.measurement.signals import Basis, Lane, Signals
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec

BIKE = MachineSpec(
    "bike", MachineKind.INDOOR_BIKE, sensors=(SensorSpec("crank", SensorKind.POWER_METER),)
)


def lane(source: str, at: float, **values: float | None) -> Lane:
    made = Lane(source, Basis.MEASURED, list(values))
    made.values = list(values.values())
    made.at = at
    return made


def test_a_value_is_current_until_its_age_is_reached() -> None:
    signals = Signals(BIKE)
    signals.add_lane(lane("bike", 10.0, power_w=150, resistance=3))
    power, resistance = signals.watch("power_w"), signals.watch("resistance")
    assert (power.value(12.9), power.value(13.0)) == (150, None)
    assert (resistance.value(19.9), resistance.value(20.0)) == (3, None)


def test_an_age_is_reached_whatever_floats_do() -> None:
    for tenth in range(1, 500):
        signals = Signals(BIKE)
        signals.add_lane(lane("bike", tenth / 10, power_w=150))
        assert signals.watch("power_w").value(tenth / 10 + 3.0) is None


def test_a_sensor_is_believed_before_the_machine_for_power_but_not_for_speed() -> None:
    signals = Signals(BIKE)
    signals.add_lane(lane("bike", 1.0, power_w=150, speed_kmh=30.0))
    signals.add_lane(lane("crank", 1.0, power_w=200, speed_kmh=31.0))
    power, speed = signals.watch("power_w"), signals.watch("speed_kmh")
    assert (power.value(1.0), speed.value(1.0)) == (200, 30.0)
    assert power.lane is not None
    assert power.lane.source == "crank"


def test_the_next_source_steps_in_when_the_first_is_silent_or_knows_nothing() -> None:
    signals = Signals(BIKE)
    sensor = lane("crank", 0.0, power_w=200)
    signals.add_lane(sensor)
    signals.add_lane(lane("bike", 5.0, power_w=150))
    power = signals.watch("power_w")
    assert power.value(5.0) == 150
    sensor.at = 5.0
    assert power.value(5.0) == 200
    sensor.values = [None]
    assert power.value(5.0) == 150


def test_of_two_shapes_of_one_source_the_newer_counts_even_if_it_says_unavailable() -> None:
    signals = Signals(BIKE)
    old, new = lane("bike", 4.0, power_w=150), lane("bike", 5.0, power_w=None)
    signals.add_lane(old)
    signals.add_lane(new)
    power = signals.watch("power_w")
    assert power.value(5.0) is None
    old.at = 6.0
    assert power.value(6.0) == 150


def test_zero_is_a_value_except_for_the_heart_rate() -> None:
    signals = Signals(BIKE)
    signals.add_lane(lane("bike", 1.0, power_w=0, hr_bpm=0))
    assert signals.watch("power_w").value(1.0) == 0
    assert signals.watch("hr_bpm").value(1.0) is None


def test_signals_are_known_in_the_order_of_the_table_once_somebody_offers_them() -> None:
    signals = Signals(BIKE)
    signals.watch("cadence_rpm")
    signals.add_lane(lane("bike", 1.0, resistance=3, speed_kmh=30.0))
    assert [signal.quantity.name for signal in signals.known()] == ["speed_kmh", "resistance"]


def test_every_decoded_field_leads_to_a_known_quantity() -> None:
    assert set(QUANTITY_OF_FIELD.values()) == set(QUANTITIES)


def test_a_lane_of_a_stranger_is_refused() -> None:
    with pytest.raises(ValueError, match="stranger"):
        Signals(BIKE).add_lane(lane("stranger", 0.0, power_w=1))


def test_a_crank_counter_that_does_not_count_leaves_the_machines_own_cadence() -> None:
    signals = Signals(BIKE)
    own = lane("bike", 1.0, cadence_rpm=90.0)
    silent = Lane("bike", Basis.DERIVED, ["cadence_rpm"])
    silent.at = 1.5
    signals.add_lane(own)
    signals.add_lane(silent)
    assert signals.watch("cadence_rpm").value(1.5) == 90.0
    silent.values = [88.0]
    assert signals.watch("cadence_rpm").value(1.5) == 88.0


def test_one_source_can_be_watched_alone_whoever_is_believed() -> None:
    signals = Signals(BIKE)
    own, meter = signals.watch_source("bike", "power_w"), signals.watch_source("crank", "power_w")
    signals.add_lane(lane("bike", 1.0, power_w=150))
    signals.add_lane(lane("crank", 1.0, power_w=200))
    assert (own.value(1.0), meter.value(1.0)) == (150, 200)
    assert signals.watch("power_w").value(1.0) == 200
    assert (own.value(4.0), signals.watch_source("bike", "power_w")) == (None, own)


def test_a_source_that_starts_over_is_watched_on() -> None:
    signals = Signals(BIKE)
    own = signals.watch_source("bike", "power_w")
    signals.add_lane(lane("bike", 1.0, power_w=150))
    signals.drop_lanes("bike")
    assert own.value(1.0) is None
    signals.add_lane(lane("bike", 2.0, power_w=160))
    assert own.value(2.0) == 160


def test_what_a_source_does_not_give_is_not_known_of_it() -> None:
    signals = Signals(BIKE)
    cadence = signals.watch_source("bike", "cadence_rpm")
    signals.add_lane(lane("crank", 1.0, cadence_rpm=80.0))
    assert cadence.value(1.0) is None
    assert not cadence.offered
