"""The values of motion of one machine, as the core reads them at each record."""

from __future__ import annotations

from ftms_bridge.measurement.signals import Signals
from ftms_bridge.workout.metrics import Sample
from ftms_bridge.workout.session import SessionRules


class MotionSignals:
    """Speed, cadence, power and heart rate of whoever is believed; and those of the machine alone.

    Made before the machine is heard.
    """

    __slots__ = (
        "_cadence", "_hr", "_own_cadence", "_own_power", "_own_speed", "_power", "_rules", "_speed",
        "_steps",
    )  # fmt: skip

    def __init__(self, machine: str, signals: Signals, rules: SessionRules) -> None:
        self._rules = rules
        self._speed = signals.watch("speed_kmh")
        self._cadence = signals.watch("cadence_rpm")
        self._power = signals.watch("power_w")
        self._hr = signals.watch("hr_bpm")
        self._steps = signals.watch("step_rate_spm")
        self._own_speed = signals.watch_source(machine, "speed_kmh")
        self._own_cadence = signals.watch_source(machine, "cadence_rpm")
        self._own_power = signals.watch_source(machine, "power_w")

    def sample(self, at: float) -> Sample:
        """Return what is known now, and whether that is motion."""
        speed_kmh = self._speed.value(at)
        cadence_rpm = self._cadence.value(at)
        power_w = self._power.value(at)
        rules = self._rules
        moving = (
            (speed_kmh is not None and speed_kmh >= rules.min_speed_kmh)
            or (cadence_rpm is not None and cadence_rpm >= rules.min_cadence_rpm)
            or (power_w is not None and power_w >= rules.min_power_w)
        )
        return Sample(moving, speed_kmh, cadence_rpm, power_w, hr_bpm=self._hr.value(at))

    def shown(self, at: float) -> tuple[float | None, float | None, float | None, float | None]:
        """Return speed, cadence and power that the machine itself shows, and the step rate."""
        return (
            self._own_speed.value(at),
            self._own_cadence.value(at),
            self._own_power.value(at),
            self._steps.value(at),
        )
