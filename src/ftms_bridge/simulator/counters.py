"""Revolution counters as sensors keep them: a count and the time of the last passing magnet."""

from __future__ import annotations

from math import floor
from typing import Final

TICKS_PER_S: Final = 1024
"""Event time of crank counters and of CSC wheel counters."""

POWER_WHEEL_TICKS_PER_S: Final = 2048
"""Event time of the wheel counter in cycling power measurement 2A63."""

EVENT_MASK: Final = 0xFFFF


class RevolutionCounter:
    """Counts whole turns of a shaft from its signed angle in turns.

    A magnet is passed whenever the angle goes through a whole number. A plain sensor counts each
    passing, either way; one that knows the way (``signed``) counts down when the shaft turns back,
    though never below 0 (CSCS: "may decrease, never below 0"). Counts of ``bits`` width roll over.
    """

    def __init__(
        self,
        *,
        first: int = 0,
        bits: int = 16,
        ticks_per_s: int = TICKS_PER_S,
        signed: bool = False,
    ) -> None:
        self._mask = (1 << bits) - 1
        self._ticks_per_s = ticks_per_s
        self._signed = signed
        self._whole = 0
        self._turns = 0.0
        self.count = first & self._mask
        self.event = 0

    def observe(self, turns: float, at: float, dt: float) -> None:
        """Take the angle at ``at``, ``dt`` seconds after the last one."""
        whole = floor(turns)
        passed = whole - self._whole
        if passed:
            magnet = whole if passed > 0 else whole + 1
            # The instant of the last passing, on a straight line between the two angles.
            part = (magnet - self._turns) / (turns - self._turns)
            passed_at = at - dt + part * dt
            self.event = floor(passed_at * self._ticks_per_s) & EVENT_MASK
            self._count(passed)
            self._whole = whole
        self._turns = turns

    def reset(self) -> None:
        """Start again at 0, as after a change of the battery."""
        self.count = 0

    def _count(self, passed: int) -> None:
        if not self._signed:
            self.count = (self.count + abs(passed)) & self._mask
        elif passed > 0:
            self.count = (self.count + passed) & self._mask
        else:
            self.count = max(self.count + passed, 0)
