"""How long it takes until a direction is said, counted from its onset and from its evidence."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf
from typing import Final

from ftms_bridge.app.evaluating.samples import SIDE_OF, Scored, Segment, segments

MIN_ONSET_S: Final = 10.0
"""Shorter stretches of a direction are no onsets: nobody waits for a word about them."""


@dataclass(frozen=True, slots=True)
class Onset:
    """One onset of forward or backward whose stretch lasts 10 s or longer.

    rate_hz: records per second of what shows the way. latency_s: from the onset until the direction
    is first said; None when it is not said before the next true change. evidence_latency_s: the
    same from the first evidence on, not below 0. evidence_came_late: there was none at the onset.
    has_evidence: some came before the stretch was over.
    """

    rate_hz: float
    latency_s: float | None
    evidence_latency_s: float | None
    evidence_came_late: bool
    has_evidence: bool


def onsets(samples: Sequence[Scored], rate_hz: float) -> tuple[list[Onset], int]:
    """Return the onsets, and how many were left out because the right word already stood there.

    A word that was never withdrawn (over a short stop, say) has no latency that could be measured.
    """
    found: list[Onset] = []
    held = 0
    times = [sample.at for sample in samples]
    for segment in segments(samples):
        if segment.row not in SIDE_OF or segment.length_s < MIN_ONSET_S:
            continue
        first = bisect_left(times, segment.begins_at)
        if first > 0 and samples[first - 1].said is SIDE_OF[segment.row]:
            held += 1
            continue
        found.append(_onset(segment, samples[first : bisect_left(times, segment.ends_at)], rate_hz))
    return found, held


def _onset(segment: Segment, samples: Sequence[Scored], rate_hz: float) -> Onset:
    word = SIDE_OF[segment.row]
    said_at = next((sample.at for sample in samples if sample.said is word), None)
    evident_at = segment.evident_at
    return Onset(
        rate_hz=rate_hz,
        latency_s=None if said_at is None else said_at - segment.begins_at,
        evidence_latency_s=(
            None if said_at is None or evident_at is None else max(said_at - evident_at, 0.0)
        ),
        evidence_came_late=evident_at is not None and evident_at > segment.begins_at,
        has_evidence=evident_at is not None,
    )


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share of the values does not exceed."""
    if not values:
        return None
    return sorted(values)[max(ceil(share * len(values) - 1e-9), 1) - 1]


def with_misses(found: Sequence[Onset]) -> list[float]:
    """Return the latencies with every miss as an infinite one, so that it cannot hide."""
    return [inf if one.latency_s is None else one.latency_s for one in found]
