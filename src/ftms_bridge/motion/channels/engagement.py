"""The engagement line of a freewheel: the crank may fall behind the wheel, never run ahead of it.

While the crank drives, the wheel's speed is ratio x cadence. A crank that turns at less than that
may go either way or none. A crank that shows more turns than the wheel would allow can only turn
backward. So backward is proven by the speed, forward by speed and power, and in between nothing is.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.measurement.signals import Signal
from ftms_bridge.motion.channels.table import ENGAGEMENT_LINE
from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.evidence import NEVER, Channel
from ftms_bridge.motion.profile import DirectionProfile

TURNING_RPM: Final = 15.0
LEAST_MARGIN_KMH: Final = 1.5
SCATTER: Final = 0.03
SCATTER_KMH: Final = 0.3
"""Scatter of speed against ratio x cadence, beside the profile's own spread (assumptions)."""

LEAST_STEP_S: Final = 0.4
LONGEST_STEP_S: Final = 2.0
"""Records that follow faster add nothing (assumption: firmware smooths over more), and what was not
heard is not credited (house choice)."""

DRIVING_W: Final = 25.0
IDLE_W: Final = 12.0
FADED: Final = 0.85
RECENT_S: Final = 1.5
"""Power from which somebody drives on a machine that also shows power while it coasts, and below
which nobody does; on other machines there is nothing in between. It is no driving if it fell below
this share of its recent mean: then the firmware's filter shows what was (assumptions)."""

SLIPS_PER_S: Final = 0.015
"""Share per second that speed / cadence loses while the wheel coasts under turning cranks; a clutch
that holds keeps it (assumption)."""

COASTS_KMH_S: Final = -0.2
"""Change of speed of a wheel that coasts (assumption)."""

FADES_PER_S: Final = 0.1
FADING_S: Final = 2.0
"""Share per second that the cadence loses when the cranks come to rest, and how long a meter may
hold what it then showed: until it rises again, a speed that falls first says nothing about where
the cranks go (assumptions)."""

STANDS: Final = 0.15
"""Share of the line below which no gear reaches: a cassette spans a factor of four."""

STARTING_W: Final = 5.0
"""Power that rises above this while the wheel gains speed is that of somebody who sets off."""

DRIVEN_KMH_S: Final = 0.6
"""A wheel that gains speed so fast is driven, by legs or by a motor: nobody pedals backward."""

TREND_S: Final = 2.0
SETTLED_KMH: Final = 1.2
"""Distance from the line against its own mean of the last two seconds: a clutch that holds keeps
it; a wheel that coasts through the line does not (assumptions)."""

GEAR_S: Final = 4.0
GEAR_SCATTER: Final = 0.03
"""A ratio that is held so long and so well, with power, is that of another gear (assumptions)."""


class EngagementLine(Channel):
    """Where speed and cadence stand against the line, with the machine's own values."""

    __slots__ = (
        "_apart_kmh", "_cadence", "_coasting_power", "_fading_until", "_gear", "_gear_s", "_idle",
        "_power", "_power_w", "_ratio", "_ratio_max", "_recent_ratio", "_rpm", "_settling_s",
        "_slips", "_speed", "_speed_kmh", "_step_s", "_weighed_at", "_works",
    )  # fmt: skip

    def __init__(
        self,
        source: str,
        profile: DirectionProfile,
        *,
        speed: Signal,
        cadence: Signal,
        power: Signal,
    ) -> None:
        self._ratio = self._ratio_max = self._recent_ratio = 0.0
        self._coasting_power = False
        self._settling_s = GEAR_S
        super().__init__(ENGAGEMENT_LINE, source, profile)
        self._speed = speed
        self._cadence = cadence
        self._power = power
        self._apart_kmh = self._speed_kmh = self._power_w = 0.0
        self._gear = self._gear_s = self._rpm = 0.0
        self._weighed_at = self._fading_until = NEVER
        self._step_s = 0.0
        self._works = self._idle = self._slips = False

    def trust(self, profile: DirectionProfile) -> None:
        """Take over the ratio too; without one the channel says nothing."""
        super().trust(profile)
        self._ratio = profile.ratio_min or 0.0
        self._ratio_max = profile.ratio_max or self._ratio
        self._coasting_power = profile.coasting_power
        self._settling_s = GEAR_S + profile.smoothing_s

    def weigh(self, at: float) -> None:
        """Take the newest speed, cadence and power of the machine."""
        dt_s = at - self._weighed_at
        if dt_s < LEAST_STEP_S or not self.proven or self._ratio == 0.0:
            return
        self._weighed_at = at
        self._step_s = dt_s = min(dt_s, LONGEST_STEP_S)
        speed_kmh, rpm = self._speed.value(at), self._cadence.value(at)
        self.note = None
        if speed_kmh is None or rpm is None:
            return
        gained = (speed_kmh - self._speed_kmh) / dt_s
        self._speed_kmh = speed_kmh
        self.at = at
        self._follow_cadence(rpm, at)
        rising = self._judge_power(self._power.value(at), dt_s)
        if rpm < TURNING_RPM:
            self._pause(at)
            return
        drift_kmh = self._follow_line(speed_kmh, rpm, dt_s, gained=gained)
        if gained > DRIVEN_KMH_S:
            self._say_driven(dt_s, at, works=self._works or rising)
        else:
            self._compare(speed_kmh, rpm, drift_kmh, at)

    @property
    def is_worth_weighing(self) -> bool:
        """Say whether it is proven; before, the calibration looks at the same values itself."""
        return self.proven

    def describe(self) -> str | float | None:
        """Return speed and cadence, for people."""
        return f"{self._speed_kmh:g} km/h at {self._rpm:g} rpm"

    def _follow_cadence(self, rpm: float, at: float) -> None:
        """Take the cadence: since when it fades, and that it no longer does once it rises."""
        if rpm < self._rpm * (1.0 - FADES_PER_S * self._step_s):
            self._fading_until = at + FADING_S
        elif rpm > self._rpm:
            self._fading_until = NEVER
        self._rpm = rpm

    def _judge_power(self, power_w: float | None, dt_s: float) -> bool:
        """Take the power: whether somebody drives, or nobody; return whether it rises."""
        if power_w is None:
            self._works, self._idle = False, True
            return False
        rises = power_w > max(self._power_w, STARTING_W)
        self._power_w += (power_w - self._power_w) * min(dt_s / RECENT_S, 1.0)
        fades = power_w < FADED * self._power_w
        driving_w = DRIVING_W if self._coasting_power else IDLE_W
        self._works = power_w >= driving_w and not fades
        self._idle = power_w < IDLE_W
        return rises

    def _follow_line(self, speed_kmh: float, rpm: float, dt_s: float, *, gained: float) -> float:
        """Return how far the distance from the line is from its own mean of the last seconds.

        A wheel that slips away from turning cranks is driven by nobody, whatever power is shown.
        But a speed that does not fall may only belong to a cadence that is shown late.
        """
        share = min(dt_s / TREND_S, 1.0)
        apart_kmh = speed_kmh - 0.5 * (self._ratio + self._ratio_max) * rpm
        drift_kmh = apart_kmh - self._apart_kmh
        self._apart_kmh += drift_kmh * share
        ratio = speed_kmh / rpm
        lost = self._recent_ratio - ratio
        self._recent_ratio -= lost * share
        self._slips = lost > SLIPS_PER_S * TREND_S * self._recent_ratio
        if self._slips and (self._coasting_power or gained < COASTS_KMH_S):
            self._works = False
        return drift_kmh

    def _compare(self, speed_kmh: float, rpm: float, drift_kmh: float, at: float) -> None:
        dt_s = self._step_s
        line_kmh = self._ratio * rpm
        sigma_kmh = SCATTER_KMH + SCATTER * line_kmh
        below_kmh, above_kmh = line_kmh - speed_kmh, speed_kmh - self._ratio_max * rpm
        is_below = below_kmh > max(LEAST_MARGIN_KMH, 3.0 * sigma_kmh)
        is_on_line = max(below_kmh, above_kmh) <= 2.0 * sigma_kmh
        if is_below and not self._works:
            self._say_below(dt_s, at)
        elif self._works and not is_on_line:
            self._find_gear(speed_kmh / rpm, dt_s, at)
        elif self._works and abs(drift_kmh) < SETTLED_KMH:
            self._gear_s = 0.0
            self._say_forward(self._forward * dt_s, at)
        else:
            self._doubt(idle=self._idle)

    def _say_below(self, dt_s: float, at: float) -> None:
        """Say backward below the line, while the wheel runs down or stands under turning cranks.

        A speed that keeps its ratio there may be that of a lower gear, driven with little power.
        """
        self._gear_s = 0.0
        if self.llr < 0.0:
            self.reset()
        stands = self._speed_kmh < STANDS * self._ratio * self._rpm
        if (stands or self._slips) and at > self._fading_until:
            self.lean(self._backward * dt_s, at)

    def _say_driven(self, dt_s: float, at: float, *, works: bool) -> None:
        """Say forward where the wheel is driven with power; without it a motor may drive it."""
        if self.llr > 0.0:
            self.reset()
        if works:
            self._say_forward(0.75 * self._forward * dt_s, at)

    def _say_forward(self, llr: float, at: float) -> None:
        if self.llr > 0.0:
            self.reset()
        self.lean(-llr, at)

    def _find_gear(self, ratio: float, dt_s: float, at: float) -> None:
        """Take power off the line for another gear, at once where only driving shows power."""
        self.sign = 0
        if abs(ratio - self._gear) > GEAR_SCATTER * self._gear:
            self._gear, self._gear_s = ratio, 0.0
        self._gear_s += dt_s
        if self._gear_s >= self._settling_s:
            spread = GEAR_SCATTER * self._gear
            self._ratio, self._ratio_max = self._gear - spread, self._gear + spread
            self._say_forward(self._forward * dt_s, at)
        elif not self._coasting_power:
            self._say_forward(0.5 * self._forward * dt_s, at)
        elif self.llr > 0.0 or self._gear_s > self._settling_s / 2.0:
            self.note = Reason.GEAR_UNKNOWN
            self.reset()

    def _doubt(self, *, idle: bool) -> None:
        """Take back ``forward`` where nobody drives: overrun and ghost pedalling look the same."""
        self.sign = 0
        self._gear_s = 0.0
        if idle:
            self.note = Reason.NOT_DRIVING
            if self.llr < 0.0:
                self.reset()

    def _pause(self, at: float) -> None:
        """Take note that the cranks are still; when they turn again, it may be the other way."""
        self.sign = 0
        self.onset_at = at
        self.note = Reason.NOT_DRIVING
        self._gear_s = 0.0
        self.reset()
