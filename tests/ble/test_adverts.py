from __future__ import annotations

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.ble.adverts import LONGEST_NAME, candidate_of, machine_kinds
from ftms_bridge.gatt.uuids import long_uuid
from ftms_bridge.measurement.sources import MachineKind, SensorKind

DEVICE = BLEDevice("C0:00:00:00:00:01", "Alias", {})


def advert(
    name: str | None = None, services: tuple[str, ...] = (), data: dict[str, bytes] | None = None
) -> AdvertisementData:
    return AdvertisementData(name, {}, data or {}, list(services), None, -55, ())


def test_services_kinds_and_name_are_taken_from_the_advertisement() -> None:
    uuids = (long_uuid(0x180D), "12345678-0000-0000-0000-000000000000")
    heard = candidate_of(DEVICE, advert("Walk", uuids, {long_uuid(0x1826): b"\x01\x01\x00"}))
    assert heard.name == "Walk"
    assert heard.services == {0x180D, 0x1826}
    assert heard.kinds == {SensorKind.HEART_RATE, MachineKind.TREADMILL}
    assert heard.rssi_dbm == -55


def test_without_a_name_in_the_air_the_alias_counts() -> None:
    assert candidate_of(DEVICE, advert()).name == "Alias"
    assert candidate_of(BLEDevice("C0:00:00:00:00:01", None, {}), advert()).name == ""


def test_a_machine_of_two_kinds_is_both() -> None:
    both = {MachineKind.TREADMILL, MachineKind.INDOOR_BIKE}
    assert machine_kinds(bytes.fromhex("012100")) == both


@given(st.text(max_size=200), st.binary(max_size=40))
def test_no_advertisement_raises_and_no_name_is_dangerous(name: str, data: bytes) -> None:
    heard = candidate_of(DEVICE, advert(name, (), {long_uuid(0x1826): data}))
    assert heard.name.isprintable()
    assert len(heard.name) <= LONGEST_NAME
