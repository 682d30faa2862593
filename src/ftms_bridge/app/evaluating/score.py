"""Scores of one ride: pure functions of truth and word, which can be added up over rides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ftms_bridge.app.evaluating.samples import (
    DECIDED,
    SIDE_OF,
    Recent,
    Row,
    Scored,
    transition_window_s,
    weighted,
)
from ftms_bridge.motion.direction import Direction

BINS: Final = 10
"""Bins of equal width in which confidence is compared with what came true."""

FLIP_WINDOW_S: Final = 30.0
"""A change of the word this long after a true change of direction still belongs to it."""

Matrix = dict[Row, dict[Direction, float]]


def confusion(samples: Sequence[Scored]) -> Matrix:
    """Return seconds by what was true and what was said; every pair is there."""
    matrix: Matrix = {row: dict.fromkeys(Direction, 0.0) for row in Row}
    for sample, seconds in weighted(samples):
        matrix[sample.row][sample.said] += seconds
    return matrix


@dataclass(slots=True)
class Errors:
    """How much of what was decided was wrong, in seconds.

    decided_s: forward or backward was said. wrong_s: and it was not true, with `other` and
    `stopped` as wrong as the other way. late_s: wrong as well, but true less than the transition
    window ago: that is latency, and not part of wrong_s. by_row_s: wrong_s by what was true.
    """

    decided_s: float = 0.0
    wrong_s: float = 0.0
    late_s: float = 0.0
    by_row_s: dict[Row, float] = field(default_factory=lambda: dict.fromkeys(Row, 0.0))

    @property
    def selective(self) -> float | None:
        """Return wrong / decided without the late seconds; None when nothing was decided."""
        counted_s = self.decided_s - self.late_s
        return self.wrong_s / counted_s if counted_s > 0 else None

    @property
    def strict(self) -> float | None:
        """Return (wrong + late) / decided: no window at all."""
        return (self.wrong_s + self.late_s) / self.decided_s if self.decided_s > 0 else None


@dataclass(slots=True)
class Bin:
    """Decided seconds of one bin of confidence, the confidence and the truth in them."""

    seconds: float = 0.0
    confident_s: float = 0.0
    right_s: float = 0.0


def errors(samples: Sequence[Scored], window_s: float) -> tuple[Errors, list[Bin]]:
    """Return the errors, and confidence against truth over what was decided and not late."""
    result, bins, recent = Errors(), [Bin() for _ in range(BINS)], Recent(window_s)
    for sample, seconds in weighted(samples):
        recent.see(sample)
        if sample.said not in DECIDED:
            continue
        result.decided_s += seconds
        is_right = SIDE_OF.get(sample.row) is sample.said
        if not is_right and recent.excuses(sample):
            result.late_s += seconds
            continue
        if not is_right:
            result.wrong_s += seconds
            result.by_row_s[sample.row] += seconds
        confidence = 0.0 if sample.confidence is None else sample.confidence
        chosen = bins[min(int(confidence * BINS), BINS - 1)]
        chosen.seconds += seconds
        chosen.confident_s += confidence * seconds
        chosen.right_s += seconds if is_right else 0.0
    return result, bins


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return the ECE: mean of |right share - mean confidence| over bins, weighted by seconds."""
    total = sum(one.seconds for one in bins)
    return sum(abs(one.right_s - one.confident_s) for one in bins) / total if total > 0 else None


@dataclass(slots=True)
class Coverage:
    """Seconds in which the rider truly moved one way, and in how many of them a way was said.

    evident_s, evident_decided_s: the same where the way was evident.
    """

    moving_s: float = 0.0
    decided_s: float = 0.0
    evident_s: float = 0.0
    evident_decided_s: float = 0.0


def coverage(samples: Sequence[Scored]) -> Coverage:
    """Return how much of the moving time was decided, rightly or wrongly."""
    result = Coverage()
    for sample, seconds in weighted(samples):
        if sample.row not in SIDE_OF:
            continue
        decided_s = seconds if sample.said in DECIDED else 0.0
        result.moving_s += seconds
        result.decided_s += decided_s
        if sample.evident:
            result.evident_s += seconds
            result.evident_decided_s += decided_s
    return result


def outputs(samples: Sequence[Scored]) -> int:
    """Return how often forward or backward was begun to be said."""
    begun = sum(
        now.said in DECIDED and now.said is not before.said for before, now in pairwise(samples)
    )
    return begun + (1 if samples and samples[0].said in DECIDED else 0)


def false_flips(samples: Sequence[Scored]) -> int:
    """Count changes between forward and backward that no true change explains.

    What is said between the two (unknown, stopped) does not matter. A change is explained by a true
    change of direction within the last 30 s, or when it says the true direction for the first time
    since that began: then it is late, and counted as latency.
    """
    flips, changed_at = 0, float("-inf")
    true: Direction | None = None
    last: Direction | None = None
    found = False
    for sample in samples:
        side = SIDE_OF.get(sample.row)
        if side is not None and side is not true:
            true, changed_at, found = side, sample.at, False
        if sample.said not in DECIDED:
            continue
        is_first = sample.said is true and not found
        if last is not None and sample.said is not last and not is_first:
            flips += sample.at - changed_at > FLIP_WINDOW_S
        found = found or sample.said is true
        last = sample.said
    return flips


@dataclass(slots=True)
class Score:
    """All that is counted by seconds; `add` makes the score of several rides."""

    rides: int = 0
    seconds: float = 0.0
    matrix: Matrix = field(default_factory=lambda: confusion(()))
    errors: Errors = field(default_factory=Errors)
    bins: list[Bin] = field(default_factory=lambda: [Bin() for _ in range(BINS)])
    coverage: Coverage = field(default_factory=Coverage)
    flips: int = 0
    outputs: int = 0

    def add(self, other: Score) -> None:
        """Add another score to this one."""
        self.rides += other.rides
        self.seconds += other.seconds
        self.flips += other.flips
        self.outputs += other.outputs
        for row, words in other.matrix.items():
            for word, seconds in words.items():
                self.matrix[row][word] += seconds
        for mine, theirs in zip(self.bins, other.bins, strict=True):
            mine.seconds += theirs.seconds
            mine.confident_s += theirs.confident_s
            mine.right_s += theirs.right_s
        for row, seconds in other.errors.by_row_s.items():
            self.errors.by_row_s[row] += seconds
        for name in ("decided_s", "wrong_s", "late_s"):
            _add(self.errors, other.errors, name)
        for name in ("moving_s", "decided_s", "evident_s", "evident_decided_s"):
            _add(self.coverage, other.coverage, name)


def _add(mine: Errors | Coverage, theirs: Errors | Coverage, name: str) -> None:
    setattr(mine, name, getattr(mine, name) + getattr(theirs, name))


def score(samples: Sequence[Scored], rate_hz: float) -> Score:
    """Return the score of one ride; rate_hz: records per second of what shows the way."""
    wrong, bins = errors(samples, transition_window_s(rate_hz))
    return Score(
        rides=1,
        seconds=samples[-1].at - samples[0].at if samples else 0.0,
        matrix=confusion(samples),
        errors=wrong,
        bins=bins,
        coverage=coverage(samples),
        flips=false_flips(samples),
        outputs=outputs(samples),
    )
