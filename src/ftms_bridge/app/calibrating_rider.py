"""A simulated rider who does what the wizard asks, so that it can be tried without a machine."""

from __future__ import annotations

from typing import Final, Literal

from ftms_bridge.motion.calibration_steps import (
    COAST_S,
    EACH_WALK_S,
    EACH_WAY_S,
    SPEED_UP_S,
    STILL_S,
    TURN_S,
)
from ftms_bridge.simulator.scenario import Phase, Scenario

Way = Literal["forward", "backward", "stop"]

REACTION_S: Final = 6.0
"""The rider goes on for so long after a step should be over: the wizard counts from what it sees,
which is later. House choice."""

STAND_S: Final = 8.0
"""Time in which wheel or belt comes to rest, with the brake on."""

PEDAL_RPM: Final = 70.0
FAST_RPM: Final = 80.0
WALK_KMH: Final = 2.0
BRAKE_PCT: Final = 100.0
EASY_PCT: Final = 20.0
END_S: Final = 60.0


def obedient(scenario: Scenario) -> Scenario:
    """Return the same machine and sensors with a rider who follows the wizard, and no faults."""
    walking = scenario.machine_table.kind == "treadmill"
    phases = _walking() if walking else _pedalling()
    return scenario.model_copy(update={"phases": phases, "faults": (), "loop": False})


def _pedalling() -> tuple[Phase, ...]:
    each_s = EACH_WAY_S + REACTION_S
    rest_s = STAND_S + STILL_S
    return (
        _still(REACTION_S),
        _pedal("forward", each_s, PEDAL_RPM),
        _still(rest_s),
        _pedal("backward", each_s, PEDAL_RPM),
        _still(rest_s),
        _pedal("forward", SPEED_UP_S + REACTION_S, FAST_RPM),
        Phase(duration_s=COAST_S + REACTION_S, direction="stop", ramp_s=0.5),
        _still(END_S),
    )


def _walking() -> tuple[Phase, ...]:
    each_s = EACH_WALK_S + REACTION_S
    return (
        Phase(duration_s=REACTION_S, direction="stop"),
        Phase(duration_s=each_s, direction="forward", speed_kmh=WALK_KMH),
        Phase(duration_s=STAND_S + STILL_S + TURN_S, direction="stop"),
        Phase(duration_s=each_s, direction="backward", speed_kmh=WALK_KMH),
        Phase(duration_s=END_S, direction="stop"),
    )


def _pedal(way: Way, duration_s: float, rpm: float) -> Phase:
    return Phase(duration_s=duration_s, direction=way, cadence_rpm=rpm, resistance_pct=EASY_PCT)


def _still(duration_s: float) -> Phase:
    return Phase(duration_s=duration_s, direction="stop", resistance_pct=BRAKE_PCT, ramp_s=1.0)
