"""An explanation in plain words, for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from ftms_bridge.app.calibration_words import reading_line
from ftms_bridge.app.explaining.advice import advice
from ftms_bridge.app.explaining.moment import Change, ChannelRow, Explanation, Label, Moment
from ftms_bridge.app.explaining.onlooker import LABEL_CHANGED
from ftms_bridge.app.explaining.tellings import telling
from ftms_bridge.dashboard.ways import REASONS
from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate, Reason
from ftms_bridge.motion.evidence import DECIDES
from ftms_bridge.motion.profile import Drivetrain

WIDEST: Final = 79
"""A terminal of 80 columns, with a place for the cursor."""

LAST_CHANGES: Final = 8
"""So many changes are shown before a moment (house choice: they fit on one screen with it)."""

LONGEST_LABEL: Final = 10
"""House choice: words of others are cut; `backward` has 8 letters."""

AGED_S: Final = 99.95
"""From here on tenths of a second are not shown."""

_UNWEIGHED: Final = frozenset(
    {Reason.EVIDENCE_STALE, Reason.PARSE_UNCERTAIN, Reason.BELOW_MIN_SPEED}
)

_DRIVES: Final = {
    Drivetrain.UNKNOWN: "not known",
    Drivetrain.FREEWHEEL: "a freewheel",
    Drivetrain.FIXED: "fixed, pedals and wheel turn together",
    Drivetrain.BELT: "a belt that runs one way",
    Drivetrain.REVERSIBLE_BELT: "a belt that runs both ways",
}


def moment_lines(explanation: Explanation, moment: Moment) -> list[str]:
    """Return why it says what it says at one instant."""
    lines = [*_wrapped(_head(explanation, moment)), ""]
    for text in (*_verdict(moment), *_ground(moment)):
        lines += _wrapped(text, hanging="  ")
    lines += ["", "Channels of this machine (+ speaks for backward, - for forward):"]
    lines += channel_lines(moment.channels)
    lines += ["", "What would help:"]
    for text in advice(explanation, moment):
        lines += _wrapped(text, first="  - ", hanging="    ")
    lines += ["", "The last changes before:"]
    return _printable(lines + change_lines(explanation.changes[-LAST_CHANGES:]))


def timeline_lines(explanation: Explanation) -> list[str]:
    """Return everything that happened to the direction, a line each."""
    spec = explanation.machine
    head = f"{spec.id} ({spec.kind.value.replace('_', ' ')}), {clock(explanation.ends_s)} in all"
    hint = "Why at one of them: add --at and its time."
    return _printable([head, "", *change_lines(explanation.changes), "", hint])


def change_lines(changes: Iterable[Change]) -> list[str]:
    """Return a line per change: time, what happened, and what the rider really did."""
    lines = []
    for change in changes:
        known = None if change.kind == LABEL_CHANGED else change.label
        label = "" if known is None else f"[{_cut(known.word, LONGEST_LABEL)}]"
        left = f"{change.at_s:9.1f} {clock(change.at_s):>9}  "
        room = WIDEST - len(left) - max(len(label), 10) - 1
        lines.append(f"{left}{_cut(telling(change), room):<{room}} {label}".rstrip())
    return lines or ["  none"]


def channel_lines(rows: Iterable[ChannelRow]) -> list[str]:
    """Return the table of channels, with a note below a row where there is one."""
    lines = [
        f"  {'channel':<22} {'source':<16} {'says':<9} {'odds':>5} {'most':>4} {'age':>6}  state"
    ]
    for row in rows:
        age = "-" if row.age_s is None else f"{row.age_s:.{int(row.age_s < AGED_S)}f} s"
        odds = f"{row.llr:+.1f}" if row.llr else "0"
        lines.append(
            f"  {row.channel:<22} {_cut(row.source, 16):<16} {_cut(_value(row), 9):<9} "
            f"{odds:>5} {row.cap:>4.1f} {_cut(age, 6):>6}  {row.trust}"
        )
        notes = "; ".join(_notes(row))
        if notes:
            lines += _wrapped(notes, first="      ", hanging="      ")
    return lines


def clock(seconds: float) -> str:
    """Return seconds as minutes:seconds, or hours:minutes:seconds."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def label_words(label: Label) -> str:
    """Return what a recording says the rider really did."""
    if label.kind == "label":
        return f"{label.word} (a label that somebody set at {label.at_s:.1f} s)"
    if label.evident is None:
        return f"{label.word} (truth of a simulation)"
    shown = "the mechanics show it" if label.evident else "nothing in the mechanics shows it"
    return f"{label.word} (truth of a simulation; {shown})"


def _head(explanation: Explanation, moment: Moment) -> str:
    when = f"{moment.at_s:.1f} s ({clock(moment.at_s)})"
    label = "" if moment.time is None else f", {moment.time}"
    shows = reading_line(moment.reading)
    shown = f", and shows {shows.replace('   ', ', ')}" if shows else ""
    return f"{explanation.machine.id} at {when}{label}: {moment.availability}{shown}."


def _verdict(moment: Moment) -> Iterator[str]:
    """Yield what is said, what was declared, and what was really done."""
    estimate = moment.estimate
    yield f"It says {_estimate_words(estimate)}."
    if estimate.direction is not Direction.UNKNOWN and estimate.onset_uncertainty_s:
        yield (
            f"  Since {_when(estimate.since)}; the true onset lies within "
            f"{estimate.onset_uncertainty_s:.1f} s of it."
        )
    else:
        yield f"  Since {_when(estimate.since)}."
    if moment.declared is not None:
        until = moment.declared_until
        ends = "with the next stop" if until is None else f"at {_when(until)}"
        yield f"Declared: {moment.declared.direction.value}; that ends {ends}."
        yield f"Evidence alone says {_estimate_words(moment.measured)}."
    if moment.label is not None:
        yield f"Really: {label_words(moment.label)}."


def _estimate_words(estimate: DirectionEstimate) -> str:
    word = estimate.direction.value.upper()
    if estimate.reason is not None:
        reason = estimate.reason.value
        return f"{word}, {reason}: {REASONS.get(reason, reason)}"
    basis = "declared, not measured" if estimate.basis is DirectionBasis.DECLARED else "measured"
    sure = "" if estimate.confidence is None else f", confidence {estimate.confidence:g}"
    return f"{word}, {basis}{sure}"


def _ground(moment: Moment) -> Iterator[str]:
    """Yield what the verdict rests on besides the channels."""
    if is_unweighed(moment):
        yield "Evidence is not weighed while nothing moves, or nothing can be believed."
    else:
        yield _sum(moment)
    yield from _proven(moment)


def _sum(moment: Moment) -> str:
    return (
        f"Evidence adds up to {moment.total:+.1f} (too old is left out); from {DECIDES:.0f} on, "
        "either way, a direction is said when that lasts."
    )


def is_unweighed(moment: Moment) -> bool:
    """Say whether the sum of the evidence is not renewed at that moment."""
    return moment.measured.direction is Direction.STOPPED or moment.measured.reason in _UNWEIGHED


def _proven(moment: Moment) -> Iterator[str]:
    """Yield what is known of the drive, and by which profile."""
    profile = moment.profile
    proven = profile is not None and profile.drivetrain is moment.drivetrain
    origin = (
        "" if moment.drivetrain is Drivetrain.UNKNOWN else ", proven" if proven else ", assumed"
    )
    yield f"Drive: {_DRIVES[moment.drivetrain]}{origin}. {_gate(moment)}"
    if profile is None:
        yield "Profile: none, so nothing is proven."
    elif moment.mismatch is not None:
        what, found = moment.mismatch.what, moment.mismatch.found
        yield f"Profile: void, because the machine says another {what} ({_cut(found, 40)})."
    else:
        says = [one for one in (profile.manufacturer, profile.model, profile.firmware) if one]
        yield f"Profile: for {', '.join(says) or 'a machine that says nothing of itself'}."


def _gate(moment: Moment) -> str:
    if not moment.needs_stop:
        return "Nobody must stop to turn round, so only fresh evidence counts."
    opened = _when(moment.open_since)
    if moment.measured.direction in {Direction.FORWARD, Direction.BACKWARD}:
        return (
            "To turn round takes a stop or a dip of what it shows, so this holds until the next "
            f"one. It could last have turned at {opened}."
        )
    return f"To turn round takes a stop or a dip; it can have turned since {opened}."


def _value(row: ChannelRow) -> str:
    if row.age_s is None:
        return "-" if row.trust == "mute" else "none yet"
    if row.value is None:
        return "-"
    return row.value if isinstance(row.value, str) else f"{row.value:.4g}"


def _notes(row: ChannelRow) -> Iterator[str]:
    """Yield what keeps a channel that was heard from counting in full."""
    if row.trust == "mute":
        yield "calibration found that it says the same both ways: not listened to"
        return
    if row.age_s is None:
        return
    if row.note is not None:
        yield f"{row.note}: {REASONS.get(row.note, row.note)}"
    if row.is_swapped:
        yield "mounted the other way round: forward and backward are exchanged"
    if row.llr and row.age_s > row.fresh_s:
        yield f"older than {row.fresh_s:.0f} s: counts only where a direction holds until a stop"
    if row.cap == 0.0:
        yield "worth nothing until calibrated"
    elif row.is_hint:
        yield "a hint: it cannot decide alone"
    elif row.forward_must_wait and row.llr == 0.0:
        yield "uncalibrated, its forward counts only once it was seen to say backward"


def _when(at_s: float) -> str:
    return f"{at_s:.1f} s ({clock(at_s)})"


def _printable(lines: Iterable[str]) -> list[str]:
    """Return lines that a terminal only shows: some of it was written by machines and files."""
    return ["".join(one if one.isprintable() else "?" for one in line) for line in lines]


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}~"


def _wrapped(text: str, *, first: str = "", hanging: str = "") -> list[str]:
    indent = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text.lstrip(), WIDEST, initial_indent=first + indent, subsequent_indent=hanging + indent
    )
