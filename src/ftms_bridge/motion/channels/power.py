"""Channels that look at power: below zero, or at odds between machine and meter."""

from __future__ import annotations

from typing import Final

from ftms_bridge.measurement.signals import Signal
from ftms_bridge.motion.channels.table import METER_CONTRADICTION, NEGATIVE_POWER
from ftms_bridge.motion.evidence import NEVER, Channel
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain
from ftms_bridge.motion.reading import MotionReading

TURNING_RPM: Final = 20.0
LEAST_STEP_S: Final = 0.4
LONGEST_STEP_S: Final = 2.0
"""Records that follow faster add nothing (assumption: firmware smooths over more), and what was not
heard is not credited (house choice)."""

NEGATIVE_W: Final = -5.0
POSITIVE_W: Final = 10.0

WORKING_W: Final = 30.0
NO_WORK_W: Final = 3.0
"""The machine says that somebody works; the meter says that nobody does (assumptions)."""

CONTRADICTION_S: Final = 3.0
"""How long they must disagree: a meter may drop out for a record or two."""

AGREEMENT: Final = 0.25
UNPROVEN_KEEPS: Final = 0.7
"""What is left from record to record of what an unproven contradiction said, when it is over."""

STEADY: Final = 0.85
"""A machine whose power fades after a stop shows less than this of what it showed 3 s ago."""


class NegativePower(Channel):
    """Power below zero while the crank turns, as this source sends it."""

    __slots__ = ("_power", "_reading", "_samples", "_weighed_at")

    def __init__(
        self, source: str, profile: DirectionProfile, *, power: Signal, reading: MotionReading
    ) -> None:
        super().__init__(NEGATIVE_POWER, source, profile)
        self._power = power
        self._reading = reading
        self._samples = 0
        self._weighed_at = NEVER

    def weigh(self, at: float) -> None:
        """Take the newest power; the second one below zero counts."""
        dt_s = min(at - self._weighed_at, LONGEST_STEP_S)
        if dt_s < LEAST_STEP_S:
            return
        self._weighed_at = at
        power_w, cadence_rpm = self._power.value(at), self._reading.cadence_rpm
        if power_w is None or cadence_rpm is None or cadence_rpm < TURNING_RPM:
            self._samples = 0
            return
        self.value = power_w
        if power_w <= NEGATIVE_W:
            self._samples += 1
            if self._samples > 1:
                self.lean(self._backward * dt_s, at)
            return
        self._samples = 0
        if power_w >= POSITIVE_W and self.proven:
            self.lean(-self._forward * dt_s, at)
        elif power_w >= POSITIVE_W:
            self.sign, self.at = -1, at  # worth nothing yet, but calibration counts it
            self.fade(0.5)


class MeterContradiction(Channel):
    """The machine shows work, a meter at the crank that takes every turn for forward shows none.

    Only where crank and flywheel always turn together: on a freewheel both may be right.
    """

    __slots__ = (
        "_at_odds_s", "_cadence", "_is_moot", "_machine", "_machine_w", "_meter", "_meter_rpm",
        "_meter_w", "_reading", "_recent_w",
    )  # fmt: skip

    def __init__(
        self,
        source: str,
        profile: DirectionProfile,
        *,
        machine: Signal,
        cadence: Signal,
        meter: Signal,
        meter_rpm: Signal,
        reading: MotionReading,
    ) -> None:
        super().__init__(METER_CONTRADICTION, source, profile)
        self._machine = machine
        self._cadence = cadence
        self._meter = meter
        self._meter_rpm = meter_rpm
        self._reading = reading
        self._at_odds_s = 0.0
        self._recent_w = 0.0
        self._machine_w = self._meter_w = 0.0

    def trust(self, profile: DirectionProfile) -> None:
        """Take over what is proven; on a freewheel machine and meter may both be right."""
        super().trust(profile)
        self._is_moot = profile.drivetrain is Drivetrain.FREEWHEEL

    @property
    def is_worth_weighing(self) -> bool:
        """Say whether crank and flywheel can turn together."""
        return not self._is_moot and not self.is_mute

    def reset(self) -> None:
        """Forget what was believed, and for how long they have been at odds."""
        super().reset()
        self._at_odds_s = 0.0

    def weigh(self, at: float) -> None:
        """Compare the newest powers; called with each record of the machine."""
        machine_w, meter_w = self._machine.value(at), self._meter.value(at)
        dt_s, rpm = self._reading.dt_s, self._cadence.value(at)
        if machine_w is None or meter_w is None or rpm is None:
            self._at_odds_s = 0.0
            return
        self._recent_w += (machine_w - self._recent_w) * min(dt_s / CONTRADICTION_S, 1.0)
        self._machine_w, self._meter_w = machine_w, meter_w
        is_working = machine_w >= WORKING_W and rpm >= TURNING_RPM and self._agree(rpm, at)
        if not is_working or machine_w < STEADY * self._recent_w:
            self._at_odds_s = 0.0
            self.sign, self.at = 0, at
            if not self.proven:
                self.fade(UNPROVEN_KEEPS)
        elif meter_w <= NO_WORK_W:
            self._at_odds_s += dt_s
            if self._at_odds_s >= CONTRADICTION_S:
                self.lean(self._backward * dt_s, at)
        else:
            self._at_odds_s = 0.0
            if abs(meter_w - machine_w) <= AGREEMENT * machine_w:
                self._agree_on_work(dt_s, at)

    def describe(self) -> str | float | None:
        """Return both powers, for people."""
        return f"machine {self._machine_w:g} W, meter {self._meter_w:g} W"

    def _agree_on_work(self, dt_s: float, at: float) -> None:
        if self.proven:
            self.lean(-self._forward * dt_s, at)
        else:
            self.sign, self.at = -1, at  # worth nothing yet, but calibration counts it
            self.fade(0.5)

    def _agree(self, rpm: float, at: float) -> bool:
        """Say whether meter and machine mean the same legs, where the meter counts turns."""
        meter_rpm = self._meter_rpm.value(at)
        return meter_rpm is None or abs(meter_rpm - rpm) <= 0.15 * rpm + 5.0
