"""The numbers of one session: metrics, gaps, laps and the distance of the machine's own counter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ftms_bridge.measurement.counters import Counter
from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate
from ftms_bridge.workout.by_direction import DirectionTotals, Share
from ftms_bridge.workout.metrics import Sample, SessionMetrics, Totals


@dataclass(frozen=True, slots=True)
class Lap:
    """One lap: from one lap command (or the start) to the next (or the end).

    shares: what falls to each direction, in the order of ``bouts.COLUMNS``.
    """

    number: int
    elapsed_s: float
    distance_m: float | None
    totals: Totals
    shares: tuple[Share, ...]


class Ride:
    """One session of one machine, from first motion to end.

    counters: the machine's own counters, by field name; one may appear after the first motion. The
    believed increments of the distance since the start are the distance; resets do not matter.
    """

    __slots__ = (
        "_counters", "_distance_base_m", "_lap_at", "_lap_distance_m", "_lap_sums", "_lap_totals",
        "_resets_base", "_withheld_at_m", "by_direction", "gap_s", "gaps", "laps", "metrics",
        "session_id", "started_at",
    )  # fmt: skip

    def __init__(self, session_id: str, at: float, counters: Mapping[str, Counter]) -> None:
        self.session_id = session_id
        self.started_at = at
        self.metrics = SessionMetrics()
        self.by_direction = DirectionTotals()
        self.laps: list[Lap] = []
        self.gaps = 0
        self.gap_s = 0.0
        self._counters = counters
        distance = counters.get("distance_m")
        self._distance_base_m = distance.total if distance else 0
        self._resets_base = self._resets()
        self._withheld_at_m: int | None = None
        self._lap_at = at
        self._lap_distance_m = 0
        self._lap_totals = Totals()
        self._lap_sums = self.by_direction.copy()

    @property
    def lap_number(self) -> int:
        """Return the number of the running lap, from 1."""
        return len(self.laps) + 1

    @property
    def distance_m(self) -> int | None:
        """Return the distance by the machine's counter, or None when it has none."""
        distance = self._counters.get("distance_m")
        if distance is None:
            return None
        total_m = distance.total if self._withheld_at_m is None else self._withheld_at_m
        return total_m - self._distance_base_m

    @property
    def counter_resets(self) -> int:
        """Return how often the machine reset its counters during the session."""
        return self._resets() - self._resets_base

    def step(self, dt_s: float, at: float, sample: Sample, direction: Direction) -> None:
        """Credit what is held for a time without a gap, then hold a new sample.

        direction: what was said during that time, not what comes of the new sample.
        """
        metrics = self.metrics
        self.by_direction.step(dt_s, at, metrics.held, direction)
        metrics.step(dt_s, sample)

    def follow(self, before: DirectionEstimate, now: DirectionEstimate) -> None:
        """Take note that another direction is said; one that was measured counts from its onset.

        What was declared counts from when it is said: nobody knows how it was before.
        """
        if now.basis is DirectionBasis.MEASURED and now.direction is not before.direction:
            self.by_direction.settle(now.direction, now.since)

    def interrupt(self) -> None:
        """Hold nothing across a gap: windows and bouts begin anew."""
        self.metrics.interrupt()
        self.by_direction.interrupt()

    def note_gap(self, duration_s: float) -> None:
        """Count a silence after which the session went on."""
        self.gaps += 1
        self.gap_s += duration_s

    def withhold(self) -> None:
        """Credit nothing from now on, although the rider may roll on: a pause was asked for."""
        self.interrupt()
        distance = self._counters.get("distance_m")
        self._withheld_at_m = distance.total if distance else 0

    def resume(self) -> None:
        """Credit again; what was ridden during a pause that was asked for is left out."""
        distance = self._counters.get("distance_m")
        if self._withheld_at_m is not None and distance is not None:
            self._distance_base_m += distance.total - self._withheld_at_m
        self._withheld_at_m = None

    def lap(self, at: float) -> Lap:
        """End the running lap and return it; a pause may have begun before the lap did.

        A direction that is confirmed later is back-dated to here at most: the lap has been told.
        """
        at = max(at, self._lap_at)
        totals = self.metrics.totals.copy()
        distance_m = self.distance_m
        lap = Lap(
            number=self.lap_number,
            elapsed_s=at - self._lap_at,
            distance_m=None if distance_m is None else distance_m - self._lap_distance_m,
            totals=totals.since(self._lap_totals),
            shares=self.by_direction.since(self._lap_sums),
        )
        self.laps.append(lap)
        self._lap_at = at
        self._lap_totals = totals
        self._lap_sums = self.by_direction.copy()
        self._lap_distance_m = distance_m or 0
        return lap

    def _resets(self) -> int:
        """Count a machine that resets all its counters at once as reset once."""
        return max((counter.resets for counter in self._counters.values()), default=0)
