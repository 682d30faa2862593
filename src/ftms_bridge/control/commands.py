"""Commands: what a person or a dashboard may ask for, already checked for shape."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verb(Enum):
    """What can be asked of a machine's session; the last part of ``set/<verb>``."""

    LAP = "lap"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


@dataclass(frozen=True, slots=True)
class Command:
    """One wish for one machine; ``request_id`` comes back in the result."""

    machine: str
    verb: Verb
    request_id: str | None = None
