"""The short and the long form of a UUID."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.uuids import long_uuid, short_number


@pytest.mark.parametrize(
    "text", ["2ad2", "2AD2", "0x2AD2", " 2ad2 ", "00002AD2-0000-1000-8000-00805F9B34FB"]
)
def test_every_usual_way_of_writing_a_number_is_read(text: str) -> None:
    assert short_number(text) == 0x2AD2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2ad",
        "2ad22",
        "zzzz",
        "+2ad",
        "-0000-1000-8000-00805f9b34fb",
        "12342ad2-0000-1000-8000-00805f9b34fb",
        "6e400001-b5a3-f393-e0a9-e50e24dcca9e",
    ],
)
def test_what_is_no_assigned_number_gives_none(text: str) -> None:
    assert short_number(text) is None


def test_the_long_form_leads_back_to_the_number() -> None:
    assert long_uuid(0x1826) == "00001826-0000-1000-8000-00805f9b34fb"
    assert short_number(long_uuid(0x1826)) == 0x1826
