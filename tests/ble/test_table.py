from __future__ import annotations

from bleak.backends.service import BleakGATTServiceCollection

from ftms_bridge.ble.table import (
    CONTROL_POINTS,
    IDENTITY,
    MEASURED,
    PRIVATE,
    GattTable,
    telling_name,
)
from tests.ble.fake_air import BIKE, FakeDevice, collection

HYBRID = {
    **BIKE,
    0x1818: {0x2A63: ("notify", b""), 0x2A66: ("write indicate", b""), 0x2A65: ("read", b"")},
    0x1801: {0x2A05: ("indicate", b"")},
    0x180F: {0x2A19: ("read notify", b"\x64")},
    0x180A: {**BIKE[0x180A], 0x2A25: ("read", b"C00000000001"), 0x2A23: ("read", bytes(8))},
}


def table(services: dict[int, dict[int, tuple[str, bytes]]]) -> GattTable:
    found: BleakGATTServiceCollection = collection(FakeDevice(services=services))
    return GattTable(found)


def test_everything_known_that_speaks_is_subscribed_measurements_first() -> None:
    numbers = [number for number, _ in table(HYBRID).speaking()]
    assert numbers == [0x2AD2, 0x2A63, 0x2ADA, 0x2A19]
    assert not CONTROL_POINTS & set(numbers)


def test_facts_are_read_apart_from_the_identity() -> None:
    numbers = {number for number, _ in table(HYBRID).readable()}
    assert numbers == {0x2ACC, 0x2A65, 0x2A19}
    assert not numbers & MEASURED
    assert not numbers & set(IDENTITY)
    assert all(number in table(HYBRID) for number in PRIVATE)


def test_services_of_fitness_make_the_fingerprint_and_others_do_not() -> None:
    assert table(HYBRID).services == (0x1818, 0x1826)
    assert table(HYBRID).unknown == 2  # 2A66 and 2A05
    assert table({}).services == ()


def test_a_probe_is_anything_that_must_be_answered() -> None:
    probe = table(HYBRID).probe()
    assert probe is not None
    assert "read" in probe.properties
    only_identity = table({0x180A: {0x2A29: ("read", b"x")}}).probe()
    assert only_identity is not None
    assert table({0x1826: {0x2AD2: ("notify", b"")}}).probe() is None


def test_of_two_with_one_number_the_first_counts() -> None:
    both = {0x1826: {0x2AD2: ("notify", b"")}, 0x1818: {0x2AD2: ("read", b"")}}
    assert table(both)[0x2AD2].properties == ["notify"]


def test_of_a_radio_name_only_what_chooses_a_profile_is_told() -> None:
    assert telling_name("Matrix 1234") == "Matrix "
    assert telling_name("VOLT-3F2A").startswith("VOLT-")
    assert "3" not in telling_name("VOLT-3F2A")
    assert telling_name("Anna's bike 7") == telling_name("") == telling_name("42") == ""
