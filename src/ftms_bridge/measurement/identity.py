"""What a machine says of itself, and the quirk profile that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ftms_bridge.gatt.codec import Decoded
from ftms_bridge.gatt.quirks import quirk_for

SAYS: Final[Mapping[int, str]] = {
    0x2A00: "name",
    0x2A24: "model",
    0x2A26: "firmware",
    0x2A29: "manufacturer",
}
"""The characteristics that tell one kind of machine from another, and what each says."""


def said_of(last_read: Mapping[int, Decoded]) -> dict[str, str]:
    """Return what a machine has said of itself so far, by the words of `SAYS`; "" is possible."""
    said = {}
    for characteristic, key in SAYS.items():
        decoded = last_read.get(characteristic)
        if decoded is not None:
            said[key] = str(decoded.fields.get(key) or "")
    return said


def quirk_of(last_read: Mapping[int, Decoded]) -> str | None:
    """Return the name of the profile that fits what was read of a machine, or None."""
    quirk = quirk_for(**said_of(last_read))
    return None if quirk is None else quirk.name
