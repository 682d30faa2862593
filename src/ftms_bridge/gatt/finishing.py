"""From a raw number to the value of its row: scaling, names of codes and bits, texts, lists."""

from __future__ import annotations

from collections.abc import Mapping

from ftms_bridge.gatt.fields import Field, Value


def divisor_of(row: Field) -> int | float:
    """Return what to divide a raw value by: a division gives the nearest decimal.

    Multiplying by 0.01 does not: 1109 * 0.01 is 11.090000000000002. A whole divisor is given as
    an integer, which divides faster.
    """
    divisor = 1 / row.resolution
    return round(divisor) if divisor.is_integer() else divisor


def needs_finish(row: Field) -> bool:
    """Return whether a row needs more than a division."""
    return (
        row.ignored
        or row.shares
        or row.is_open_ended
        or row.part is not None
        or row.words is not None
        or row.bit_words is not None
        or row.decimals is not None
        or row.resolution > 1
    )


def finish_values(
    values: list[Value | bytes], finish: tuple[tuple[int, Field], ...], absent: int
) -> None:
    """Bring the values that need more than a division into their final form, in place.

    finish: (position, row), the last one first, so that a row which shares its bytes finds the raw
    value before it. absent: how many values to add for fields that never arrive.
    """
    for i, row in finish:
        value = values[i - 1] if row.shares else values[i]
        if row.ignored:
            values[i] = None
        elif row.repeats:
            items = values[i:]
            values[i:] = [[finish_number(item, row) for item in items if isinstance(item, int)]]
        elif isinstance(value, bytes):
            values[i] = value.decode("utf-8", "replace").rstrip("\0")
        elif isinstance(value, int) and row.bit_words is not None:
            values[i] = words_of_bits(value, row.bit_words)
        elif isinstance(value, int):
            values[i] = finish_number(value, row)
    values.extend([None] * absent)


def finish_number(value: int, row: Field) -> int | float | str:
    """Return the value of a row that is one number, or the name that stands for it."""
    if row.part is not None:
        lowest, bits = row.part
        value = value >> lowest & ((1 << bits) - 1)
    if row.words is not None:
        return row.words.get(value, value)
    if row.resolution == 1:
        return value
    if row.resolution > 1:
        return value * round(row.resolution)
    quotient = value / divisor_of(row)
    return quotient if row.decimals is None else round(quotient, row.decimals)


def words_of_bits(value: int, words: Mapping[int, str]) -> list[int | float | str]:
    """Return the names of the set bits, each once; a bit without a name is given as its number."""
    bits = (bit for bit in range(value.bit_length()) if value >> bit & 1)
    return list(dict.fromkeys(words.get(bit, bit) for bit in bits))
