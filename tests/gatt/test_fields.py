"""The tables themselves: what must hold for every row of every layout."""

from __future__ import annotations

import struct

import pytest

from ftms_bridge.gatt.fields import WIDTHS, AnyLayout, Field, Layout
from ftms_bridge.gatt.layouts import LAYOUTS

EVERY_LAYOUT = pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda one: one.title)


def all_rows(layout: AnyLayout) -> list[Field]:
    if isinstance(layout, Layout):
        return list(layout.fields)
    return [row for op in layout.ops.values() for row in op.fields]


def test_every_width_and_its_struct_code_agree() -> None:
    for name, width in WIDTHS.items():
        read = struct.calcsize(f"<{width.code}")
        assert read == width.size - (0 if width.top_byte is None else 1), name
        assert name == "utf8" or name.endswith(str(8 * width.size))
        assert width.signed == name.startswith("sint")


@EVERY_LAYOUT
def test_every_row_has_a_known_width_and_an_own_name(layout: AnyLayout) -> None:
    for flags in range(256):
        names = [row.name for row in layout.rows_for(flags)]
        assert len(names) == len(set(names))
    assert all(row.width in WIDTHS for row in all_rows(layout))


@EVERY_LAYOUT
def test_not_available_fits_the_bytes_of_its_field(layout: AnyLayout) -> None:
    for row in all_rows(layout):
        if row.unavailable is not None:
            width = WIDTHS[row.width]
            raw = row.unavailable.to_bytes(width.size, "little", signed=width.signed)
            assert 0xFF in raw, row.name


@EVERY_LAYOUT
def test_only_the_last_row_fills_the_rest(layout: AnyLayout) -> None:
    if isinstance(layout, Layout):
        open_ended = [row for row in layout.fields if row.is_open_ended]
        assert open_ended == list(layout.fields[len(layout.fields) - len(open_ended) :])


def test_the_units_are_in_the_names() -> None:
    suffixes = {
        "km/h": "_kmh",
        "rpm": "_rpm",
        "W": "_w",
        "bpm": "_bpm",
        "%": "_pct",
        "kcal": "_kcal",
    }
    ranges = {"min", "max", "step"}
    for layout in LAYOUTS.values():
        for row in all_rows(layout):
            if row.unit in suffixes and row.name not in ranges:
                assert row.name.endswith(suffixes[row.unit]), row.name
