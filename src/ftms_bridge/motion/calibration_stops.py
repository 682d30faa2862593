"""How slowly a machine's values follow the motion, seen when the rider stops or a belt starts."""

from __future__ import annotations

from collections import deque
from itertools import islice, pairwise
from math import e, log
from typing import Final

from ftms_bridge.motion.calibration_trace import median

RANGE_S: Final = (0.3, 6.0)
"""Smoothing that firmware is known to have, and some more."""

SMOOTHING_S: Final = 1.0
"""What is assumed until a stop has been seen."""

BEFORE_S: Final = 12.0
"""The value before a stop is the highest of so many seconds: longer than the slowest fall takes to
its first level."""

UPPER: Final = 1.0 / e
LOWER: Final = UPPER / 5.0
"""Shares of the value before the stop between which the fall is timed: by then the legs rest."""

REBOUND: Final = 0.05
"""A value that rises by this share on its way down was no clean stop."""

RISE_S: Final = 30.0
"""A belt keeps its speed so long after it has started, or nothing is learnt from that start."""

Point = tuple[float, float]
"""An instant and a value."""


def smoothing(points: list[Point], least: float = 30.0) -> float:
    """Return the time constant with which values fall at a stop, in seconds.

    least: a stop from a lower value says nothing.
    """
    return _believed(_falls(points, least))


def belt_smoothing(points: list[Point], least: float) -> float:
    """Return the time constant with which the speed of a belt follows, in seconds.

    Many belts show 0 at once when they stop, so starts are believed before stops.
    """
    return _believed(_rises(points, least) or _falls(points, least))


def _believed(found: list[float]) -> float:
    if not found:
        return SMOOTHING_S
    return round(min(max(median(found), RANGE_S[0]), RANGE_S[1]), 2)


def _falls(points: list[Point], least: float) -> list[float]:
    """Return the time constant of each clean stop."""
    found: list[float] = []
    recent: deque[Point] = deque()
    for index, (before, after) in enumerate(pairwise(points)):
        recent.append(before)
        while before[0] - recent[0][0] > BEFORE_S:
            recent.popleft()
        top = max(value for _, value in recent)
        if top >= least and before[1] > UPPER * top >= after[1]:
            fall = _fall(points, index, UPPER * top)
            found += [] if fall is None else [fall]
            recent.clear()
    return found


def _rises(points: list[Point], least: float) -> list[float]:
    """Return the time constant of each start that leads to a speed which is kept."""
    found: list[float] = []
    for index, (before, after) in enumerate(pairwise(points)):
        if before[1] > 0.0 or after[1] <= 0.0:
            continue
        ahead = [one for one in islice(points, index, None) if one[0] - before[0] <= RISE_S]
        kept = [value for at, value in ahead if at - before[0] > RISE_S / 2.0]
        if not kept or min(kept) < least or max(kept) - min(kept) > REBOUND * max(kept):
            continue
        top = median(kept)
        missing = [(at, top - value) for at, value in ahead]
        start = next(place for place, one in enumerate(missing) if one[1] <= UPPER * top) - 1
        fall = _fall(missing, start, UPPER * top)
        found += [] if fall is None else [fall]
    return found


def _fall(points: list[Point], start: int, upper: float) -> float | None:
    """Return the time constant of the fall through a level behind this point.

    A fall that is cut short counts when it went down to the half.
    """
    lower, slack = upper * LOWER / UPPER, upper * REBOUND / UPPER
    begins_at = _crossing(points[start], points[start + 1], upper)
    last = points[start]
    for before, after in pairwise(islice(points, start, None)):
        if after[1] <= lower:
            return (_crossing(before, after, lower) - begins_at) / log(upper / lower)
        if after[1] > before[1] + slack:
            break
        last = after
    if last[1] > upper / 2.0:
        return None
    return (last[0] - begins_at) / log(upper / last[1])


def _crossing(before: Point, after: Point, level: float) -> float:
    """Return when the value went through a level between two points."""
    step = before[1] - after[1]
    share = (before[1] - level) / step if step > 0 else 1.0
    return before[0] + (after[0] - before[0]) * min(max(share, 0.0), 1.0)
