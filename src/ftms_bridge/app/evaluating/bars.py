"""The bars that the direction has to clear in simulation, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ftms_bridge.app.evaluating.figures import Figures, OnsetFigures

FAST_HZ: Final = 4.0
"""From this rate on the tighter bar of latency applies."""

NULL: Final = "null"
HEAVY_RIG: Final = "freewheel_heavy"
"""A rig with bars of its own: its wheel rolls on for long."""

LIMIT: Final = "limit"
"""Rigs that show what cannot be known: they are measured and have no bars."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``value`` must not exceed ``limit``, or must reach it when ``at_least``.

    value: None when there was nothing to measure: then the bar is missed, because a rig that never
    says anything must not pass where something is expected of it.
    """

    rig: str
    name: str
    value: float | None
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Say whether the bar is cleared."""
        if self.value is None:
            return False
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def bars_of(one: Figures) -> Iterator[Bar]:
    """Yield the bars of one rig, by what is expected of it."""
    if one.expects == NULL:
        yield Bar(one.rig, "measured forward or backward outputs", float(one.outputs), 0.0)
        yield from _sums(one)
        return
    if one.expects == LIMIT:
        return
    if one.wrong is not None:
        yield from _wrong_profile(one)
        return
    yield from _SPECIAL[one.expects](one)
    yield Bar(one.rig, "calibration error", one.ece, 0.05)
    yield Bar(one.rig, "false flips in 10 h, at least 1", float(one.false_flips), _flips(one))
    bias = None if one.interval_bias_s is None else abs(one.interval_bias_s)
    yield Bar(one.rig, "interval-minute bias, s", bias, 2.0)
    yield from _sums(one)


def _flips(one: Figures) -> float:
    """Return how many false flips are allowed: one in ten hours, one in a shorter run too."""
    return max(one.hours / 10.0, 1.0)


def _sums(one: Figures) -> Iterator[Bar]:
    if one.sums_error is not None:
        yield Bar(one.rig, "sums by direction against totals", one.sums_error, 0.001)


def _explicit(one: Figures) -> Iterator[Bar]:
    yield Bar(one.rig, "selective error", one.selective_error, 0.001)
    yield Bar(one.rig, "evident coverage", one.evident_coverage, 0.98, at_least=True)
    for group in one.onsets:
        rate_hz, _, unit = group.label.partition(" ")
        if unit == "Hz":
            limit_s = 1.5 if float(rate_hz) >= FAST_HZ else 3.0
            yield Bar(one.rig, f"p95 onset at {group.label}, s", _latency(group, "p95"), limit_s)


def _freewheel(one: Figures) -> Iterator[Bar]:
    if one.rig != HEAVY_RIG:
        yield Bar(one.rig, "selective error", one.selective_error, 0.01)
        yield Bar(one.rig, "evident coverage", one.evident_coverage, 0.95, at_least=True)
        return
    yield Bar(one.rig, "selective error", one.selective_error, 0.02)
    for group in one.onsets:
        if group.label == "with evidence":
            yield Bar(one.rig, "p90 onset with evidence, s", _latency(group, "p90"), 20.0)


def _usual(one: Figures) -> Iterator[Bar]:
    yield Bar(one.rig, "selective error", one.selective_error, 0.02)


def _latency(group: OnsetFigures, share: str) -> float | None:
    """Return a percentile in which a miss counts as never."""
    return group.latency_with_misses_s[share]


_SPECIAL: Final[dict[str, Callable[[Figures], Iterator[Bar]]]] = {
    "explicit": _explicit,
    "freewheel": _freewheel,
    "meter": _usual,
    "pod": _usual,
}


def _wrong_profile(one: Figures) -> Iterator[Bar]:
    wrong = one.wrong
    if wrong is not None and wrong.contradictions:
        yield Bar(one.rig, "longest wrong word after a contradiction, s", wrong.longest_wrong_s, 10)


def bar_line(bar: Bar) -> str:
    """Return a bar as a line of text."""
    value = "nothing measured" if bar.value is None else f"{bar.value:.5g}"
    relation = "at least" if bar.at_least else "at most"
    word = "met   " if bar.met else "MISSED"
    return f"{word} {bar.rig}: {bar.name} {value}, {relation} {bar.limit:g}"
