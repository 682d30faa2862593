"""Parts of the rigs, drawn by chance: riders, drivetrains, firmware, radio and sensors.

The ranges are wider than anybody who judges their records should assume; all of them are house
choices. Numbers are drawn with the four operations alone, so a seed means the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, TypeVar

from ftms_bridge.simulator.crank_angle import scatter
from ftms_bridge.simulator.drive import RAD_S_PER_RPM
from ftms_bridge.simulator.machine import COMMON_FIELDS, USUAL_FIELDS

Tables = dict[str, object]
"""One table of a scenario, as its file would have it."""

T = TypeVar("T")

USUAL_RPM: Final = 75.0
USUAL_PCT: Final = 25.0
"""Cadence and brake level for which a machine's brake is laid out."""

KMH_PER_MPS_MINUTE: Final = 0.06
"""1/min x m = km/h."""

LONG_FIELDS: Final = {
    "indoor_bike": (
        *COMMON_FIELDS, "avg_speed_kmh", "cadence_rpm", "resistance", "power_w", "energy_kcal",
        "hr_bpm",
    ),
    "treadmill": (*COMMON_FIELDS, "avg_speed_kmh", "incline_pct", "energy_kcal", "hr_bpm", "met"),
    "cross_trainer": (
        *COMMON_FIELDS, "steps_per_min", "stride_count", "resistance", "power_w", "energy_kcal",
        "hr_bpm",
    ),
}  # fmt: skip
"""Records longer than 20 bytes: sent whole, in parts or cut."""

ROTATED_FIELDS: Final = {
    "indoor_bike": (("speed_kmh", "cadence_rpm", "power_w"), (*COMMON_FIELDS, "cadence_rpm")),
    "treadmill": (("speed_kmh", "incline_pct"), COMMON_FIELDS),
    "cross_trainer": (("speed_kmh", "steps_per_min", "power_w"), (*COMMON_FIELDS, "resistance")),
}
"""What two records in turn carry."""

FAR_16: Final = 0x10000
FAR_32: Final = 0x100000000
"""Where the counters of sensors roll over."""


class Draw:
    """One stream of chance with the few kinds of draw that the rigs need."""

    def __init__(self, key: str) -> None:
        self._rng = Random(key)  # noqa: S311 - not for secrets

    def uniform(self, low: float, high: float, places: int = 3) -> float:
        """Return a number between the two, rounded to these decimal places."""
        return round(low + (high - low) * self._rng.random(), places)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int((high - low + 1) * self._rng.random())

    def near(self, mean: float, spread: float) -> float:
        """Return a nearly normal number, at most 2.5 times ``spread`` from the mean."""
        return round(mean + spread * min(max(scatter(self._rng), -2.5), 2.5), 3)

    def pick(self, *choices: T) -> T:
        """Return one of these, each equally likely."""
        return choices[int(self._rng.random() * len(choices))]

    def chance(self, share: float) -> bool:
        """Return True in this share of all draws."""
        return self._rng.random() < share


@dataclass(frozen=True, slots=True)
class Setup:
    """One machine with its sensors and rider, and what a ride on it may hold.

    tables: a scenario without script. erg, gears, motor: constant power, gear changes and a
    motor-driven flywheel exist. run_down_s: how long the wheel coasts under the full brake.
    """

    kind: str
    tables: Tables
    freewheel: bool = False
    reversible: bool = False
    erg: bool = False
    gears: bool = False
    motor: bool = False
    run_down_s: float = 0.0
    gear: float = 1.0

    @property
    def walking(self) -> bool:
        """Return whether this is a treadmill."""
        return self.kind == "treadmill"

    @property
    def sensor_ids(self) -> tuple[str, ...]:
        """Return the ids of the sensors."""
        sensors = self.tables.get("sensor", [])
        assert isinstance(sensors, list)
        return tuple(str(sensor["id"]) for sensor in sensors)


def rider(draw: Draw) -> Tables:
    """Return somebody; the step ratio of some is hardly different from 1."""
    return {
        "mass_kg": draw.uniform(50, 110, 0),
        "strength_nm": draw.uniform(45, 130, 0),
        "ripple": draw.uniform(0.1, 0.8),
        "wander": draw.uniform(0.005, 0.05),
        "backward_step_ratio": draw.near(1.10, 0.08),
        "step_rate": draw.near(1.0, 0.06),
        "turn_s": draw.uniform(1.0, 4.0),
        "resting_bpm": draw.uniform(48, 80, 0),
        "max_bpm": draw.uniform(150, 200, 0),
    }


def radio(draw: Draw) -> Tables:
    """Return a way through the air, from good to bad."""
    return {"jitter_s": draw.uniform(0.01, 0.4), "loss": draw.uniform(0.0, 0.05)}


def firmware(draw: Draw, kind: str, **fixed: object) -> Tables:
    """Return a machine's software; ``fixed`` overrides what is drawn."""
    rate_hz = float(draw.pick(1, 1, 2, 4))
    drawn: Tables = {
        "rate_hz": rate_hz,
        "smoothing_s": draw.uniform(0.5, 5.0),
        "hold_s": draw.uniform(0.5, 3.0) if draw.chance(0.4) else 0.0,
        "power_source": draw.pick("drive", "brake"),
        "negative_power": draw.pick("clip", "keep", "abs"),
        "speed_step_kmh": draw.pick(0.01, 0.1),
        "cadence_step": draw.pick(0.5, 1.0, 2.0),
        "power_step_w": draw.pick(1.0, 1.0, 5.0),
        "machine_status": draw.chance(0.3),
    }
    drawn.update(_record_form(draw, kind, rotates=rate_hz > 1))
    if "fields" in fixed:
        drawn.pop("rotate", None)
    return drawn | fixed


def _record_form(draw: Draw, kind: str, *, rotates: bool) -> Tables:
    form = draw.pick("usual", "usual", "long", "split", "truncate", "rotate")
    if form == "usual" or (form == "rotate" and not rotates):
        return {"fields": list(USUAL_FIELDS[kind]), "max_bytes": 60}
    if form == "rotate":
        return {"rotate": [list(names) for names in ROTATED_FIELDS[kind]]}
    oversize = "send" if form == "long" else form
    return {"fields": list(LONG_FIELDS[kind]), "oversize": oversize, "max_bytes": 20}


def drivetrain(
    draw: Draw,
    coupling: str,
    *,
    run_down_s: tuple[float, float] | None = None,
    laws: tuple[str, ...] = ("eddy", "friction", "mixed"),
) -> Tables:
    """Return a drivetrain whose brake takes a plausible power at the usual cadence and level.

    run_down_s: range of inertia / drag, the time in which a braked wheel loses two thirds of its
    speed; None: the flywheel of a spin bike.
    """
    gear = draw.uniform(2.0, 3.6, 2)
    wheel = USUAL_RPM * RAD_S_PER_RPM * gear
    watts = draw.uniform(60, 160, 0)
    drag = watts / (wheel * wheel)
    if run_down_s is not None:
        inertia = drag * draw.uniform(*run_down_s)
    else:
        inertia = draw.uniform(0.25, 1.1)
    kmh_per_rpm = draw.uniform(0.2, 0.48)
    return {
        "coupling": coupling,
        "gear": gear,
        "wheel_circumference_m": round(kmh_per_rpm / gear / KMH_PER_MPS_MINUTE, 3),
        "flywheel_kgm2": round(min(max(inertia, 0.05), 18.0), 3),
        "crank_kgm2": draw.uniform(0.15, 0.5),
        **_brake(draw.pick(*laws), watts, wheel),
    }


def _brake(law: str, watts: float, wheel: float) -> Tables:
    """Return a brake that takes this power at this speed of the wheel and the usual level."""
    level = USUAL_PCT / 100.0
    shares = {"eddy": (0.1, 0.9, 0.0), "friction": (0.75, 0.25, 0.0), "air": (0.05, 0.0, 0.95)}
    friction, eddy, air = shares.get(law, (0.35, 0.45, 0.2))
    return {
        "friction_nm": round(friction * watts / wheel, 3),
        "eddy_nms": round(eddy * watts / (level * wheel * wheel), 4),
        "air_nms2": round(air * watts / (wheel * wheel * wheel), 6),
    }


def first_count(draw: Draw, far: int) -> int:
    """Return where a counter starts; it often rolls over within the first minutes."""
    return far - draw.whole(5, 150) if draw.chance(0.4) else draw.whole(400, far // 2)


def sensor_rate(draw: Draw) -> float:
    """Return notifications per second."""
    return float(draw.pick(1, 1, 2, 4))


def power_meter(draw: Draw, **fixed: object) -> Tables:
    """Return a meter in the pedals that takes every rotation for forward."""
    drawn: Tables = {
        "kind": "power_meter",
        "id": "meter",
        "rate_hz": sensor_rate(draw),
        "smoothing_s": draw.uniform(0.3, 3.0),
        "power_scale": draw.uniform(0.88, 1.12),
        "first_crank_revs": first_count(draw, FAR_16),
        "first_wheel_revs": first_count(draw, FAR_32),
    }
    return drawn | fixed


def speed_cadence(draw: Draw, **fixed: object) -> Tables:
    """Return a sensor of wheel and crank turns."""
    drawn: Tables = {
        "kind": "speed_cadence",
        "id": "turns",
        "rate_hz": sensor_rate(draw),
        "first_crank_revs": first_count(draw, FAR_16),
        "first_wheel_revs": first_count(draw, FAR_32),
    }
    return drawn | fixed


def direction_sensor(draw: Draw) -> Tables:
    """Return a sensor of one's own; one in three is wired the wrong way round."""
    return {
        "kind": "direction",
        "id": "way",
        "rate_hz": float(draw.pick(1, 2, 4, 10)),
        "reports": draw.pick("sign", "rate"),
        "when_still": draw.pick("silent", "zero"),
        "inverted": draw.chance(0.33),
    }


def foot_pod(draw: Draw) -> Tables:
    """Return a pod on a shoe."""
    return {
        "kind": "foot_pod",
        "id": "pod",
        "rate_hz": sensor_rate(draw),
        "counts": draw.pick("steps", "steps", "strides"),
        "speed_scale": draw.uniform(0.85, 1.15),
    }


def strap(draw: Draw) -> list[Tables]:
    """Return a heart rate strap, or none."""
    return [{"kind": "heart_rate", "id": "strap"}] if draw.chance(0.3) else []
