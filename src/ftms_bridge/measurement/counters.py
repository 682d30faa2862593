"""Counters that roll over, reset and sometimes fall: turned into increments that can be believed.

A raw counter says little by itself. What matters is the increment since the last reading, and
why there is none: a roll-over adds, a reset starts anew, a fall is evidence (of a wheel that
turns backward, of a machine that walks its distance back) and is never shown as a huge number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Change(Enum):
    """What a new reading of a counter meant."""

    FIRST = "first"
    GREW = "grew"
    ROLLED_OVER = "rolled_over"
    RESET = "reset"
    FELL = "fell"
    JUMPED = "jumped"


_FIRST: Final = Change.FIRST  # looking up a member costs more than the rest of a comparison
_GREW: Final = Change.GREW


@dataclass(frozen=True, slots=True)
class CounterKind:
    """How a counter behaves.

    modulus: one more than its largest value, where it rolls over.
    max_rate: largest believable growth per second; more is a jump and is not credited.
    slack: growth allowed at once, whatever the time (coarse steps, late readings).
    """

    modulus: int
    max_rate: float
    slack: float


DISTANCE_M: Final = CounterKind(1 << 24, 30.0, 30.0)
"""uint24 metres; 30 m/s = 108 km/h; UREVO counts in steps of 10 m (house choice: three of them)."""
ELAPSED_S: Final = CounterKind(1 << 16, 2.0, 5.0)
"""uint16 seconds; a clock that runs twice as fast is no clock (house choice)."""
ENERGY_KCAL: Final = CounterKind(1 << 16, 1.0, 5.0)
"""uint16 kcal; 1 kcal/s = 60 kcal/min, three times what the fittest burn (house choice)."""
STEPS: Final = CounterKind(1 << 24, 6.0, 12.0)
"""uint24 steps; sprinters reach 5 per second."""


class Counter:
    """Tracks one raw counter; ``total`` is the sum of the believed increments.

    A reading below the last one is a roll-over when the last one was in the top 2 % of the range
    and the growth across the edge is believable; a reset when it fell to less than half; else a
    fall, kept in ``falls`` and ``fallen`` as evidence. A jump is not believed until the reading
    after it confirms the new level, and even then its height is not credited.
    """

    __slots__ = ("_suspect", "at", "fallen", "falls", "jumps", "kind", "last", "resets", "total")

    def __init__(self, kind: CounterKind) -> None:
        self.kind = kind
        self.last: int | None = None
        self.at = 0.0
        self.total = 0
        self.resets = 0
        self.falls = 0
        self.fallen = 0
        self.jumps = 0
        self._suspect: int | None = None

    def receive(self, value: int, at: float) -> Change:
        """Take a reading; return what it meant."""
        last = self.last
        elapsed_s, self.at = at - self.at, at
        if last is None:
            self.last = value
            return _FIRST
        believable = self.kind.max_rate * elapsed_s + self.kind.slack
        grown = value - last
        if grown > believable:
            return self._judge_jump(value, believable)
        self.last, self._suspect = value, None
        if grown >= 0:
            self.total += grown
            return _GREW
        across_edge = grown + self.kind.modulus
        if last >= self.kind.modulus * 0.98 and 0 <= across_edge <= believable:
            self.total += across_edge
            return Change.ROLLED_OVER
        if value * 2 < last:
            self.resets += 1
            if value <= believable:  # what was counted since the reset is real
                self.total += value
            return Change.RESET
        self.falls += 1
        self.fallen -= grown
        return Change.FELL

    def rebase(self) -> None:
        """Forget the last reading, so that what happened in a gap is not credited."""
        self.last = self._suspect = None

    def _judge_jump(self, value: int, believable: float) -> Change:
        suspect, self._suspect = self._suspect, value
        if suspect is not None and 0 <= value - suspect <= believable:
            self.last, self._suspect = value, None
            self.total += value - suspect
            return _GREW
        self.jumps += 1
        return Change.JUMPED


@dataclass(frozen=True, slots=True)
class WheelKind:
    """A revolution counter with event times: widths and tick length.

    Sources: CSC and CPS field tables; the wheel's event clock of CPS ticks twice as fast.
    """

    revs_modulus: int
    ticks_per_s: int
    max_revs_per_s: float


CRANK: Final = WheelKind(1 << 16, 1024, 4.0)
"""4 revolutions per second = 240 rpm."""
WHEEL_CSC: Final = WheelKind(1 << 32, 1024, 16.0)
"""16 revolutions per second of a 2.1 m wheel = 120 km/h."""
WHEEL_CPS: Final = WheelKind(1 << 32, 2048, 16.0)

_TICKS: Final = 1 << 16
_MIN_HOLD_S: Final = 2.0
_HOLD_PERIODS: Final = 2.5


class RevolutionRate:
    """Turns (revolutions, event time) of a wheel or crank into a rate in 1/min.

    The rate is held while no new event comes, and is 0 after max(2 s, 2.5 x last period); it is
    None before two events were seen. A decreasing count gives the magnitude and is counted in
    ``falls`` with its size in ``fallen``: evidence of backward rotation, or of nothing.
    turned: the last believable increment, negative when the count fell; 0 before there was one.
    """

    __slots__ = (
        "event_at",
        "fallen",
        "falls",
        "kind",
        "period_s",
        "rate_rpm",
        "resets",
        "revs",
        "ticks",
        "turned",
    )

    def __init__(self, kind: WheelKind) -> None:
        self.kind = kind
        self.revs: int | None = None
        self.ticks = 0
        self.event_at = 0.0
        self.period_s = 0.0
        self.rate_rpm: float | None = None
        self.falls = 0
        self.fallen = 0
        self.resets = 0
        self.turned = 0

    def receive(self, revs: int, ticks: int, at: float) -> float | None:
        """Take a reading (event time in ticks); return the rate in 1/min, or None if unknown."""
        last_revs, last_ticks = self.revs, self.ticks
        if last_revs is not None and revs == last_revs:
            return self._held(at)
        silence_s = at - self.event_at
        self.revs, self.ticks, self.event_at = revs, ticks, at
        if last_revs is None:
            return None
        elapsed_s = ((ticks - last_ticks) % _TICKS) / self.kind.ticks_per_s
        turned = self._turned(last_revs, revs)
        longest_s = _TICKS / self.kind.ticks_per_s  # the event clock is ambiguous beyond this
        if (
            elapsed_s == 0.0
            or silence_s > longest_s
            or not self._believable(turned, elapsed_s, revs)
        ):
            self.resets += 1
            self.rate_rpm = None
            self.turned = 0
            return None
        self.turned = turned
        if turned < 0:
            self.falls += 1
            self.fallen -= turned
        self.period_s = elapsed_s / abs(turned)
        self.rate_rpm = 60.0 / self.period_s
        return self.rate_rpm

    def _turned(self, last_revs: int, revs: int) -> int:
        """Return the shortest way round the counter, so that a small fall stays small."""
        modulus = self.kind.revs_modulus
        turned = (revs - last_revs) % modulus
        return turned - modulus if turned >= modulus // 2 else turned

    def _believable(self, turned: int, elapsed_s: float, revs: int) -> bool:
        """Tell rotation from a reset: too many revolutions, or a fall to about zero."""
        if turned < 0 and revs <= 1:
            return False
        return abs(turned) <= elapsed_s * self.kind.max_revs_per_s + 1.0

    def _held(self, at: float) -> float | None:
        if self.rate_rpm and at - self.event_at > max(_MIN_HOLD_S, _HOLD_PERIODS * self.period_s):
            self.rate_rpm = 0.0
        return self.rate_rpm
