"""The figures as plain text, with a legend that says what each of them means."""

from __future__ import annotations

from collections.abc import Iterator

from ftms_bridge.app.evaluating.figures import SHARES, Figures, OnsetFigures
from ftms_bridge.app.evaluating.samples import Row
from ftms_bridge.motion.direction import Direction

LEGEND = """\
All figures are from simulation; a real machine can be worse.
seconds       rows: what was true (other: coasting, no load, sideways, beside the belt);
              columns: what was said, by measurement alone
error         wrong / decided (forward or backward said). For 3 s after a true change (2 s at 2 Hz,
              1.5 s from 4 Hz on) saying what was true before is latency, not error. In brackets:
              without that window. Both ways of saying it are wrong in rows other and stopped.
              Then the wrong seconds by row
coverage      decided / truly moving one way. Evident: where the mechanics show the way to
              an ideal observer of this drivetrain, outside blind cadences of crank angles
onset         from the true onset until the direction is first said, stretches of 10 s or longer;
              percentiles over those found. missed: not said before the next true change.
              held: the right word already stood there, not counted.
              with evidence: only stretches in which some came at some time
from evidence the same from the first evidence on; late: there was none at the onset
false flips   changes between forward and backward without a true change in the last 30 s
intervals     seconds that the back-dated record credits to an interval (30 s or longer, its
              direction said at some time) minus its true seconds: mean, and mean size
ECE           |share that was right - confidence|, 10 bins, weighted by seconds
reasons       share of the unknown seconds whose reason fits the situation; wrong ones are listed
outputs       how often forward or backward was begun to be said
sums          largest difference between the sums by direction and the totals of a session
cost          time in the core per notification; depends on this computer"""

_WORDS = (Direction.FORWARD, Direction.BACKWARD, Direction.STOPPED, Direction.UNKNOWN)
_SHOWN_REASONS = 4


def rig_lines(one: Figures) -> Iterator[str]:
    """Yield the table of one rig."""
    yield f"{one.rig}: {one.meaning} ({one.letter}, {one.expects})"
    yield f"  {one.rides} rides, {one.hours:.2f} h simulated"
    yield "  " + f"{'seconds':<14}" + "".join(f"{word.value:>11}" for word in _WORDS)
    for row in Row:
        counts = one.confusion_s[row.value]
        yield f"    {row.value:<12}" + "".join(f"{counts[word.value]:11.1f}" for word in _WORDS)
    strict = _percent(one.strict_error)
    yield f"  error         {_percent(one.selective_error)} ({strict}){_rows(one)}"
    yield (
        f"  coverage      {_percent(one.coverage)}, evident {_percent(one.evident_coverage)}; "
        f"{_percent(one.no_evidence_share)} of the moving time has no evidence"
    )
    for group in one.onsets:
        yield _onset_line(group)
    yield f"  held          {one.held_onsets}"
    yield f"  false flips   {one.false_flips} ({_number(one.false_flips_per_h)} per hour)"
    yield (
        f"  intervals     {one.intervals}, bias {_number(one.interval_bias_s, '+.2f')} s, "
        f"size {_number(one.interval_abs_s)} s"
    )
    yield f"  ECE           {_number(one.ece, '.4f')}"
    yield f"  reasons       {_percent(one.reason_correctness)} of {one.unknown_s:.0f} s{_odd(one)}"
    yield f"  outputs       {one.outputs}"
    yield f"  sums          {_percent(one.sums_error)}"
    yield f"  cost          {_number(one.us_per_notification, '.1f')} us"
    yield from _wrong_lines(one)


def _rows(one: Figures) -> str:
    wrong = [f"{row} {seconds:.1f} s" for row, seconds in one.wrong_s.items() if seconds > 0.0]
    return f"; wrong in {', '.join(wrong)}" if wrong else ""


def _onset_line(group: OnsetFigures) -> str:
    name = group.label if group.label.startswith(("from", "with")) else f"onset {group.label}"
    latencies = "  ".join(
        f"{share} {_number(group.latency_s[share], '.1f')}" for share, _ in SHARES
    )
    return f"  {name:<20}{latencies} s; {group.missed} of {group.onsets} missed"


def ride_line(name: str, seed: int, one: Figures) -> str:
    """Return the figures of one ride that tell whether it is worth a closer look."""
    missed = sum(
        group.missed for group in one.onsets if group.label == "all" or "Hz" in group.label
    )
    worst = max((group.latency_s["p99"] or 0.0 for group in one.onsets), default=0.0)
    return (
        f"  {name} {seed}: error {_percent(one.selective_error)}{_rows(one)}; coverage "
        f"{_percent(one.coverage)}; {missed} missed, slowest onset {worst:.1f} s; "
        f"{one.false_flips} false flips; {one.outputs} outputs"
    )


def _odd(one: Figures) -> str:
    shown = list(one.wrong_reasons_s.items())[:_SHOWN_REASONS]
    if not shown:
        return ""
    return "; wrong: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in shown)


def _wrong_lines(one: Figures) -> Iterator[str]:
    wrong = one.wrong
    if wrong is None:
        return
    yield (
        f"  wrong profile {wrong.wrong_s:.0f} s wrong, {wrong.undetected_s:.0f} s of them with "
        f"nothing that contradicts"
    )
    if wrong.contradictions:
        p50, p95 = _number(wrong.resolved_p50_s, ".1f"), _number(wrong.resolved_p95_s, ".1f")
        yield (
            f"    {wrong.contradictions} contradictions; taken back after p50 {p50} s, "
            f"p95 {p95} s, longest {wrong.longest_wrong_s:.1f} s"
        )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100.0 * share:.3f} %"


def _number(value: float | None, form: str = ".2f") -> str:
    return "-" if value is None else format(value, form)
