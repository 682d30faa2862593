"""What a power meter makes of the crank's angle: noisy, and not always aware of the way round."""

from __future__ import annotations

from math import floor
from random import Random
from typing import Final

from ftms_bridge.gatt.fields import Value
from ftms_bridge.simulator.motion import Motion
from ftms_bridge.simulator.sensor_tables import PowerMeter

FULL_CIRCLE_DEG: Final = 360

PEAK_DEG: Final = 90.0
PEAK_SPREAD_DEG: Final = 10.0
"""A leg pushes most when its crank points ahead; riders differ. Backward it is the mirror image,
near 270 degrees: the extension of the leg keeps its place (Raasch and Zajac 1999)."""

LEAST_RPM: Final = 20.0
"""Below this a meter keeps the extremes of the last turn; house choice."""

UNIFORM_NUMBERS: Final = 12
"""So many uniform numbers have a sum of variance 1; a true normal number would need logarithms."""


class CrankAngle:
    """The angle as one meter knows it; ``rng`` is its own stream of chance."""

    def __init__(self, spec: PowerMeter, rng: Random) -> None:
        self._noise_deg = spec.angle_noise_deg
        self._blind = spec.angle_sense == "assumed_forward"
        self._rng = rng
        self._peak_deg = PEAK_DEG + PEAK_SPREAD_DEG * scatter(rng)
        self._true_turns = 0.0
        self._turns = 0.0
        self._backward = False

    def observe(self, motion: Motion) -> None:
        """Take the angle of the crank; a blind meter adds up turns of either way."""
        turned = motion.crank_turns - self._true_turns
        self._true_turns = motion.crank_turns
        self._turns = self._turns + abs(turned) if self._blind else motion.crank_turns
        if abs(motion.crank_rpm) >= LEAST_RPM:
            self._backward = motion.crank_rpm < 0 and not self._blind

    def degrees(self) -> int:
        """Return the angle now, with this meter's scatter."""
        return crank_angle_deg(self._turns + self._noise() / FULL_CIRCLE_DEG)

    def extremes(self) -> dict[str, Value]:
        """Return the angles of greatest and least torque and the dead spots of the last turn."""
        peak = self._peak_deg + self._noise()
        if self._backward:
            peak = FULL_CIRCLE_DEG - peak
        quarter = -90.0 if self._backward else 90.0
        return {
            "max_angle_deg": whole_deg(peak),
            "min_angle_deg": whole_deg(peak + 180.0),
            "top_dead_spot_deg": whole_deg(peak - quarter),
            "bottom_dead_spot_deg": whole_deg(peak + quarter),
        }

    def _noise(self) -> float:
        return self._noise_deg * scatter(self._rng) if self._noise_deg else 0.0


def scatter(rng: Random) -> float:
    """Return a nearly normal random number of mean 0 and variance 1, never beyond 6."""
    total = -UNIFORM_NUMBERS / 2
    for _ in range(UNIFORM_NUMBERS):
        total += rng.random()  # sum() rounds differently from Python 3.12 on
    return total


def whole_deg(degrees: float) -> int:
    """Return the angle in whole degrees from 0 to 359."""
    return floor(degrees) % FULL_CIRCLE_DEG


def crank_angle_deg(turns: float) -> int:
    """Return the angle of the crank in whole degrees, growing forward and shrinking backward."""
    return floor((turns - floor(turns)) * FULL_CIRCLE_DEG) % FULL_CIRCLE_DEG
