"""The rider's script over time: which phase it is, and what rider and console want right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ftms_bridge.simulator.scenario import Phase, Scenario

FIRST_RESISTANCE_PCT: Final = 30.0
"""Brake level until a phase sets one; house choice."""


@dataclass(slots=True)
class Wish:
    """What rider and console want at one instant.

    pace: crank in 1/min, negative backward; or belt in km/h, negative only for a reversible belt.
    power_w: constant power asked of the brake, or None when ``resistance_pct`` sets it.
    motor_kmh: rim speed that a motor keeps up, 0 without one. step_ratio: factor on the step rate.
    """

    phase: Phase
    pace: float
    power_w: float | None
    resistance_pct: float
    gear: float
    incline_pct: float
    motor_kmh: float = 0.0
    step_ratio: float = 1.0


class Script:
    """Walks through the phases; values that a phase does not set stay as they were."""

    def __init__(self, scenario: Scenario) -> None:
        self._phases = scenario.phases
        self._loop = scenario.loop
        self._signed = scenario.machine_table.kind != "treadmill" or scenario.belt.reversible
        self._index = -1
        self._starts_at = 0.0
        self._ends_at = 0.0
        self._from_pace = 0.0
        self._to_pace = 0.0
        self._kept_pace = 0.0
        self._from_power_w: float | None = None
        self._to_power_w: float | None = None
        self._over = False
        first = scenario.phases[0]
        self._wish = Wish(first, 0.0, None, FIRST_RESISTANCE_PCT, scenario.drivetrain.gear, 0.0)
        self._enter_next()

    def wish(self, at: float) -> Wish:
        """Return what is wanted at this instant; ``at`` must not go back."""
        while at >= self._ends_at and not self._over:
            self._enter_next()
        wish = self._wish
        ramp_s = wish.phase.ramp_s
        done = (at - self._starts_at) / ramp_s if ramp_s > 0 else 1.0
        if done >= 1.0:
            wish.pace, wish.power_w = self._to_pace, self._to_power_w
        else:
            wish.pace = self._from_pace + (self._to_pace - self._from_pace) * done
            if self._to_power_w is not None:
                start = self._to_power_w if self._from_power_w is None else self._from_power_w
                wish.power_w = start + (self._to_power_w - start) * done
        return wish

    def _enter_next(self) -> None:
        self._index += 1
        if self._index == len(self._phases):
            self._over = not self._loop
            self._index = 0 if self._loop else self._index - 1
        if self._over:
            return
        phase = self._phases[self._index]
        self._starts_at = self._ends_at
        self._ends_at += phase.duration_s
        self._from_pace, self._from_power_w = self._wish.pace, self._wish.power_w
        self._to_pace = self._pace_of(phase)
        self._take_settings(phase)

    def _take_settings(self, phase: Phase) -> None:
        wish = self._wish
        wish.phase = phase
        if phase.power_w is not None:
            self._to_power_w = phase.power_w
        if phase.resistance_pct is not None:
            wish.resistance_pct = phase.resistance_pct
            wish.power_w = self._from_power_w = self._to_power_w = None
        wish.gear = wish.gear if phase.gear is None else phase.gear
        wish.incline_pct = wish.incline_pct if phase.incline_pct is None else phase.incline_pct
        wish.motor_kmh = wish.motor_kmh if phase.motor_kmh is None else phase.motor_kmh
        wish.step_ratio = wish.step_ratio if phase.step_ratio is None else phase.step_ratio

    def _pace_of(self, phase: Phase) -> float:
        """Return the wanted pace; without one a stop means 0 and movement keeps the last pace."""
        named = phase.speed_kmh if phase.cadence_rpm is None else phase.cadence_rpm
        if named is not None:
            self._kept_pace = named
        elif phase.direction == "stop":
            return 0.0
        else:
            named = self._kept_pace
        backward = phase.direction == "backward" and self._signed
        return -named if backward else named
