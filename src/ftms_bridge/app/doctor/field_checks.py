"""Fields that are not measured, or not what they are called: constants and duplicates; pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from statistics import quantiles
from typing import Final

from ftms_bridge.app.doctor.oddities import (
    CONSTANT,
    DERIVED,
    DUPLICATE,
    HEART_ZERO,
    LEAST_RECORDS,
    LEAST_SPAN_S,
    OUT_OF_RANGE,
    TOO_SHORT,
    Fix,
    Oddity,
    extent,
    oddity,
)
from ftms_bridge.app.doctor.recording_checks import COUNTERS
from ftms_bridge.app.doctor.tracks import Columns, Stream, Track
from ftms_bridge.gatt.layouts import DATA_CHARACTERISTICS

INSTANT: Final = ("speed_kmh", "cadence_rpm", "power_w", "steps_per_min", "stroke_rate_spm")
"""What changes when the rider does."""

MOVES_WITH_MOTION: Final = frozenset(
    {
        *INSTANT, "distance_m", "elapsed_s", "step_count", "stride_count", "stroke_count",
        "avg_speed_kmh", "avg_cadence_rpm", "avg_power_w", "avg_step_rate", "avg_stroke_rate_spm",
    }
)  # fmt: skip
"""A machine that measures these cannot show one value of them through a ride."""

BURNS: Final = frozenset({"energy_kcal", "energy_per_hour_kcal", "energy_per_min_kcal", "met"})
"""These move too, but slowly."""

SLOW_S: Final = 180.0
"""House choice: at 2 kcal/min, an easy walk, the energy moves six times in it."""

HEART: Final = "hr_bpm"

LEAST_DISTINCT: Final = 8
"""Different values before a field counts as moving; house choice."""

LEAST_SPREAD: Final = 0.3
"""From the slowest to the fastest tenth, over the middle; less is a steady ride. House choice."""

DERIVABLE: Final = frozenset(
    map(
        frozenset,
        (
            ("speed_kmh", "cadence_rpm"), ("speed_kmh", "power_w"), ("cadence_rpm", "power_w"),
            ("speed_kmh", "steps_per_min"), ("distance_m", "elapsed_s"),
            ("elapsed_s", "energy_kcal"), ("distance_m", "step_count"),
            ("distance_m", "stride_count"),
        ),
    )
)  # fmt: skip
"""Pairs that a machine with too few sensors computes from each other."""

LEAST_STEPS: Final = 20
"""Different values of both fields before proportion is more than chance; house choice."""

LIMITS: Final = {
    "speed_kmh": 100.0, "incline_pct": 40.0, "cadence_rpm": 250.0, "power_w": 2500.0,
    "hr_bpm": 240.0, "met": 30.0, "steps_per_min": 350.0, "energy_per_hour_kcal": 3000.0,
}  # fmt: skip
"""Beyond these nobody trains; house choices."""

RANGES: Final = {
    "speed_kmh": 0x2AD4, "incline_pct": 0x2AD5, "resistance": 0x2AD6, "power_w": 0x2AD8,
}  # fmt: skip
"""Where the machine says itself how far a field goes."""

RANGE_SLACK: Final = 1.05
TURN: Final = 1 << 16
OFTEN: Final = 0.2
LEAST_BEYOND: Final = 5
"""Values beyond a limit before it is told, and their share before it is the rule; house choices."""


def check_fields(columns: Columns, stream: Stream) -> Iterator[Oddity]:
    """Yield what is odd about single fields and pairs of them."""
    if len(stream.times) < LEAST_RECORDS or stream.span_s < LEAST_SPAN_S:
        what = (
            f"{len(stream.times)} records in {stream.span_s:.0f} s; fields are judged from "
            f"{LEAST_RECORDS} records in {LEAST_SPAN_S:.0f} s."
        )
        yield oddity(TOO_SHORT, stream, "", what)
        return
    yield from _check_constants(stream)
    yield from _check_pairs(stream)
    for track in stream.tracks.values():
        yield from _check_range(columns, stream, track)


def is_constant(track: Track) -> bool:
    """Say whether there is enough of a field, and all of it the same."""
    return len(track.values) >= LEAST_RECORDS and track.distinct == 1


def spread(track: Track) -> float:
    """Return how much a field varies: from the lowest to the highest tenth, over the middle."""
    tenths = quantiles(track.values, n=10)
    middle = abs(tenths[4])
    return (tenths[-1] - tenths[0]) / middle if middle else float(tenths[-1] > tenths[0])


def _check_constants(stream: Stream) -> Iterator[Oddity]:
    moving = _moving(stream)
    for name, track in stream.tracks.items():
        if not is_constant(track):
            continue
        value = track.values[0]
        if name == HEART and value == 0:
            yield oddity(HEART_ZERO, stream, name, f"0 in {extent(track)}.")
            continue
        others = [other for other in moving if other.name != name]
        if _must_move(track, others):
            named = ", ".join(
                f"{other.name} from {min(other.values):g} to {max(other.values):g}"
                for other in others
            )
            what = f"{value:g} in {extent(track)}, while {named}."
            fixes = _ignore(stream, name)
            yield oddity(CONSTANT, stream, name, what, fixes=fixes)


def _moving(stream: Stream) -> list[Track]:
    """Return the fields that prove motion."""
    counters = ("distance_m", "step_count", "stride_count", "stroke_count")
    tracks = [stream.tracks[name] for name in (*INSTANT, *counters) if name in stream.tracks]
    return [track for track in tracks if track.distinct >= LEAST_DISTINCT]


def _must_move(track: Track, others: list[Track]) -> bool:
    slow = track.name in BURNS or track.name == HEART
    if slow and track.span_s < SLOW_S:
        return False
    if track.values[0] == 0 or track.name in COUNTERS:
        return bool(others) and track.name in MOVES_WITH_MOTION | BURNS
    if track.name not in MOVES_WITH_MOTION | BURNS | {HEART}:
        return False
    # a steady value is proof only when the ride was not steady
    return any(other.name in INSTANT and spread(other) > LEAST_SPREAD for other in others)


def _ignore(stream: Stream, name: str) -> tuple[Fix, ...]:
    if stream.characteristic not in DATA_CHARACTERISTICS:
        return ()
    return (Fix(stream.characteristic, name, ignored=True),)


def _check_pairs(stream: Stream) -> Iterator[Oddity]:
    tracks = [track for track in stream.tracks.values() if track.distinct >= LEAST_DISTINCT]
    for one, other in combinations(tracks, 2):
        if one.times != other.times or len(one.times) < LEAST_RECORDS or other.row.shares:
            continue
        if one.raw == other.raw:
            yield _duplicate(stream, one, other)
        elif frozenset((one.name, other.name)) in DERIVABLE:
            yield from _check_proportion(stream, one, other)


def _duplicate(stream: Stream, one: Track, other: Track) -> Oddity:
    what = f"Its raw numbers are those of {other.name} in all of {extent(one)}."
    fixes: tuple[Fix, ...] = ()
    counted = [track for track in (one, other) if track.name in COUNTERS]
    if len(counted) == 1 and all(later >= earlier for earlier, later in pairwise(one.raw)):
        copy = other if counted[0] is one else one
        what += f" They only grow, so {copy.name} is the copy."
        fixes = _ignore(stream, copy.name)
    return oddity(DUPLICATE, stream, one.name, what, fixes=fixes)


def _check_proportion(stream: Stream, one: Track, other: Track) -> Iterator[Oddity]:
    if min(one.distinct, other.distinct) < LEAST_STEPS:
        return
    speed = stream.tracks.get("speed_kmh")
    counted = one.name in COUNTERS
    if counted and (speed is None or spread(speed) <= LEAST_SPREAD):
        return  # at a steady pace all counters grow in proportion
    squares = sum(value * value for value in one.values)
    factor = sum(a * b for a, b in zip(one.values, other.values, strict=True)) / squares
    slack = (one.row.resolution * abs(factor) + other.row.resolution) * 1.05
    if max(other.values) - min(other.values) < LEAST_STEPS * slack:
        return  # too coarse to tell
    pairs = zip(one.values, other.values, strict=True)
    if all(abs(b - factor * a) <= slack for a, b in pairs):
        what = f"{other.name} is {factor:.4g} times this in all of {extent(one)}."
        yield oddity(DERIVED, stream, one.name, what)


def _check_range(columns: Columns, stream: Stream, track: Track) -> Iterator[Oddity]:
    limit = LIMITS.get(track.name)
    basis = "nobody goes beyond"
    own = columns.find(RANGES.get(track.name, 0), stream.source)
    said = own.tracks["max"].values if own and "max" in own.tracks else []
    if said and said[-1] > 0:
        limit, basis = said[-1], "the machine says it goes to"
    if limit is None:
        return
    beyond = [value for value in track.values if abs(value) > limit * RANGE_SLACK]
    if len(beyond) < LEAST_BEYOND:
        return
    most = max(beyond, key=abs)
    what = f"Up to {most:g} in {len(beyond)} of {extent(track)}; {basis} {limit:g}."
    told, fixes = _explain_range(stream, track, beyond, limit * RANGE_SLACK)
    yield oddity(OUT_OF_RANGE, stream, track.name, f"{what} {told}", fixes=fixes)


def _explain_range(
    stream: Stream, track: Track, beyond: list[float], limit: float
) -> tuple[str, tuple[Fix, ...]]:
    moving = sum(1 for value in track.values if value != 0)
    if len(beyond) < OFTEN * moving:
        return "So few may be damaged records.", ()
    step = track.row.resolution
    turned = [value - TURN * step for value in beyond]
    if track.row.width == "uint16" and all(-limit <= value < 0 for value in turned):
        told = f"As negative numbers they go down to {min(turned):g}: the other direction, maybe."
        return f"{told} A quirk profile cannot express that.", ()
    most = max(beyond, key=abs) / 10
    if track.name not in RANGES or abs(most) > limit:
        return "No usual factor explains it.", ()
    told = f"A tenth, {most:g}, could be; the display tells the true factor."
    if stream.characteristic not in DATA_CHARACTERISTICS:
        return told, ()
    return told, (Fix(stream.characteristic, track.name, resolution=round(step / 10, 10)),)
