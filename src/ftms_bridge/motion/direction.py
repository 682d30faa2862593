"""Which way the rider moves: the words for it, and for why it cannot be known.

FTMS has no direction field for bikes and treadmills. ``forward`` and ``backward`` are earned by
evidence alike; nothing is forward by default, and no plan is ever a reason to believe anything.
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
    SPEED_SOURCE_UNVERIFIED = "speed_source_unverified"
    NOT_DRIVING = "not_driving"
    AFTER_STOP_UNCONFIRMED = "after_stop_unconfirmed"
    CONFLICTING_EVIDENCE = "conflicting_evidence"
    EVIDENCE_STALE = "evidence_stale"
    GEAR_UNKNOWN = "gear_unknown"
    BLIND_CADENCE = "blind_cadence"
    BELOW_MIN_SPEED = "below_min_speed"
    GAIT_OTHER = "gait_other"
    PARSE_UNCERTAIN = "parse_uncertain"
    DECLARATION_EXPIRED = "declaration_expired"


@dataclass(frozen=True, slots=True)
class DirectionEstimate:
    """What is said about the direction since an instant; built on change only.

    since: the onset as far as it is known, which can lie before the instant at which it was found.
    confidence: from 0 to 1, as of the instant at which this was found; None while unknown, and for
    what was declared: nobody measured it.
    onset_uncertainty_s: how far the true onset may lie from ``since``; None while unknown.
    """

    direction: Direction
    since: float
    basis: DirectionBasis | None = None
    confidence: float | None = None
    reason: Reason | None = None
    onset_uncertainty_s: float | None = None
