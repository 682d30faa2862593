"""Which machine there is, which sensors feed it, and who is believed for which quantity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class MachineKind(Enum):
    """The kinds of fitness machine; the value is the word used in the configuration."""

    INDOOR_BIKE = "indoor_bike"
    TREADMILL = "treadmill"
    CROSS_TRAINER = "cross_trainer"
    STEP_CLIMBER = "step_climber"
    STAIR_CLIMBER = "stair_climber"
    ROWER = "rower"


class SensorKind(Enum):
    """The kinds of sensor that can feed a machine."""

    POWER_METER = "power_meter"
    SPEED_CADENCE = "speed_cadence"
    HEART_RATE = "heart_rate"
    FOOT_POD = "foot_pod"


@dataclass(frozen=True, slots=True)
class SensorSpec:
    """One sensor; ``wheel_circumference_m`` is needed to turn wheel revolutions into a speed."""

    id: str
    kind: SensorKind
    wheel_circumference_m: float | None = None


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """One machine with the sensors that feed it.

    priority: per quantity (``power_w``) the source ids, most believed first. Quantities not named
    here prefer the sensors in their order, then the machine; the first fresh one counts.
    quirk: name of a quirk profile in the data file, or None for the specification as written.
    auto_quirk: without a quirk, take the one that fits what the machine says of itself.
    """

    id: str
    kind: MachineKind
    name: str = ""
    sensors: tuple[SensorSpec, ...] = ()
    priority: tuple[tuple[str, tuple[str, ...]], ...] = ()
    quirk: str | None = None
    auto_quirk: bool = False
