"""The line on which speed and cadence lie while legs drive a wheel forward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ftms_bridge.motion.calibration_trace import Part, Sample, median, percentile, seconds

TURNING_RPM: Final = 20.0
"""From here on the crank surely turns (`docs/direction.md`, engagement line)."""

DRIVING_RPM: Final = 30.0

DRIVING_KMH: Final = 2.0
"""Below these a ratio of two rounded values is worth nothing; house choices."""

MARGIN_KMH: Final = 1.5

MARGIN_SIGMAS: Final = 3.0

SIGMA_OF_MEDIAN: Final = 1.4826
"""Standard deviation of normal values whose median distance from the middle is 1."""

RATIO_SPREAD: Final = 0.03
"""Least width of the band of ratios on both sides; house choice: rounding and slip."""

LEAST_S: Final = 8.0

PROOF_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """Forward driving: speed is between ``low`` and ``high`` times the cadence, give or take."""

    low: float
    high: float
    margin_kmh: float

    def is_short(self, sample: Sample) -> bool:
        """Say whether the wheel is too slow for legs that drive it forward."""
        speed, cadence = wheel_speed(sample), sample.reading.cadence_rpm
        if speed is None or cadence is None or cadence <= TURNING_RPM:
            return False
        return speed < self.low * cadence - self.margin_kmh

    def is_met(self, sample: Sample) -> bool:
        """Say whether the wheel turns as if the legs drove it."""
        speed, cadence = wheel_speed(sample), sample.reading.cadence_rpm
        if speed is None or cadence is None or cadence <= TURNING_RPM:
            return False
        over = speed - self.high * cadence
        return not self.is_short(sample) and over <= self.margin_kmh


def driving_line(samples: list[Sample]) -> Line | None:
    """Return the band of ratios of even forward driving, None when there was too little of it."""
    even = [
        (one, speed, cadence)
        for one in samples
        if one.part is Part.FORWARD and one.settled and _is_even(one)
        if (speed := wheel_speed(one)) is not None and speed >= DRIVING_KMH
        if (cadence := one.reading.cadence_rpm) is not None and cadence >= DRIVING_RPM
    ]
    if seconds([one for one, _, _ in even]) < LEAST_S:
        return None
    driving = [(speed, cadence) for _, speed, cadence in even]
    ratios = [speed / cadence for speed, cadence in driving]
    middle = median(ratios)
    off = median([abs(speed - middle * cadence) for speed, cadence in driving])
    return Line(
        low=min(percentile(ratios, 0.05), middle * (1.0 - RATIO_SPREAD)),
        high=max(percentile(ratios, 0.95), middle * (1.0 + RATIO_SPREAD)),
        margin_kmh=max(MARGIN_KMH, MARGIN_SIGMAS * SIGMA_OF_MEDIAN * off),
    )


def _is_even(sample: Sample) -> bool:
    return (sample.cadence_steady and sample.speed_steady) or sample.ratio_steady


def why_no_line(samples: list[Sample]) -> str:
    """Return in words why there was no even forward driving."""
    idle = [
        one
        for one in samples
        if one.part is Part.FORWARD
        and one.settled
        and (one.reading.cadence_rpm or 0.0) >= DRIVING_RPM
        and (wheel_speed(one) or 0.0) < DRIVING_KMH
    ]
    if seconds(idle) >= PROOF_S:
        return (
            "Forward, the legs turned and the wheel stood still. Were forward and backward "
            "exchanged, or does the machine show no speed?"
        )
    return "There was too little even forward driving to compare crank and wheel."


def wheel_speed(sample: Sample) -> float | None:
    """Return the wheel's speed without its sign."""
    speed = sample.reading.speed_kmh
    return None if speed is None else abs(speed)
