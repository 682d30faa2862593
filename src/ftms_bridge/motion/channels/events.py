"""Channels that seldom speak: a counter that walks back, a text that says it."""

from __future__ import annotations

import re
from typing import Final

from ftms_bridge.gatt.codec import Decoded
from ftms_bridge.measurement.counters import Counter
from ftms_bridge.measurement.signals import Signal
from ftms_bridge.measurement.source import Source
from ftms_bridge.motion.channels.table import FALLING_DISTANCE, NEGATIVE_CLIMB, STATUS_TEXT
from ftms_bridge.motion.evidence import NEVER, Channel
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.motion.reading import MotionReading
from ftms_bridge.units import mps_from_kmh

TRAINING_STATUS: Final = 0x2AD3

AGREEMENT: Final = 0.5
"""A distance that falls because of motion falls as fast as the speed says, to this share."""

BETWEEN_FALLS_S: Final = 10.0
FALLS_NEEDED: Final = 3
"""Consoles correct their distance now and then; so many falls in a row do not (house choice)."""

SAYS_BACKWARD: Final = re.compile(
    r"\b(backwards?|retro|r(ü|ue)ckw(ä|ae)rts"
    r"|revers(e|ed|ing)(?= (mode|direction|walk|run|pedal|belt))|revers(e|ed|ing)\W*$)",
    re.IGNORECASE,
)
"""Words for it in English, German and Italian; "reverse pyramid" is the name of a programme."""


class FallingDistance(Channel):
    """The machine's distance walks back at the speed of the motion."""

    __slots__ = ("_counters", "_distance", "_fallen", "_falls", "_reading", "_since", "_total")

    def __init__(self, source: Source, profile: DirectionProfile, reading: MotionReading) -> None:
        super().__init__(FALLING_DISTANCE, source.id, profile)
        self._counters = source.counters
        self._distance: Counter | None = None
        self._reading = reading
        self._falls = 0
        self._fallen = 0
        self._total = 0
        self._since = 0.0

    def weigh(self, at: float) -> None:
        """Take what the distance did since the last record."""
        distance = self._distance
        if distance is None:
            distance = self._distance = self._counters.get("distance_m")
            if distance is None:
                return
        if distance.total != self._total:  # it grows, as it should
            self._total, self._falls = distance.total, 0
            self._fallen = distance.fallen
            self.reset()
            if self.proven:
                self.state(-1, at)
            else:
                self.sign, self.at = -1, at  # worth nothing yet, but calibration counts it
            return
        fell_m = distance.fallen - self._fallen
        if fell_m == 0:
            return
        self._fallen = distance.fallen
        expected_m = mps_from_kmh(self._reading.speed_kmh or 0.0) * (at - self._since)
        fits = self._falls == 0 or abs(fell_m - expected_m) <= AGREEMENT * expected_m + 1.0
        self._since = at
        self._falls = self._falls + 1 if fits else 0
        self.value = -fell_m
        if self._falls >= FALLS_NEEDED:
            self.state(1, at)


class NegativeClimb(Channel):
    """The descent counter grows while the belt is inclined upward."""

    __slots__ = ("_falls", "_fell_at", "_incline", "_last_m", "_lost")

    def __init__(
        self, source: Source, profile: DirectionProfile, *, incline: Signal, lost: Signal
    ) -> None:
        super().__init__(NEGATIVE_CLIMB, source.id, profile)
        self._incline = incline
        self._lost = lost
        self._last_m: float | None = None
        self._falls = 0
        self._fell_at = NEVER

    def weigh(self, at: float) -> None:
        """Take what the descent counter did since the last record."""
        lost_m = self._lost.value(at)
        if lost_m is None:
            return
        last_m, self._last_m = self._last_m, lost_m
        incline = self._incline.value(at)
        if last_m is None or incline is None or incline < 0.5:
            self._falls = 0
            return
        if 0.0 < lost_m - last_m <= 5.0:
            self._falls = self._falls + 1 if at - self._fell_at <= BETWEEN_FALLS_S else 1
            self._fell_at = at
            self.value = lost_m - last_m
            if self._falls >= FALLS_NEEDED:
                self.state(1, at)


class StatusText(Channel):
    """The training status says it in words."""

    __slots__ = ("_is_spent", "_read", "_seen")

    def __init__(self, source: Source, profile: DirectionProfile) -> None:
        self._is_spent = False
        super().__init__(STATUS_TEXT, source.id, profile)
        self._read = source.last_read
        self._seen: Decoded | None = None

    def reset(self) -> None:
        """Forget the text too: after a stop it is an old one, until it is sent again."""
        super().reset()
        self._is_spent = True

    def weigh(self, at: float) -> None:
        """Take the newest text, while it is there."""
        decoded = self._read.get(TRAINING_STATUS)
        if decoded is None:
            return
        if decoded is not self._seen:
            self._seen = decoded
            text = decoded.fields.get("text")
            self.value = text if isinstance(text, str) else None
            self.reset()
            self._is_spent = False
        if not self._is_spent and self.value is not None and SAYS_BACKWARD.search(str(self.value)):
            self.state(1, at)
