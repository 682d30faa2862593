"""Findings about Bluetooth: their sentences and remedies; test_doctor.py stages each cause."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ftms_bridge.app.doctor.radio_checks import (
    AirFacts,
    StackFacts,
    Wanted,
    check_machines,
    check_scan,
    check_stack,
)
from ftms_bridge.ble.binding import Binding
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import MachineKind
from tests.app.doctor.staging import HCI0, OTHER, WELL, bike, heard, held, phone, troubled

ANY_BIKE = Wanted("bike", Binding(MachineKind.INDOOR_BIKE))
NAMED = Wanted("bike", Binding(MachineKind.INDOOR_BIKE, name="zwift*"))


@pytest.mark.parametrize(
    ("version", "word"),
    [("5.54", "bluez_too_old"), ("5.55", "ok"), ("5.9", "bluez_too_old"), ("5.100", "ok"),
     ("", "ok"), ("6.0", "ok")],
)  # fmt: skip
def test_the_oldest_bluez_that_works_is_5_55(version: str, word: str) -> None:
    found = check_stack(StackFacts("", replace(WELL, version=version)))
    assert found.cause.word == word


def test_a_stack_that_works_is_named_with_its_adapter() -> None:
    found = check_stack(StackFacts("", WELL))
    assert found.what == "BlueZ 5.66, adapter hci0 (AA:AA:AA:AA:AA:AA)."


def test_another_adapter_is_offered_when_the_configured_one_is_not_there() -> None:
    state = troubled(Verdict.ADAPTER_MISSING, "there is no hci1", HCI0)
    found = check_stack(StackFacts("", state, "hci1"))
    assert found.cause.word == "adapter_missing"
    assert "hci1 is not there; there is adapter hci0" in found.what


def test_only_the_switch_of_the_configured_adapter_counts() -> None:
    blocked = replace(HCI0, name="hci1", address="BB", powered=False, blocked=True)
    state = troubled(Verdict.BLUETOOTH_OFF, "off", replace(HCI0, powered=False), blocked)
    assert check_stack(StackFacts("", state, "hci0")).cause.word == "bluetooth_off"
    assert check_stack(StackFacts("", state, "bb")).cause.word == "bluetooth_blocked"


def test_who_is_in_the_group_already_is_not_told_to_join_it() -> None:
    state = troubled(Verdict.NOT_PERMITTED)
    outside = check_stack(StackFacts("", state, in_group=False))
    inside = check_stack(StackFacts("", state, in_group=True))
    assert "usermod -aG bluetooth" in outside.remedy
    assert "usermod" not in inside.remedy
    assert inside.cause is outside.cause


def test_a_machine_that_fits_is_told_with_its_level() -> None:
    [found] = check_machines(AirFacts(heard(bike()), 8), [ANY_BIKE])
    assert found.cause.word == "ok"
    assert found.what == "Heard: Bike (C0:01:02:03:04:05) indoor_bike -60 dBm."


def test_all_that_fit_are_listed_and_the_strongest_is_taken_if_asked_for() -> None:
    air = AirFacts(heard(bike(), bike(OTHER, name="Other")), 8)
    [found] = check_machines(air, [ANY_BIKE])
    assert found.cause.word == "ambiguous"
    assert "2 fit: Bike (C0:01:02:03:04:05)" in found.what
    strongest = Wanted("bike", Binding(MachineKind.INDOOR_BIKE, pick="strongest"))
    assert check_machines(air, [strongest])[0].cause.word == "ok"


def test_what_was_heard_instead_is_told() -> None:
    [found] = check_machines(AirFacts(heard(phone(), bike()), 8), [NAMED])
    assert found.cause.word == "machine_not_seen"
    assert "zwift*" in found.what
    assert "heard instead: Bike" in found.what


def test_a_held_link_counts_only_if_it_may_be_the_machine() -> None:
    other = AirFacts(heard(phone()), 8, held=[held(OTHER, "Headphones")])
    assert check_machines(other, [NAMED])[0].cause.word == "machine_not_seen"
    zwift = replace(other, held=[held(OTHER, "Zwift Hub")])
    assert check_machines(zwift, [NAMED])[0].cause.word == "machine_held"


def test_a_machine_that_does_not_say_its_kind_may_be_the_one() -> None:
    [found] = check_machines(AirFacts(heard(bike(kinds=())), 8), [ANY_BIKE])
    assert found.cause.word == "ok"


def test_many_devices_do_not_fill_the_screen() -> None:
    many = [bike(f"C0:00:00:00:00:{number:02X}") for number in range(20)]
    [found] = check_machines(AirFacts(heard(*many), 8), [])
    assert "and 14 more" in found.what


def test_a_scan_that_hears_tells_how_much() -> None:
    found = check_scan(AirFacts(heard(bike(), phone(), adverts=12), 8))
    assert found.what == "12 advertisements in 8 s, 1 fitness machine."


def test_without_a_configuration_a_held_machine_explains_the_silence() -> None:
    [found] = check_machines(AirFacts(heard(phone()), 8, held=[held()]), [])
    assert found.cause.word == "not_checked"
    assert "Bike" in found.what


def test_a_link_that_is_up_proves_that_the_radio_works() -> None:
    air = AirFacts(heard(adverts=0), 8, held=[held()])
    assert check_scan(air).cause.word == "not_checked"
    assert check_machines(air, [ANY_BIKE])[0].cause.word == "machine_held"


def test_a_virtual_radio_that_is_gone_is_not_blamed_on_this_computer() -> None:
    state = troubled(Verdict.ADAPTER_MISSING, "nobody answers at 127.0.0.1:7310")
    found = check_stack(StackFacts("", state, virtual=True))
    assert found.cause.word == "stack_trouble"
    assert found.what == "Nobody answers at 127.0.0.1:7310."
    assert "ftms-bridge virtual" in found.remedy
