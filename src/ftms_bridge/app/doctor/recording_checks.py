"""Whole records and their order: lengths, rate, gaps, counters, moments of nothing; pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ftms_bridge.app.doctor.oddities import (
    COUNTER_FELL,
    COUNTER_JUMPED,
    COUNTER_RESET,
    EXTRA_BYTES,
    GAPS,
    RECORDS_CUT,
    ZERO_BLIPS,
    Fix,
    Oddity,
    oddity,
)
from ftms_bridge.app.doctor.tracks import Stream, Track
from ftms_bridge.gatt.fields import Layout
from ftms_bridge.gatt.layouts import DATA_CHARACTERISTICS
from ftms_bridge.gatt.shapes import DEFAULT_CUT_BYTES
from ftms_bridge.measurement.counters import (
    DISTANCE_M,
    ELAPSED_S,
    ENERGY_KCAL,
    STEPS,
    Change,
    Counter,
    CounterKind,
)

COUNTERS: Final = {
    "distance_m": DISTANCE_M,
    "elapsed_s": ELAPSED_S,
    "energy_kcal": ENERGY_KCAL,
    "step_count": STEPS,
    "stride_count": CounterKind(6554, STEPS.max_rate, STEPS.slack),  # uint16 in steps of 0.1
    "stroke_count": CounterKind(1 << 16, STEPS.max_rate, STEPS.slack),
}
"""How each counter of a machine behaves, in its unit."""

LEAST_CUT: Final = 3
"""So many records must be cut at one length before it is taken for a habit; house choice."""

MOTION_KMH: Final = 1.0
"""Below this a speed of 0 is no surprise; house choice."""

BLIP_RECORDS: Final = 2
"""A speed of 0 in so many records in a row is a blip, in more of them a stop; house choice."""

MOST_TIMES: Final = 5
"""Times that are named in one sentence."""

_WORDS: Final = {
    Change.RESET: (COUNTER_RESET, "began anew"),
    Change.FELL: (COUNTER_FELL, "went back"),
    Change.JUMPED: (COUNTER_JUMPED, "jumped"),
}


def check_lengths(stream: Stream) -> Iterator[Oddity]:
    """Yield what is cut and what is too long."""
    total = len(stream.times)
    if stream.cut:
        cut = sum(stream.cut.values())
        lengths = sorted({length for length, _ in stream.cut})
        missing = sorted({name for _, names in stream.cut for name in names})
        what = f"{cut} of {total} records end after {_row(lengths)} bytes, without {_row(missing)}."
        yield oddity(RECORDS_CUT, stream, "", what, fixes=_cut_fix(stream, cut, lengths))
    if stream.extra:
        surplus = sum(stream.extra.values())
        sizes = sorted({extra for _, extra in stream.extra})
        what = f"{surplus} of {total} records have {_row(sizes)} bytes too many. {_hidden(stream)}"
        yield oddity(EXTRA_BYTES, stream, "", what.rstrip())


def _cut_fix(stream: Stream, cut: int, lengths: list[int]) -> tuple[Fix, ...]:
    """Return the fix for a machine that always cuts at the length of the default ATT MTU."""
    always = lengths == [DEFAULT_CUT_BYTES] and cut >= LEAST_CUT
    if not always or stream.characteristic not in DATA_CHARACTERISTICS:
        return ()
    return (Fix(stream.characteristic, cut_at=DEFAULT_CUT_BYTES),)


def _hidden(stream: Stream) -> str:
    """Say which fields would fill the surplus if they were sent without their flag."""
    layout = stream.codec.layout
    if not isinstance(layout, Layout):
        return ""
    fitting: set[str] = set()
    for flags, extra in stream.extra:
        bits = {row.bit for row in layout.fields if row.bit and not row.is_present(flags)}
        for bit in bits:
            rows = [row for row in layout.fields if row.bit == bit]
            if sum(row.size for row in rows) == extra:
                fitting.add("+".join(row.name for row in rows))
    return (
        f"By their size these may be sent undeclared: {_row(sorted(fitting))}." if fitting else ""
    )


def check_gaps(stream: Stream) -> Iterator[Oddity]:
    """Yield how often nothing came although the link said nothing."""
    gaps = [
        (later - earlier, earlier)
        for earlier, later in pairwise(stream.times)
        if later - earlier > stream.gap_s and not stream.is_broken(earlier, later)
    ]
    if gaps:
        longest_s, at = max(gaps)
        what = (
            f"{len(gaps)} in {stream.span_s:.0f} s, the longest {longest_s:.1f} s at {at:.1f} s; "
            f"usually a record comes every {stream.interval_s:.2f} s."
        )
        yield oddity(GAPS, stream, "", what)


def check_counters(stream: Stream) -> Iterator[Oddity]:
    """Yield where counters did not count on."""
    for name, kind in COUNTERS.items():
        track = stream.tracks.get(name)
        if track is not None:
            yield from _check_counter(stream, track, kind)


def _check_counter(stream: Stream, track: Track, kind: CounterKind) -> Iterator[Oddity]:
    counter = Counter(kind)
    places: dict[Change, list[float]] = {}
    last_at = track.times[0]
    for at, value in zip(track.times, track.values, strict=True):
        if at - last_at > stream.gap_s or stream.is_broken(last_at, at):
            counter.rebase()
        places.setdefault(counter.receive(int(value), at), []).append(at)
        last_at = at
    for change, (cause, word) in _WORDS.items():
        times = places.get(change, [])
        if times:
            named = ", ".join(f"{at:.1f} s" for at in times[:MOST_TIMES])
            more = " ..." if len(times) > MOST_TIMES else ""
            count = _times(len(times))
            yield oddity(cause, stream, track.name, f"It {word} {count}: at {named}{more}.")


def check_blips(stream: Stream) -> Iterator[Oddity]:
    """Yield how often the speed was 0 for a moment between two moments of full motion."""
    track = stream.tracks.get("speed_kmh")
    if track is None:
        return
    blips = []
    zeros = 0
    before = 0.0
    for at, value in zip(track.times, track.values, strict=True):
        if value == 0:
            zeros += 1
            continue
        if 0 < zeros <= BLIP_RECORDS and value > MOTION_KMH and before > MOTION_KMH:
            blips.append(at)
        zeros, before = 0, value
    if blips:
        what = f"{_times(len(blips))} in {track.span_s:.0f} s, first before {blips[0]:.1f} s."
        yield oddity(ZERO_BLIPS, stream, track.name, what)


def _row(items: list[str] | list[int]) -> str:
    return ", ".join(map(str, items))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
