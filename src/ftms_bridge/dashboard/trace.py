"""What the last minute looked like, and how many messages come per second."""

from __future__ import annotations

from collections import deque
from typing import Final

from ftms_bridge.measurement.quantities import MOTION_MAX_AGE_S

TRACE_S: Final = 60
"""Seconds of history on the screen: one column each."""

_RATE_OVER_S: Final = 5.0
"""Seconds over which messages are counted: long enough for a steady figure; house choice."""
_COUNTED_AT_MOST: Final = 5000


class Trace:
    """The newest value of each of the last 60 whole seconds."""

    __slots__ = ("_samples",)

    def __init__(self) -> None:
        self._samples: deque[tuple[int, float]] = deque(maxlen=TRACE_S + int(MOTION_MAX_AGE_S))

    def add(self, value: float, at: float) -> None:
        """Take the value of this instant."""
        second = int(at)
        if self._samples and self._samples[-1][0] == second:
            self._samples.pop()
        self._samples.append((second, value))

    def values(self, at: float) -> list[float | None]:
        """Return one value per second, oldest first; None where nothing was heard.

        A value fills the seconds after it for as long as a value of motion counts as current:
        records that come once per second do not hit every second of ours.
        """
        seen = dict(self._samples)
        oldest = int(at) - TRACE_S + 1
        values: list[float | None] = []
        for second in range(oldest, oldest + TRACE_S):
            held = (seen.get(second - back) for back in range(int(MOTION_MAX_AGE_S)))
            values.append(next((value for value in held if value is not None), None))
        return values


class Rate:
    """How many messages came per second, lately."""

    __slots__ = ("_arrivals", "_since")

    def __init__(self) -> None:
        self._arrivals: deque[float] = deque(maxlen=_COUNTED_AT_MOST)
        self._since: float | None = None

    def count(self, at: float) -> None:
        """Take note of one message."""
        if self._since is None:
            self._since = at
        self._arrivals.append(at)

    def per_s(self, at: float) -> float:
        """Return messages per second over the last five seconds, or since the first if shorter."""
        if self._since is None:
            return 0.0
        while self._arrivals and self._arrivals[0] <= at - _RATE_OVER_S:
            self._arrivals.popleft()
        return len(self._arrivals) / min(max(at - self._since, 1.0), _RATE_OVER_S)
