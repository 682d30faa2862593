"""What the simulated devices show: adverts that fit, features that are true, stable addresses."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import decode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.simulator.control_point import RANGES
from ftms_bridge.simulator.gatt_tables import (
    ADVERT_BYTES,
    FEATURES,
    CharacteristicRow,
    DeviceTable,
    address_of,
    device_tables,
    machine_features,
)
from ftms_bridge.simulator.scenario_file import load_scenario, scenario_names
from ftms_bridge.simulator.simulation import Simulation
from tests.simulator.build import forward, scenario, walk

MACHINE_NUMBERS = {"indoor_bike": 0x2AD2, "treadmill": 0x2ACD, "cross_trainer": 0x2ACE}


def structures(advert: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while advert:
        length = advert[0]
        found[advert[1]] = advert[2 : 1 + length]
        advert = advert[1 + length :]
    return found


def rows(table: DeviceTable) -> dict[int, CharacteristicRow]:
    return {row.number: row for service in table.services for row in service.characteristics}


def fields(number: int, data: bytes) -> dict[str, object]:
    decoded = decode(number, data)
    assert decoded.extra_bytes == 0
    return dict(zip(decoded.shape.names, decoded.values, strict=True))


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_has_devices_for_all_that_it_sends(name: str) -> None:
    loaded = load_scenario(name)
    tables = {table.source: table for table in device_tables(loaded)}
    for event in Simulation(loaded).events(60):
        if isinstance(event, Notification):
            assert "notify" in rows(tables[event.source])[event.characteristic].properties
    assert len({table.address for table in tables.values()}) == len(tables)
    for table in tables.values():
        assert len(table.advert) <= ADVERT_BYTES
        assert len(table.scan_response) <= ADVERT_BYTES
        assert int(table.address[:2], 16) & 0xC0 == 0xC0
        for row in rows(table).values():
            assert "read" not in row.properties or row.value


@pytest.mark.parametrize(("kind", "bits"), [
    ("treadmill", 1), ("cross_trainer", 2), ("indoor_bike", 0x20),
])  # fmt: skip
def test_a_machine_says_its_kind_in_the_advert(kind: str, bits: int) -> None:
    phase = walk() if kind == "treadmill" else forward()
    machine = device_tables(scenario(phase, kind=kind))[0]
    found = structures(machine.advert)
    assert found[0x01] == b"\x06"
    assert found[0x03] == bytes.fromhex("2618")
    assert found[0x16] == bytes.fromhex("261801") + bits.to_bytes(2, "little")
    assert {*rows(machine)} >= {0x2ACC, MACHINE_NUMBERS[kind], 0x2AD3, 0x2AD9, 0x2ADA}
    assert rows(machine)[0x2AD9].properties == {"write", "indicate"}
    assert rows(machine)[0x2AD3].properties == {"read", "notify"}


def test_the_features_are_those_of_the_fields_sent_and_the_targets_taken() -> None:
    bike = fields(0x2ACC, machine_features(scenario(forward())))
    assert bike["machine"] == [
        "cadence", "total_distance", "expended_energy", "elapsed_time", "power_measurement",
    ]  # fmt: skip
    assert bike["target"] == ["resistance", "power", "indoor_bike_simulation"]
    one = {"fields": ["speed_kmh", "hr_bpm"]}
    few = fields(0x2ACC, machine_features(scenario(walk(), kind="treadmill", firmware=one)))
    assert few["machine"] == ["heart_rate"]
    assert few["target"] == ["speed", "inclination"]


def test_every_field_that_is_sent_has_a_feature_or_none_exists() -> None:
    cross = scenario(forward(), kind="cross_trainer", firmware={"rotate": [
        ["avg_speed_kmh", "steps_per_min", "stride_count", "elev_gain_pos_m", "incline_pct"],
        ["speed_kmh", "resistance", "met", "avg_power_w", "hr_bpm"],
    ]})  # fmt: skip
    found = fields(0x2ACC, machine_features(cross))["machine"]
    assert isinstance(found, list)
    assert {
        "avg_speed", "step_count", "stride_count", "elevation_gain", "inclination",
        "resistance_level", "metabolic_equivalent", "power_measurement", "heart_rate",
    } == {*found}  # fmt: skip
    assert set(FEATURES.values()) >= {*found}


@pytest.mark.parametrize(("kind", "ranges"), [
    ("treadmill", {"speed", "inclination"}),
    ("indoor_bike", {"resistance", "power"}),
    ("cross_trainer", {"resistance", "power"}),
])  # fmt: skip
def test_the_ranges_are_those_of_the_targets(kind: str, ranges: set[str]) -> None:
    phase = walk() if kind == "treadmill" else forward()
    there = rows(device_tables(scenario(phase, kind=kind))[0])
    numbers = {RANGES[one].number for one in ranges}
    assert {number for number in there if 0x2AD4 <= number <= 0x2AD8} == numbers
    for one in ranges:
        limits = fields(RANGES[one].number, there[RANGES[one].number].value)
        assert limits == {
            "min": RANGES[one].least,
            "max": RANGES[one].most,
            "step": RANGES[one].step,
        }


SENSORS = [
    {"kind": "power_meter", "id": "power", "vector": True, "wheel": True},
    {"kind": "speed_cadence", "id": "cadence", "wheel": False},
    {"kind": "heart_rate", "id": "strap"},
    {"kind": "foot_pod", "id": "pod"},
]


def test_every_sensor_has_its_service_a_battery_and_an_identity() -> None:
    tables = device_tables(scenario(forward(), sensor=SENSORS))
    services = {t.source: [service.number for service in t.services] for t in tables}
    assert services == {
        "machine": [0x1826, 0x180A],
        "power": [0x1818, 0x180F, 0x180A],
        "cadence": [0x1816, 0x180F, 0x180A],
        "strap": [0x180D, 0x180F, 0x180A],
        "pod": [0x1814, 0x180F, 0x180A],
    }
    by_source = {table.source: rows(table) for table in tables}
    assert {0x2A63, 0x2A64, 0x2A65, 0x2A5D} <= {*by_source["power"]}
    assert fields(0x2A65, by_source["power"][0x2A65].value) == {
        "features": ["wheel_revolution", "crank_revolution"]
    }
    counted = fields(0x2A5C, by_source["cadence"][0x2A5C].value)
    assert counted == {"features": ["crank_revolution"]}
    assert by_source["strap"][0x2A38].value == b"\x01"
    assert by_source["pod"][0x2A29].value == b"ftms-bridge simulator"
    assert by_source["pod"][0x2A19].value[0] <= 100


def test_a_meter_with_extremes_announces_them() -> None:
    meter = {"kind": "power_meter", "id": "power", "extremes": True}
    table = rows(device_tables(scenario(forward(), sensor=[meter]))[1])
    features = fields(0x2A65, table[0x2A65].value)["features"]
    assert isinstance(features, list)
    assert {"extreme_angles", "dead_spot_angles"} <= set(features)


def test_an_address_is_the_same_each_time_and_another_for_each_seed() -> None:
    given = scenario(forward())
    assert address_of(given, "machine") == address_of(given, "machine", seed=given.seed)
    assert address_of(given, "machine") != address_of(given, "strap")
    assert address_of(given, "machine") != address_of(given, "machine", seed=99)


@pytest.mark.parametrize(("name", "late", "advert", "response"), [
    ("Bike", False, (0x09, b"Bike"), None),
    ("Bike", True, None, (0x09, b"Bike")),
    ("A name of 17 chars", False, None, (0x09, b"A name of 17 chars")),
    ("x" * 40, False, None, (0x08, b"x" * 29)),
    ("ä" * 20, False, None, (0x08, ("ä" * 14).encode())),
    ("", True, None, None),
])  # fmt: skip
def test_a_name_goes_where_there_is_room(
    name: str,
    late: bool,
    advert: tuple[int, bytes] | None,
    response: tuple[int, bytes] | None,
) -> None:
    table = device_tables(scenario(forward()), name=name, late_name=late)[0]
    names = [
        next(((kind, text) for kind, text in structures(part).items() if kind in (8, 9)), None)
        for part in (table.advert, table.scan_response)
    ]
    if name:
        assert names == [advert, response]
    assert len(table.advert) <= ADVERT_BYTES
    assert len(table.scan_response) <= ADVERT_BYTES
