"""What a session amounts to per direction: four columns whose sums are the totals of the session.

Motion goes to the column of the direction that was said while it lasted. A direction is confirmed
later than it began; then what was credited since its onset moves to its column (back-dating). Time
in which nothing moved is always that of ``stopped``, whatever was said.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from ftms_bridge.motion.direction import Direction
from ftms_bridge.units import JOULES_PER_KILOJOULE, KMH_PER_MPS
from ftms_bridge.workout.bouts import COLUMNS, Bouts
from ftms_bridge.workout.metrics import Sample

RECENT: Final = 128
"""Records that a direction can be back-dated over besides the pinned instant: 32 s at 4 Hz, and
channels find an onset within seconds (house choice)."""

_SECONDS_PER_MINUTE: Final = 60.0
_NEVER: Final = float("-inf")

_WIDTH: Final = 4
_STOPPED: Final = 2 * _WIDTH
_STILL: Final = 4 * _WIDTH
_CREDITED: Final = _STILL + 1
_MOVED_AT: Final = _STILL + 2
"""Places in the list of sums: per column the time, then speed, cadence and power times time; then
the time in which nothing moved, all time, and all time as it stood when something moved last."""

_NOTHING: Final = [0.0] * (_MOVED_AT + 1)
_ROW: Final = {direction: index * _WIDTH for index, direction in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Share:
    """What falls to one direction.

    time_s: for stopped, the time in which nothing moved is part of it. speed_kmh_s, cadence_rpm_s,
    power_j: speed, cadence and power times time.
    """

    time_s: float
    speed_kmh_s: float
    cadence_rpm_s: float
    power_j: float

    @property
    def distance_m(self) -> float:
        """Return the distance integrated from speed; zero also where speed was not known."""
        return self.speed_kmh_s / KMH_PER_MPS

    @property
    def revolutions(self) -> float:
        """Return the turns of the crank, cadence times time; zero also where it was not known."""
        return self.cadence_rpm_s / _SECONDS_PER_MINUTE

    @property
    def work_kj(self) -> float:
        """Return the work; zero also where power was not known."""
        return self.power_j / JOULES_PER_KILOJOULE


Sums = tuple[float, ...]
"""The sums of all columns as they stood at an instant; a difference of two is a lap."""


_Snapshot = tuple[float, list[float], Bouts]
"""Sums and bouts as they stood at an instant."""


class DirectionTotals:
    """Time, distance, revolutions, work and bouts of one session per direction, as ``COLUMNS``."""

    __slots__ = ("_at", "_bouts", "_direction", "_pinned", "_recent", "_row", "_sums")

    def __init__(self) -> None:
        self._sums = _NOTHING.copy()
        self._bouts = Bouts()
        self._direction: Direction | None = None
        self._row = 0
        self._at = _NEVER
        self._recent: deque[_Snapshot] = deque(maxlen=RECENT)
        self._forget()

    def step(self, dt_s: float, at: float, held: Sample, direction: Direction) -> None:
        """Credit a sample, held for a time without a gap, to what was said during that time."""
        self._at = at
        if dt_s <= 0.0:
            return
        if direction is not self._direction:
            self._turn(direction)
        sums, row = self._sums, self._row
        credited_s = sums[_CREDITED] = sums[_CREDITED] + dt_s
        if held.moving:
            sums[_MOVED_AT] = credited_s
            sums[row] += dt_s
            speed_kmh, cadence_rpm, power_w = held.speed_kmh, held.cadence_rpm, held.power_w
            if speed_kmh is not None:
                sums[row + 1] += speed_kmh * dt_s
            if cadence_rpm is not None:
                sums[row + 2] += cadence_rpm * dt_s
            if power_w is not None:
                sums[row + 3] += power_w * dt_s
        else:
            sums[_STOPPED] += dt_s
            sums[_STILL] += dt_s
        self._recent.append((at, sums.copy(), self._bouts))

    def pin(self) -> None:
        """Take note that the next direction, if one is confirmed, began after the last step.

        However long that takes, ``settle`` can go back to here; else only over some records.
        """
        self._pinned = (self._at, self._sums.copy(), self._bouts)

    def settle(self, direction: Direction, since: float) -> None:
        """Move all motion since an instant to a direction: it was confirmed, and began there."""
        recent, pinned = self._recent, self._pinned
        later: list[_Snapshot] = []
        while recent and recent[-1][0] > since:
            later.append(recent.pop())
        oldest = later[-1] if later else pinned
        base = recent[-1] if recent else min(oldest, pinned, key=_when)
        recent.extend(_settled(base, late, direction) for late in reversed(later))
        self._pinned = _settled(base, pinned, direction)
        if self._sums[_CREDITED] > base[1][_CREDITED]:
            now = (self._at, self._sums, self._bouts)
            _, self._sums, self._bouts = _settled(base, now, direction)
            self._direction, self._row = direction, _ROW[direction]

    def interrupt(self) -> None:
        """End every bout: what comes next does not join what was before, nor is it back-dated."""
        self._bouts = self._bouts.end_all(self.times_s())
        self._direction = None
        self._forget()

    def trim(self) -> None:
        """Leave out the time since something moved last: the session ended there."""
        sums = self._sums
        idle_s = sums[_CREDITED] - sums[_MOVED_AT]
        sums[_STOPPED] -= idle_s
        sums[_STILL] -= idle_s
        sums[_CREDITED] = sums[_MOVED_AT]
        self._forget()

    def copy(self) -> Sums:
        """Return the sums as they stand, and keep them: nothing before is back-dated any more."""
        self._forget()
        return tuple(self._sums)

    def since(self, earlier: Sums | None = None) -> tuple[Share, ...]:
        """Return what each column gained since a copy, or all of it; as ``COLUMNS``."""
        then = _NOTHING if earlier is None else earlier
        sums = [now - before for now, before in zip(self._sums, then, strict=True)]
        return tuple(Share(*sums[row : row + _WIDTH]) for row in range(0, _STILL, _WIDTH))

    def times_s(self) -> list[float]:
        """Return the time of each column, as ``COLUMNS``."""
        return self._sums[0:_STILL:_WIDTH]

    @property
    def still_s(self) -> float:
        """Return the time in which nothing moved: a part of stopped, and not of moving time."""
        return self._sums[_STILL]

    @property
    def switches(self) -> int:
        """Return how often forward followed backward or the reverse, whatever was between them."""
        return self._bouts.switches

    def column(self, column: int) -> list[float]:
        """Return time, then speed, cadence and power times time of one column, as in ``Share``."""
        row = column * _WIDTH
        return self._sums[row : row + _WIDTH]

    def bouts(self, column: int) -> tuple[int, float]:
        """Return how many bouts of a column there were, the open one included, and the longest."""
        return self._bouts.so_far(column, self._sums[column * _WIDTH])

    def _forget(self) -> None:
        """Let nothing that is credited so far be back-dated."""
        self._pinned = (self._at, self._sums.copy(), self._bouts)
        self._recent.clear()
        self._recent.append(self._pinned)

    def _turn(self, direction: Direction) -> None:
        self._bouts = self._bouts.turn(direction, self.times_s(), self._sums[_CREDITED])
        self._direction = direction
        self._row = _ROW[direction]


def _when(snapshot: _Snapshot) -> float:
    return snapshot[0]


def _settled(base: _Snapshot, late: _Snapshot, direction: Direction) -> _Snapshot:
    """Return a late snapshot as if one direction had been said since another before it."""
    _, sums, bouts = base
    at, late_sums, _ = late
    if late_sums[_CREDITED] <= sums[_CREDITED]:
        return late
    gained = [now - before for now, before in zip(late_sums, sums, strict=True)]
    row = _ROW[direction]
    settled = sums.copy()
    settled[row] += gained[_CREDITED] - gained[_STILL]
    for place in range(1, _WIDTH):
        settled[row + place] += sum(gained[place:_STILL:_WIDTH])
    settled[_STOPPED] += gained[_STILL]
    settled[_STILL:] = late_sums[_STILL:]
    if bouts.direction is not direction:
        bouts = bouts.turn(direction, sums[0:_STILL:_WIDTH], sums[_CREDITED])
    return at, settled, bouts
