"""One source: from bytes to lanes, counters and rates."""

from __future__ import annotations

import pytest

from ftms_bridge.errors import ConfigError
from ftms_bridge.gatt.codec import encode
from ftms_bridge.measurement.counters import Change
from ftms_bridge.measurement.signals import Basis, Lane, Signals
from ftms_bridge.measurement.source import Source
from ftms_bridge.measurement.sources import MachineKind, MachineSpec

BIKE, CSC, CPS, STATUS = 0x2AD2, 0x2A5B, 0x2A63, 0x2ADA


class ListedSignals(Signals):
    """Signals that also list their lanes in the order in which they were opened."""

    def __init__(self) -> None:
        super().__init__(MachineSpec("s", MachineKind.INDOOR_BIKE))
        self.lanes: list[Lane] = []

    def add_lane(self, lane: Lane) -> None:
        super().add_lane(lane)
        self.lanes.append(lane)


def source(wheel_m: float | None = None) -> tuple[Source, list[Lane]]:
    signals = ListedSignals()
    return Source("s", signals, wheel_circumference_m=wheel_m), signals.lanes


def values(lane: Lane) -> dict[str | None, object]:
    return dict(zip(lane.names, lane.values, strict=True))


def test_each_shape_opens_one_lane() -> None:
    bike, lanes = source()
    for at in (0.0, 1.0, 2.0):
        assert bike.receive(BIKE, encode(BIKE, {"speed_kmh": 20.0}), at)
        assert bike.receive(BIKE, encode(BIKE, {"speed_kmh": 20.0, "power_w": 9}), at + 0.5)
    assert [lane.names for lane in lanes] == [("speed_kmh",), ("speed_kmh", "power_w")]
    assert [lane.at for lane in lanes] == [2.0, 2.5]


def test_a_sender_of_endless_shapes_is_bounded_and_still_heard_when_it_comes_to_its_senses() -> (
    None
):
    signals = ListedSignals()
    bike = Source("s", signals)
    for flags in range(0, 1 << 9, 2):
        bike.receive(BIKE, flags.to_bytes(2, "little") + bytes(30), 0.0)
    bike.receive(BIKE, encode(BIKE, {"speed_kmh": 20.0, "power_w": 7}), 1.0)
    power = signals.watch("power_w")
    assert power.value(1.0) == 7
    places = sum(len(found) for _, found in power._ranks)
    assert places <= 32


def test_an_unknown_characteristic_is_counted() -> None:
    bike, lanes = source()
    assert not bike.receive(0xABCD, b"\x00", 0.0)
    assert (bike.unknown, lanes) == (1, [])


def test_a_short_notification_is_counted_and_changes_nothing() -> None:
    bike, lanes = source()
    assert not bike.receive(BIKE, b"\x44", 0.0)
    assert (bike.damaged, lanes) == (1, [])


def test_missing_fields_of_a_cut_notification_are_none() -> None:
    bike, lanes = source()
    whole = encode(BIKE, {"speed_kmh": 20.0, "cadence_rpm": 60.0, "power_w": 100})
    assert bike.receive(BIKE, whole[:-1], 0.0)
    assert values(lanes[0]) == {"speed_kmh": 20.0, "cadence_rpm": 60.0, "power_w": None}
    assert bike.damaged == 1


def test_zero_padding_is_harmless_and_other_surplus_is_not() -> None:
    bike, lanes = source()
    whole = encode(BIKE, {"speed_kmh": 20.0})
    assert bike.receive(BIKE, whole + bytes(5), 0.0)
    assert not bike.receive(BIKE, whole + b"\x01", 1.0)
    assert (bike.damaged, lanes[0].at) == (2, 0.0)


def test_what_is_no_measurement_is_kept_as_a_fact() -> None:
    bike, lanes = source()
    assert not bike.receive(STATUS, bytes.fromhex("0201"), 0.0)
    assert bike.last_read[STATUS].fields["op"] == "stopped_or_paused_by_user"
    assert lanes == []


def test_counter_changes_are_told_once() -> None:
    bike, _ = source()
    for at, distance_m in enumerate((100, 105, 3, 6)):
        bike.receive(BIKE, encode(BIKE, {"speed_kmh": 20.0, "distance_m": distance_m}), float(at))
    assert bike.changes == [("distance_m", Change.RESET)]
    assert bike.counters["distance_m"].total == 5 + 3 + 3


def test_crank_events_give_a_derived_cadence_beside_the_measured_lane() -> None:
    sensor, lanes = source()
    for at in range(3):
        fields = {"crank_revs": 10 + at, "crank_event": 1024 * at}
        sensor.receive(CSC, encode(CSC, fields), float(at))
    measured, derived = lanes
    assert measured.names == (None, None)
    assert (derived.basis, values(derived)) == (Basis.DERIVED, {"cadence_rpm": 60.0})


def test_wheel_events_give_a_speed_only_with_a_circumference() -> None:
    for wheel_m, expected in ((None, None), (2.0, 7.2)):
        sensor, lanes = source(wheel_m)
        for at in range(3):
            fields = {"wheel_revs": 500 + at, "wheel_event": 1024 * at}
            sensor.receive(CSC, encode(CSC, fields), float(at))
        speeds = [values(lane).get("speed_kmh") for lane in lanes[1:]]
        assert speeds == ([] if expected is None else [expected])


def test_the_wheel_clock_of_a_power_meter_ticks_twice_as_fast() -> None:
    sensor, lanes = source(wheel_m=2.0)
    for at in range(3):
        fields = {"power_w": 100, "wheel_revs": 500 + at, "wheel_event": 2048 * at}
        sensor.receive(CPS, encode(CPS, fields), float(at))
    assert values(lanes[1])["speed_kmh"] == 7.2


def test_a_wheel_that_turns_back_is_evidence_and_no_huge_speed() -> None:
    # gatt.md 7, made there: wheel 100 -> 98 in 1 s while the crank goes 50 -> 51.
    sensor, lanes = source(wheel_m=2.0)
    sensor.receive(CSC, bytes.fromhex("03640000000004320000" + "04"), 0.0)
    sensor.receive(CSC, bytes.fromhex("0362000000000833000208"), 1.0)
    assert ("revolutions", Change.FELL) in sensor.changes
    assert values(lanes[1])["speed_kmh"] == 14.4


def test_wheel_and_crank_counts_of_two_characteristics_do_not_mix() -> None:
    sensor, lanes = source(2.1)
    for at in range(4):
        csc = {"wheel_revs": 100 + 4 * at, "wheel_event": 1024 * at}
        cps = {"power_w": 100, "wheel_revs": 9000 + 4 * at, "wheel_event": 2048 * at}
        sensor.receive(CSC, encode(CSC, csc), float(at))
        sensor.receive(CPS, encode(CPS, cps), at + 0.5)
    speeds = [values(lane).get("speed_kmh") for lane in lanes if lane.basis is Basis.DERIVED]
    assert speeds == [30.24, 30.24]


def test_the_totals_of_a_sensor_are_not_the_machines() -> None:
    belt, _ = source()
    pod = {"speed_mps": 1.0, "cadence_spm": 100, "distance_m": 20_000_000.0}
    belt.receive(0x2A53, encode(0x2A53, pod), 0.0)
    belt.receive(0x2ACD, encode(0x2ACD, {"speed_kmh": 3.6, "distance_m": 10}), 0.5)
    belt.receive(0x2A53, encode(0x2A53, {**pod, "distance_m": 10.0}), 1.0)
    belt.receive(0x2ACD, encode(0x2ACD, {"speed_kmh": 3.6, "distance_m": 11}), 1.5)
    assert belt.counters["distance_m"].total == 1
    assert belt.changes == []


def test_another_profile_reads_what_comes_next_and_lets_go_of_what_was() -> None:
    signals = ListedSignals()
    bike = Source("s", signals)
    cadence, speed = signals.watch("cadence_rpm"), signals.watch("speed_kmh")
    record = encode(BIKE, {"speed_kmh": 20.0, "cadence_rpm": 60.0, "distance_m": 100})
    bike.receive(BIKE, record, 0.0)
    assert cadence.value(0.0) == 60.0
    bike.use_quirk("jetblack-volt")
    assert (bike.quirk, cadence.value(0.1), speed.value(0.1)) == ("jetblack-volt", None, None)
    bike.receive(BIKE, record, 1.0)
    assert (cadence.value(1.0), speed.value(1.0)) == (None, 20.0)
    bike.use_quirk(None)
    bike.receive(BIKE, record, 2.0)
    assert (bike.quirk, cadence.value(2.0)) == (None, 60.0)


def test_the_counters_go_on_under_another_profile_without_a_jump() -> None:
    bike, _ = source()
    for at, distance_m in ((0.0, 100), (1.0, 110)):
        bike.receive(BIKE, encode(BIKE, {"speed_kmh": 20.0, "distance_m": distance_m}), at)
    bike.use_quirk("jetblack-volt")
    for at, distance_m in ((2.0, 5000), (3.0, 5010)):
        bike.receive(BIKE, encode(BIKE, {"speed_kmh": 20.0, "distance_m": distance_m}), at)
    assert bike.counters["distance_m"].total == 20
    assert bike.changes == []


def test_a_profile_that_is_not_there_changes_nothing() -> None:
    bike, _ = source()
    bike.receive(BIKE, encode(BIKE, {"speed_kmh": 20.0}), 0.0)
    with pytest.raises(ConfigError):
        bike.use_quirk("no-such-machine")
    assert bike.quirk is None
