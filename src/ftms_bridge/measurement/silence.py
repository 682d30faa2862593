"""Tells a gap from the usual wait between two records of a machine."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Final

MIN_GAP_S: Final = 3.0
_INTERVALS: Final = 3.0
"""A gap is a silence over max(3 s, 3 x median interval)."""
_KEPT: Final = 15
"""Intervals that the median is taken of (house choice: a quarter of a minute at 1 Hz)."""


class SilenceWatch:
    """Knows how often a machine sends, and so how long it may be silent."""

    __slots__ = ("_intervals",)

    def __init__(self) -> None:
        self._intervals: deque[float] = deque(maxlen=_KEPT)

    def receive(self, interval_s: float) -> None:
        """Take the time between two records, gaps included: a rhythm may become slower."""
        self._intervals.append(interval_s)

    def is_gap(self, silence_s: float) -> bool:
        """Say whether a silence is longer than this machine's own rhythm explains."""
        if silence_s <= MIN_GAP_S:
            return False
        return not self._intervals or silence_s > _INTERVALS * median(self._intervals)
