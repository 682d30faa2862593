"""The row tables as rows of text, for the documentation; what is printed is what decodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ftms_bridge.gatt.fields import Field, Layout
from ftms_bridge.gatt.layouts import LAYOUTS


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of the table of fields, every column as text.

    when: the flag bit, or the op code, with which the field is there; empty when it always is.
    """

    characteristic: str
    title: str
    when: str
    field: str
    type: str
    unit: str
    resolution: str


def table_rows() -> tuple[TableRow, ...]:
    """Return a row for each field of each characteristic, in the order of the bytes."""
    return tuple(_all_rows())


def _all_rows() -> Iterator[TableRow]:
    for number, layout in LAYOUTS.items():
        short = f"{number:04x}"
        if isinstance(layout, Layout):
            for constant in layout.constants:
                bits = f"bit {constant.shift}"
                if constant.bits > 1:
                    bits = f"bits {constant.shift}-{constant.shift + constant.bits - 1}"
                yield TableRow(short, layout.title, bits, constant.name, "flag", "", "")
            for field in layout.fields:
                yield _row(short, layout.title, _when(field), field)
            continue
        for code, op in layout.ops.items():
            when = f"op {code:02x} {op.name}"
            for field in op.fields:
                yield _row(short, layout.title, when, field)


def _when(field: Field) -> str:
    if field.bit is None:
        return ""
    return f"bit {field.bit}" if field.present_when else f"bit {field.bit} = 0"


def _row(short: str, title: str, when: str, field: Field) -> TableRow:
    width = f"{field.width} list" if field.repeats else field.width
    if field.part is not None:
        lowest, bits = field.part
        width += f", bits {lowest}-{lowest + bits - 1}"
    if field.narrow is not None:
        width += f" or {field.narrow.width}"
    return TableRow(short, title, when, field.name, width, field.unit, _resolution(field))


def _resolution(field: Field) -> str:
    if field.words is not None or field.bit_words is not None or field.width == "utf8":
        return ""
    wide = _number(field.resolution)
    if field.narrow is None or field.narrow.resolution == field.resolution:
        return wide
    return f"{wide} or {_number(field.narrow.resolution)}"


def _number(resolution: float) -> str:
    """Return a resolution as people write it: ``0.01``, but ``1/256`` and ``3.6/256``."""
    if len(text := f"{resolution:.6g}") <= 6 and float(text) == resolution:
        return text
    for divisor in (32, 256):
        if (numerator := resolution * divisor) >= 1:
            return f"{numerator:g}/{divisor}"
    return text
