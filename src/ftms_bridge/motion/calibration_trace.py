"""What a calibration is fed with, and which of it may be used.

A sample counts when the rider has done one thing for a while and the machine shows it: firmware
smooths its values, so what is shown right after a change is a mixture of before and after.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

SETTLE_S: Final = 3.0
"""After a change of label nothing is used for so long; house choice: most firmware smooths less."""

STEADY_OVER_S: Final = 2.0
"""Span over which a value must keep still to be used; house choice."""

CADENCE_STEADY_RPM: Final = 5.0
SPEED_STEADY_KMH: Final = 0.6
STEADY_SHARE: Final = 0.1
"""A value keeps still when it changes by less than the first two, or by less than this share."""

MOVES_RPM: Final = 20.0
MOVES_KMH: Final = 0.5
"""From either of these on the machine itself shows movement; house choice."""

RATIO_STEADY_SHARE: Final = 0.04
"""Rounding to whole turns moves the ratio by so much; house choice."""

LONGEST_STEP_S: Final = 2.0
"""A gap between readings counts for no more than this; house choice."""


class Part(Enum):
    """What the rider does, as the wizard asked or as a label says.

    coast: the wheel rolls and the legs keep still. ghost: the legs turn forward without driving.
    """

    STILL = "still"
    FORWARD = "forward"
    BACKWARD = "backward"
    COAST = "coast"
    GHOST = "ghost"
    OTHER = "other"


@dataclass(slots=True)
class Sense:
    """What one channel said: 1 backward, -1 forward, as it reads raw; 0 says nothing."""

    channel: str
    source: str
    sign: int


@dataclass(slots=True)
class Reading:
    """What the machine's own record shows at an instant; None is unknown.

    step_source: id of what counted the steps.
    """

    at: float
    speed_kmh: float | None = None
    cadence_rpm: float | None = None
    power_w: float | None = None
    step_rate_spm: float | None = None
    step_source: str | None = None


@dataclass(slots=True)
class Sample:
    """A reading with what was done then; ``into_s`` is the time since the label began.

    cadence_steady, speed_steady: the value keeps still. ratio_steady: speed and cadence change
    together, as they do while the crank drives the wheel faster and faster.
    """

    reading: Reading
    part: Part
    into_s: float
    cadence_steady: bool
    speed_steady: bool
    ratio_steady: bool

    @property
    def settled(self) -> bool:
        """Say whether the label is old enough."""
        return self.into_s >= SETTLE_S


class Steadiness:
    """Says whether one value keeps still; an unknown value does.

    floor, share: the larger of a change and of a part of the value is what it may change by.
    """

    def __init__(self, floor: float, share: float = STEADY_SHARE) -> None:
        self.steady = False
        self._floor = floor
        self._share = share
        self._recent: deque[tuple[float, float]] = deque()

    def take(self, value: float | None, at: float) -> bool:
        """Take the newest value; return whether it has kept still."""
        recent = self._recent
        if value is None:
            recent.clear()
            self.steady = True
            return True
        recent.append((at, value))
        while len(recent) > 2 and at - recent[1][0] >= STEADY_OVER_S:
            recent.popleft()
        before_at, before = recent[0]
        span = max(abs(one) for _, one in recent) * self._share
        is_long_enough = at - before_at >= STEADY_OVER_S
        self.steady = is_long_enough and abs(value - before) <= max(self._floor, span)
        return self.steady


class Trace:
    """All labelled readings of one calibration, and what is being done now."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.part = Part.OTHER
        self._since = 0.0
        self._cadence = Steadiness(CADENCE_STEADY_RPM)
        self._speed = Steadiness(SPEED_STEADY_KMH)
        self._ratio = Steadiness(0.0, RATIO_STEADY_SHARE)
        self._has_cadence = False
        self._moves = False

    def label(self, part: Part, at: float) -> None:
        """Take note of what is done from now on; saying the same again changes nothing."""
        if part is not self.part:
            self.part, self._since = part, at

    def receive(self, reading: Reading) -> None:
        """Keep one reading."""
        at = reading.at
        cadence_steady = self._cadence.take(reading.cadence_rpm, at)
        speed = None if reading.speed_kmh is None else abs(reading.speed_kmh)
        speed_steady = self._speed.take(speed, at)
        self._moves = (reading.cadence_rpm or 0.0) >= MOVES_RPM or (speed or 0.0) >= MOVES_KMH
        self._has_cadence = self._has_cadence or reading.cadence_rpm is not None
        cadence = reading.cadence_rpm
        ratio = speed / cadence if speed and cadence and cadence >= MOVES_RPM else None
        is_ratio_steady = self._ratio.take(ratio, at) and ratio is not None
        into_s = at - self._since
        self.samples.append(
            Sample(reading, self.part, into_s, cadence_steady, speed_steady, is_ratio_steady)
        )

    def usable(self, at: float, *, on_foot: bool) -> bool:
        """Say whether what a channel says now is a clean sample of what is being done.

        A rolling wheel may slow down for a minute, so of a crank only the cadence must keep still.
        """
        if at - self._since < SETTLE_S:
            return False
        if on_foot:
            return self._speed.steady
        return self._cadence.steady if self._has_cadence else True

    @property
    def moves(self) -> bool:
        """Say whether the machine shows any movement now."""
        return self._moves

    def seconds(self, part: Part) -> float:
        """Return for how long a part was done, without its first seconds."""
        return seconds([one for one in self.samples if one.part is part and one.settled])


def seconds(samples: list[Sample]) -> float:
    """Return how much time so many samples stand for; longer gaps count for little."""
    if not samples:
        return 0.0
    steps = [
        min(after.reading.at - before.reading.at, LONGEST_STEP_S)
        for before, after in pairwise(samples)
    ]
    # the first sample stands for a step as well: as long as the usual one
    return sum(steps) + (sorted(steps)[len(steps) // 2] if steps else 1.0)


def stretches(samples: list[Sample]) -> list[list[Sample]]:
    """Return samples cut wherever time or the label makes a jump."""
    found: list[list[Sample]] = []
    for sample in samples:
        last = found[-1][-1] if found else None
        if (
            last is None
            or sample.reading.at - last.reading.at > 2 * LONGEST_STEP_S
            or sample.into_s < last.into_s
        ):
            found.append([])
        found[-1].append(sample)
    return found


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies; they must not be empty."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: list[float]) -> float:
    """Return the middle value; they must not be empty."""
    return percentile(values, 0.5)
