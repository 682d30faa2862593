"""What was true and what was said, instant by instant, and the stretches this divides time into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ftms_bridge.motion.direction import Direction, Reason
from ftms_bridge.motion.evidence import Evidence


class Row(Enum):
    """What is physically true, as far as a direction can be said about it."""

    FORWARD = "forward"
    BACKWARD = "backward"
    STOPPED = "stopped"
    OTHER = "other"
    """Neither: coasting, pedalling without load, sideways on a belt, standing beside it."""


SIDE_OF: Final = {Row.FORWARD: Direction.FORWARD, Row.BACKWARD: Direction.BACKWARD}
"""The rows in which the rider moves one way, and what ought to be said then."""

DECIDED: Final = frozenset(SIDE_OF.values())
"""What counts as decided; ``stopped`` says nothing about the way."""


@dataclass(slots=True)
class Scored:
    """One instant of a ride; it stands for the time until the next one, the last for none.

    at: seconds. row, evident, driving, speed_kmh, cadence_per_min: the truth; evident means that
    the mechanics show the way now, and that crank angles, where they are all there is, can tell it
    at this cadence. said, since, confidence, reason: the
    measured posterior at this instant; what was declared has no part in it. disturbed: records of
    the machine were missing or damaged a moment ago. evidence: filled only where it is asked for.
    """

    at: float
    row: Row
    said: Direction
    since: float
    confidence: float | None = None
    reason: Reason | None = None
    evident: bool = True
    driving: bool = True
    speed_kmh: float = 0.0
    cadence_per_min: float = 0.0
    disturbed: bool = False
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A longest stretch of one row, from ``begins_at`` until before ``ends_at``.

    evident_at: when the way was first evident in it, or None.
    """

    row: Row
    begins_at: float
    ends_at: float
    evident_at: float | None

    @property
    def length_s(self) -> float:
        """Return its length in seconds."""
        return self.ends_at - self.begins_at


def weighted(samples: Sequence[Scored]) -> Iterator[tuple[Scored, float]]:
    """Yield every sample with the seconds that it stands for."""
    for index in range(len(samples) - 1):
        yield samples[index], samples[index + 1].at - samples[index].at


def segments(samples: Sequence[Scored]) -> list[Segment]:
    """Divide a ride into stretches of one row each, in order of time."""
    found: list[Segment] = []
    for sample, seconds in weighted(samples):
        ends_at = sample.at + seconds
        evident_at = sample.at if sample.evident else None
        if found and found[-1].row is sample.row:
            last = found[-1]
            first = last.evident_at if last.evident_at is not None else evident_at
            found[-1] = Segment(last.row, last.begins_at, ends_at, first)
        else:
            found.append(Segment(sample.row, sample.at, ends_at, evident_at))
    return found


def transition_window_s(rate_hz: float) -> float:
    """Return how long after a true change the old word counts as latency: 3, 2 or 1.5 s.

    House choice: two records of the machine and the second in which a decision must hold.
    """
    if rate_hz >= 4.0:
        return 1.5
    return 2.0 if rate_hz >= 2.0 else 3.0


def is_blind(cadence_per_min: float, rate_hz: float, *, margin: float = 1.0) -> bool:
    """Say whether angles of a crank look the same both ways at this cadence.

    From packet to packet it then makes nearly a whole number of half turns: within 2.4 x rate
    around multiples of 30 x rate, in 1/min (computed with the sensor's own event times). margin:
    factor on that width.
    """
    step = 30.0 * rate_hz
    turns = abs(cadence_per_min) / step
    nearest = max(round(turns), 1)
    return abs(turns - nearest) * step <= 2.4 * rate_hz * margin


class Recent:
    """Says whether a row was true less than a window ago; to be asked in order of time."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._row: Row | None = None
        self._left_at: dict[Row, float] = {}

    def see(self, sample: Scored) -> None:
        """Take the truth of the next instant."""
        if self._row is not None and self._row is not sample.row:
            self._left_at[self._row] = sample.at
        self._row = sample.row

    def excuses(self, sample: Scored) -> bool:
        """Say whether the wrong word of this instant was right less than a window ago."""
        for row, left_at in self._left_at.items():
            if SIDE_OF.get(row) is sample.said and sample.at - left_at < self._window_s:
                return True
        return False
