"""The machines of the rigs: which parts make which class of machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ftms_bridge.simulator.drive import RAD_S_PER_RPM, SLOW_RAD_S
from ftms_bridge.simulator.rig_parts import (
    USUAL_RPM,
    Draw,
    Setup,
    Tables,
    direction_sensor,
    drivetrain,
    firmware,
    foot_pod,
    power_meter,
    radio,
    rider,
    speed_cadence,
    strap,
)

LIGHT_S: Final = (0.8, 4.0)
HEAVY_S: Final = (14.0, 40.0)
"""Time in which a braked wheel loses two thirds of its speed: a small flywheel, a whole bike."""

LONGEST_STOP_S: Final = 60.0
STILL_RAD_S: Final = 0.1
COARSE_STEP_S: Final = 0.1
"""How the running down of a wheel is computed for the script; the physics has finer steps."""


def light_freewheel(draw: Draw) -> Setup:
    """Return a trainer with a small flywheel."""
    return _trainer(draw, LIGHT_S, {})


def heavy_freewheel(draw: Draw) -> Setup:
    """Return a trainer that carries the inertia of a rider on a bike."""
    return _trainer(draw, HEAVY_S, {})


def guessed_cadence(draw: Draw) -> Setup:
    """Return a trainer that shows a cadence only while it is driven."""
    return _trainer(draw, draw.pick(LIGHT_S, HEAVY_S), {"cadence_source": "driven"})


def wheel_on(draw: Draw) -> Setup:
    """Return a roller under the tyre: power from a table over speed, cadence guessed or none."""
    shown: Tables = {"cadence_source": "driven", "power_source": "brake"}
    if draw.chance(0.5):
        shown["fields"] = ["speed_kmh", "distance_m", "power_w", "elapsed_s"]
    return _trainer(draw, (2.0, 12.0), shown, motor=False)


def synthesised_speed(draw: Draw) -> Setup:
    """Return a bike whose speed and power are made up from its cadence."""
    shown: Tables = {
        "speed_source": "cadence",
        "speed_per_cadence": draw.uniform(0.18, 0.5),
        "power_source": "cadence",
    }
    if draw.chance(0.5):
        return _trainer(draw, draw.pick(LIGHT_S, HEAVY_S), shown, motor=False)
    return _fixed(draw, [], shown=shown)


def _trainer(
    draw: Draw, run_down_s: tuple[float, float], shown: Tables, *, motor: bool = True
) -> Setup:
    # a heavy wheel with nothing but a fan would roll for minutes: nobody builds that
    fan = ("air",) if run_down_s == LIGHT_S else ()
    drive = drivetrain(
        draw, "freewheel", run_down_s=run_down_s, laws=("eddy", "friction", "mixed", *fan)
    )
    tables = _tables(draw, "indoor_bike", strap(draw), **shown)
    tables["drivetrain"] = drive
    gear = drive["gear"]
    assert isinstance(gear, float)
    return Setup(
        "indoor_bike",
        tables,
        freewheel=True,
        erg=draw.chance(0.5),
        gears=draw.chance(0.5),
        motor=motor and draw.chance(0.4),
        run_down_s=run_down_s_of(drive),
        gear=gear,
    )


def spin_bike(draw: Draw) -> Setup:
    """Return a spin bike; some have a sensor that counts magnet passes of either way."""
    return _fixed(draw, [speed_cadence(draw)] if draw.chance(0.3) else [])


def spin_bike_meter(draw: Draw) -> Setup:
    """Return a spin bike with pedals that measure power and clip what they take for negative."""
    return _fixed(draw, [power_meter(draw, negative_power="clip")])


def air_bike(draw: Draw) -> Setup:
    """Return a bike with a fan, which brakes both ways alike."""
    return _fixed(draw, [], laws=("air",))


def sensed_bike(draw: Draw) -> Setup:
    """Return a spin bike with a direction sensor."""
    return _fixed(draw, [direction_sensor(draw)])


def crank_vector(draw: Draw) -> Setup:
    """Return a spin bike with a meter that sends the angle of the crank."""
    meter = power_meter(
        draw,
        vector=True,
        angle_noise_deg=draw.uniform(4.0, 12.0),
        extremes=draw.chance(0.5),
        senses_rotation=draw.chance(0.5),
        negative_power=draw.pick("clip", "keep", "abs"),
    )
    return _fixed(draw, [meter])


def signed_counters(draw: Draw) -> Setup:
    """Return a spin bike with a sensor whose counts fall when it turns backward."""
    if draw.chance(0.5):
        return _fixed(draw, [speed_cadence(draw, counts="turns", wheel=draw.chance(0.7))])
    return _fixed(draw, [power_meter(draw, counts="turns", wheel=draw.chance(0.7))])


def _fixed(
    draw: Draw,
    sensors: list[Tables],
    *,
    laws: tuple[str, ...] = ("eddy", "friction", "mixed"),
    shown: Tables | None = None,
) -> Setup:
    tables = _tables(draw, "indoor_bike", [*sensors, *strap(draw)], **(shown or {}))
    tables["drivetrain"] = drivetrain(draw, "fixed", laws=laws)
    return Setup("indoor_bike", tables)


def elliptical(draw: Draw) -> Setup:
    """Return a cross trainer that sets the direction bit, a few of them the wrong way round."""
    bit = "inverted" if draw.chance(0.15) else "set"
    tables = _tables(draw, "cross_trainer", strap(draw), direction_bit=bit)
    tables["drivetrain"] = drivetrain(draw, "fixed")
    return Setup("cross_trainer", tables, erg=draw.chance(0.3))


def treadmill(draw: Draw) -> Setup:
    """Return a treadmill that knows nothing of steps."""
    return _belt(draw, strap(draw))


def treadmill_pod(draw: Draw) -> Setup:
    """Return a treadmill whose walker wears a foot pod."""
    return _belt(draw, [foot_pod(draw), *strap(draw)])


def reversible_signed(draw: Draw) -> Setup:
    """Return a belt that runs both ways and shows negative speeds as two's complement."""
    return _belt(draw, strap(draw), reversible=True, belt_sign="twos_complement")


def reversible_silent(draw: Draw) -> Setup:
    """Return a belt that runs both ways and shows no sign."""
    return _belt(draw, strap(draw), reversible=True)


def _belt(draw: Draw, sensors: list[Tables], *, reversible: bool = False, **shown: object) -> Setup:
    tables = _tables(draw, "treadmill", sensors, **shown)
    tables["belt"] = {
        "reversible": reversible,
        "acceleration_kmh_s": draw.uniform(0.25, 1.0),
        "braking_kmh_s": draw.uniform(0.3, 1.2),
        "reversal_pause_s": draw.uniform(1.0, 5.0),
    }
    return Setup("treadmill", tables, reversible=reversible)


def _tables(draw: Draw, kind: str, sensors: list[Tables], **shown: object) -> Tables:
    return {
        "machine": {"id": "machine", "kind": kind},
        "rider": rider(draw),
        "radio": radio(draw),
        "firmware": firmware(draw, kind, **shown),
        "sensor": sensors,
    }


def run_down_s_of(drive: Mapping[str, object]) -> float:
    """Return how long a coasting wheel turns after the usual cadence, at the full brake."""
    numbers = {name: value for name, value in drive.items() if isinstance(value, float)}
    wheel, passed_s = USUAL_RPM * RAD_S_PER_RPM * numbers["gear"], 0.0
    while wheel > STILL_RAD_S and passed_s < LONGEST_STOP_S:
        friction = numbers["friction_nm"] / max(wheel, SLOW_RAD_S)
        drag = friction + numbers["eddy_nms"] + numbers["air_nms2"] * wheel
        wheel /= 1.0 + drag / numbers["flywheel_kgm2"] * COARSE_STEP_S
        passed_s += COARSE_STEP_S
    return round(passed_s, 1)


SETUPS: Final[Mapping[str, Callable[[Draw], Setup]]] = {
    "elliptical_bit": elliptical,
    "freewheel_light": light_freewheel,
    "freewheel_heavy": heavy_freewheel,
    "guessed_cadence": guessed_cadence,
    "wheel_on": wheel_on,
    "spin_bike": spin_bike,
    "spin_bike_meter": spin_bike_meter,
    "air_bike": air_bike,
    "treadmill": treadmill,
    "treadmill_pod": treadmill_pod,
    "reversible_signed": reversible_signed,
    "reversible_beside": reversible_signed,
    "reversible_silent": reversible_silent,
    "direction_sensor": sensed_bike,
    "crank_vector": crank_vector,
    "synthesised_speed": synthesised_speed,
    "signed_counters": signed_counters,
}
