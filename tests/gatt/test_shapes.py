"""The choice by length, and what a shape knows."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import Status, decode
from ftms_bridge.gatt.fields import Value
from tests.gatt.samples import hexed


def test_the_wide_resistance_is_read_when_the_length_fits_it() -> None:
    assert decode(0x2AD2, hexed("2000 0000 1400")).fields["resistance"] == 20
    assert decode(0x2AD2, hexed("2000 0000 F6FF")).fields["resistance"] == -10


def test_the_narrow_resistance_is_read_when_exactly_that_fits() -> None:
    decoded = decode(0x2AD2, hexed("6000 0000 07 C800"))
    assert decoded.status is Status.OK
    assert decoded.fields == {"speed_kmh": 0.0, "resistance": 70, "power_w": 200}


def test_a_narrow_resistance_of_a_cross_trainer_is_in_tens_too() -> None:
    assert decode(0x2ACE, hexed("800000 0000 07")).fields["resistance"] == 70


def test_twenty_bytes_are_a_cut_wide_record_rather_than_a_narrow_one() -> None:
    # flags 0x0B74: 21 bytes with the resistance in two, 20 with it in one
    whole = hexed("740B 0A0B A000 640000 1400 2C01 0C00 FFFF FF 78 4D01")
    assert decode(0x2AD2, whole).status is Status.OK
    cut = decode(0x2AD2, whole[:20])
    assert cut.status is Status.TRUNCATED
    assert cut.fields["resistance"] == 20
    assert cut.missing == ("elapsed_s",)


def test_a_length_that_fits_neither_form_is_read_wide() -> None:
    decoded = decode(0x2AD2, hexed("6000 0000 0700"))
    assert decoded.status is Status.TRUNCATED
    assert decoded.fields == {"speed_kmh": 0.0, "resistance": 7}
    assert decode(0x2AD2, hexed("6000 0000 0700 C800 00")).status is Status.TRAILING


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("0000 C800 0100", {"min": 0.0, "max": 20.0, "step": 0.1}),
        ("00 14 01", {"min": 0, "max": 200, "step": 10}),
    ],
)
def test_a_resistance_range_has_six_or_three_bytes(text: str, fields: dict[str, Value]) -> None:
    decoded = decode(0x2AD6, hexed(text))
    assert decoded.status is Status.OK
    assert decoded.fields == fields


def test_a_range_that_lacks_a_parameter_is_short_and_not_cut() -> None:
    decoded = decode(0x2AD4, hexed("6400 5802"))
    assert decoded.status is Status.SHORT
    assert decoded.fields == {"min": 1.0, "max": 6.0}
    assert decoded.missing == ("step",)


def test_a_field_is_cut_as_a_whole() -> None:
    assert decode(0x2ACD, hexed("0800 39")).missing == ("speed_kmh", "incline_pct", "ramp_deg")


def test_the_top_byte_of_a_three_byte_number_counts() -> None:
    assert decode(0x2AD2, hexed("1000 0000 010203")).fields["distance_m"] == 0x030201
    assert decode(0x2ACD, hexed("0420 0000 FFFFFF 000001")).fields == {
        "speed_kmh": 0.0,
        "distance_m": 0xFFFFFF,
        "step_count": 0x010000,
    }


def test_a_shape_knows_the_rows_behind_its_names() -> None:
    shape = decode(0x2AD2, hexed("4400 0A0B A000 2C01")).shape
    assert [row.unit for row in shape.rows] == ["km/h", "rpm", "W"]
    assert shape.flags == 0x44
    assert shape.unknown_flags == 0
