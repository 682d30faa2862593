"""Checks of single values about the radio; each error says what the value must be.

They raise pydantic's custom errors, whose text starts with "must" so that it can follow a key.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import platformdirs
from pydantic_core import PydanticCustomError

from ftms_bridge.config.checks import APP_NAME

SYSTEM_RADIO: Final = "system"

_PAIRS: Final = re.compile(r"[0-9A-F]{2}(?:([:-]?)[0-9A-F]{2})(?:\1[0-9A-F]{2}){4}")
_UUID: Final = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_ADAPTER_NAME: Final = re.compile(r"hci[0-9]{1,3}")
_TCP: Final = re.compile(r"tcp:(?:\[[0-9A-Fa-f:.]+\]|[^\s:\[\]/]+):([0-9]{1,5})")
_TIME: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")

_PORT_MAX: Final = 65535


def default_state_directory() -> Path:
    """Return the folder for what was learned, in the user's folder for states."""
    return Path(platformdirs.user_state_dir(APP_NAME, appauthor=False))


def check_address(value: str) -> str:
    """Return an address in capitals, with colons; macOS has a UUID in its place."""
    text = value.upper()
    if _UUID.fullmatch(text):
        return text
    if _PAIRS.fullmatch(text):
        digits = re.sub(r"[:-]", "", text)
        return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    raise PydanticCustomError(
        "address",
        "must be six pairs of hex digits, such as C0:01:02:03:04:05, or a UUID as macOS has them",
    )


def check_adapter(value: str) -> str:
    """Return the name or the address of an adapter; empty is any."""
    if not value or _ADAPTER_NAME.fullmatch(value):
        return value
    if _PAIRS.fullmatch(value.upper()):
        return check_address(value)
    raise PydanticCustomError(
        "adapter", "must be an adapter's name such as hci0 or its address, or empty for any"
    )


def check_radio(value: str) -> str:
    """Return where the radio is: of this computer, or a virtual one behind a TCP port."""
    if value == SYSTEM_RADIO:
        return value
    match = _TCP.fullmatch(value)
    if match is None or not 1 <= int(match[1]) <= _PORT_MAX:
        raise PydanticCustomError(
            "radio", "must be 'system' or tcp:HOST:PORT, such as tcp:127.0.0.1:7310"
        )
    return value


def check_idle_minutes(value: float) -> float:
    """Return a time after which a link is given away; less than a minute is a mistake."""
    if 0 < value < 1:
        raise PydanticCustomError("idle", "must be 0 for never, or from 1 to 1440 minutes")
    return value


def check_time_of_day(value: str) -> str:
    """Return a local time of day as it is written."""
    if not _TIME.fullmatch(value):
        raise PydanticCustomError("time", "must be a time from 00:00 to 23:59, such as 06:30")
    return value
