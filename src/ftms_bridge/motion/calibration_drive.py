"""How the rider is coupled to the wheel, and where the shown speed comes from.

A freewheel shows itself when the legs turn backward and the wheel does not follow. That is also
the only proof that the speed is measured at the wheel: firmware that makes up the speed from the
cadence shows a wheel that seems to follow both ways.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.calibration_line import (
    LEAST_S,
    PROOF_S,
    TURNING_RPM,
    Line,
    driving_line,
    wheel_speed,
    why_no_line,
)
from ftms_bridge.motion.calibration_stops import SMOOTHING_S, smoothing
from ftms_bridge.motion.calibration_trace import (
    SETTLE_S,
    Part,
    Sample,
    seconds,
    stretches,
)
from ftms_bridge.motion.profile import Drivetrain, SpeedSource

CRANK_STILL_RPM: Final = 5.0
ROLLING_KMH: Final = 3.0
COAST_S: Final = 4.0
"""So long a wheel must roll on under still legs, after all smoothing; house choice."""


RISE_KMH: Final = 0.3
"""A speed that lags behind the cadence rises all the time; a wheel that nobody drives does not."""

GAP_KEPT: Final = 0.75
"""So much of the distance from the line must be left all the time. Where one of the two values only
lags behind the other, at most ten seconds, it shrinks by more than that within `PROOF_S`."""

DEEP: Final = 0.7
"""The wheel must be slower than this share of what legs would drive it at: values that follow with
different delays differ by less, and a ratio learnt from them is off by less. House choice."""

LINE_TO_SHORT: Final = 3.0
"""Short of the line must be so many times the time spent on it."""

COAST_POWER_W: Final = 10.0
COAST_POWER_S: Final = 2.0

WHEEL_MOVES_KMH: Final = 3.0
"""A stop from less says nothing about smoothing; house choice."""

FALSE_SHARE: Final = 0.02
"""So little of the forward time may look like backward; house choice."""

WIDE_RATIO: Final = 1.15
"""From this width on, gears were changed; house choice: four times the least width and rounding."""


@dataclass(frozen=True, slots=True)
class DriveFinding:
    """What was learnt about crank and wheel.

    engagement: clean seconds with which the engagement line is proven; 0: it is not.
    texts: what was found. problems: what was in the way.
    """

    drivetrain: Drivetrain = Drivetrain.UNKNOWN
    speed_source: SpeedSource = SpeedSource.UNKNOWN
    ratio_min: float | None = None
    ratio_max: float | None = None
    smoothing_s: float = SMOOTHING_S
    coasting_power: bool = False
    engagement: int = 0
    texts: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def study_drive(kind: MachineKind, samples: list[Sample]) -> DriveFinding:
    """Return what labelled readings of a bike or cross trainer teach about its drive."""
    points = [
        (one.reading.at, one.reading.cadence_rpm)
        for one in samples
        if one.reading.cadence_rpm is not None
    ]
    smoothing_s = smoothing(points)
    if points:
        found = _study_line(kind, samples, smoothing_s)
    else:
        text = "The machine shows no cadence, so crank and wheel cannot be compared."
        found = DriveFinding(texts=(text,))
        if kind is MachineKind.CROSS_TRAINER:  # its wheel stops with the rider
            speeds = [(one.reading.at, wheel_speed(one) or 0.0) for one in samples]
            found = replace(found, drivetrain=Drivetrain.FIXED)
            smoothing_s = smoothing(speeds, least=WHEEL_MOVES_KMH)
    found = replace(found, smoothing_s=smoothing_s)
    return replace(found, coasting_power=_shows_coasting_power(samples, found))


def _study_line(kind: MachineKind, samples: list[Sample], smoothing_s: float) -> DriveFinding:
    """Compare the wheel with the crank, forward and backward."""
    found = DriveFinding()
    if _rolls_on(samples, smoothing_s):
        found = DriveFinding(
            drivetrain=Drivetrain.FREEWHEEL,
            speed_source=SpeedSource.FLYWHEEL,
            texts=("The wheel rolls on while the legs keep still: it has a freewheel.",),
        )
    line = driving_line(samples)
    if line is None:
        return replace(found, problems=(why_no_line(samples),))
    found = replace(found, ratio_min=round(line.low, 4), ratio_max=round(line.high, 4))
    if line.high / line.low >= WIDE_RATIO:
        text = "Gears were changed forward: the smallest ratio counts, which finds less."
        found = replace(found, texts=(*found.texts, text))
    found = _compare(samples, line, found)
    if found.drivetrain is Drivetrain.UNKNOWN and kind is MachineKind.CROSS_TRAINER:
        return replace(found, drivetrain=Drivetrain.FIXED)
    return found


def _compare(samples: list[Sample], line: Line, found: DriveFinding) -> DriveFinding:
    """Say what the wheel does under legs that turn backward."""
    back = [one for one in samples if one.part is Part.BACKWARD and one.settled]
    turning = [one for one in back if (one.reading.cadence_rpm or 0.0) > TURNING_RPM]
    if seconds(turning) < PROOF_S:
        text = "Backward the machine shows no cadence" if seconds(back) >= LEAST_S else ""
        texts = (*found.texts, f"{text}: it looks like coasting.") if text else found.texts
        return replace(found, texts=texts)
    short = _longest_short(turning, line)
    on_line = seconds([one for one in turning if line.is_met(one) and one.cadence_steady])
    short_s = seconds([one for one in turning if line.is_short(one)])
    if short >= PROOF_S and short_s >= LINE_TO_SHORT * on_line:
        return _freewheels(samples, line, found, int(short_s))
    if on_line >= LEAST_S and on_line >= LINE_TO_SHORT * short_s:
        return _follows(found)
    text = "Backward the speed neither follows the cadence nor clearly stays behind it."
    return replace(found, texts=(*found.texts, text))


def _freewheels(
    samples: list[Sample], line: Line, found: DriveFinding, short_s: int
) -> DriveFinding:
    """Say what a wheel teaches that does not follow backward."""
    ahead = [one for one in samples if one.part is Part.FORWARD and one.settled]
    false_s = seconds([one for one in ahead if line.is_short(one) and one.cadence_steady])
    met_s = int(seconds([one for one in ahead if line.is_met(one)]))
    is_clean = false_s <= FALSE_SHARE * (met_s + false_s) and met_s >= LEAST_S
    is_free = found.drivetrain is Drivetrain.FREEWHEEL or _stands_under_legs(samples)
    told = "The wheel does not follow when the legs turn backward."
    if not is_free:
        told += (
            " But it neither rolled on under still legs nor stood under turning ones: a speed made "
            "from the power looks the same, so this proves nothing."
        )
        return replace(found, texts=(*found.texts, told))
    if not is_clean:
        told += " But forward it fell behind as well, so this proves nothing."
    return replace(
        found,
        drivetrain=Drivetrain.FREEWHEEL,
        speed_source=SpeedSource.FLYWHEEL if is_clean else found.speed_source,
        engagement=min(short_s, met_s) if is_clean else 0,
        texts=(*found.texts, told),
    )


def _stands_under_legs(samples: list[Sample]) -> bool:
    """Say whether the wheel stood, and no power was shown, while the legs turned backward."""
    standing = [
        one
        for one in samples
        if one.part is Part.BACKWARD
        and (one.reading.cadence_rpm or 0.0) > TURNING_RPM
        and (wheel_speed(one) or 0.0) < ROLLING_KMH
        and (one.reading.power_w or 0.0) < COAST_POWER_W
    ]
    return any(seconds(run) >= PROOF_S for run in stretches(standing))


def _follows(found: DriveFinding) -> DriveFinding:
    """Say what a speed teaches that follows the cadence both ways."""
    if found.drivetrain is Drivetrain.FREEWHEEL:
        problem = (
            "The speed follows backward legs, and yet it rolls on without legs: both cannot be."
        )
        return replace(
            found,
            drivetrain=Drivetrain.UNKNOWN,
            speed_source=SpeedSource.UNKNOWN,
            problems=(*found.problems, problem),
        )
    text = (
        "Speed and cadence go together both ways: no freewheel, or a speed made from the cadence."
    )
    return replace(
        found,
        drivetrain=Drivetrain.FIXED,
        speed_source=SpeedSource.SYNTHESISED,
        texts=(*found.texts, text),
    )


def _longest_short(turning: list[Sample], line: Line) -> float:
    """Return for how long at most the wheel stayed too slow, and neither value caught up."""
    longest = 0.0
    for stretch in stretches(turning):
        began_at: float | None = None
        lowest_kmh = widest_kmh = 0.0
        for sample in stretch:
            at, speed = sample.reading.at, wheel_speed(sample) or 0.0
            driven_kmh = line.low * (sample.reading.cadence_rpm or 0.0)
            if not line.is_short(sample) or speed > DEEP * driven_kmh:
                began_at = None
                continue
            gap_kmh = driven_kmh - speed
            catches_up = speed > lowest_kmh + RISE_KMH or gap_kmh < GAP_KEPT * widest_kmh
            if began_at is None or catches_up:
                began_at, lowest_kmh, widest_kmh = at, speed, gap_kmh
            lowest_kmh = min(lowest_kmh, speed)
            widest_kmh = max(widest_kmh, gap_kmh)
            longest = max(longest, at - began_at)
    return longest


def _rolls_on(samples: list[Sample], smoothing_s: float) -> bool:
    """Say whether the wheel rolls while the legs keep still, for longer than smoothing explains."""
    wait_s = max(SETTLE_S, 3.0 * smoothing_s)
    rolling = [
        one
        for one in samples
        if one.part is Part.COAST
        and one.into_s >= wait_s
        and one.reading.cadence_rpm is not None
        and one.reading.cadence_rpm < CRANK_STILL_RPM
        and (wheel_speed(one) or 0.0) > ROLLING_KMH
    ]
    return any(seconds(run) >= COAST_S for run in stretches(rolling))


def _shows_coasting_power(samples: list[Sample], found: DriveFinding) -> bool:
    """Say whether power is shown although nobody drives the wheel."""
    wait_s = max(SETTLE_S, 3.0 * found.smoothing_s)
    idle = {Part.COAST}
    if found.drivetrain is Drivetrain.FREEWHEEL:
        idle.add(Part.BACKWARD)
    powered = [
        one
        for one in samples
        if one.part in idle
        and one.into_s >= wait_s
        and one.reading.power_w is not None
        and one.reading.power_w > COAST_POWER_W
    ]
    return any(seconds(run) > COAST_POWER_S for run in stretches(powered))
