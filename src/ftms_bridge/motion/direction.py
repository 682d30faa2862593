"""Which way the rider moves: the words for it, and for why it cannot be known.

FTMS has no direction field for bikes and treadmills. Until evidence is weighed, the only honest
words are ``stopped`` (seen) and ``unknown`` with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Direction(Enum):
    """The way the rider moves, relative to the machine's usual one."""

    FORWARD = "forward"
    BACKWARD = "backward"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class DirectionBasis(Enum):
    """Where a direction comes from; the two are never mixed."""

    MEASURED = "measured"
    DECLARED = "declared"


class Reason(Enum):
    """Why the direction is unknown."""

    NO_DIRECTIONAL_CHANNEL = "no_directional_channel"
    CHANNEL_UNPROVEN = "channel_unproven"
    EVIDENCE_STALE = "evidence_stale"
    BELOW_MIN_SPEED = "below_min_speed"
    PARSE_UNCERTAIN = "parse_uncertain"


@dataclass(frozen=True, slots=True)
class DirectionEstimate:
    """What is said about the direction since an instant; built on change only."""

    direction: Direction
    since: float
    basis: DirectionBasis | None = None
    confidence: float | None = None
    reason: Reason | None = None
