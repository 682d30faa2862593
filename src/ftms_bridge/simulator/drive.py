"""Crank, coupling, flywheel and brake: the physics of bikes and cross trainers.

The rider wants a cadence and pushes as hard as that needs, up to his strength; everything else
follows from torques and inertias. No torque is a function of direction alone, so what a
machine can tell about direction comes out of the mechanics and is not put in.
"""

from __future__ import annotations

from math import floor
from typing import Final

from ftms_bridge.simulator.motion import Motion, TrueDirection
from ftms_bridge.simulator.scenario import Drivetrain
from ftms_bridge.simulator.script import Wish
from ftms_bridge.units import mps_from_kmh

TURN_RAD: Final = 6.283185307179586
RAD_S_PER_RPM: Final = TURN_RAD / 60.0

REACTION_S: Final = 0.35
"""Time constant with which a rider closes in on the wanted cadence; house choice."""

STILL_RPM: Final = 3.0
"""Below this the crank counts as stopped in the truth labels; house choice."""

SLOW_RAD_S: Final = 0.5
"""Below this friction fades out, so that nothing jerks through zero."""

ERG_SLOW_RAD_S: Final = 12.0
"""Below this constant power would ask for an endless torque and nobody could start: the brake turns
viscous. House choice: 48 rpm in the default gear; real trainers give up at low wheel speed too."""

MOTOR_S: Final = 1.0
MOTOR_NM: Final = 40.0
"""Time constant and strongest torque at the wheel of a motor that plays downhill; house choices."""

ROLLING_MPS: Final = 0.083
"""A freewheel that rolls faster than this (0.3 km/h) under still cranks coasts; house choice."""

STROKES_PER_TURN: Final = 2.0
"""Two legs, half a turn apart."""


class Drive:
    """One drivetrain in motion; ``step`` writes what is true into a ``Motion``."""

    def __init__(
        self,
        spec: Drivetrain,
        *,
        strength_nm: float,
        steps_per_turn: float,
        ripple: float = 0.0,
    ) -> None:
        self._spec = spec
        self._ripple = ripple
        self._stroke = 1.0
        self._motor_nm = 0.0
        self._strength_nm = strength_nm
        self._steps_per_turn = steps_per_turn
        self._freewheel = spec.coupling == "freewheel"
        self._gear = spec.gear
        self._engaged = not self._freewheel
        self._crank = 0.0
        self._wheel = 0.0
        self._drag = 0.0
        self._pedal_nm = 0.0
        self._clutch_nm = 0.0

    def step(self, motion: Motion, wish: Wish, dt: float) -> None:
        """Move on by ``dt`` seconds."""
        if wish.gear != self._gear:
            self._gear = wish.gear
            self._engaged = not self._freewheel
        self._drag = self._brake_drag(abs(self._wheel), wish)
        self._motor_nm = self._motor_torque(wish.motor_kmh) if wish.motor_kmh else 0.0
        if self._ripple:  # legs that want to stand still only hold, they do not push
            ripple = self._ripple if wish.pace else 0.0
            self._stroke = stroke_factor(motion.crank_turns, ripple)
        pull = (wish.pace * RAD_S_PER_RPM - self._crank) / REACTION_S
        crank_before, wheel_before = self._crank, self._wheel
        if not (self._engaged and self._turn_together(pull, dt)):
            self._turn_apart(pull, dt)
        self._write(motion, wish, dt, (crank_before, wheel_before))

    def _brake_drag(self, wheel: float, wish: Wish) -> float:
        """Return the brake's torque per rad/s at this absolute speed of the wheel.

        As a drag it can be solved for the speed at the end of the step: the strongest brake then
        stops the wheel, but never throws it backward.
        """
        spec = self._spec
        if wish.power_w is not None:
            slow = max(wheel, ERG_SLOW_RAD_S)
            return wish.power_w / (slow * slow)
        level = wish.resistance_pct / 100.0
        friction = spec.friction_nm / max(wheel, SLOW_RAD_S)
        return friction + level * spec.eddy_nms + spec.air_nms2 * wheel

    def _motor_torque(self, target_kmh: float) -> float:
        """Return the torque at the wheel that lifts it to this rim speed; it never brakes."""
        spec = self._spec
        target = mps_from_kmh(target_kmh) / spec.wheel_circumference_m * TURN_RAD
        torque = spec.flywheel_kgm2 * (target - self._wheel) / MOTOR_S + self._drag * target
        return min(max(torque, 0.0), MOTOR_NM)

    def _turn_together(self, pull: float, dt: float) -> bool:
        """Turn crank and wheel as one; return False when a freewheel would have to be pulled."""
        gear, spec = self._gear, self._spec
        inertia = spec.crank_kgm2 + gear * gear * spec.flywheel_kgm2
        drag = gear * gear * self._drag
        strength = self._strength_nm
        motor = gear * self._motor_nm
        pedal = inertia * pull + drag * (self._crank + pull * dt) - motor
        pedal = min(max(pedal, -strength), strength) * self._stroke
        crank = (self._crank + (pedal + motor) / inertia * dt) / (1.0 + drag / inertia * dt)
        clutch = pedal - spec.crank_kgm2 * (crank - self._crank) / dt
        if self._freewheel and (clutch < 0 or crank < 0):
            self._engaged = False
            return False
        self._pedal_nm, self._clutch_nm = pedal, clutch
        self._crank = crank
        self._wheel = gear * crank
        return True

    def _turn_apart(self, pull: float, dt: float) -> None:
        """Turn the crank freely and let the wheel coast; join them when the crank catches up."""
        gear, spec = self._gear, self._spec
        strength = self._strength_nm
        self._pedal_nm = min(max(spec.crank_kgm2 * pull, -strength), strength)
        self._clutch_nm = 0.0
        self._crank += self._pedal_nm / spec.crank_kgm2 * dt
        pushed = self._wheel + self._motor_nm / spec.flywheel_kgm2 * dt
        self._wheel = pushed / (1.0 + self._drag / spec.flywheel_kgm2 * dt)
        if self._crank > 0 and gear * self._crank >= self._wheel:
            spin = spec.crank_kgm2 * self._crank + gear * spec.flywheel_kgm2 * self._wheel
            self._crank = spin / (spec.crank_kgm2 + gear * gear * spec.flywheel_kgm2)
            self._wheel = gear * self._crank
            self._engaged = True

    def _write(self, motion: Motion, wish: Wish, dt: float, before: tuple[float, float]) -> None:
        crank_before, wheel_before = before
        half_turn_dt = 0.5 * dt / TURN_RAD
        crank_turned = (crank_before + self._crank) * half_turn_dt
        motion.crank_turns += crank_turned
        motion.wheel_turns += (wheel_before + self._wheel) * half_turn_dt
        rpm = self._crank / RAD_S_PER_RPM
        motion.crank_rpm = rpm
        motion.surface_mps = self._wheel / TURN_RAD * self._spec.wheel_circumference_m
        motion.pedal_torque_nm = self._pedal_nm
        motion.drive_power_w = self._clutch_nm * self._crank
        motion.brake_power_w = self._drag * self._wheel * self._wheel
        motion.resistance_pct = wish.resistance_pct
        motion.steps += abs(crank_turned) * self._steps_per_turn
        motion.step_rate_spm = abs(rpm) * self._steps_per_turn
        self._judge(motion, rpm)

    def _judge(self, motion: Motion, rpm: float) -> None:
        """Write which way this is, and whether the mechanics give it away."""
        if abs(rpm) < STILL_RPM:
            motion.direction = TrueDirection.STOPPED
            motion.driving = motion.evident = False
            coasts = not self._engaged and motion.surface_mps > ROLLING_MPS
            motion.row = "other" if coasts else "stopped"
            return
        motion.driving = self._engaged
        if rpm > 0:
            motion.direction, motion.row = TrueDirection.FORWARD, "forward"
            motion.evident = self._engaged
        else:
            motion.direction, motion.row = TrueDirection.BACKWARD, "backward"
            # a crank that turned forward this fast would have to drive the wheel
            motion.evident = not self._freewheel or self._wheel < -self._gear * self._crank


def stroke_factor(crank_turns: float, ripple: float) -> float:
    """Return the torque at this angle over its mean: least where a leg is at the top.

    Two equal legs push alike both ways: what leg extension gives forward on the one side it gives
    backward on the other. The mean over a turn is 1.
    """
    strokes = crank_turns * STROKES_PER_TURN
    part = strokes - floor(strokes)
    return 1.0 + ripple * (6.0 * part * (1.0 - part) - 1.0)
