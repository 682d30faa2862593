"""The crank's angle from packet to packet, and the angle of its largest torque."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final

from ftms_bridge.gatt.codec import Decoded
from ftms_bridge.gatt.fields import Value
from ftms_bridge.measurement.counters import CRANK, RevolutionRate
from ftms_bridge.measurement.signals import Signal
from ftms_bridge.measurement.source import Source
from ftms_bridge.motion.channels.table import CRANK_ANGLE, EXTREME_ANGLES
from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.evidence import NEVER, Channel
from ftms_bridge.motion.profile import DirectionProfile

POWER_VECTOR: Final = 0x2A64
DEG_S_PER_RPM: Final = 6.0
LEAST_RPM: Final = 10.0

ANGLE_ERROR_DEG: Final = 11.0
PACE_ERROR: Final = 0.03
"""Scatter of the difference of two angles, and of cadence and time between packets as a share of
the way between them (assumptions: 8 degrees for each angle)."""

LARGEST_SPREAD_DEG: Final = 60.0
"""From this scatter on, a pair of angles says nothing."""

LONGEST_PAIR_S: Final = 2.5

FIRST_WAITS: Final = 6
LOST_FROM: Final = 1.75
"""Waits of which the period is the mean at first, and the share of it from which a packet was lost
(house choices)."""

BURSTS: Final = 0.35
"""Mean distance of the waits from the period, as a share of it, from which there is no rhythm
(house choice: jitter of 0.4 s at 1 Hz stays below)."""

BLIND_BELOW: Final = 2.0
"""Log-odds that a pair could give at best, below which the cadence is a blind one: the crank would
stand in the same place whichever way it turned."""

EVEN_TURNS: Final = 0.1
"""Share by which the times of two turns may differ (house choice)."""

FITS: Final = 2.0
PAIR_AT_MOST: Final = 2.5
"""Scatters within which a pair must fit one of the ways, and the most that it can say: the cadence
is that of a turn ago, so after a reversal one pair may fit the wrong way (house choices)."""

POWER_PHASE_DEG: Final = 60.0
"""How far from 90 or 270 degrees the largest torque may be (assumption)."""

CORRELATED_S: Final = 3.0
"""Time after which the extreme angles of a smoothed meter are news (assumption)."""


class CrankAngle(Channel):
    """Compares how far the crank got with how far it would have got forward, and backward."""

    __slots__ = (
        "_angle_deg", "_cadence", "_heard_at", "_is_even", "_rate", "_read", "_rhythm", "_rpm",
        "_seen",
    )  # fmt: skip

    def __init__(self, source: Source, profile: DirectionProfile, cadence: Signal) -> None:
        super().__init__(CRANK_ANGLE, source.id, profile)
        self._read = source.last_read
        self._seen: Decoded | None = None
        self._cadence = cadence
        self._rate = RevolutionRate(CRANK)
        self._rhythm = Rhythm()
        self._angle_deg: float | None = None
        self._heard_at = NEVER
        self._rpm = 0.0
        self._is_even = False

    def reset(self) -> None:
        """Forget what was believed, and the angle before: it belongs to the other way."""
        super().reset()
        self._angle_deg = None

    def weigh(self, at: float) -> None:
        """Take the angle of the newest packet, when there is a new one."""
        decoded = self._read.get(POWER_VECTOR)
        if decoded is None or decoded is self._seen:
            return
        self._seen = decoded
        index, values = decoded.shape.index, decoded.values
        angle_deg = values[index["first_angle_deg"]] if "first_angle_deg" in index else None
        rpm = self._rpm_at(index.get("crank_revs", -1), values, at)
        waited_s, self._heard_at = at - self._heard_at, at
        apart_s = self._rhythm.receive(waited_s)
        if not isinstance(angle_deg, int):
            return
        before_deg, self._angle_deg = self._angle_deg, float(angle_deg)
        before_rpm, self._rpm = self._rpm, rpm or 0.0
        self.note = None
        if before_deg is None or rpm is None or rpm < LEAST_RPM or apart_s > LONGEST_PAIR_S:
            return
        changed_rpm = rpm - before_rpm if before_rpm > 0.0 else 0.0
        self._compare(self._angle_deg - before_deg, apart_s, rpm, abs(changed_rpm))
        self.at = at

    def _compare(self, moved_deg: float, apart_s: float, rpm: float, changed_rpm: float) -> None:
        turn_deg = rpm * DEG_S_PER_RPM * apart_s
        drift_deg = changed_rpm * DEG_S_PER_RPM * apart_s
        paced_deg = PACE_ERROR * turn_deg
        spread = ANGLE_ERROR_DEG * ANGLE_ERROR_DEG + paced_deg * paced_deg + drift_deg * drift_deg
        spread_deg = sqrt(spread)
        self.value = round(wrapped(moved_deg), 0)
        doubled = 2.0 * spread
        apart_deg = wrapped(2.0 * turn_deg)
        if spread_deg > LARGEST_SPREAD_DEG or apart_deg * apart_deg / doubled < BLIND_BELOW:
            self.note = Reason.BLIND_CADENCE
            self.sign = 0
            return
        forward_deg, backward_deg = wrapped(moved_deg - turn_deg), wrapped(moved_deg + turn_deg)
        llr = (forward_deg * forward_deg - backward_deg * backward_deg) / doubled
        if min(abs(forward_deg), abs(backward_deg)) > FITS * spread_deg:
            self.sign = 0
            return  # it fits neither way: a packet was lost, or the pace changed
        llr = min(max(llr, -PAIR_AT_MOST), PAIR_AT_MOST)
        if llr * self.polarity * self.llr < 0.0 and abs(llr) > BLIND_BELOW:
            self.llr = 0.0
        self.lean(llr, self._heard_at)

    def _rpm_at(self, index: int, values: Sequence[Value], at: float) -> float | None:
        """Return the cadence, once two turns in a row took the same time.

        The turn in which the rider reverses has a time, but it is that of no turn.
        """
        if index < 0:
            return self._cadence.value(at)
        revs, event = values[index], values[index + 1]  # the event time follows the count
        if not (isinstance(revs, int) and isinstance(event, int)):
            return None
        before_s = self._rate.period_s
        rpm = self._rate.receive(revs, event, at)
        if self._rate.event_at == at:
            self._is_even = abs(self._rate.period_s - before_s) <= EVEN_TURNS * before_s
        return rpm if self._is_even else None


class Rhythm:
    """Knows how regularly packets are sent, behind the jitter with which they arrive.

    The period is the mean of the first waits at first. A jitter of 0.4 s must not pass for a lost
    packet then, nor fix half the period for ever.
    """

    __slots__ = ("_heard", "_off_s", "_period_s")

    def __init__(self) -> None:
        self._heard = 0
        self._period_s = 0.0
        self._off_s = 0.0

    def receive(self, waited_s: float) -> float:
        """Take the time between two arrivals; return the likely time between their sendings.

        Infinite while the rhythm is not known, or while packets come in bursts.
        """
        if self._heard < FIRST_WAITS:
            if waited_s < LONGEST_PAIR_S:
                self._heard += 1
                off_s = abs(waited_s - self._period_s) if self._heard > 1 else 0.0
                self._period_s += (waited_s - self._period_s) / self._heard
                self._off_s += (off_s - self._off_s) / self._heard
            return float("inf")
        is_next = waited_s < LOST_FROM * self._period_s
        steps = 1 if is_next else max(round(waited_s / self._period_s), 1)
        off_s = abs(waited_s - steps * self._period_s)
        self._off_s += (off_s - self._off_s) * 0.1
        if steps <= 3:
            self._period_s += (waited_s / steps - self._period_s) * 0.05
        return steps * self._period_s if self._off_s < BURSTS * self._period_s else float("inf")


class ExtremeAngles(Channel):
    """The angle at which the torque is largest."""

    __slots__ = ("_from", "_said_at")

    def __init__(self, source: Source, profile: DirectionProfile) -> None:
        super().__init__(EXTREME_ANGLES, source.id, profile)
        self._from = source
        self._said_at = NEVER

    def weigh(self, at: float) -> None:
        """Take the angle of the newest measurement, if it has one."""
        lane = self._from.lane
        if lane is None or lane.at != at:
            return
        index = lane.fields.get("max_angle_deg")
        angle_deg = None if index is None else lane.values[index]
        if angle_deg is None:
            return
        self.value = angle_deg
        forward = abs(wrapped(angle_deg - 90.0)) <= POWER_PHASE_DEG
        backward = abs(wrapped(angle_deg - 270.0)) <= POWER_PHASE_DEG
        share = min((at - self._said_at) / CORRELATED_S, 1.0)
        self._said_at = at
        if forward or backward:
            if self.llr * self.polarity * (1.0 if backward else -1.0) < 0.0:
                self.llr = 0.0
            self.lean((-self._forward if forward else self._backward) * share, at)
        else:
            self.sign, self.at = 0, at


def wrapped(angle_deg: float) -> float:
    """Return an angle between -180 and 180 degrees."""
    return (angle_deg + 180.0) % 360.0 - 180.0
