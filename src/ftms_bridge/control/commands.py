"""Commands: what a person or a dashboard may ask for, already checked for shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

ACTIONS: Final = ("release", "resume")
"""What can be asked of a machine's link."""

MINUTES_AT_MOST: Final = 10_080
"""Longest time for which a link can be given away with a time: a week (house choice)."""

NO_RADIO: Final = "no_radio"
"""Refusal of a command about a link that is no Bluetooth link."""


class Verb(Enum):
    """What can be asked of a machine's session or link; the last part of ``set/<verb>``."""

    LAP = "lap"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Command:
    """One wish for one machine; ``request_id`` comes back in the result.

    action, minutes: of the verb ``link`` alone; one of `ACTIONS`, and for how long a link is given
    away, None for no set time.
    refusal: why the shell could not do what it alone can do, as one word; None when it did.
    """

    machine: str
    verb: Verb
    request_id: str | None = None
    action: str | None = None
    minutes: float | None = None
    refusal: str | None = None


def minutes_of(value: object) -> float | None:
    """Return a time for which a link can be given away, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value <= MINUTES_AT_MOST else None
