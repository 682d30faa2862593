"""Values out of foreign JSON, each checked for its type; what is wrong is a ValueError."""

from __future__ import annotations

import sys


def text_of(value: object) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise ValueError("a text is missing")  # noqa: TRY004 - foreign input, not a wrong call
    return value


def text_or_none(value: object) -> str | None:
    """Return a text, or None for null."""
    return None if value is None else text_of(value)


def list_of(value: object) -> list[object]:
    """Return a list of anything."""
    if not isinstance(value, list):
        raise ValueError("a list is missing")  # noqa: TRY004 - as above
    return value


def texts_of(value: object) -> tuple[str, ...]:
    """Return a list of texts."""
    return tuple(map(text_of, list_of(value)))


def number_of(value: object) -> float:
    """Return a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number is missing")  # noqa: TRY004 - as above
    if not abs(value) <= sys.float_info.max:  # also true of NaN, and of an int of any length
        raise ValueError("a number is not finite")
    return float(value)


def number_or_none(value: object) -> float | None:
    """Return a finite number, or None for null."""
    return None if value is None else number_of(value)


def object_of(value: object) -> dict[str, object]:
    """Return an object."""
    if not isinstance(value, dict):
        raise ValueError("an object is missing")  # noqa: TRY004 - as above
    return value


def objects_of(value: object) -> list[dict[str, object]]:
    """Return a list of objects."""
    return [object_of(element) for element in list_of(value)]
