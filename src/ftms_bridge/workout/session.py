"""The session: from first motion to end, as a table of states."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class SessionState(Enum):
    """Where a session is; the value is the word used on MQTT."""

    IDLE = "idle"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Cue(Enum):
    """What can move a session from one state to the next."""

    MOVING = auto()
    STILL = auto()
    LINK_LOST = auto()
    PAUSE_ASKED = auto()
    RESUME_ASKED = auto()
    END_ASKED = auto()
    IDLE_TOO_LONG = auto()
    SHUTDOWN = auto()


NEXT: Final = {
    SessionState.IDLE: {Cue.MOVING: SessionState.ACTIVE},
    SessionState.ACTIVE: {
        Cue.STILL: SessionState.PAUSED,
        Cue.LINK_LOST: SessionState.PAUSED,
        Cue.PAUSE_ASKED: SessionState.PAUSED,
        Cue.END_ASKED: SessionState.ENDED,
        Cue.SHUTDOWN: SessionState.ENDED,
    },
    SessionState.PAUSED: {
        Cue.MOVING: SessionState.ACTIVE,
        Cue.RESUME_ASKED: SessionState.ACTIVE,
        Cue.END_ASKED: SessionState.ENDED,
        Cue.IDLE_TOO_LONG: SessionState.ENDED,
        Cue.SHUTDOWN: SessionState.ENDED,
    },
    SessionState.ENDED: {Cue.MOVING: SessionState.ACTIVE},
}
"""From ENDED the next motion starts a new session; the summary of the old one stays."""


@dataclass(frozen=True, slots=True)
class SessionRules:
    """When a session pauses and ends by itself, and what counts as motion.

    Source of the motion thresholds: the stopped rule of the direction estimator, below which a
    rider is taken to stand still (house choice). A coasting bike moves: its speed counts.
    """

    pause_after_s: float = 3.0
    end_after_s: float = 300.0
    min_speed_kmh: float = 0.3
    min_cadence_rpm: float = 10.0
    min_power_w: float = 5.0


class SessionTracker:
    """Knows the state of one session and when it last moved; ``open`` is active or paused.

    asked: a person paused or ended it. idle_since: when it was last ridden, for its end.

    What a person asked for, a pause or the end, holds until the rider has stood still once (or
    asks to resume): rolling on does not undo it.
    """

    __slots__ = (
        "_rules",
        "asked",
        "idle_since",
        "open",
        "paused_at",
        "started_at",
        "state",
        "still_since",
    )

    def __init__(self, rules: SessionRules) -> None:
        self._rules = rules
        self.asked = False
        self.state = SessionState.IDLE
        self.open = False
        self.started_at = 0.0
        self.paused_at = 0.0
        self.idle_since = 0.0
        self.still_since: float | None = None

    def receive(self, *, moving: bool, at: float) -> bool:
        """Take what one record says; return whether the state changed."""
        if moving:
            self.still_since = None
            if self.asked:
                self.idle_since = at
            if self.state is SessionState.ACTIVE or self.asked:
                return False
            return self.cue(Cue.MOVING, at)
        if self.still_since is None:
            self.still_since = at
            return False
        self.asked = False
        if at - self.still_since < self._rules.pause_after_s:
            return False
        return self.cue(Cue.STILL, self.still_since)

    def cue(self, cue: Cue, at: float) -> bool:
        """Take a cue; return whether the state changed. A cue with no row changes nothing.

        at: the instant from which it holds: a pause begins when the rider last moved or was last
        heard of, not when that was noticed.
        """
        following = NEXT[self.state].get(cue, self.state)
        if following is self.state:
            return False
        if following is SessionState.ACTIVE and not self.open:
            self.started_at = at
        self.open = following in {SessionState.ACTIVE, SessionState.PAUSED}
        if following is SessionState.PAUSED:
            self.paused_at = self.idle_since = at
        if cue is Cue.RESUME_ASKED:
            self.still_since = None  # who asks to resume is given the time to get moving
        self.asked = cue is Cue.PAUSE_ASKED or cue is Cue.END_ASKED
        self.state = following
        return True

    def forget_asked(self) -> None:
        """Let what was asked for hold no longer: the machine went away, motion begins anew."""
        self.asked = False
        self.still_since = None

    def deadline(self) -> float | None:
        """Return when a paused session ends by itself."""
        if self.state is SessionState.PAUSED:
            return self.idle_since + self._rules.end_after_s
        return None
