"""Checks of single values; each error says what the value must be.

They raise pydantic's custom errors, whose text starts with "must" so that it can follow a key.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Final

import platformdirs
from pydantic_core import PydanticCustomError

from ftms_bridge.gatt.quirks import quirks
from ftms_bridge.measurement.quantities import QUANTITIES
from ftms_bridge.telemetry.topics import MACHINE_ID

APP_NAME: Final = "ftms-bridge"

RESERVED_IDS: Final = frozenset({"bridge"})
"""The bridge's own topics are `<base>/bridge/...`."""

BASE_MAX_BYTES: Final = 200
"""House choice; MQTT allows 65535 bytes for a whole topic."""


def default_recording_directory() -> Path:
    """Return the folder for recordings in the user's data folder."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False)) / "recordings"


def check_source_id(value: str) -> str:
    """Return the id of a machine or sensor if it may stand in a topic."""
    if not MACHINE_ID.fullmatch(value):
        raise PydanticCustomError("id", "must be 1 to 32 characters of a-z, 0-9 and _")
    if value in RESERVED_IDS:
        raise PydanticCustomError("id", "must not be a name that the bridge's own topics use")
    return value


def check_base_topic(value: str) -> str:
    """Return the base topic if topics can be made of it.

    Source: MQTT 5.0, 4.7.1 (no wildcards in topic names), 4.7.2 ($ belongs to the broker), 4.7.3.
    """
    if not value or any(not level for level in value.split("/")):
        raise PydanticCustomError("base", "must not be empty, start or end with / or hold //")
    if not value.isprintable() or set(value) & set("+#") or value.startswith("$"):
        raise PydanticCustomError(
            "base", "must hold no + or #, no control characters and not start with $"
        )
    if len(value.encode()) > BASE_MAX_BYTES:
        raise PydanticCustomError("base", f"must be at most {BASE_MAX_BYTES} bytes long")
    return value


def check_quirk(value: str) -> str:
    """Return the name of a quirk profile, `auto` or `none`."""
    names = ("auto", "none", *quirks())
    if value not in names:
        raise PydanticCustomError("quirk", "must be one of {names}", {"names": ", ".join(names)})
    return value


def check_quantity(value: str) -> str:
    """Return the name of a quantity if it is one of those that can be measured."""
    if value not in QUANTITIES:
        raise PydanticCustomError(
            "quantity", "must be a quantity that is measured, such as power_w or hr_bpm"
        )
    return value


def check_file(value: Path) -> Path:
    """Return the path of an existing file that can be read."""
    try:
        with value.open("rb"):
            return value
    except OSError as error:
        raise PydanticCustomError(
            "file", "must be a file that can be read: {reason}", {"reason": error.strerror or ""}
        ) from None


def check_secret_file(value: Path) -> Path:
    """Return the path of a file with a secret in it that not everybody here can read."""
    if is_open_to_all(check_file(value)):
        raise PydanticCustomError(
            "secret_file", "must not be readable by every user; run: chmod 600 {file}",
            {"file": str(value)},
        )  # fmt: skip
    try:
        empty = not value.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise PydanticCustomError("secret_file", "must hold text in UTF-8") from None
    if empty:
        raise PydanticCustomError("secret_file", "must not be empty")
    return value


def is_open_to_all(file: Path) -> bool:
    """Say whether every user of this computer may read the file."""
    return bool(file.stat().st_mode & stat.S_IROTH)
