"""The physical truth of one scenario: rider, script and machine stepped together."""

from __future__ import annotations

from random import Random
from typing import Final

from ftms_bridge.simulator.belt import BeltDrive
from ftms_bridge.simulator.drive import Drive
from ftms_bridge.simulator.motion import Motion, TrueDirection
from ftms_bridge.simulator.rider import RESTING_VO2, Heart, Wander, cycling_vo2, walking_vo2
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.script import Script

STEPS_PER_TURN: Final = 2.0
"""A turn of a cross trainer's crank is one stride: a step of each foot."""


class World:
    """Moves a rider on a machine and keeps ``motion`` up to date; knows no bytes."""

    def __init__(self, scenario: Scenario, rng: Random) -> None:
        rider, kind = scenario.rider, scenario.machine_table.kind
        self.motion = Motion(heart_rate_bpm=rider.resting_bpm)
        self.walking = kind == "treadmill"
        self._mass_kg = rider.mass_kg
        self._script = Script(scenario)
        self._wander = Wander(rider.wander, rng)
        self._heart = Heart(rider)
        self._belt = BeltDrive(scenario.belt, rider)
        self._drive = Drive(
            scenario.drivetrain,
            strength_nm=rider.strength_nm,
            steps_per_turn=STEPS_PER_TURN if kind == "cross_trainer" else 0.0,
            ripple=rider.ripple,
        )

    def step(self, at: float, dt: float) -> None:
        """Move on to ``at``, ``dt`` seconds after the last step."""
        wish = self._script.wish(at)
        wander = self._wander.step(dt)
        motion = self.motion
        motion.key_pulled = wish.phase.safety_key
        if self.walking:
            self._belt.step(motion, wish, dt, wander=wander)
        else:
            wish.pace *= wander
            self._drive.step(motion, wish, dt)
        motion.heart_rate_bpm = self._heart.step(self._effort(), dt)

    def _effort(self) -> float:
        """Return ml/kg/min; backward costs the same, for want of a constant that fits anybody."""
        motion = self.motion
        if not self.walking:
            return cycling_vo2(motion.drive_power_w, motion.crank_rpm, self._mass_kg)
        if motion.direction is TrueDirection.STOPPED:
            return RESTING_VO2
        return walking_vo2(motion.surface_mps, motion.incline_pct)
