"""From what the Bluetooth stack raises to one word and a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
)
from bleak_retry_connector import BleakNotFoundError

from ftms_bridge.ble.bounded import TookTooLong
from ftms_bridge.gatt.notification import Verdict

STACK_ERRORS: Final = (BleakError, OSError, EOFError, TimeoutError, AttributeError, KeyError)
"""What bleak and its retry connector let through when the system below misbehaves.

AttributeError and KeyError come from bleak's BlueZ backend when objects vanish under it; the retry
connector takes them as such too.
"""

STACK_VERDICTS: Final = frozenset(
    {
        Verdict.ADAPTER_MISSING,
        Verdict.BLUETOOTH_OFF,
        Verdict.NOT_PERMITTED,
        Verdict.SERVICE_DOWN,
        Verdict.RADIO_FAULT,
    }
)
"""Troubles of this computer rather than of one machine."""

_REASONS: Final = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: Verdict.ADAPTER_MISSING,
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: Verdict.ADAPTER_MISSING,
    BleakBluetoothNotAvailableReason.POWERED_OFF: Verdict.BLUETOOTH_OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: Verdict.NOT_PERMITTED,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: Verdict.NOT_PERMITTED,
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: Verdict.NOT_PERMITTED,
}

_DBUS: Final = {
    "org.freedesktop.DBus.Error.AccessDenied": Verdict.NOT_PERMITTED,
    "org.bluez.Error.NotAuthorized": Verdict.NOT_PERMITTED,
    "org.bluez.Error.NotReady": Verdict.BLUETOOTH_OFF,
    "org.freedesktop.DBus.Error.ServiceUnknown": Verdict.SERVICE_DOWN,
    "org.freedesktop.DBus.Error.NameHasNoOwner": Verdict.SERVICE_DOWN,
    "org.freedesktop.DBus.Error.NoReply": Verdict.SERVICE_DOWN,
    "org.freedesktop.DBus.Error.Disconnected": Verdict.SERVICE_DOWN,
}

_NO_ADAPTER: Final = re.compile(r"adapter '.*' not found")
"""What bleak's BlueZ backend says, as a plain error, when an adapter went away under it."""

_ADDRESS: Final = re.compile(
    r"\b(?:dev_)?(?:[0-9A-F]{2}[:_-]){5}[0-9A-F]{2}\b"
    r"|\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-(?!00805F9B34FB)[0-9A-F]{12}\b",
    re.IGNORECASE,
)
"""An address, also as BlueZ writes it in a path, or what macOS has instead: a UUID that is not one
of the standard's own."""

LONGEST_TEXT: Final = 160
"""Characters of an error's text that are repeated; house choice."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no link; ``reason`` in words."""

    verdict: Verdict
    reason: str


class LinkTrouble(Exception):
    """The connection cannot go on; carries the trouble."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.trouble = Trouble(verdict, reason)


def trouble_of(error: BaseException, otherwise: Verdict) -> Trouble:
    """Return what an error means; ``otherwise`` is the verdict when it is of the machine's doing.

    The retry connector wraps what it caught: the first error of the chain that says something
    about this computer decides.
    """
    cause: BaseException | None = error
    while cause is not None:
        verdict = _verdict_of(cause)
        if verdict is not None:
            return Trouble(verdict, _text(cause))
        cause = cause.__cause__
    return Trouble(otherwise, _text(error))


def _verdict_of(error: BaseException) -> Verdict | None:
    if isinstance(error, LinkTrouble):
        return error.trouble.verdict
    if isinstance(error, BleakBluetoothNotAvailableError):
        return _REASONS.get(error.reason, Verdict.SERVICE_DOWN)
    if isinstance(error, BleakDBusError):
        return _DBUS.get(error.dbus_error)
    if isinstance(error, FileNotFoundError | ConnectionRefusedError | EOFError):  # no bus any more
        return Verdict.SERVICE_DOWN
    if isinstance(error, PermissionError):
        return Verdict.NOT_PERMITTED
    if isinstance(error, BleakError) and _NO_ADAPTER.fullmatch(str(error)):
        return Verdict.ADAPTER_MISSING
    return None


def _text(error: BaseException) -> str:
    """Return an error's own words on one line; foreign text may hold anything."""
    if isinstance(error, TookTooLong | LinkTrouble):
        text = str(error)
    elif isinstance(error, BleakDBusError):
        text = f"{error.dbus_error}: {error.dbus_error_details or ''}"
    elif isinstance(error, BleakNotFoundError | BleakDeviceNotFoundError):
        text = "the system does not know the device any more"
    elif isinstance(error, BleakBluetoothNotAvailableError):
        text = str(error.args[0])
    else:
        text = str(error) or type(error).__name__
    return plain_text(without_addresses(text), LONGEST_TEXT)


def without_addresses(text: str) -> str:
    """Return a text with only the end of each address in it.

    Reasons are published and recorded, and whole addresses do not leave this computer. The retry
    connector puts one into every error, BlueZ one into every path.
    """
    return _ADDRESS.sub(lambda found: f"...{found[0][-5:].replace('_', ':')}", text)


def plain_text(text: str, limit: int) -> str:
    """Return foreign text on one line, without control characters, at most ``limit`` long."""
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.split())[:limit]
