"""What a machine says of itself, and which profile follows from it."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import decode
from ftms_bridge.measurement.identity import quirk_of

NAME, MANUFACTURER = 0x2A00, 0x2A29


@pytest.mark.parametrize(
    ("characteristic", "text", "quirk"),
    [
        (NAME, b"VOLT-1234", "jetblack-volt"),
        (NAME, b"Matrix 12", "matrix"),
        (MANUFACTURER, b"Life Fitness", "life-fitness-bike"),
        (MANUFACTURER, b"Somebody", None),
        (MANUFACTURER, b"", None),
        (MANUFACTURER, b"\xff\xfe", None),
    ],
)
def test_a_profile_follows_from_what_was_read(
    characteristic: int, text: bytes, quirk: str | None
) -> None:
    assert quirk_of({characteristic: decode(characteristic, text)}) == quirk


def test_a_machine_that_says_nothing_has_none() -> None:
    assert quirk_of({}) is None
