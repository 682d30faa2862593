"""Named values to the bytes of a record; the way back of ``shapes``, from the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite

from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.fields import WIDTHS, AnyLayout, Constant, Field, Layout, OpTable, Value
from ftms_bridge.gatt.finishing import divisor_of


def encode_record(
    layout: AnyLayout, fields: Mapping[str, Value], *, more_data: bool = False
) -> bytes:
    """Return the bytes of a record with these fields; see ``codec.Codec.encode``."""
    if isinstance(layout, OpTable):
        flags = _op_code(layout, fields)
        known = {"op"}
    else:
        flags = _flag_word(layout, fields, more_data=more_data)
        known = {row.name for row in layout.fields} | {c.name for c in layout.constants}
    rows = layout.rows_for(flags)
    unknown = fields.keys() - known - {row.name for row in rows}
    if unknown:
        raise UsageError(
            f"{layout.title} has no field {', '.join(sorted(unknown))}.",
            hint=f"Its fields are: {', '.join(sorted(known | {row.name for row in rows}))}.",
        )
    body = b"".join(_encode_group(group, fields) for group in _groups(rows))
    return flags.to_bytes(layout.flag_bytes, "little") + body


def _op_code(layout: OpTable, fields: Mapping[str, Value]) -> int:
    op = fields.get("op")
    for code, known in layout.ops.items():
        if op in (code, known.name):
            return code
    if isinstance(op, int) and 0 <= op <= 0xFF:
        return op
    raise UsageError(
        f"{layout.title} has no op code {op!r}.",
        hint=f"Give a number or one of: {', '.join(op.name for op in layout.ops.values())}.",
    )


def _flag_word(layout: Layout, fields: Mapping[str, Value], *, more_data: bool) -> int:
    """Return the flags that announce the fields given, and carry the constants given."""
    announced: dict[int, Field] = {}
    for row in layout.fields:
        if row.bit is not None and row.name in fields:
            first = announced.get(row.bit)
            if first is None or not _fits(first, fields.get(first.name)):
                announced[row.bit] = row
    flags = 0
    for constant in layout.constants:
        if constant.name in fields:
            flags |= _constant_code(constant, fields[constant.name]) << constant.shift
    for bit, row in announced.items():
        if bit != layout.more_data_bit:
            flags |= row.present_when << bit
    if layout.more_data_bit is None:
        return flags
    if layout.more_data_bit not in announced and not more_data:
        raise _no_leading_field(layout)
    return flags | int(more_data) << layout.more_data_bit


def _no_leading_field(layout: Layout) -> UsageError:
    names = [row.name for row in layout.fields if row.bit == layout.more_data_bit]
    return UsageError(
        f"{layout.title} without {names[0]} would say that more parts follow.",
        hint=f"Give {' and '.join(names)}, or say more_data=True.",
    )


def _constant_code(constant: Constant, value: Value) -> int:
    for code, word in constant.words.items():
        if word is value or word == value:
            return code
    if isinstance(value, int) and 0 <= value < 1 << constant.bits:
        return value
    raise UsageError(
        f"{constant.name} cannot be {value!r}.",
        hint=f"It can be one of: {', '.join(map(repr, constant.words.values()))}.",
    )


def _fits(row: Field, value: Value) -> bool:
    width = WIDTHS[row.width]
    return not isinstance(value, int) or 0 <= value < 1 << 8 * width.size


def _groups(rows: tuple[Field, ...]) -> Iterator[tuple[Field, ...]]:
    """Yield the rows bundled by the bytes that they share."""
    group: list[Field] = []
    for row in rows:
        if group and not row.shares:
            yield tuple(group)
            group = []
        group.append(row)
    if group:
        yield tuple(group)


def _encode_group(group: tuple[Field, ...], fields: Mapping[str, Value]) -> bytes:
    first = group[0]
    given = [row for row in group if row.name in fields]
    if not given:
        if first.unavailable is None and not first.ignored:
            raise UsageError(
                f"The field {first.name} is missing: it goes with the others that are given.",
                hint=f"Give {first.name} as well, or leave the others out.",
            )
        return _to_bytes(first, first.unavailable or 0)
    value = fields[given[0].name]
    if first.width == "utf8":
        return str(value).encode()
    if first.repeats:
        items = value if isinstance(value, list) else [value]
        return b"".join(_to_bytes(first, _raw(first, item)) for item in items)
    if first.part is not None:
        parts = [(_raw(row, fields[row.name]), row.part) for row in given]
        return _to_bytes(first, sum(raw << part[0] for raw, part in parts if part))
    return _to_bytes(first, _raw(given[0], value))


def _raw(row: Field, value: Value) -> int:
    """Return the raw integer of a value."""
    if value is None and row.ignored:
        return 0
    if value is None and row.unavailable is not None:
        return row.unavailable
    if isinstance(value, list) and row.bit_words is not None:
        return sum({1 << _code(row, item, row.bit_words) for item in value})
    if isinstance(value, str) and row.words is not None:
        return _code(row, value, row.words)
    if isinstance(value, int | float) and isfinite(value):
        return round(value * divisor_of(row))
    raise UsageError(
        f"{row.name} cannot be {value!r}.", hint="Give a value as decoding would give it."
    )


def _code(row: Field, item: int | float | str, words: Mapping[int, str]) -> int:
    for code, word in words.items():
        if item in (code, word):
            return code
    if isinstance(item, int) and item >= 0:
        return item
    raise UsageError(
        f"{row.name} has no value {item!r}.", hint=f"It has: {', '.join(words.values())}."
    )


def _to_bytes(row: Field, raw: int) -> bytes:
    width = WIDTHS[row.width]
    try:
        return raw.to_bytes(width.size, "little", signed=width.signed)
    except OverflowError as problem:
        raise UsageError(
            f"{row.name} with the raw value {raw} does not fit {row.width}.",
            hint="Give a value within the range of the field.",
        ) from problem
