"""Steps per minute on a belt, against the walker's own ways of walking."""

from __future__ import annotations

from math import log
from typing import Final

from ftms_bridge.measurement.signals import Signal
from ftms_bridge.motion.channels.table import GAIT_RATIO
from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.evidence import Channel
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.motion.reading import MotionReading

WINDOW_S: Final = 5.0
"""Time after which a step rate is news (assumption: a stride lasts a second, a pod smooths two)."""

EXPONENT: Final = 0.5
"""Step rate grows with about the square root of the speed (assumption)."""

EXPONENT_ERROR: Final = 0.12
"""How wrong that may be; it widens the scatter at other speeds than the calibrated one."""

STRANGE: Final = 2.0
STRANGE_SHARE: Final = 0.04
"""Scatters, and share, beyond both ways of walking from which it is neither of them."""

WALKING_KMH: Final = 0.5
STANDING_SPM: Final = 10.0
BESIDE_S: Final = 3.0
LEAST_SCATTER: Final = 0.02

APART: Final = 2.0
"""Scatters by which the two ways must differ at this speed; else the channel says nothing."""

AGAINST_S: Final = 0.4
CHANGED: Final = 2.5
SLOW_S: Final = 12.0
"""A walker turns round at any time. What was believed is forgotten when the step rate speaks
against it for so long, or leaves its own slow mean by so many scatters (house choices)."""


class GaitRatio(Channel):
    """The step rate that one source gives, against forward and backward walking of this user."""

    __slots__ = (
        "_against_s", "_away_s", "_backward_log", "_base_kmh", "_fast_log", "_forward_spm",
        "_is_silent", "_rate", "_reading", "_scatter", "_slow_log", "_strange_s",
    )  # fmt: skip

    def __init__(
        self, source: str, profile: DirectionProfile, *, rate: Signal, reading: MotionReading
    ) -> None:
        self._forward_spm = self._base_kmh = 0.0
        self._backward_log = self._scatter = 0.0
        super().__init__(GAIT_RATIO, source, profile)
        self._rate = rate
        self._reading = reading
        self._away_s = self._strange_s = self._against_s = 0.0
        self._fast_log: float | None = None
        self._slow_log = 0.0
        self._is_silent = True

    def trust(self, profile: DirectionProfile) -> None:
        """Take over the walker's own step rates; without both the channel says nothing."""
        super().trust(profile)
        gait = profile.gait
        self._forward_spm = 0.0
        if gait is not None and gait.source == self.source and gait.backward_spm is not None:
            self._forward_spm, self._base_kmh = gait.forward_spm, gait.speed_kmh
            self._backward_log = log(gait.backward_spm / gait.forward_spm)
            self._scatter = max(gait.scatter, LEAST_SCATTER)

    def weigh(self, at: float) -> None:
        """Take the newest step rate and belt speed."""
        rate_spm, speed_kmh = self._rate.value(at), self._reading.speed_kmh
        self.note = None
        if rate_spm is None or speed_kmh is None or speed_kmh < WALKING_KMH:
            return
        dt_s = self._reading.dt_s
        self.at = at
        self.value = rate_spm
        if rate_spm < STANDING_SPM:
            self._away_s += dt_s
            if self._away_s >= BESIDE_S:
                self._be_other()
            return
        self._away_s = 0.0
        if not self.proven or self._forward_spm == 0.0:
            return
        off_speed = log(speed_kmh / self._base_kmh)
        self._compare(log(rate_spm / self._forward_spm) - EXPONENT * off_speed, abs(off_speed), at)

    def _compare(self, ratio_log: float, off_speed: float, at: float) -> None:
        dt_s = self._reading.dt_s
        fast = self._follow(ratio_log, dt_s)
        scatter = self._scatter + EXPONENT_ERROR * off_speed
        forward, backward = fast / scatter, (fast - self._backward_log) / scatter
        # beyond the far one of the two ways there are still others, such as sideways
        beyond = max(fast - max(self._backward_log, 0.0), min(self._backward_log, 0.0) - fast)
        if beyond > STRANGE * scatter and beyond > STRANGE_SHARE:
            self._strange_s += dt_s
            if self._strange_s >= 1.0:
                self._be_other()
            return
        self._strange_s = 0.0
        llr = 0.5 * (forward * forward - backward * backward)
        now = ratio_log - 0.5 * self._backward_log
        is_against = now * self._backward_log * self.llr < 0.0
        has_left = abs(ratio_log - self._slow_log) > CHANGED * self._scatter
        self._against_s = self._against_s + dt_s if is_against or has_left else 0.0
        if self._against_s > AGAINST_S:
            self.reset()
            self._fast_log = self._slow_log = ratio_log
            self._against_s = 0.0
            self.onset_at = at  # he has turned round, if the steps stay like that
            return
        if abs(self._backward_log) < APART * scatter:
            self.reset()  # at this speed the two ways cannot be told apart
            self.sign = 0
            self._is_silent = True
            return
        if self._is_silent:
            self.onset_at = at  # nobody knows how long it has been so
            self._is_silent = False
        limit = self._backward
        self.lean(min(max(llr, -limit), limit) * dt_s / WINDOW_S, at)

    def _follow(self, ratio_log: float, dt_s: float) -> float:
        """Return the mean of the last seconds, and keep a slow one beside it."""
        if self._fast_log is None:
            self._fast_log = self._slow_log = ratio_log
        self._fast_log += (ratio_log - self._fast_log) * min(2.0 * dt_s / WINDOW_S, 1.0)
        self._slow_log += (ratio_log - self._slow_log) * min(dt_s / SLOW_S, 1.0)
        return self._fast_log

    def _be_other(self) -> None:
        """Say that this is neither way of walking: sideways, holding on, or stepped off."""
        self.sign = 0
        self.note = Reason.GAIT_OTHER
        self._is_silent = True
        self.reset()
