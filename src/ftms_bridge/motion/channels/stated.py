"""Channels where a sample states the way: a bit, a sign, a count that falls, a sensor."""

from __future__ import annotations

from typing import Final

from ftms_bridge.measurement.counters import CRANK, RevolutionRate
from ftms_bridge.measurement.source import Source
from ftms_bridge.motion.channels.table import (
    CRANK_COUNTER,
    DIRECTION_SENSOR,
    MOVEMENT_BIT,
    SIGNED_SPEED,
    WHEEL_COUNTER,
)
from ftms_bridge.motion.evidence import Channel
from ftms_bridge.motion.profile import DirectionProfile

LARGEST_FALL: Final = 10
"""A crank cannot turn back further than this between two records; more is a reset (assumption)."""


class MovementBit(Channel):
    """Bit 15 of a cross trainer's flags: 1 is backward."""

    __slots__ = ("_from",)

    def __init__(self, source: Source, profile: DirectionProfile) -> None:
        super().__init__(MOVEMENT_BIT, source.id, profile)
        self._from = source

    def weigh(self, at: float) -> None:
        """Take the bit of the newest record."""
        lane = self._from.lane
        if lane is not None and lane.backward is not None:
            self.value = "backward" if lane.backward else "forward"
            self.state(1 if lane.backward else -1, at)


class SignedSpeed(Channel):
    """A speed that is sent as the two's complement of a negative one."""

    __slots__ = ("_heard", "_sign")

    def __init__(self, source: Source, profile: DirectionProfile) -> None:
        super().__init__(SIGNED_SPEED, source.id, profile)
        self._sign = source.speed_sign
        self._heard = 0

    def weigh(self, at: float) -> None:
        """Take the sign of the newest speed, when there is a new one."""
        heard, sign = self._sign.heard, self._sign.sign
        if heard == self._heard:
            return
        self._heard = heard
        if sign != 0:
            self.value = "positive" if sign > 0 else "negative"
            self.state(-sign, at)
        elif self.llr == 0.0:
            self.reset()  # garbage between two negative ones: they are not in a row


class RevolutionCounter(Channel):
    """A revolution count of a wheel or crank; only one that falls states anything by itself."""

    __slots__ = ("_from", "_heard", "_rates", "_seen_at")

    def __init__(self, source: Source, profile: DirectionProfile, *, crank: bool) -> None:
        super().__init__(CRANK_COUNTER if crank else WHEEL_COUNTER, source.id, profile)
        self._from = source
        self._heard = 0
        self._rates: tuple[RevolutionRate, ...] = ()
        self._seen_at = 0.0

    def weigh(self, at: float) -> None:
        """Take the newest increment of the count, when there is a new one."""
        known = self._from.rates
        if len(known) != self._heard:
            self._heard = len(known)
            wants_crank = self.kind is CRANK_COUNTER
            self._rates = tuple(
                rate for rate in known.values() if (rate.kind is CRANK) == wants_crank
            )
        for rate in self._rates:
            if rate.event_at > self._seen_at and rate.turned != 0:
                self._seen_at = rate.event_at
                self.value = rate.turned
                if rate.turned >= -LARGEST_FALL:
                    self.state(-1 if rate.turned > 0 else 1, at)


class DirectionSensor(Channel):
    """A sensor of the user's own; its readings arrive by ``sense`` and not with records."""

    __slots__ = ()

    def __init__(self, profile: DirectionProfile) -> None:
        super().__init__(DIRECTION_SENSOR, DIRECTION_SENSOR.name, profile)

    def sense(self, value: float, at: float) -> None:
        """Take a reading: a step or 1/min, negative backward; 0 says that nothing turns."""
        self.value = value
        if value == 0.0:
            self.sign, self.at = 0, at
            self.reset()
            return
        self.state(-1 if value > 0.0 else 1, at)
