"""What a person, a dashboard or a sensor may send in, already checked for shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

ACTIONS: Final = ("release", "resume")
"""What can be asked of a machine's link."""

MINUTES_AT_MOST: Final = 10_080
"""Longest time for which a link can be given away with a time: a week (house choice)."""

CLEAR: Final = "clear"
"""Word that takes a declaration back."""

DIRECTIONS: Final = ("forward", "backward", "stopped", CLEAR)
"""What can be declared of the direction."""

READING_AT_MOST: Final = 3000.0
"""Largest value of a direction sensor, either way: more than the roller of any belt turns (house
choice)."""

NO_RADIO: Final = "no_radio"
"""Refusal of a command about a link that is no Bluetooth link."""


class Verb(Enum):
    """What can be asked of a machine's session or link; the last part of ``set/<verb>``."""

    LAP = "lap"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    LINK = "link"
    DECLARE = "declare"


@dataclass(frozen=True, slots=True)
class Command:
    """One wish for one machine; ``request_id`` comes back in the result.

    action, minutes: of the verb ``link`` alone; one of `ACTIONS`, and for how long a link is given
    away, None for no set time.
    direction: of the verb ``declare`` alone; one of `DIRECTIONS`, as it was sent.
    refusal: why the shell could not do what it alone can do, as one word; None when it did.
    """

    machine: str
    verb: Verb
    request_id: str | None = None
    action: str | None = None
    minutes: float | None = None
    refusal: str | None = None
    direction: str | None = None


def minutes_of(value: object) -> float | None:
    """Return a time for which a link can be given away, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value <= MINUTES_AT_MOST else None


def reading_of(value: object) -> float | None:
    """Return what a direction sensor says, a signed step or 1/min, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -READING_AT_MOST <= value <= READING_AT_MOST else None
