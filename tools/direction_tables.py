"""The tables of docs/direction.md: from the code, and from the last evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from ftms_bridge.app.evaluating.bars import Bar
from ftms_bridge.app.evaluating.figures import SHARES, Figures, OnsetFigures
from ftms_bridge.app.evaluating.wrong import CASES
from ftms_bridge.motion.channels.table import CHANNELS
from ftms_bridge.motion.declaration import HOLDS_S
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.estimator import STILL_DOUBTED_S, STOPPED_AFTER_S
from ftms_bridge.motion.evidence import DECIDES, ChannelKind
from ftms_bridge.motion.fusion import CONFLICT_S, SURE
from ftms_bridge.motion.gate import DIP_LEFT, DIP_LOST_PER_S, GAP_S
from ftms_bridge.motion.posterior import (
    GIVES_UP,
    PERSISTS_LONG_S,
    SURE_LEANT,
    SURE_PERSISTING,
    SURE_STATED,
    SURE_UNPROVEN,
)
from ftms_bridge.motion.reason_words import REASON_WORDS
from markdown_table import table

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "direction-eval"
CALIBRATED: Final = "calibrated"
UNCALIBRATED: Final = "uncalibrated"
NOTHING: Final = "-"
SHOWN_REASONS: Final = 3
LONGEST_WRONG_S: Final = 10.0
"""How long a wrong word may stand after something contradicts it."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What ``ftms-bridge eval direction --out`` writes."""

    simulated: bool
    seeds: tuple[int, int]
    minutes: float
    calibrated: bool
    wrong: str | None
    rigs: list[Figures]
    bars: list[Bar]


@cache
def evaluation(name: str) -> Evaluation:
    """Return the last evaluation of that name; a ValidationError means: make it anew."""
    found = TypeAdapter(Evaluation).validate_json((FOLDER / f"{name}.json").read_bytes())
    assert found.simulated
    assert (found.wrong or CALIBRATED) == name or not found.calibrated
    return found


def channels() -> str:
    """Return what each channel looks at, and when it is wrong."""
    rows = [[f"`{one.name}`", one.meaning, one.fails, one.reference] for one in CHANNELS]
    return table(["channel", "looks at", "wrong or silent", "source"], rows)


def channel_strengths() -> str:
    """Return how strongly each channel speaks, in log-odds."""
    head = [
        "channel", "backward", "forward", "forward later", "each way, proven", "most",
        "most, proven", "decides alone", "held for", "counts for",
    ]  # fmt: skip
    return table(head, [_strengths(one) for one in CHANNELS])


def _strengths(one: ChannelKind) -> list[str]:
    levels = (
        one.backward, one.forward, one.forward_later, one.proven, one.cap, one.cap_proven,
    )  # fmt: skip
    fresh = "until it changes" if one.fresh_s == float("inf") else f"{one.fresh_s:g} s"
    return [
        f"`{one.name}`", *(f"{level:g}" for level in levels),
        _decides(one), "2 samples" if one.explicit else f"{one.held_s:g} s", fresh,
    ]  # fmt: skip


def _decides(one: ChannelKind) -> str:
    if one.cap >= DECIDES and max(one.backward, one.forward) > 0.0:
        return "also unproven"
    return "proven" if one.cap_proven >= DECIDES else "never"


def reasons() -> str:
    """Return what each reason means, and what helps."""
    rows = [[f"`{one.value}`", said.meaning, said.remedy] for one, said in REASON_WORDS.items()]
    return table(["reason", "what is the matter", "what helps"], rows)


def rules() -> str:
    """Return the numbers by which a direction is said and taken back."""
    rows = [
        ("a direction is said from log-odds of", f"{DECIDES:g} ({_odds(DECIDES)})"),
        ("taken back below", f"{GIVES_UP:g} ({_odds(GIVES_UP)})"),
        ("largest sum of log-odds", f"{SURE:g}"),
        ("proven sensors contradict each other: `conflicting_evidence` after", f"{CONFLICT_S:g} s"),
        ("no motion: nothing is said any more after", f"{STILL_DOUBTED_S:g} s"),
        ("no motion: `stopped` after", f"{STOPPED_AFTER_S:g} s"),
        ("silence in which a reversal can have been missed", f"{GAP_S:g} s"),
        ("a dip: reading below this share of its mean, by smoothing", _dips()),
        ("highest confidence: proven and stated, proven, unproven",
         f"{SURE_STATED:g}, {SURE_LEANT:g}, {SURE_UNPROVEN:g}"),
        ("highest confidence without fresh evidence",
         f"{SURE_PERSISTING:g} after {PERSISTS_LONG_S:g} s"),
        ("a declaration holds on a drive that needs no stop to reverse", f"{HOLDS_S:g} s"),
    ]  # fmt: skip
    return table(("rule", "value"), rows)


def _odds(llr: float) -> str:
    return f"{100.0 / (1.0 + exp(-llr)):.0f} %"


def _dips() -> str:
    return ", ".join(
        f"{1.0 - DIP_LEFT / (1.0 + DIP_LOST_PER_S * smoothing_s):.2f} at {smoothing_s} s"
        for smoothing_s in (1, 3, 5)
    )


def said() -> str:
    """Return how often the right way was said, and how often a wrong one."""
    found = evaluation(CALIBRATED)
    head = [
        "rig", "hours", "error", "without window", "coverage", "evident coverage", "no evidence",
        "words", "false flips",
    ]  # fmt: skip
    rows = [
        [
            f"`{one.rig}`", f"{one.hours:.1f}", percent(one.selective_error, 3),
            percent(one.strict_error, 3), percent(one.coverage), percent(one.evident_coverage),
            percent(one.no_evidence_share), str(one.outputs), str(one.false_flips),
        ]
        for one in found.rigs
    ]  # fmt: skip
    return f"{_caption(found)}\n\n{table(head, rows)}"


def onsets() -> str:
    """Return how long it takes until a direction is said."""
    found = evaluation(CALIBRATED)
    shares = [name for name, _ in SHARES]
    rows = [
        [f"`{one.rig}`", group.label, str(group.onsets), str(group.missed), *_times(group)]
        for one in found.rigs
        for group in one.onsets
        if one.outputs and group.onsets and group.label != "from late evidence"
    ]
    head = ["rig", "counted", "onsets", "missed", *(f"{share}, s" for share in shares)]
    return f"{_caption(found)}\n\n{table(head, rows)}"


def _times(group: OnsetFigures) -> Iterator[str]:
    for name, _ in SHARES:
        yield number(group.latency_s[name], ".1f")


def record() -> str:
    """Return how right the record, the confidence and the reasons are."""
    found = evaluation(CALIBRATED)
    head = [
        "rig", "intervals", "bias, s", "size, s", "ECE", "reasons that fit", "commonest reasons",
        "sums", "cost, µs",
    ]  # fmt: skip
    rows = [
        [
            f"`{one.rig}`", str(one.intervals), number(one.interval_bias_s, "+.2f"),
            number(one.interval_abs_s, ".2f"), number(one.ece, ".4f"),
            percent(one.reason_correctness), _commonest(one), percent(one.sums_error, 3),
            number(one.us_per_notification, ".0f"),
        ]
        for one in found.rigs
    ]  # fmt: skip
    return f"{_caption(found)}\n\n{table(head, rows)}"


def _commonest(one: Figures) -> str:
    if not one.unknown_s:
        return NOTHING
    shown = list(one.reasons_s.items())[:SHOWN_REASONS]
    return ", ".join(
        f"`{name}` {percent(seconds / one.unknown_s, 0)}" for name, seconds in shown if seconds
    )


def confusion() -> str:
    """Return minutes by what was true and what was said."""
    found = evaluation(CALIBRATED)
    words = [one.value for one in Direction]
    rows = [
        [f"`{one.rig}`", true, *(f"{seconds[word] / 60.0:.2f}" for word in words)]
        for one in found.rigs
        for true, seconds in one.confusion_s.items()
        if sum(seconds.values()) > 0.0
    ]
    head = ["rig", "true", *(f"said {word}, min" for word in words)]
    return f"{_caption(found)}\n\n{table(head, rows)}"


def bars() -> str:
    """Return what the direction had to reach, and whether it did."""
    found = evaluation(CALIBRATED)
    met = sum(bar.met for bar in found.bars)
    rows = [
        [f"`{bar.rig}`", bar.name, _limit(bar), _reached(bar), "yes" if bar.met else "**no**"]
        for bar in found.bars
    ]
    head = ["rig", "what", "wanted", "reached", "met"]
    text = f"{_caption(found)} {met} of {len(found.bars)} bars are met."
    return f"{text}\n\n{table(head, rows)}"


def _limit(bar: Bar) -> str:
    return f"{'at least' if bar.at_least else 'at most'} {bar.limit:g}"


def _reached(bar: Bar) -> str:
    return "never" if bar.value is None else f"{bar.value:.4g}"


def uncalibrated() -> str:
    """Return what is said of machines that were never calibrated."""
    found = evaluation(UNCALIBRATED)
    rows = [
        [
            f"`{one.rig}`", str(one.outputs), percent(one.selective_error, 3),
            percent(one.coverage), _commonest(one),
        ]
        for one in found.rigs
    ]  # fmt: skip
    head = ["rig", "words", "error", "coverage", "commonest reasons"]
    return f"{_caption(found)}\n\n{table(head, rows)}"


def wrong() -> str:
    """Return what a wrong profile leads to."""
    head = [
        "what is wrong", "rig", "hours", "coverage", "wrong, s", "nothing contradicts, s",
        "contradictions", "taken back p50, s", "p95, s", "longest, s", "within 10 s",
    ]  # fmt: skip
    found = [evaluation(case) for case in CASES]
    rows = [
        row
        for case, one in zip(CASES, found, strict=True)
        for rig in one.rigs
        for row in _wrong(case, rig)
    ]
    return f"{_caption(found[0])}\n\n{table(head, rows)}"


def _wrong(case: str, one: Figures) -> Iterator[list[str]]:
    found = one.wrong
    if found is None:
        return
    longest_s = found.longest_wrong_s if found.contradictions else None
    in_time = NOTHING if longest_s is None else "yes" if longest_s <= LONGEST_WRONG_S else "**no**"
    yield [
        f"`{case}`", f"`{one.rig}`", f"{one.hours:.1f}", percent(one.coverage),
        f"{found.wrong_s:.0f}", f"{found.undetected_s:.0f}", str(found.contradictions),
        number(found.resolved_p50_s, ".1f"), number(found.resolved_p95_s, ".1f"),
        number(longest_s, ".1f"), in_time,
    ]  # fmt: skip


def _caption(found: Evaluation) -> str:
    """Return where the figures come from; the same words everywhere."""
    first, after = found.seeds
    return (
        f"From simulation: seeds {first} to {after - 1}, "
        f"{after - first} machines per rig, {found.minutes:g} min each."
    )


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share, or a dash where there is nothing to divide by."""
    return NOTHING if share is None else f"{100.0 * share:.{digits}f} %"


def number(value: float | None, form: str) -> str:
    """Return a number, or a dash."""
    return NOTHING if value is None else format(value, form)


DIRECTION_SECTIONS: Final[dict[str, Callable[[], str]]] = {
    "channels": channels,
    "channel-strengths": channel_strengths,
    "reasons": reasons,
    "rules": rules,
    "eval-said": said,
    "eval-onsets": onsets,
    "eval-record": record,
    "eval-confusion": confusion,
    "eval-bars": bars,
    "eval-uncalibrated": uncalibrated,
    "eval-wrong": wrong,
}
