"""What a machine says of itself, and which profile follows from it."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import decode
from ftms_bridge.measurement.identity import quirk_of, said_of

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


def test_what_is_said_is_known_by_its_word_and_what_is_not_said_is_not() -> None:
    read = {number: decode(number, text) for number, text in ((0x2A26, b"1.9"), (NAME, b""))}
    assert said_of(read) == {"firmware": "1.9", "name": ""}
