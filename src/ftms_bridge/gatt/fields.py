"""The rows of the byte layouts: what the specification's tables say, as values.

One row decodes, encodes and prints the documentation. A quirk is a replaced row, never new code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Value: TypeAlias = "int | float | str | bool | list[int | float | str] | None"
"""What a field can hold; None means that its bytes say "data not available"."""


@dataclass(frozen=True, slots=True)
class Width:
    """How many bytes a type takes and how ``struct`` reads it.

    code: the ``struct`` code of the size or, when there is none, of the next smaller size; the one
    byte that it leaves out is the highest.
    """

    size: int
    code: str
    signed: bool = False

    @property
    def top_byte(self) -> int | None:
        """Return the place of the byte that the code leaves out, or None when it reads all."""
        return self.size - 1 if self.size in {3, 5} else None


WIDTHS: Final[Mapping[str, Width]] = {
    "uint8": Width(1, "B"),
    "uint16": Width(2, "H"),
    "sint16": Width(2, "h", signed=True),
    "uint24": Width(3, "H"),
    "uint32": Width(4, "I"),
    "uint40": Width(5, "I"),
    "utf8": Width(1, "s"),
}
"""The types of the specification that occur here, by the names it uses."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """The shorter form of a field that a record's length can show; see ``shapes.choose_rows``."""

    width: str
    resolution: float = 1

    @property
    def size(self) -> int:
        """Return the bytes that the field takes in this form."""
        return WIDTHS[self.width].size


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a layout.

    bit, present_when: the flag that says whether the field is there; None: it always is.
    resolution: the value of one raw step in ``unit``; 1 keeps the value an integer.
    decimals: places to round to, for resolutions that are no decimal fraction.
    unavailable: the raw value that means "data not available".
    narrow: a second, shorter form, chosen by the length of the record.
    words: names of the codes; a code without a name stays an integer.
    bit_words: names of the bits; a set bit without a name is given as its number.
    part: (lowest bit, number of bits) of the raw value that this row is about.
    shares: this row reads the same bytes as the row before it.
    repeats: the field fills the rest of the record and is given as a list.
    ignored: the machine sends the field, but it means nothing; the value is always None.
    """

    name: str
    width: str
    unit: str = ""
    bit: int | None = None
    present_when: int = 1
    resolution: float = 1
    decimals: int | None = None
    unavailable: int | None = None
    narrow: Narrow | None = None
    words: Mapping[int, str] | None = None
    bit_words: Mapping[int, str] | None = None
    part: tuple[int, int] | None = None
    shares: bool = False
    repeats: bool = False
    ignored: bool = False

    @property
    def size(self) -> int:
        """Return the bytes that the field takes; of one item when it repeats."""
        return 0 if self.shares else WIDTHS[self.width].size

    @property
    def is_open_ended(self) -> bool:
        """Return whether the field takes what is left of the record."""
        return self.repeats or self.width == "utf8"

    def is_present(self, flags: int) -> bool:
        """Return whether a record with these flags has the field."""
        return self.bit is None or (flags >> self.bit & 1) == self.present_when


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that the flag word itself carries, such as the movement direction.

    when: the flag bit of the field that it describes; without that field it says nothing.
    """

    name: str
    shift: int
    words: Mapping[int, Value]
    bits: int = 1
    when: int | None = None

    def is_present(self, flags: int) -> bool:
        """Return whether it says something in a record with these flags."""
        return self.when is None or bool(flags >> self.when & 1)

    def read(self, flags: int) -> Value:
        """Return the value; a code without a name stays an integer."""
        code = flags >> self.shift & ((1 << self.bits) - 1)
        return self.words.get(code, code)


@dataclass(frozen=True, slots=True)
class Layout:
    """A characteristic whose flag word says which fields follow; without flags all of them do.

    more_data_bit: the flag that says that further parts of the same record follow.
    cut_at: length at which this machine is known to cut its records (quirk); the fields beyond
    it are then null, and the record counts as whole.
    """

    characteristic: int
    title: str
    flag_bytes: int
    fields: tuple[Field, ...]
    constants: tuple[Constant, ...] = ()
    more_data_bit: int | None = None
    cut_at: int | None = None

    @property
    def takes_parameters(self) -> bool:
        """Return whether missing bytes are a missing parameter rather than a broken promise."""
        return self.flag_bytes == 0

    @property
    def allows_padding(self) -> bool:
        """Return whether bytes after the last field are no fault."""
        return False

    @property
    def known_flags(self) -> int:
        """Return the mask of the flag bits that have a meaning."""
        mask = 0
        for field in self.fields:
            mask |= 0 if field.bit is None else 1 << field.bit
        for constant in self.constants:
            mask |= ((1 << constant.bits) - 1) << constant.shift
        return mask if self.more_data_bit is None else mask | 1 << self.more_data_bit

    def rows_for(self, flags: int) -> tuple[Field, ...]:
        """Return the rows of a record with these flags, in the order of their bytes."""
        return tuple(field for field in self.fields if field.is_present(flags))

    def constants_for(self, flags: int) -> tuple[tuple[str, Value], ...]:
        """Return the values that the flags themselves carry."""
        return tuple((c.name, c.read(flags)) for c in self.constants if c.is_present(flags))

    def has_more_data(self, flags: int) -> bool:
        """Return whether further parts of the same record follow."""
        return self.more_data_bit is not None and bool(flags >> self.more_data_bit & 1)


@dataclass(frozen=True, slots=True)
class Op:
    """One op code: its name and its parameters."""

    name: str
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class OpTable:
    """A characteristic whose first byte is an op code that decides what follows.

    Surplus bytes are no fault here: senders pad these to a fixed length (the UREVO walk in the
    corpus sends ``04 00 00`` for an op code without parameters).
    """

    characteristic: int
    title: str
    ops: Mapping[int, Op]

    @property
    def flag_bytes(self) -> int:
        """Return the length of the op code."""
        return 1

    @property
    def cut_at(self) -> int | None:
        """Return None: these records are never cut by habit."""
        return None

    @property
    def takes_parameters(self) -> bool:
        """Return True: missing bytes are a missing parameter."""
        return True

    @property
    def allows_padding(self) -> bool:
        """Return True: bytes after the last parameter are no fault."""
        return True

    @property
    def known_flags(self) -> int:
        """Return the mask of the op code."""
        return 0xFF

    def rows_for(self, flags: int) -> tuple[Field, ...]:
        """Return the parameters of this op code; one that is not known has none."""
        op = self.ops.get(flags)
        return () if op is None else op.fields

    def constants_for(self, flags: int) -> tuple[tuple[str, Value], ...]:
        """Return the op code by its name, or as an integer."""
        op = self.ops.get(flags)
        return (("op", flags if op is None else op.name),)

    def has_more_data(self, flags: int) -> bool:
        """Return False: these records are never split."""
        return False


AnyLayout: TypeAlias = Layout | OpTable
