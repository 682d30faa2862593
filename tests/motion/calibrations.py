"""Synthetic readings for the tests of calibration: plain physics, no noise unless asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp

from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.calibration import Calibration, Identity, Part, Reading, Sense

BIKE = MachineSpec("bike", MachineKind.INDOOR_BIKE)
BELT = MachineSpec("belt", MachineKind.TREADMILL)
NOBODY = Identity()
RATIO = 0.35


@dataclass(frozen=True)
class Act:
    """One thing that is done for a while: the crank's turns, the wheel's speed at its end."""

    part: Part
    seconds: float
    cadence_rpm: float = 0.0
    power_w: float = 0.0


SpeedLaw = Callable[[float, float, Act, float], float]
"""From speed, cadence, act and step to the next speed."""


def freewheel(decay_s: float) -> SpeedLaw:
    """Return a wheel that the crank can drive and cannot brake."""

    def law(speed: float, cadence: float, act: Act, dt: float) -> float:
        rolled = speed * exp(-dt / decay_s)
        if act.part is Part.BACKWARD:
            return rolled
        return max(rolled, RATIO * cadence)

    return law


def synthesised(lag_s: float) -> SpeedLaw:
    """Return a speed that is made from the cadence, with a lag."""

    def law(speed: float, cadence: float, act: Act, dt: float) -> float:
        return speed + (RATIO * cadence - speed) * (1.0 - exp(-dt / lag_s))

    return law


COURSE = (
    Act(Part.STILL, 5),
    Act(Part.FORWARD, 30, 70, 120),
    Act(Part.STILL, 15),
    Act(Part.BACKWARD, 30, 60),
    Act(Part.STILL, 15),
    Act(Part.FORWARD, 10, 75, 120),
    Act(Part.COAST, 15),
)


def ride(
    calibration: Calibration,
    law: SpeedLaw,
    acts: tuple[Act, ...] = COURSE,
    *,
    smoothing_s: float = 1.0,
    rate_hz: float = 1.0,
) -> float:
    """Feed a calibration with a ride; return when it ended."""
    at, speed, shown = 0.0, 0.0, 0.0
    dt = 1.0 / rate_hz
    for act in acts:
        calibration.label(act.part, at)
        for _ in range(int(act.seconds * rate_hz)):
            at += dt
            shown += (act.cadence_rpm - shown) * (1.0 - exp(-dt / smoothing_s))
            speed = law(speed, shown, act, dt)
            cadence = round(shown, 1)
            calibration.receive(Reading(at, round(speed, 2), cadence, act.power_w))
    return at


@dataclass(frozen=True)
class Stretch:
    """One way for a while, and the signs that a channel says meanwhile."""

    part: Part
    signs: tuple[int, ...]


def hear(
    calibration: Calibration,
    stretches: tuple[Stretch, ...],
    *,
    channel: str = "movement_direction_bit",
    source: str = "bike",
    every_s: float = 1.0,
) -> None:
    """Feed a calibration with even pedalling and what one channel says, sample by sample."""
    at = 0.0
    for stretch in stretches:
        calibration.label(stretch.part, at)
        for _ in range(6):  # until the label has settled and the values are steady
            at += 1.0
            calibration.receive(Reading(at, 20.0, 60.0, 100.0))
        for sign in stretch.signs:
            at += every_s
            calibration.receive(Reading(at, 20.0, 60.0, 100.0))
            calibration.sense(Sense(channel, source, sign), at)


def walk(
    calibration: Calibration, forward_spm: float, backward_spm: float | None, *, scatter: float = 0
) -> None:
    """Feed a calibration with a minute of walking each way at 2 km/h."""
    at = 0.0
    ways = [(Part.FORWARD, forward_spm)]
    ways += [] if backward_spm is None else [(Part.BACKWARD, backward_spm)]
    for part, spm in ways:
        calibration.label(part, at)
        for second in range(60):
            at += 1.0
            wobble = 1.0 + scatter * (1 if second // 5 % 2 else -1)
            calibration.receive(Reading(at, 2.0, step_rate_spm=spm * wobble, step_source="pod"))
        calibration.label(Part.STILL, at)
        for _ in range(10):
            at += 1.0
            calibration.receive(Reading(at, 0.0, step_rate_spm=0.0, step_source="pod"))


def without_coast() -> tuple[Act, ...]:
    """Return the course without its last part."""
    return COURSE[:-2]


def with_power(act: Act, power_w: float) -> Act:
    """Return the act with another power."""
    return replace(act, power_w=power_w)
