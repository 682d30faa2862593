"""Reading BlueZ's objects: which adapter is meant, and why none can be used."""

from __future__ import annotations

import pytest
from dbus_fast import Variant

from ftms_bridge.ble.bluez_objects import (
    ADAPTER,
    DEVICE,
    adapter_trouble,
    find_adapter,
    read_objects,
    with_blocks,
)
from ftms_bridge.ble.stack import Adapter, HeldLink
from ftms_bridge.gatt.notification import Verdict

HCI0 = Adapter("hci0", "00:00:00:00:00:AA", powered=False)
HCI1 = Adapter("hci1", "00:00:00:00:00:BB", powered=True)
BOTH = {"/org/bluez/hci0": HCI0, "/org/bluez/hci1": HCI1}


def test_objects_are_read_and_others_left_out() -> None:
    path = "/org/bluez/hci0/dev_C0_FF_EE_00_00_01"
    managed: dict[str, dict[str, dict[str, Variant]]] = {
        "/org/bluez": {"org.bluez.AgentManager1": {}},
        "/org/bluez/hci0": {ADAPTER: {"Address": Variant("s", HCI0.address)}},
        path: {
            DEVICE: {
                "Address": Variant("s", "C0:FF:EE:00:00:01"),
                "Alias": Variant("s", "Bike"),
                "Adapter": Variant("o", "/org/bluez/hci0"),
                "Connected": Variant("b", True),
            }
        },
        "/org/bluez/hci0/dev_X": {DEVICE: {}},
    }
    objects = read_objects(managed)
    assert objects.adapters == {"/org/bluez/hci0": HCI0}
    assert objects.held() == (HeldLink("C0:FF:EE:00:00:01", "Bike", "hci0"),)
    assert [one.path for one in objects.known("c0:ff:ee:00:00:01")] == [path]
    assert objects.known("C0:FF:EE:00:00:02") == objects.known("") == ()
    assert len(objects.devices) == 2


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("hci0", "/org/bluez/hci0"),
        ("HCI1", "/org/bluez/hci1"),
        ("00:00:00:00:00:aa", "/org/bluez/hci0"),
        ("", "/org/bluez/hci1"),
        ("hci", None),
    ],
)
def test_an_adapter_is_found_by_name_address_or_any(wanted: str, path: str | None) -> None:
    assert find_adapter(BOTH, wanted) == path


@pytest.mark.parametrize(
    ("wanted", "verdict", "detail"),
    [
        ("", None, ""),
        ("hci1", None, ""),
        ("hci0", Verdict.BLUETOOTH_OFF, "switched off: hci0 (00:00:00:00:00:AA), blocked somehow"),
        (
            "hci7",
            Verdict.ADAPTER_MISSING,
            "no adapter hci7; there is hci0 (00:00:00:00:00:AA), hci1 (00:00:00:00:00:BB)",
        ),
    ],
)
def test_trouble_names_what_is_there(wanted: str, verdict: Verdict | None, detail: str) -> None:
    trouble = adapter_trouble(BOTH, wanted, {"hci0": "blocked somehow"})
    assert (trouble.verdict if trouble else None) == verdict
    assert (trouble.detail if trouble else "") == detail


def test_without_any_adapter_the_blocked_switches_are_named() -> None:
    trouble = adapter_trouble({}, "hci0", {"laptop": "blocked by a hardware switch"})
    assert trouble is not None
    assert trouble.verdict is Verdict.ADAPTER_MISSING
    assert trouble.detail == (
        "no Bluetooth adapter (hci0 is wanted); laptop is blocked by a hardware switch"
    )


def test_all_adapters_off_are_named() -> None:
    trouble = adapter_trouble({"/org/bluez/hci0": HCI0}, "", {})
    assert trouble is not None
    assert trouble.detail == "switched off: hci0 (00:00:00:00:00:AA)"


def test_blocked_adapters_are_marked() -> None:
    assert [one.blocked for one in with_blocks((HCI1, HCI0), {"hci0"})] == [True, False]
