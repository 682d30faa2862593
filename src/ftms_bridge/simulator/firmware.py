"""The machine's own software: what it shows of the motion, with its filters and counters."""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.fields import Value
from ftms_bridge.simulator.motion import Motion, TrueDirection
from ftms_bridge.simulator.rider import RESTING_VO2, walking_vo2
from ftms_bridge.simulator.scenario import Firmware, Scenario
from ftms_bridge.units import KMH_PER_MPH, kmh_from_mps, mps_from_kmh

SLOWEST_KMH: Final = 0.1
FAINTEST_W: Final = 0.5
"""Below these a machine measures nothing; house choices."""

LEAST_KMH: Final = 0.5
LEAST_PER_MIN: Final = 5.0
LEAST_W: Final = 2.0
"""After a stop a shown value that has faded below this drops to 0; house choices."""

MADE_UP_W: Final = 0.8
"""Power per 1/min when made up: at no resistance, and once more at the full one; house choice."""

JOULES_PER_KCAL: Final = 4184.0
GROSS_EFFICIENCY: Final = 0.24
"""Mechanical over metabolic work on a bike; the usual figure of bike firmware."""

KCAL_PER_LITRE_O2: Final = 5.0
SECONDS_PER_MINUTE: Final = 60.0
MINUTES_PER_HOUR: Final = 60.0


class Shown:
    """A displayed value: first-order filter, with a hold before it admits a stop.

    least: once the measured value is 0, the shown one drops to 0 below this.
    """

    def __init__(self, smoothing_s: float, *, least: float, hold_s: float = 0.0) -> None:
        self._smoothing_s = smoothing_s
        self._least = least
        self._hold_s = hold_s
        self._still_s = 0.0
        self.value = 0.0

    def step(self, raw: float, dt: float) -> None:
        """Take the measured value ``dt`` seconds after the last one."""
        if raw != 0.0:
            self._still_s = 0.0
        else:
            self._still_s += dt
            if self._still_s < self._hold_s:
                return
        self.value += (raw - self.value) * dt / (self._smoothing_s + dt)
        if raw == 0.0 and abs(self.value) < self._least:
            self.value = 0.0


class Average:
    """Mean over the time in motion, as machines show it."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._time_s = 0.0

    def step(self, value: float, dt: float) -> None:
        """Add ``dt`` seconds of this value."""
        self._sum += value * dt
        self._time_s += dt

    @property
    def value(self) -> float:
        """Return the mean, 0 before the first motion."""
        return self._sum / self._time_s if self._time_s > 0 else 0.0


class Console:
    """What the machine knows: shown speed, cadence and power, and counters since the last reset."""

    def __init__(self, scenario: Scenario) -> None:
        spec = scenario.firmware
        self._spec = spec
        self._walking = scenario.machine_table.kind == "treadmill"
        self._steps_shown = scenario.machine_table.kind != "indoor_bike"
        # A belt whose list of fields has no steps does not sense them, and its times must not show
        # them either. Without a list it does, as it always did: recordings stay the same.
        sent = {name for names in (spec.fields, *spec.rotate) for name in names}
        self._has_cadence = not self._walking or not sent or "step_count" in sent
        self._mass_kg = scenario.rider.mass_kg
        self.speed = Shown(spec.smoothing_s, least=LEAST_KMH, hold_s=spec.hold_s)
        self.cadence = Shown(spec.smoothing_s, least=LEAST_PER_MIN, hold_s=spec.hold_s)
        self.power = Shown(spec.smoothing_s, least=LEAST_W, hold_s=spec.hold_s)
        self.backward = False
        self._first_steps = 0.0
        self._steps = 0.0
        self.reset()

    def reset(self) -> None:
        """Start the counters and averages again; what is shown of the motion goes on."""
        self.distance_m = 0.0
        self.elapsed_s = 0.0
        self.energy_kcal = 0.0
        self.kcal_per_min = 0.0
        self.climb_m = 0.0
        self.drop_m = 0.0
        self._first_steps = self._steps
        self.average_speed = Average()
        self.average_cadence = Average()
        self.average_power = Average()

    @property
    def steps(self) -> float:
        """Return the steps since the last reset."""
        return self._steps - self._first_steps

    def observe(self, motion: Motion, dt: float) -> None:
        """Take the true motion, ``dt`` seconds after the last one."""
        cadence = self._raw_cadence(motion)
        self.cadence.step(cadence, dt)
        self.speed.step(self._raw_speed_kmh(motion, cadence), dt)
        self.power.step(self._raw_power_w(motion, cadence), dt)
        self._steps = motion.steps
        if motion.direction is not TrueDirection.STOPPED:
            self.backward = motion.direction is TrueDirection.BACKWARD
        if self.speed.value != 0.0 or (self._has_cadence and self.cadence.value != 0.0):
            self._count(motion, dt)
        else:
            self.kcal_per_min = 0.0

    def _raw_cadence(self, motion: Motion) -> float:
        guessed = self._spec.cadence_source == "driven"
        if motion.direction is TrueDirection.STOPPED or (guessed and not motion.driving):
            return 0.0
        return motion.step_rate_spm if self._steps_shown else abs(motion.crank_rpm)

    def _raw_speed_kmh(self, motion: Motion, cadence: float) -> float:
        if self._spec.speed_source == "cadence":
            return cadence * self._spec.speed_per_cadence
        speed_kmh = kmh_from_mps(motion.surface_mps)
        if abs(speed_kmh) < SLOWEST_KMH:
            return 0.0
        return speed_kmh if self._spec.belt_sign == "twos_complement" else abs(speed_kmh)

    def _raw_power_w(self, motion: Motion, cadence: float) -> float:
        if self._spec.power_source == "cadence":
            return cadence * (MADE_UP_W + MADE_UP_W * motion.resistance_pct / 100.0)
        brake = self._spec.power_source == "brake"
        power_w = motion.brake_power_w if brake else motion.drive_power_w
        if abs(power_w) < FAINTEST_W:
            return 0.0
        return without_sign(power_w, self._spec.negative_power)

    def _count(self, motion: Motion, dt: float) -> None:
        """Add to the counters what the shown values say, as machines do."""
        moved_m = mps_from_kmh(abs(self.speed.value)) * dt
        self.distance_m += moved_m
        self.elapsed_s += dt
        rise_m = moved_m * motion.incline_pct / 100.0
        self.climb_m += max(rise_m, 0.0)
        self.drop_m += max(-rise_m, 0.0)
        self.kcal_per_min = self._burn(motion)
        self.energy_kcal += self.kcal_per_min * dt / SECONDS_PER_MINUTE
        self.average_speed.step(self.speed.value, dt)
        self.average_cadence.step(self.cadence.value, dt)
        self.average_power.step(self.power.value, dt)

    def _burn(self, motion: Motion) -> float:
        """Return kcal per minute; machines do not know about direction or coasting."""
        if self._walking:
            vo2 = walking_vo2(mps_from_kmh(self.speed.value), motion.incline_pct)
            return vo2 * self._mass_kg / 1000.0 * KCAL_PER_LITRE_O2
        watts = max(self.power.value, 0.0) / GROSS_EFFICIENCY
        return watts * SECONDS_PER_MINUTE / JOULES_PER_KCAL

    def met(self) -> float:
        """Return the metabolic equivalent behind the energy, at least 1."""
        vo2 = self.kcal_per_min / KCAL_PER_LITRE_O2 * 1000.0 / self._mass_kg
        return max(vo2 / RESTING_VO2, 1.0)


def without_sign(power_w: float, rule: str) -> float:
    """Return the power as a meter with this rule for negative values reports it."""
    if power_w >= 0 or rule == "keep":
        return power_w
    return -power_w if rule == "abs" else 0.0


def stepped(value: float, step: float) -> float:
    """Return the nearest multiple of ``step``."""
    return round(value / step) * step


def readings(console: Console, motion: Motion, spec: Firmware, *, miles: bool) -> dict[str, Value]:
    """Return every field that a record of this machine could carry now, by name."""
    speed_kmh = console.speed.value / (KMH_PER_MPH if miles else 1.0)
    cadence = stepped(console.cadence.value, spec.cadence_step)
    power_w = int(stepped(console.power.value, spec.power_step_w))
    return {
        "speed_kmh": stepped(speed_kmh, spec.speed_step_kmh),
        "avg_speed_kmh": console.average_speed.value,
        "cadence_rpm": cadence,
        "avg_cadence_rpm": console.average_cadence.value,
        "steps_per_min": int(cadence),
        "avg_step_rate": int(console.average_cadence.value),
        "stride_count": console.steps / 2,
        "step_count": int(console.steps),
        "distance_m": int(console.distance_m),
        "incline_pct": motion.incline_pct,
        "ramp_deg": None,
        "elev_gain_pos_m": console.climb_m,
        "elev_gain_neg_m": console.drop_m,
        "resistance": motion.resistance_pct,
        "power_w": power_w,
        "avg_power_w": int(console.average_power.value),
        "energy_kcal": int(console.energy_kcal),
        "energy_per_hour_kcal": int(console.kcal_per_min * MINUTES_PER_HOUR),
        "energy_per_min_kcal": int(console.kcal_per_min),
        "hr_bpm": int(motion.heart_rate_bpm),
        "met": console.met(),
        "elapsed_s": int(console.elapsed_s),
    }
