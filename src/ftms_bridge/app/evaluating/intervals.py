"""How many seconds of each interval the back-dated record credits to the right direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ftms_bridge.app.evaluating.samples import SIDE_OF, Scored, Segment, segments
from ftms_bridge.motion.direction import Direction

MIN_INTERVAL_S: Final = 30.0
"""The shortest stretch of one direction that a person calls an interval (house choice)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the record: what it says from ``begins_at`` until before ``ends_at``."""

    said: Direction
    begins_at: float
    ends_at: float


def backdated(samples: Sequence[Scored]) -> list[Stretch]:
    """Return the record as it stands in the end.

    When something is said at t to hold since t0, all of [t0, t) is labelled anew with it.
    """
    record: list[Stretch] = []
    for index, sample in enumerate(samples):
        before = samples[index - 1] if index else None
        if before is not None and (before.said, before.since) == (sample.said, sample.since):
            continue
        begins_at = min(sample.since, sample.at)
        if before is None:
            begins_at = sample.at
        while record and record[-1].begins_at >= begins_at:
            record.pop()
        if record:
            last = record[-1]
            record[-1] = Stretch(last.said, last.begins_at, begins_at)
        begins_at = max(begins_at, samples[0].at)
        record.append(Stretch(sample.said, begins_at, samples[-1].at))
    return record


def interval_errors(samples: Sequence[Scored]) -> list[float]:
    """Return, per true interval, seconds credited to its direction minus its true seconds.

    Intervals are stretches of forward or backward of 30 s or longer in which their direction was
    said at some time. What the record credits outside an interval counts for it up to the middle
    of the gap to the next true stretch of the same direction.
    """
    record = backdated(samples)
    found: list[float] = []
    for row, word in SIDE_OF.items():
        same = [one for one in segments(samples) if one.row is row]
        for segment, (low, high) in zip(same, _reaches(same), strict=True):
            if segment.length_s < MIN_INTERVAL_S or not _is_said(samples, segment, word):
                continue
            credited_s = sum(
                max(min(one.ends_at, high) - max(one.begins_at, low), 0.0)
                for one in record
                if one.said is word
            )
            found.append(credited_s - segment.length_s)
    return found


def _reaches(same: Sequence[Segment]) -> list[tuple[float, float]]:
    """Return from where to where each stretch collects what is credited to its direction."""
    middles = [(one.ends_at + other.begins_at) / 2 for one, other in pairwise(same)]
    if not same:
        return []
    edges = [float("-inf"), *middles, float("inf")]
    return list(pairwise(edges))


def _is_said(samples: Sequence[Scored], segment: Segment, word: Direction) -> bool:
    return any(
        sample.said is word and segment.begins_at <= sample.at < segment.ends_at
        for sample in samples
    )
