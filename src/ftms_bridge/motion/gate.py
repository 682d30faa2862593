"""When the direction can have changed: the drivetrain decides.

A crank and a belt that reverse must pass through zero, so what was known ends where the readings
dip. Where the crank turns with the flywheel, or the belt itself reverses, it also holds until then
without fresh evidence. On a freewheel the rider can stop driving without a dip, and on a belt that
runs one way he just turns round: there evidence must be fresh.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.motion.profile import FLIP_NEEDS_STOP, Drivetrain

TRAILING_S: Final = 6.0
"""Time constant of the mean against which a dip is seen (house choice)."""

DIP_LEFT: Final = 0.38
DIP_LOST_PER_S: Final = 0.45
"""A reversal shows as a reading below 1 - 0.38 / (1 + 0.45 s) of the trailing mean, at s seconds of
smoothing: the slower the firmware follows, the less of a dip is left. A first-order filter that is
read once a second leaves 0.69, 0.83 and 0.88 of it at 1, 3 and 5 s when the rider turns round in
1.5 s (95 of 100 cases, computed); slower reversals dip deeper."""

SETTLED: Final = 0.15
SETTLED_S: Final = 2.0
"""The readings have settled after a dip when they stay within this share of their mean so long."""

FADING: Final = 0.015
LEVEL_S: Final = 1.0
"""A reading fades while it loses this share from record to record; it has stopped fading when it
has not for so long (house choices: rounding of a cadence is 1 % of it)."""

GAP_S: Final = 2.5
"""Silence in which a reversal can be missed."""


class Gate:
    """Knows whether the direction can have changed since it was known.

    needs_stop: a direction holds until a dip; else ``is_open`` is always true. has_dipped: the
    readings have dipped and not settled since. is_falling: the reading still fades
    after a dip, so the rider may have stopped although the machine shows motion. depth: the
    reading as a share of what it was before the last dip.
    """

    __slots__ = (
        "_before", "_can_dip", "_dip_below", "_last", "_level_s", "_mean", "_settled_s", "depth",
        "has_dipped", "is_falling", "needs_stop",
    )  # fmt: skip

    def __init__(self, drivetrain: Drivetrain, smoothing_s: float) -> None:
        self.has_dipped = True
        self.is_falling = False
        self._last = 0.0
        self._mean = 0.0
        self._settled_s = 0.0
        self._level_s = 0.0
        self._before = 1.0
        self.depth = 1.0
        self.trust(drivetrain, smoothing_s)

    def trust(self, drivetrain: Drivetrain, smoothing_s: float) -> None:
        """Take over what is known about the drivetrain; it begins open."""
        self.needs_stop = drivetrain in FLIP_NEEDS_STOP
        self._can_dip = drivetrain is not Drivetrain.BELT
        self._dip_below = 1.0 - DIP_LEFT / (1.0 + DIP_LOST_PER_S * smoothing_s)
        self.has_dipped = True

    @property
    def is_open(self) -> bool:
        """Return whether the direction can have changed without being seen to."""
        return self.has_dipped or not self.needs_stop

    def receive(self, reading: float, dt_s: float) -> bool:
        """Take a reading of speed or cadence; return whether the gate has opened by it."""
        if not self._can_dip:
            return False
        last, self._last = self._last, reading
        falls = reading < last * (1.0 - FADING)
        if not self.has_dipped:
            if dt_s > GAP_S or reading < self._dip_below * self._mean:
                self.open()
                self.is_falling = falls
                self._before = max(self._mean, 1.0)
                self.depth = reading / self._before
                self._mean = reading
                return True
            self._mean += (reading - self._mean) * min(dt_s / TRAILING_S, 1.0)
            return False
        self.depth = reading / self._before
        self._level_s = 0.0 if falls else self._level_s + dt_s
        self.is_falling = falls or (self.is_falling and self._level_s < LEVEL_S)
        self._mean += (reading - self._mean) * min(dt_s / SETTLED_S, 1.0)
        if abs(reading - self._mean) <= SETTLED * self._mean:
            self._settled_s += dt_s
            if self._settled_s >= SETTLED_S:
                self.has_dipped = self.is_falling = False
        else:
            self._settled_s = 0.0
        return False

    def open(self) -> None:
        """Let the direction change: a stop, a silence, a record that cannot be read."""
        self.has_dipped = True
        self.is_falling = False
        self._settled_s = self._level_s = 0.0
