"""Assigned numbers used here: services, and the short and long form of a UUID."""

from __future__ import annotations

from typing import Final

FITNESS_MACHINE_SERVICE: Final = 0x1826
HEART_RATE_SERVICE: Final = 0x180D
DEVICE_INFORMATION_SERVICE: Final = 0x180A
BATTERY_SERVICE: Final = 0x180F
RUNNING_SPEED_AND_CADENCE_SERVICE: Final = 0x1814
CYCLING_SPEED_AND_CADENCE_SERVICE: Final = 0x1816
CYCLING_POWER_SERVICE: Final = 0x1818

BASE_SUFFIX: Final = "-0000-1000-8000-00805f9b34fb"
"""End of every UUID that has a short form (Core Specification, Vol 3, Part B, 2.5.1)."""


def long_uuid(number: int) -> str:
    """Return the 128-bit form of an assigned number, in lower case."""
    return f"{number:08x}{BASE_SUFFIX}"


def short_number(text: str) -> int | None:
    """Return the assigned number in ``2ad2``, ``0x2AD2`` or the 128-bit form, or None."""
    digits = text.strip().lower()
    if digits.endswith(BASE_SUFFIX):
        digits = digits.removesuffix(BASE_SUFFIX)
        if len(digits) != 8 or not digits.startswith("0000"):
            return None
        digits = digits[4:]
    digits = digits.removeprefix("0x")
    if len(digits) != 4 or not all(digit in "0123456789abcdef" for digit in digits):
        return None
    return int(digits, 16)
