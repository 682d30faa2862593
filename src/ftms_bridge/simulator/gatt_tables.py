"""What each simulated device shows on the air: address, advert, scan response and services.

Plain values, without any radio. Sources: FTMS 1.0, CSCS 1.0, CPS 1.1, RSCS 1.0, HRS 1.0, and the
Core Specification Supplement, Part A, for the advert.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.fields import Value
from ftms_bridge.gatt.uuids import (
    BATTERY_SERVICE,
    CYCLING_POWER_SERVICE,
    CYCLING_SPEED_AND_CADENCE_SERVICE,
    DEVICE_INFORMATION_SERVICE,
    FITNESS_MACHINE_SERVICE,
    HEART_RATE_SERVICE,
    RUNNING_SPEED_AND_CADENCE_SERVICE,
)
from ftms_bridge.simulator.control_point import RANGES, TARGETS
from ftms_bridge.simulator.machine import CHARACTERISTICS, USUAL_FIELDS, layout_of
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.sensor_tables import (
    BluetoothSensor,
    FootPod,
    HeartRate,
    SpeedCadence,
)

ADVERT_BYTES: Final = 31
"""Room in an advert, and once more in a scan response."""

FLAGS: Final = b"\x02\x01\x06"
"""General discoverable, no classic Bluetooth."""

AD_SERVICES: Final = 0x03
AD_SHORT_NAME: Final = 0x08
AD_NAME: Final = 0x09
AD_SERVICE_DATA: Final = 0x16
"""Types of the structures in an advert."""

STATIC_RANDOM: Final = 0xC0
"""The two highest bits of a static random address (Core Specification, Vol 6, Part B, 1.3.2.1)."""

MANUFACTURER: Final = "ftms-bridge simulator"
FIRMWARE: Final = "1.0"
HARDWARE: Final = "air"
BATTERY_PCT: Final = 87

READ: Final = frozenset({"read"})
NOTIFY: Final = frozenset({"notify"})
READ_NOTIFY: Final = READ | NOTIFY
CONTROL: Final = frozenset({"write", "indicate"})

CONTROL_POINT: Final = 0x2AD9
MACHINE_STATUS: Final = 0x2ADA
TRAINING_STATUS: Final = 0x2AD3

FEATURES: Final = {
    "avg_speed_kmh": "avg_speed",
    "cadence_rpm": "cadence",
    "avg_cadence_rpm": "cadence",
    "steps_per_min": "step_count",
    "avg_step_rate": "step_count",
    "step_count": "step_count",
    "distance_m": "total_distance",
    "incline_pct": "inclination",
    "elev_gain_pos_m": "elevation_gain",
    "resistance": "resistance_level",
    "stride_count": "stride_count",
    "energy_kcal": "expended_energy",
    "hr_bpm": "heart_rate",
    "met": "metabolic_equivalent",
    "elapsed_s": "elapsed_time",
    "power_w": "power_measurement",
    "avg_power_w": "power_measurement",
}
"""Which feature bit announces which field; speed has none."""

LOCATIONS: Final = {
    "power_meter": "left_crank",
    "speed_cadence": "rear_wheel",
    "foot_pod": "in_shoe",
}
CHEST: Final = b"\x01"
"""Body sensor location of a strap (HRS 1.0, 3.2)."""


@dataclass(frozen=True, slots=True)
class CharacteristicRow:
    """One characteristic: properties out of read, write, notify, indicate; its first value."""

    number: int
    properties: frozenset[str]
    value: bytes = b""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One primary service by its number."""

    number: int
    characteristics: tuple[CharacteristicRow, ...]


@dataclass(frozen=True, slots=True)
class DeviceTable:
    """One device on the air.

    source: id in the scenario. address: static random, as text. advert, scan_response: at most 31
    bytes each. kind: of the machine; "" for a sensor.
    """

    source: str
    name: str
    address: str
    advert: bytes
    scan_response: bytes
    services: tuple[ServiceRow, ...]
    kind: str = ""


def address_of(scenario: Scenario, source: str, *, seed: int | None = None) -> str:
    """Return the address of a source: the same each time, another one for each seed."""
    used = scenario.seed if seed is None else seed
    text = f"{used}/{scenario.machine_table.id}/{source}"
    six = bytearray(sha256(text.encode()).digest()[:6])
    six[0] |= STATIC_RANDOM
    return ":".join(f"{byte:02X}" for byte in six)


def device_tables(
    scenario: Scenario,
    *,
    seed: int | None = None,
    name: str | None = None,
    late_name: bool = False,
) -> tuple[DeviceTable, ...]:
    """Return the machine and then each sensor of a scenario.

    name: of the machine, any text; None: the scenario's. late_name: every name is only in the scan
    response, where it also goes when the advert has no room for it.
    """
    machine = _machine_table(scenario, seed, name, late_name=late_name)
    sensors = (_sensor_table(scenario, one, seed, late_name) for one in scenario.radio_sensors)
    return (machine, *sensors)


def _machine_table(
    scenario: Scenario, seed: int | None, name: str | None, *, late_name: bool
) -> DeviceTable:
    table = scenario.machine_table
    shown = name if name is not None else table.name or f"Virtual {table.kind.replace('_', ' ')}"
    service_data = encode(FITNESS_MACHINE_SERVICE, {"available": True, "types": [table.kind]})
    announced = advert_structure(
        AD_SERVICE_DATA, FITNESS_MACHINE_SERVICE.to_bytes(2, "little") + service_data
    )
    address = address_of(scenario, table.id, seed=seed)
    advert, response = _adverts((FITNESS_MACHINE_SERVICE,), announced, shown, late_name=late_name)
    services = (machine_service(scenario), identity_service(f"Virtual {table.kind}", address))
    return DeviceTable(table.id, shown, address, advert, response, services, table.kind)


def _sensor_table(
    scenario: Scenario,
    sensor: BluetoothSensor,
    seed: int | None,
    late_name: bool,
) -> DeviceTable:
    shown = f"{sensor.kind.replace('_', ' ').title()} {sensor.id}"
    address = address_of(scenario, sensor.id, seed=seed)
    service = sensor_service(sensor)
    advert, response = _adverts((service.number,), b"", shown, late_name=late_name)
    battery = CharacteristicRow(0x2A19, READ_NOTIFY, bytes([BATTERY_PCT]))
    services = (
        service,
        ServiceRow(BATTERY_SERVICE, (battery,)),
        identity_service(f"Virtual {sensor.kind}", address),
    )
    return DeviceTable(sensor.id, shown, address, advert, response, services)


def machine_service(scenario: Scenario) -> ServiceRow:
    """Return the Fitness Machine service, with the feature bits of the fields that are sent."""
    kind = scenario.machine_table.kind
    rows = [
        CharacteristicRow(0x2ACC, READ, machine_features(scenario)),
        CharacteristicRow(CHARACTERISTICS[kind], NOTIFY),
        CharacteristicRow(
            TRAINING_STATUS, READ_NOTIFY, encode(TRAINING_STATUS, {"training_status": "idle"})
        ),
    ]
    for target in TARGETS[kind]:
        if target in RANGES:
            one = RANGES[target]
            limits: dict[str, Value] = {"min": one.least, "max": one.most, "step": one.step}
            rows.append(CharacteristicRow(one.number, READ, encode(one.number, limits)))
    rows.append(CharacteristicRow(CONTROL_POINT, CONTROL))
    rows.append(CharacteristicRow(MACHINE_STATUS, NOTIFY))
    return ServiceRow(FITNESS_MACHINE_SERVICE, tuple(rows))


def machine_features(scenario: Scenario) -> bytes:
    """Return the value of 2ACC: what the machine sends, and which targets it takes."""
    kind, firmware = scenario.machine_table.kind, scenario.firmware
    lists = firmware.rotate or (firmware.fields or USUAL_FIELDS[kind],)
    names = {name for one in lists for name in one}
    rows = layout_of(kind).fields
    bits = {row.bit for row in rows if row.name in names}
    sent = {FEATURES[row.name] for row in rows if row.bit in bits and row.name in FEATURES}
    machine: list[int | float | str] = [*sorted(sent)]
    target: list[int | float | str] = [*TARGETS[kind]]
    return encode(0x2ACC, {"machine": machine, "target": target})


def sensor_service(sensor: BluetoothSensor) -> ServiceRow:
    """Return the service of a sensor, with the features that its table switches on."""
    rows: tuple[CharacteristicRow, ...]
    if isinstance(sensor, HeartRate):
        rows = (CharacteristicRow(0x2A37, NOTIFY), CharacteristicRow(0x2A38, READ, CHEST))
        return ServiceRow(HEART_RATE_SERVICE, rows)
    place = encode(0x2A5D, {"location": LOCATIONS[sensor.kind]})
    location = CharacteristicRow(0x2A5D, READ, place)
    if isinstance(sensor, FootPod):
        feature = _features(0x2A54, total_distance=True, walking_or_running=True)
        rows = (CharacteristicRow(0x2A53, NOTIFY), feature, location)
        return ServiceRow(RUNNING_SPEED_AND_CADENCE_SERVICE, rows)
    crank, wheel = sensor.crank, sensor.wheel
    counted = {"wheel_revolution": wheel, "crank_revolution": crank}
    if isinstance(sensor, SpeedCadence):
        rows = (CharacteristicRow(0x2A5B, NOTIFY), _features(0x2A5C, **counted), location)
        return ServiceRow(CYCLING_SPEED_AND_CADENCE_SERVICE, rows)
    vector = (CharacteristicRow(0x2A64, NOTIFY),) if sensor.vector else ()
    angles = {"extreme_angles": sensor.extremes, "dead_spot_angles": sensor.extremes}
    feature = _features(0x2A65, **counted, **angles)
    rows = (CharacteristicRow(0x2A63, NOTIFY), *vector, feature, location)
    return ServiceRow(CYCLING_POWER_SERVICE, rows)


def _features(number: int, **has: bool) -> CharacteristicRow:
    names: list[int | float | str] = [name for name, there in has.items() if there]
    return CharacteristicRow(number, READ, encode(number, {"features": names}))


def identity_service(model: str, serial: str) -> ServiceRow:
    """Return the Device Information service of a device of this model."""
    texts = {0x2A29: MANUFACTURER, 0x2A24: model, 0x2A25: serial.replace(":", "")}
    texts |= {0x2A26: FIRMWARE, 0x2A27: HARDWARE, 0x2A28: FIRMWARE}
    rows = (CharacteristicRow(number, READ, text.encode()) for number, text in texts.items())
    return ServiceRow(DEVICE_INFORMATION_SERVICE, tuple(rows))


def advert_structure(ad_type: int, payload: bytes) -> bytes:
    """Return one structure of an advert: length, type, payload."""
    return bytes([len(payload) + 1, ad_type]) + payload


def _adverts(
    services: tuple[int, ...], service_data: bytes, name: str, *, late_name: bool
) -> tuple[bytes, bytes]:
    """Return advert and scan response; the name is shortened where nothing has room for it."""
    numbers = b"".join(number.to_bytes(2, "little") for number in services)
    advert = FLAGS + advert_structure(AD_SERVICES, numbers) + service_data
    text = name.encode()
    fits = len(advert) + 2 + len(text) <= ADVERT_BYTES
    room = ADVERT_BYTES - 2
    ad_type = AD_NAME if len(text) <= room else AD_SHORT_NAME
    whole = text[:room].decode(errors="ignore").encode()
    structure = advert_structure(ad_type, whole) if text else b""
    return (advert, structure) if late_name or not fits else (advert + structure, b"")
