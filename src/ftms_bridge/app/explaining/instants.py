"""An instant of a recording, as a person writes it."""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite
from typing import Final

from ftms_bridge.errors import UsageError

_CLOCK: Final = re.compile(r"(?:([0-9]{1,6}):)?([0-9]{1,6}):([0-5]?[0-9](?:\.[0-9]+)?)")


def instant(text: str, wall_start: float | None) -> float:
    """Return the time of a recording that a person means, in seconds of its clock.

    wall_start: Unix time in seconds at time 0, or None.

    Raises UsageError for what is no time.
    """
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        hours, minutes, seconds = clock.groups()
        return int(hours or 0) * 3600.0 + int(minutes) * 60.0 + float(seconds)
    try:
        number = float(text)
    except ValueError:
        return _instant_of_label(text, wall_start)
    if not isfinite(number):
        raise _no_time(text)
    return number


def _instant_of_label(text: str, wall_start: float | None) -> float:
    try:
        label = datetime.fromisoformat(text)
    except ValueError:
        raise _no_time(text) from None
    if label.tzinfo is None:
        raise _no_time(text)
    if wall_start is None:
        raise UsageError(
            "The recording does not say when it was made.", hint="Give seconds of its clock."
        )
    return round(label.timestamp() - wall_start, 3)


def _no_time(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is no time of a recording.",
        hint="Give seconds (750), minutes and seconds (12:30), or a label as in its events "
        "(2025-06-15T15:06:40Z).",
    )
