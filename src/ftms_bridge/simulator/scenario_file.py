"""Reads scenario files, and names every problem in one with the path of its key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from ftms_bridge.errors import ConfigError, InputMissing
from ftms_bridge.simulator.machine import sendable
from ftms_bridge.simulator.scenario import (
    MOMENTARY,
    Phase,
    Scenario,
)
from ftms_bridge.simulator.sensor_tables import FootPod, PowerMeter, SpeedCadence

SUFFIX: Final = ".toml"

SHIPPED: Final = files("ftms_bridge.simulator") / "scenarios"
"""The scenarios inside the package."""

MACHINE_FAULTS: Final = frozenset({"zero_blip", "mph"})
"""Faults that only the machine's firmware has."""

FOOT_KEYS: Final = ("speed_kmh", "incline_pct", "step_ratio")
CRANK_KEYS: Final = ("cadence_rpm", "power_w", "resistance_pct", "gear", "motor_kmh")
"""Keys of a phase for treadmills, and for bikes and cross trainers."""


def scenario_names() -> tuple[str, ...]:
    """Return the names of the shipped scenarios, sorted."""
    names = (entry.name for entry in SHIPPED.iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Return a shipped scenario by its name, or the one in a file.

    Raises InputMissing when there is none, ConfigError with all problems when it is wrong.
    """
    text, shown = _text_of(name_or_path)
    return parse_scenario(text, shown)


def parse_scenario(text: str, shown: str) -> Scenario:
    """Return the scenario in this TOML text; ``shown`` names it in errors."""
    try:
        scenario = Scenario.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"The scenario {shown} is not valid TOML: {error}.",
            hint="Mend the line that is named; strings need quotes.",
        ) from error
    except ValidationError as error:
        raise _wrong(shown, [_problem(e["loc"], e["msg"]) for e in error.errors()]) from error
    problems = list(contradictions(scenario))
    if problems:
        raise _wrong(shown, problems)
    return scenario


def _text_of(name_or_path: str | Path) -> tuple[str, str]:
    path = Path(name_or_path)
    if isinstance(name_or_path, str) and name_or_path in scenario_names():
        return (SHIPPED / (name_or_path + SUFFIX)).read_text("utf-8"), name_or_path
    try:
        return path.read_text("utf-8"), str(path)
    except (OSError, UnicodeDecodeError) as error:
        names = scenario_names()
        similar = get_close_matches(str(path), names, n=1)
        meant = f"Did you mean {similar[0]}? " if similar else ""
        raise InputMissing(
            f"There is no scenario {str(path)!r}, neither shipped nor as a readable file.",
            hint=f"{meant}Shipped are: {', '.join(names)}. Or give the path of a TOML file.",
        ) from error


def _wrong(shown: str, problems: list[str]) -> ConfigError:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return ConfigError(
        f"The scenario {shown} has {count}: {'; '.join(problems)}.",
        hint="Mend these keys; docs/simulator.md lists all keys with their ranges.",
    )


def _problem(location: tuple[int | str, ...], text: str) -> str:
    """Return one line for one problem: ``phase[2].duration_s: ...``."""
    path = ""
    if location[0] == "sensor":  # the third part is the kind, which decides about the keys
        location = (*location[:2], *location[3:])
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return f"{path}: {text[:1].lower()}{text[1:]}"


def contradictions(scenario: Scenario) -> Iterator[str]:
    """Yield what no single key can show: values that do not go together."""
    yield from _wrong_tables(scenario)
    yield from _wrong_fields(scenario)
    yield from _wrong_sensors(scenario)
    for index, phase in enumerate(scenario.phases):
        yield from (f"phase[{index}].{text}" for text in _wrong_phase(scenario, phase))
    if all(phase.direction == "stop" for phase in scenario.phases):
        yield "phase: nobody moves in any phase"
    yield from _missing_pace(scenario)
    yield from _wrong_faults(scenario)


def _wrong_tables(scenario: Scenario) -> Iterator[str]:
    kind = scenario.machine_table.kind
    given = scenario.model_fields_set
    if kind == "treadmill" and "drivetrain" in given:
        yield "drivetrain: a treadmill has a belt"
    if kind != "treadmill" and "belt" in given:
        yield "belt: only a treadmill has one"
    if kind == "cross_trainer" and scenario.drivetrain.coupling == "freewheel":
        yield "drivetrain.coupling: the pedals of a cross trainer are fixed to its flywheel"


def _wrong_fields(scenario: Scenario) -> Iterator[str]:
    spec, kind = scenario.firmware, scenario.machine_table.kind
    known = sendable(kind)
    lists = {"firmware.fields": spec.fields}
    lists.update({f"firmware.rotate[{i}]": names for i, names in enumerate(spec.rotate)})
    for key, names in lists.items():
        for name in names:
            if name not in known:
                yield f"{key}: no field {name!r} in a {kind} record; there are {', '.join(known)}"
        if not names and key != "firmware.fields":
            yield f"{key}: an empty list"
    if spec.rotate and spec.fields:
        yield "firmware.rotate: rotate lists all fields itself, leave firmware.fields out"


def _wrong_sensors(scenario: Scenario) -> Iterator[str]:
    seen = {scenario.machine_table.id}
    walking = scenario.machine_table.kind == "treadmill"
    for index, sensor in enumerate(scenario.sensors):
        if sensor.id in seen:
            yield f"sensor[{index}].id: {sensor.id!r} is used twice"
        seen.add(sensor.id)
        if walking and isinstance(sensor, PowerMeter | SpeedCadence):
            yield f"sensor[{index}].kind: a treadmill has no crank for a {sensor.kind}"
        if not walking and isinstance(sensor, FootPod):
            yield f"sensor[{index}].kind: a foot pod measures steps on a treadmill"
        if isinstance(sensor, SpeedCadence) and not (sensor.wheel or sensor.crank):
            yield f"sensor[{index}]: neither wheel nor crank"


def _missing_pace(scenario: Scenario) -> Iterator[str]:
    """Yield that the first movement has no pace: there is none yet that it could keep."""
    for index, phase in enumerate(scenario.phases):
        if phase.cadence_rpm is not None or phase.speed_kmh is not None:
            return
        if phase.direction != "stop":
            key = "speed_kmh" if scenario.machine_table.kind == "treadmill" else "cadence_rpm"
            yield f"phase[{index}].{key}: the first movement needs one"
            return


def _wrong_phase(scenario: Scenario, phase: Phase) -> Iterator[str]:
    walking = scenario.machine_table.kind == "treadmill"
    for key in CRANK_KEYS if walking else FOOT_KEYS:
        if getattr(phase, key) is not None:
            yield f"{key}: has no meaning on a {scenario.machine_table.kind}"
    if phase.power_w is not None and phase.resistance_pct is not None:
        yield "power_w: either power_w or resistance_pct sets the brake"
    if phase.direction == "stop" and phase.cadence_rpm is not None:
        yield "cadence_rpm: with direction stop the crank stands"
    if phase.direction == "sideways" and not walking:
        yield "direction: sideways is for treadmills"
    if phase.safety_key and (phase.direction != "stop" or not walking or phase.speed_kmh):
        yield "safety_key: it stops a treadmill, so direction is stop and speed_kmh is left out"
    if phase.gear is not None and scenario.drivetrain.coupling == "fixed":
        yield "gear: only a freewheel drivetrain changes gears"
    if phase.motor_kmh is not None and scenario.drivetrain.coupling == "fixed":
        yield "motor_kmh: only a freewheel lets a motor turn the wheel without the cranks"


def _wrong_faults(scenario: Scenario) -> Iterator[str]:
    machine = scenario.machine_table.id
    sources = {"", "*", machine, *(sensor.id for sensor in scenario.sensors)}
    for index, fault in enumerate(scenario.faults):
        key = f"fault[{index}]"
        if fault.source not in sources:
            yield f"{key}.source: no machine or sensor has the id {fault.source!r}"
        elif fault.kind in MACHINE_FAULTS and fault.source not in ("", machine):
            yield f"{key}.source: {fault.kind} is a fault of the machine"
        if (fault.kind in MOMENTARY) == (fault.duration_s > 0):
            must = "has no length" if fault.kind in MOMENTARY else "needs a length above 0"
            yield f"{key}.duration_s: {fault.kind} {must}"
        if fault.at_s + fault.duration_s > scenario.script_s:
            yield f"{key}.at_s: it lasts beyond the script, which ends at {scenario.script_s:g} s"
