"""The documentation's table of fields."""

from __future__ import annotations

from ftms_bridge.gatt.layouts import LAYOUTS
from ftms_bridge.gatt.table_rows import TableRow, table_rows


def row_of(characteristic: str, field: str) -> TableRow:
    return next(
        row for row in table_rows() if (row.characteristic, row.field) == (characteristic, field)
    )


def test_every_characteristic_is_in_the_table() -> None:
    assert {row.characteristic for row in table_rows()} == {f"{one:04x}" for one in LAYOUTS}


def test_a_row_reads_like_the_table_of_the_specification() -> None:
    assert row_of("2ad2", "speed_kmh") == TableRow(
        "2ad2", "Indoor Bike Data", "bit 0 = 0", "speed_kmh", "uint16", "km/h", "0.01"
    )
    assert row_of("2ace", "backward").when == "bit 15"
    assert row_of("2a37", "contact").when == "bits 1-2"
    assert row_of("2ad9", "power_w").when == "op 05 set_target_power"


def test_both_forms_of_a_field_are_told() -> None:
    row = row_of("2ad2", "resistance")
    assert (row.type, row.resolution) == ("sint16 or uint8", "1 or 10")
    assert row_of("2ad9", "resistance").resolution == "0.1"


def test_resolutions_are_written_as_people_write_them() -> None:
    assert row_of("2a63", "acc_torque_nm").resolution == "1/32"
    assert row_of("2a53", "speed_mps").resolution == "1/256"
    assert row_of("2a53", "speed_kmh").resolution == "3.6/256"
    assert row_of("2ad9", "crr").resolution == "0.0001"


def test_lists_parts_and_words_are_told_apart() -> None:
    assert row_of("2a37", "rr_1024").type == "uint16 list"
    assert row_of("2a63", "min_angle_deg").type == "uint24, bits 12-23"
    assert row_of("2acc", "machine").resolution == ""
