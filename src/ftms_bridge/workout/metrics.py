"""Streaming metrics of a session: constant work per record, nothing is summed twice.

Every value is held from its record to the next one and weighted by that time. A gap is never
credited: the caller calls ``interrupt`` instead of stepping across it. Sums only ever grow, and a
window or a lap is a difference of two: after 24 h at 1 kW the rounding of one is below 1e-7 J.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ftms_bridge.units import KMH_PER_MPS

Number = int | float

WINDOWS_S: Final = (3, 10, 30)
"""Rolling power windows that cyclists read: feel, effort, sustained."""

_RING: Final = WINDOWS_S[-1] + 1


class RollingPower:
    """Mean power over the last full 3, 10 and 30 seconds; None until that many are there.

    It keeps the work done up to each of the last 31 whole seconds: a window's mean is one
    difference, and nothing is summed twice.
    """

    __slots__ = ("_joules", "seconds")

    def __init__(self) -> None:
        self._joules = [0.0] * _RING
        self.seconds = 0

    def push(self, joules: float) -> None:
        """Take the work done since the beginning, as it stands at the next whole second."""
        self.seconds += 1
        self._joules[self.seconds % _RING] = joules

    def restart(self, joules: float) -> None:
        """Empty the windows: what comes next does not join what was before."""
        self.seconds = 0
        self._joules[0] = joules

    def mean_w(self, window: int) -> float | None:
        """Return the mean power of a window, given as an index of ``WINDOWS_S``."""
        length_s, second = WINDOWS_S[window], self.seconds
        if second < length_s:
            return None
        joules = self._joules
        return (joules[second % _RING] - joules[(second - length_s) % _RING]) / length_s


@dataclass(slots=True)
class Totals:
    """Sums over time; differences of two copies give a lap.

    *_known_s: seconds of motion during which that quantity was known, the divisor of its average.
    """

    credited_s: float = 0.0
    moving_s: float = 0.0
    speed_known_s: float = 0.0
    speed_kmh_s: float = 0.0
    power_known_s: float = 0.0
    power_j: float = 0.0
    cadence_known_s: float = 0.0
    cadence_rpm_s: float = 0.0
    hr_known_s: float = 0.0
    hr_bpm_s: float = 0.0

    def add(self, sample: Sample, dt_s: float) -> None:
        """Add what a sample says, held for a time of motion."""
        self.moving_s += dt_s
        power_w = sample.power_w
        if power_w is not None:
            self.power_known_s += dt_s
            self.power_j += power_w * dt_s
        speed_kmh = sample.speed_kmh
        if speed_kmh is not None:
            self.speed_known_s += dt_s
            self.speed_kmh_s += speed_kmh * dt_s
        cadence_rpm = sample.cadence_rpm
        if cadence_rpm is not None:
            self.cadence_known_s += dt_s
            self.cadence_rpm_s += cadence_rpm * dt_s
        hr_bpm = sample.hr_bpm
        if hr_bpm is not None:
            self.hr_known_s += dt_s
            self.hr_bpm_s += hr_bpm * dt_s

    def copy(self) -> Totals:
        """Return the same sums as a value of their own."""
        return self.since(Totals())

    def since(self, earlier: Totals) -> Totals:
        """Return what was added since an earlier copy."""
        return Totals(
            credited_s=self.credited_s - earlier.credited_s,
            moving_s=self.moving_s - earlier.moving_s,
            speed_known_s=self.speed_known_s - earlier.speed_known_s,
            speed_kmh_s=self.speed_kmh_s - earlier.speed_kmh_s,
            power_known_s=self.power_known_s - earlier.power_known_s,
            power_j=self.power_j - earlier.power_j,
            cadence_known_s=self.cadence_known_s - earlier.cadence_known_s,
            cadence_rpm_s=self.cadence_rpm_s - earlier.cadence_rpm_s,
            hr_known_s=self.hr_known_s - earlier.hr_known_s,
            hr_bpm_s=self.hr_bpm_s - earlier.hr_bpm_s,
        )

    @property
    def distance_m(self) -> float | None:
        """Return the distance integrated from speed, or None when speed was never known."""
        return self.speed_kmh_s / KMH_PER_MPS if self.speed_known_s else None

    @property
    def work_kj(self) -> float | None:
        """Return the work, or None when power was never known."""
        return self.power_j / 1000.0 if self.power_known_s else None

    @property
    def avg_speed_kmh(self) -> float | None:
        """Return the mean speed while moving."""
        return mean(self.speed_kmh_s, self.speed_known_s)

    @property
    def avg_power_w(self) -> float | None:
        """Return the mean power while moving, coasting included."""
        return mean(self.power_j, self.power_known_s)

    @property
    def avg_cadence_rpm(self) -> float | None:
        """Return the mean cadence while moving, coasting included."""
        return mean(self.cadence_rpm_s, self.cadence_known_s)

    @property
    def avg_hr_bpm(self) -> float | None:
        """Return the mean heart rate while moving."""
        return mean(self.hr_bpm_s, self.hr_known_s)


def mean(total: float, known_s: float) -> float | None:
    """Return total / time, or None when nothing was known: the mean over nothing is no number."""
    return total / known_s if known_s > 0.0 else None


class Sample:
    """What one record says, held until the next; None is not known. Treated as immutable.

    It is no dataclass because it is on the hot path, where the compiled core pays for the
    ``__init__`` that a dataclass makes at run time.
    """

    __slots__ = ("cadence_rpm", "hr_bpm", "moving", "power_w", "speed_kmh")

    def __init__(
        self,
        moving: bool,
        speed_kmh: Number | None = None,
        cadence_rpm: Number | None = None,
        power_w: Number | None = None,
        *,
        hr_bpm: Number | None = None,
    ) -> None:
        self.moving = moving
        self.speed_kmh = speed_kmh
        self.cadence_rpm = cadence_rpm
        self.power_w = power_w
        self.hr_bpm = hr_bpm


_NOTHING: Final = Sample(moving=False)


class SessionMetrics:
    """All metrics of one session of one machine.

    Each step credits what the sample before it said, for the time in between.
    held: that sample; one that does not move across a gap.
    """

    __slots__ = (
        "_second_at_s", "held", "max_cadence_rpm", "max_hr_bpm", "max_power_w",
        "max_speed_kmh", "rolling", "totals",
    )  # fmt: skip

    def __init__(self) -> None:
        self.totals = Totals()
        self.rolling = RollingPower()
        self.max_speed_kmh: Number | None = None
        self.max_power_w: Number | None = None
        self.max_cadence_rpm: Number | None = None
        self.max_hr_bpm: Number | None = None
        self.held = _NOTHING
        self._second_at_s = 1.0

    def step(self, dt_s: float, sample: Sample) -> None:
        """Credit the held sample for a time without a gap, then hold the new one."""
        held, totals = self.held, self.totals
        if held.moving:
            totals.add(held, dt_s)
        credited_s = totals.credited_s = totals.credited_s + dt_s
        if held.power_w is None:  # absent is not zero: no window may span it
            self._restart_windows()
        elif credited_s >= self._second_at_s:
            self._pass_seconds(credited_s, held)
        self.held = sample
        speed_kmh, power_w = sample.speed_kmh, sample.power_w
        if speed_kmh is not None and (self.max_speed_kmh is None or speed_kmh > self.max_speed_kmh):
            self.max_speed_kmh = speed_kmh
        if power_w is not None and (self.max_power_w is None or power_w > self.max_power_w):
            self.max_power_w = power_w
        cadence_rpm, hr_bpm = sample.cadence_rpm, sample.hr_bpm
        if cadence_rpm is not None and (
            self.max_cadence_rpm is None or cadence_rpm > self.max_cadence_rpm
        ):
            self.max_cadence_rpm = cadence_rpm
        if hr_bpm is not None and (self.max_hr_bpm is None or hr_bpm > self.max_hr_bpm):
            self.max_hr_bpm = hr_bpm

    def interrupt(self) -> None:
        """Hold nothing across a gap; the rolling windows begin anew."""
        self.held = _NOTHING
        self._restart_windows()

    def _restart_windows(self) -> None:
        """Let the first second of the windows begin now."""
        self._second_at_s = self.totals.credited_s + 1.0
        self.rolling.restart(self.totals.power_j)

    def _pass_seconds(self, credited_s: float, held: Sample) -> None:
        """Tell the rolling windows how much work was done at each whole second just passed."""
        power_w = held.power_w if held.moving and held.power_w is not None else 0.0
        while credited_s >= self._second_at_s:
            self.rolling.push(self.totals.power_j - power_w * (credited_s - self._second_at_s))
            self._second_at_s += 1.0
