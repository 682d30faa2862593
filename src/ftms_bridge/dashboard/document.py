"""What arrives from the broker, read with distrust: what is not as expected reads as absent.

Anyone who may publish to the broker can send anything, and names of machines come from the radio.
So every text is made harmless here, once, and every number is finite and of a sensible size.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Final, NoReturn

SIZE_LIMIT: Final = 65_536
"""Bytes of a payload that are read at all; house choice, 30 times the largest honest one."""

TEXT_LIMIT: Final = 200
"""Characters of a text that are kept; house choice, more than two lines of a terminal."""

NUMBER_LIMIT: Final = 1e9
"""Beyond this a number is nonsense, and too wide for any column; house choice."""

_MARKS_KEPT: Final = 2
"""Combining marks per letter: enough for every living script, too few to pile up over lines."""


class Unreadable(ValueError):
    """A payload that is not what its topic carries; it is counted, and nothing else happens."""


def harmless(text: str) -> str:
    """Return a foreign text that can be shown: visible characters of one line, in their order.

    Control characters (they move the cursor, set the title, open links) and format characters
    (they turn the reading direction around or hide text) become U+FFFD, separators a blank.
    """
    kept: list[str] = []
    marks = 0
    for character in text[:TEXT_LIMIT]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category[0] == "C":
            kept.append("\ufffd")
        elif category[0] == "Z":
            kept.append(" ")
        elif marks <= _MARKS_KEPT:
            kept.append(character)
    return "".join(kept).strip()


class Document:
    """A JSON object from the broker."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields

    def number(self, name: str) -> float | None:
        """Return a number, or None when there is none of a sensible size."""
        return _number(self._fields.get(name))

    def text(self, name: str) -> str | None:
        """Return a text made harmless, or None when there is none."""
        value = self._fields.get(name)
        return harmless(value) if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """Say whether a field is true; anything but true is not."""
        return self._fields.get(name) is True

    def truth(self, name: str) -> bool | None:
        """Return whether a field is true or false; None for anything else."""
        value = self._fields.get(name)
        return value if isinstance(value, bool) else None

    def numbers(self) -> dict[str, float | None]:
        """Return every field as a number; what is none becomes None."""
        return {harmless(name): _number(value) for name, value in self._fields.items()}

    def texts(self, name: str) -> list[str]:
        """Return the texts of a list, made harmless; what is no text is left out."""
        value = self._fields.get(name)
        items = value if isinstance(value, list) else []
        return [harmless(item) for item in items if isinstance(item, str)]

    def part(self, name: str) -> Document:
        """Return the object below a name; an empty one when there is none."""
        value = self._fields.get(name)
        return Document(value if isinstance(value, dict) else {})

    def parts(self, name: str) -> list[Document]:
        """Return the objects of a list."""
        value = self._fields.get(name)
        items = value if isinstance(value, list) else []
        return [Document(item) for item in items if isinstance(item, dict)]


def read_document(payload: bytes) -> Document:
    """Return the JSON object in a payload.

    Raises Unreadable when it is none, is too large or too deep, or holds a number that is none.
    """
    if len(payload) > SIZE_LIMIT:
        raise Unreadable(f"{len(payload)} bytes")
    try:
        fields = json.loads(payload, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # deep nesting exhausts the stack of `json`
        raise Unreadable(str(error)) from error
    if not isinstance(fields, dict):
        raise Unreadable("no JSON object")
    return Document(fields)


def read_word(payload: bytes) -> str:
    """Return the plain text of a payload, made harmless; other bytes are shown as U+FFFD."""
    return harmless(payload[:TEXT_LIMIT].decode(errors="replace"))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -NUMBER_LIMIT < value < NUMBER_LIMIT else None


def _refuse(constant: str) -> NoReturn:
    raise Unreadable(f"{constant} is no number")
