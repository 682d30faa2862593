"""The belt of a treadmill and the person on it, who may turn round."""

from __future__ import annotations

from typing import Final

from ftms_bridge.simulator.motion import Motion, Row, TrueDirection
from ftms_bridge.simulator.rider import step_rate_spm
from ftms_bridge.simulator.scenario import Belt, Rider
from ftms_bridge.simulator.script import Wish
from ftms_bridge.units import kmh_from_mps, mps_from_kmh

STILL_KMH: Final = 0.1
"""Below this nobody walks; the slowest belts run at 0.3 km/h and more. House choice."""

SIDEWAYS_RATIO: Final = 1.3
"""Step rate of a side shuffle against walking forward at the same speed; house choice."""

FACING: Final = {
    "forward": TrueDirection.FORWARD,
    "backward": TrueDirection.BACKWARD,
    "sideways": TrueDirection.SIDEWAYS,
}


class BeltDrive:
    """One belt in motion with the walker; ``step`` writes what is true into a ``Motion``."""

    def __init__(self, spec: Belt, rider: Rider) -> None:
        self._spec = spec
        self._rider = rider
        self._speed_kmh = 0.0
        self._still_s = spec.reversal_pause_s
        self._way = 1.0
        self._facing = TrueDirection.FORWARD
        self._turning_to = TrueDirection.FORWARD
        self._turn_left_s = 0.0

    def step(self, motion: Motion, wish: Wish, dt: float, *, wander: float) -> None:
        """Move on by ``dt`` seconds; ``wander`` is the walker's factor on the step rate."""
        before_kmh = self._speed_kmh
        self._move_belt(wish, dt)
        self._face(wish, dt)
        self._tilt(motion, wish, dt)
        motion.surface_mps = mps_from_kmh(self._speed_kmh)
        motion.wheel_turns += mps_from_kmh((before_kmh + self._speed_kmh) * 0.5) * dt
        motion.direction = self._direction(wish)
        motion.driving = motion.evident = motion.direction is not TrueDirection.STOPPED
        motion.row = self._row(motion.direction)
        rate = step_rate_spm(motion.surface_mps) * wander if motion.driving else 0.0
        rate *= self._rider.step_rate * wish.step_ratio
        motion.step_rate_spm = rate * self._step_ratio(motion.direction)
        motion.steps += motion.step_rate_spm / 60.0 * dt

    def _move_belt(self, wish: Wish, dt: float) -> None:
        """Follow the console within the motor's ramps; reverse only after standing still."""
        spec = self._spec
        target, speed = 0.0 if wish.phase.safety_key else wish.pace, self._speed_kmh
        if speed == 0.0:
            self._still_s += dt
            if target * self._way < 0 and self._still_s >= spec.reversal_pause_s:
                self._way = -self._way
        else:
            self._still_s = 0.0
        along = max(target * self._way, 0.0)
        braking = spec.emergency_kmh_s if wish.phase.safety_key else spec.braking_kmh_s
        pace = min(abs(speed) + spec.acceleration_kmh_s * dt, along)
        self._speed_kmh = self._way * max(pace, abs(speed) - braking * dt, 0.0)

    def _face(self, wish: Wish, dt: float) -> None:
        """Turn the walker round; it takes time, and on a reversible belt nobody needs to."""
        if self._spec.reversible and wish.phase.direction != "sideways":
            wanted = TrueDirection.FORWARD
        else:
            wanted = FACING.get(wish.phase.direction, self._turning_to)
        if wanted is not self._turning_to:
            self._turning_to = wanted
            self._turn_left_s = self._rider.turn_s
        self._turn_left_s -= dt
        self._facing = self._turning_to if self._turn_left_s <= 0 else TrueDirection.SIDEWAYS

    def _direction(self, wish: Wish) -> TrueDirection:
        beside = wish.phase.direction == "stop" and wish.phase.speed_kmh is not None
        if beside or abs(self._speed_kmh) < STILL_KMH:
            return TrueDirection.STOPPED
        if self._facing is TrueDirection.SIDEWAYS or self._speed_kmh > 0:
            return self._facing
        return TrueDirection.BACKWARD

    def _row(self, direction: TrueDirection) -> Row:
        if direction is TrueDirection.FORWARD:
            return "forward"
        if direction is TrueDirection.BACKWARD:
            return "backward"
        return "stopped" if abs(self._speed_kmh) < STILL_KMH else "other"

    def _step_ratio(self, direction: TrueDirection) -> float:
        if direction is TrueDirection.BACKWARD:
            return self._rider.backward_step_ratio
        return SIDEWAYS_RATIO if direction is TrueDirection.SIDEWAYS else 1.0

    def _tilt(self, motion: Motion, wish: Wish, dt: float) -> None:
        step = self._spec.incline_pct_s * dt
        left = wish.incline_pct - motion.incline_pct
        motion.incline_pct += min(max(left, -step), step)


def walked_kmh(motion: Motion) -> float:
    """Return the speed of the walker's feet over the belt, never negative."""
    return kmh_from_mps(abs(motion.surface_mps)) if motion.driving else 0.0
