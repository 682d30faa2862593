"""Layouts compiled for one flag word and one length: the only thing the hot path looks at.

A Shape belongs to one flag word of one characteristic. A Reading belongs to a Shape and a length
and holds one prebuilt ``struct.Struct`` for exactly that length; surplus bytes are pad bytes of its
format and cut fields are left out of it. So every input, good or bad, takes the same way.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from struct import Struct
from typing import Final

from ftms_bridge.gatt.fields import WIDTHS, AnyLayout, Field, Value
from ftms_bridge.gatt.finishing import divisor_of, needs_finish

DEFAULT_CUT_BYTES: Final = 20
"""Longest notification under the default ATT_MTU of 23 (Core Specification, Vol 3, Part F)."""
_MAX_READINGS: Final = 64
"""Lengths remembered per shape; a sender that varies more than this is hostile (house choice)."""


class Status(StrEnum):
    """How well the bytes fit what their flags say.

    OK: exactly. TRUNCATED: the flags promise more than is there. TRAILING: bytes are left over.
    SHORT: not even the flags are there, or a parameter is missing.
    """

    OK = "ok"
    TRUNCATED = "truncated"
    TRAILING = "trailing"
    SHORT = "short"


class Shape:
    """What one flag word of one characteristic means; hashed by identity.

    names: the fields in the order of their bytes; ``index`` is the way back from name to position.
    rows: the row of each name. constants: what the flag word itself says, as (name, value).
    flags: the flag word with all its bits, known or not; -1 when the flags themselves are cut.
    backward: the movement direction bit where the characteristic has one, else None.
    """

    __slots__ = (
        "backward",
        "characteristic",
        "constants",
        "flags",
        "index",
        "layout",
        "more_data",
        "names",
        "readings",
        "rows",
    )

    def __init__(self, layout: AnyLayout, flags: int) -> None:
        self.layout = layout
        self.characteristic: int = layout.characteristic
        self.flags = flags
        is_whole = flags >= 0
        self.rows: tuple[Field, ...] = layout.rows_for(flags) if is_whole else ()
        self.names: tuple[str, ...] = tuple(row.name for row in self.rows)
        self.index: dict[str, int] = {name: i for i, name in enumerate(self.names)}
        self.constants: tuple[tuple[str, Value], ...] = (
            layout.constants_for(flags) if is_whole else ()
        )
        self.more_data: bool = is_whole and layout.has_more_data(flags)
        backward = dict(self.constants).get("backward")
        self.backward: bool | None = backward if isinstance(backward, bool) else None
        self.readings: dict[int, Reading] = {}

    @property
    def unknown_flags(self) -> int:
        """Return the flag bits that are set although they are reserved."""
        return 0 if self.flags < 0 else self.flags & ~self.layout.known_flags

    def open_reading(self, length: int) -> Reading:
        """Compile the reading for a length that was not seen before, and remember it."""
        if len(self.readings) >= _MAX_READINGS:
            self.readings.clear()
        reading = Reading(self, length)
        self.readings[length] = reading
        return reading


class Decoded:
    """The values of one record, aligned with ``shape.names``; treated as immutable.

    ``values`` is shorter than the names when fields are missing; ``reading`` is how they were read.
    There is no ``__init__``, and only codecs make one: setting the attributes directly halves the
    cost, and so does leaving to the reading what all records of its kind have in common.
    """

    __slots__ = ("reading", "values")

    values: list[Value]
    reading: Reading

    @property
    def shape(self) -> Shape:
        """Return what the flag word means."""
        return self.reading.shape

    @property
    def status(self) -> Status:
        """Return how well the bytes fit what their flags say."""
        return self.reading.status

    @property
    def extra_bytes(self) -> int:
        """Return how many bytes are left over after the last field."""
        return self.reading.extra_bytes

    @property
    def fields(self) -> dict[str, Value]:
        """Return the values by name, with those that the flag word itself carries."""
        shape = self.shape
        fields: dict[str, Value] = dict(zip(shape.names, self.values, strict=False))
        return fields if not shape.constants else {**dict(shape.constants), **fields}

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the names of the fields that the flags promise but the bytes lack."""
        return self.shape.names[len(self.values) :]

    def __repr__(self) -> str:
        return f"Decoded({self.shape.characteristic:04x}, {self.status}, {self.fields})"


class Reading:
    """How to read a record of one shape and one length.

    topped: (position, place in the record, shift) of the top byte of three- and five-byte numbers.
    scaled: (position, divisor). nullable: (position, value that means "not available").
    finish: (position, row) of values that need yet more, the last one first. absent: how many
    fields after the last value this machine is known never to send. needs_finish: whether there is
    any of these two; needs_more: whether there is anything but scaling to do.
    """

    __slots__ = (
        "absent",
        "extra_bytes",
        "finish",
        "needs_finish",
        "needs_more",
        "nullable",
        "scaled",
        "shape",
        "status",
        "struct",
        "topped",
    )

    def __init__(self, shape: Shape, length: int) -> None:
        layout = shape.layout
        head = min(length, layout.flag_bytes)
        rows = choose_rows(shape.rows, length - head, length)
        body = Body(rows, head, length)
        missing = len(rows) - body.count
        is_cut_by_habit = missing > 0 and layout.cut_at == length
        self.shape = shape
        self.extra_bytes: int = 0 if missing else body.left
        self.status: Status = Status.OK if is_cut_by_habit else _judge(shape, missing, body.left)
        self.absent: int = missing if is_cut_by_habit else 0
        self.struct = Struct(f"<{head}x{body.codes}{body.left}x")
        self.topped: tuple[tuple[int, int, int], ...] = tuple(body.topped)
        self.scaled: tuple[tuple[int, int | float], ...] = tuple(body.scaled)
        self.nullable: tuple[tuple[int, int | float], ...] = tuple(body.nullable)
        self.finish: tuple[tuple[int, Field], ...] = tuple(reversed(body.finish))
        self.needs_finish: bool = bool(self.finish or self.absent)
        self.needs_more: bool = bool(self.topped or self.nullable or self.needs_finish)


class Body:
    """Collects what a Reading needs while it walks the rows over the bytes that are there.

    count: fields that are there as a whole; left: bytes that belong to none of them.
    """

    def __init__(self, rows: tuple[Field, ...], head: int, length: int) -> None:
        self.count = 0
        self.left = length - head
        self.codes = ""
        self.topped: list[tuple[int, int, int]] = []
        self.scaled: list[tuple[int, int | float]] = []
        self.nullable: list[tuple[int, int | float]] = []
        self.finish: list[tuple[int, Field]] = []
        self._length = length
        for row in rows:
            if not self._take_bytes(row):
                break
            self._plan_value(row)
            self.count += 1

    def _take_bytes(self, row: Field) -> bool:
        """Add the row to the format; return whether its bytes are there."""
        if row.shares:
            self.codes += "0s"  # holds the position, takes no byte
            return True
        if row.width == "utf8":
            self.codes += f"{self.left}s"
            self.left = 0
            return True
        width = WIDTHS[row.width]
        items = self.left // width.size if row.repeats else 1
        if items == 0 or self.left < width.size:
            return False
        self.codes += width.code if items == 1 else f"{items}{width.code}"
        if width.top_byte is not None:
            self.codes += "x"
            place = self._length - self.left + width.top_byte
            self.topped.append((self.count, place, 8 * width.top_byte))
        self.left -= items * width.size
        return True

    def _plan_value(self, row: Field) -> None:
        """Note what has to happen to the raw value of the row."""
        unavailable: float | None = row.unavailable
        if needs_finish(row):
            self.finish.append((self.count, row))
        elif row.resolution != 1:
            divisor = divisor_of(row)
            self.scaled.append((self.count, divisor))
            if unavailable is not None:
                unavailable /= divisor  # it is compared after scaling: the same division
        if unavailable is not None:
            self.nullable.append((self.count, unavailable))


def choose_rows(rows: tuple[Field, ...], body_size: int, length: int) -> tuple[Field, ...]:
    """Return the rows, in their narrow form where exactly that fits the length.

    Resistance is two bytes in the first edition of the specification and in every real recording,
    one byte in the Supplement of today. The wide form is taken unless the narrow one fits to the
    byte. One case stays undecidable: 20 bytes, one less than the wide form needs, is also what a
    cut at the default MTU leaves of a wide record. The cut is taken there, as it is common (four
    kinds of machine in the corpus) while no machine is known to send the narrow form.
    """
    narrow_size = sum(row.size if row.narrow is None else row.narrow.size for row in rows)
    if body_size != narrow_size or length == DEFAULT_CUT_BYTES:
        return rows
    return tuple(
        row
        if row.narrow is None
        else replace(row, width=row.narrow.width, resolution=row.narrow.resolution)
        for row in rows
    )


def _judge(shape: Shape, missing: int, extra_bytes: int) -> Status:
    if shape.flags < 0:
        return Status.SHORT
    if missing:
        return Status.SHORT if shape.layout.takes_parameters else Status.TRUNCATED
    if extra_bytes and not shape.layout.allows_padding:
        return Status.TRAILING
    return Status.OK
