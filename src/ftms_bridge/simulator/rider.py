"""The rider's body: slow scatter of the pace, and a heart that follows the effort late."""

from __future__ import annotations

from math import sqrt
from random import Random
from typing import Final

from ftms_bridge.simulator.scenario import Rider
from ftms_bridge.units import kmh_from_mps

UNIT_VARIANCE: Final = sqrt(12.0)
"""A uniform number from [-0.5, 0.5) times this has variance 1."""

WANDER_S: Final = 8.0
"""Correlation time of the scatter of a rider's pace; house choice."""

RESTING_VO2: Final = 3.5
"""ml/kg/min, one metabolic unit (ACSM)."""

RUNNING_MPS: Final = 2.0
"""Walking turns into running near 2 m/s."""

METRES_PER_MINUTE: Final = 60.0


class Wander:
    """A slow random factor around 1: first-order autoregressive, so it forgets in WANDER_S."""

    def __init__(self, scatter: float, rng: Random) -> None:
        self._scatter = scatter
        self._rng = rng
        self._value = 0.0

    def step(self, dt: float) -> float:
        """Move on by ``dt`` seconds and return the factor."""
        # Uniform noise and a square root are exact on every platform; gauss() and ** are not.
        kick = (self._rng.random() - 0.5) * UNIT_VARIANCE * sqrt(2.0 * dt / WANDER_S)
        self._value += kick - self._value * dt / WANDER_S
        return 1.0 + self._scatter * self._value


def walking_vo2(speed_mps: float, incline_pct: float) -> float:
    """Return ml/kg/min on a belt: ACSM walking and running equations, forward movement."""
    speed_m_min = abs(speed_mps) * METRES_PER_MINUTE
    grade = max(incline_pct, 0.0) / 100.0
    if abs(speed_mps) < RUNNING_MPS:
        return RESTING_VO2 + 0.1 * speed_m_min + 1.8 * speed_m_min * grade
    return RESTING_VO2 + 0.2 * speed_m_min + 0.9 * speed_m_min * grade


def cycling_vo2(power_w: float, cadence_rpm: float, mass_kg: float) -> float:
    """Return ml/kg/min on a bike: ACSM leg cycling, without its constant while the legs rest."""
    unloaded = 3.5 * min(abs(cadence_rpm) / 60.0, 1.0)
    return RESTING_VO2 + unloaded + 10.8 * max(power_w, 0.0) / mass_kg


def step_rate_spm(speed_mps: float) -> float:
    """Return the usual steps per minute: 104 at 4 km/h, 127 at 6 km/h; house choice of shape."""
    return 52.0 * sqrt(kmh_from_mps(abs(speed_mps)))


class Heart:
    """Heart rate: the share of oxygen reserve in use, reached with a first-order lag."""

    def __init__(self, rider: Rider) -> None:
        self._rider = rider
        self.rate_bpm = float(rider.resting_bpm)

    def step(self, vo2: float, dt: float) -> float:
        """Move on by ``dt`` seconds at this effort in ml/kg/min and return the rate."""
        rider = self._rider
        share = (vo2 - RESTING_VO2) / (rider.vo2_max - RESTING_VO2)
        share = min(max(share, 0.0), 1.0)
        target = rider.resting_bpm + share * (rider.max_bpm - rider.resting_bpm)
        self.rate_bpm += (target - self.rate_bpm) * dt / (rider.heart_lag_s + dt)
        return self.rate_bpm
