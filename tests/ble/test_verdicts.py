from __future__ import annotations

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)
from bleak_retry_connector import BleakConnectionError, BleakNotFoundError

from ftms_bridge.ble.bounded import TookTooLong
from ftms_bridge.ble.verdicts import LONGEST_TEXT, LinkTrouble, plain_text, trouble_of
from ftms_bridge.gatt.notification import Verdict

Reason = BleakBluetoothNotAvailableReason


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (BleakBluetoothNotAvailableError("no", Reason.NO_BLUETOOTH), Verdict.ADAPTER_MISSING),
        (BleakBluetoothNotAvailableError("no", Reason.POWERED_OFF), Verdict.BLUETOOTH_OFF),
        (BleakBluetoothNotAvailableError("no", Reason.DENIED_BY_USER), Verdict.NOT_PERMITTED),
        (BleakBluetoothNotAvailableError("no", Reason.UNKNOWN), Verdict.SERVICE_DOWN),
        (BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", []), Verdict.NOT_PERMITTED),
        (BleakDBusError("org.bluez.Error.NotReady", ["x"]), Verdict.BLUETOOTH_OFF),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", []), Verdict.SERVICE_DOWN),
        (BleakDBusError("org.bluez.Error.InProgress", ["busy"]), Verdict.NO_ANSWER),
        (FileNotFoundError("bus"), Verdict.SERVICE_DOWN),
        (PermissionError("bus"), Verdict.NOT_PERMITTED),
        (BleakError("whatever"), Verdict.NO_ANSWER),
        (BleakNotFoundError("x"), Verdict.NO_ANSWER),
        (TookTooLong("connecting"), Verdict.NO_ANSWER),
        (LinkTrouble(Verdict.MUTE, "silent"), Verdict.MUTE),
    ],
)
def test_each_error_has_its_word(error: BaseException, verdict: Verdict) -> None:
    trouble = trouble_of(error, Verdict.NO_ANSWER)
    assert trouble.verdict is verdict
    assert trouble.reason


def test_every_reason_of_bleak_is_considered() -> None:
    for reason in Reason:
        trouble = trouble_of(BleakBluetoothNotAvailableError("no", reason), Verdict.NO_ANSWER)
        assert trouble.verdict is not Verdict.NO_ANSWER


def test_what_the_retry_connector_wraps_decides() -> None:
    error = BleakConnectionError("Failed to connect after 2 attempt(s)")
    error.__cause__ = BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"])
    trouble = trouble_of(error, Verdict.NO_ANSWER)
    assert trouble.verdict is Verdict.BLUETOOTH_OFF
    assert trouble.reason == "org.bluez.Error.NotReady: Resource Not Ready"


def test_foreign_text_is_made_harmless() -> None:
    assert plain_text("a\x1b]8;;x\x07\n\u202eb  c", 99) == "a ]8;;x b c"
    assert len(trouble_of(BleakError("x" * 999), Verdict.LOST).reason) == LONGEST_TEXT


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Bike - C0:01:02:03:04:05: Failed", "Bike - ...04:05: Failed"),
        ("device 'dev_C0_01_02_03_04_05' not found", "device '...04:05' not found"),
        (
            "/org/bluez/hci0/dev_C0_01_02_03_04_05/service0010",
            "/org/bluez/hci0/...04:05/service0010",
        ),
        ("12345678-ABCD-ABCD-ABCD-1234567890ab", "...890ab"),
        ("no 00002ad2-0000-1000-8000-00805f9b34fb", "no 00002ad2-0000-1000-8000-00805f9b34fb"),
    ],
)
def test_a_reason_holds_no_address(text: str, kept: str) -> None:
    assert trouble_of(BleakError(text), Verdict.NO_ANSWER).reason == kept
