"""A calibration in plain words: the prompts on the way, and what is known at the end."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.calibration import CalibrationResult, Reading
from ftms_bridge.motion.calibration_wizard import Prompt
from ftms_bridge.motion.channels.table import CHANNELS
from ftms_bridge.motion.evidence import DECIDES
from ftms_bridge.motion.profile import (
    ChannelProof,
    DirectionProfile,
    Drivetrain,
    SpeedSource,
    assumed_drivetrain,
)

MEANINGS: Final = {kind.name: kind.meaning for kind in CHANNELS}

WIDEST: Final = 78
BAR: Final = 30
KEYS: Final = "space: skip this step    q twice: give up, nothing is saved"

_DRIVES: Final = {
    Drivetrain.UNKNOWN: "it is not known how pedals and wheel are coupled",
    Drivetrain.FREEWHEEL: "a freewheel: the wheel does not follow when the legs turn backward",
    Drivetrain.FIXED: "pedals and wheel turn together, or the speed is made from the cadence",
    Drivetrain.BELT: "a belt that runs one way",
    Drivetrain.REVERSIBLE_BELT: "a belt that runs both ways, and shows which",
}

WAYS_OUT: Final = (
    "Ways out: a direction sensor of your own for a few euros (docs/direction-sensor.md), or say "
    "it yourself: ftms-bridge declare. What you say is marked as declared, never as measured."
)

WAYS_OUT_ON_FOOT: Final = (
    "Ways out: say it yourself: ftms-bridge declare. What you say is marked as declared, never as "
    "measured. A sensor at the belt helps only where the belt itself turns round "
    "(docs/direction-sensor.md)."
)


def prompt_lines(prompt: Prompt, reading: Reading, link: str, columns: int) -> list[str]:
    """Return the screen of a step; no line is wider than the terminal, and 16 lines do."""
    width = max(min(columns - 1, WIDEST), 20)
    head = f"Step {prompt.number} of {prompt.of}"
    body = textwrap.wrap(prompt.text, width - 4) or [""]
    state = _bar(prompt, width) if prompt.counting else "waiting for you"
    note = textwrap.wrap(f"! {prompt.note}", width - 2) if prompt.note else []
    values = reading_line(reading) or f"link: {link}"
    lines = [head, "", *(f"    {line}" for line in body), "", f"  {state}", "", f"  {values}", ""]
    lines += [f"  {line}" for line in note] + ["", KEYS]
    return [line[:width] for line in lines]


def reading_line(reading: Reading) -> str:
    """Return what the machine shows, in one line; "" while it shows nothing."""
    shown = (
        (reading.speed_kmh, "km/h", 1),
        (reading.cadence_rpm, "rpm", 0),
        (reading.power_w, "W", 0),
        (reading.step_rate_spm, "steps/min", 0),
    )
    return "   ".join(
        f"{value:.{places}f} {unit}" for value, unit, places in shown if value is not None
    )


def _bar(prompt: Prompt, width: int) -> str:
    """Return the seconds that are left, as a bar and a number."""
    room = max(min(BAR, width - 20), 5)
    left = min(int(prompt.left_s / max(prompt.count_s, 1.0) * room), room)
    return f"[{'#' * (room - left)}{'.' * left}]  {prompt.left_s:.0f} s to go"


def result_lines(kind: MachineKind, result: CalibrationResult) -> list[str]:
    """Return what a calibration has found, and what follows from it."""
    lines = ["What was found:"]
    for text in result.texts:
        lines += _item(text)
    for finding in result.findings:
        meaning = MEANINGS.get(finding.channel, finding.channel)
        lines += _item(f"{finding.channel} ({meaning}), from {finding.source}: {finding.text}.")
    for problem in result.problems:
        lines += _item(f"Note: {problem}")
    return [*lines, "", *profile_lines(kind, result.profile)]


def profile_lines(kind: MachineKind, profile: DirectionProfile) -> list[str]:
    """Return in words what a profile says: what it holds, what can be known, and what never."""
    lines = ["What is known about the machine:"]
    for text in _facts(kind, profile):
        lines += _item(text)
    lines += ["", "What the bridge can know from now on:"]
    known = list(_knowable(profile)) or ["Whether you move or not. No direction is measured."]
    for text in known:
        lines += _item(text)
    never = list(_unknowable(kind, profile))
    if never:
        lines += ["", "What it can not know, and why:"]
        for text in never:
            lines += _item(text)
    return lines


def _facts(kind: MachineKind, profile: DirectionProfile) -> Iterator[str]:
    named = (profile.manufacturer, profile.model, profile.firmware)
    says = ", ".join(one for one in named if one)
    if says:
        yield f"It says it is: {says}. Another firmware needs another calibration."
    yield f"Drive: {_DRIVES[assumed_drivetrain(kind, profile)]}."
    if profile.ratio_min is not None and profile.ratio_max is not None:
        low, high = profile.ratio_min, profile.ratio_max
        yield f"Forward, one turn a minute more is {low:.3f} to {high:.3f} km/h more."
    yield f"Its values follow the motion within about {profile.smoothing_s:.1f} s."
    if profile.coasting_power:
        yield "It shows power although nobody drives: that is never taken for work of yours."
    gait = profile.gait
    if gait is not None:
        back = "not walked" if gait.backward_spm is None else f"{gait.backward_spm:.0f} backward"
        ahead = f"{gait.forward_spm:.0f} a minute forward"
        yield f"Your steps at {gait.speed_kmh:.1f} km/h: {ahead}, {back}."
    for warning in profile.warnings:
        yield f"Note: {warning}"


def _knowable(profile: DirectionProfile) -> Iterator[str]:
    """Yield what proven channels allow."""
    for proof in profile.channels:
        meaning = MEANINGS.get(proof.channel, proof.channel)
        if not can_decide(proof):
            yield (
                f"A hint from {proof.channel} ({meaning}): it supports others and cannot decide "
                "alone."
            )
        elif proof.channel == "gait_ratio":
            yield (
                "Forward and backward from your steps, after half a minute, near the speed of the "
                "calibration, and only while you walk: somebody else's steps would be misread."
            )
        elif proof.channel == "engagement_line":
            yield (
                "Backward whenever you pedal and the wheel does not follow; forward when you "
                "drive it."
            )
        else:
            swapped = ", which has it swapped" if proof.polarity < 0 else ""
            name = f"{proof.channel} of {proof.source}{swapped}"
            yield f"Forward and backward, from {name} ({meaning})."


def can_decide(proof: ChannelProof) -> bool:
    """Say whether a proven channel can say a direction without others."""
    return any(kind.name == proof.channel and kind.cap_proven >= DECIDES for kind in CHANNELS)


def _unknowable(kind: MachineKind, profile: DirectionProfile) -> Iterator[str]:
    """Yield what stays unknown on this machine, and the reason."""
    deciding = {one.channel for one in profile.channels if can_decide(one)}
    if deciding == {"engagement_line"}:
        yield (
            "While you roll without driving: legs that turn lightly forward look like legs that "
            "turn backward. It says unknown (not_driving) then."
        )
    if deciding:
        return
    if kind is MachineKind.TREADMILL:
        yield (
            "Which way you face: the belt does not notice, and it sends the same numbers. It says "
            "unknown."
        )
    elif profile.speed_source is SpeedSource.SYNTHESISED:
        yield (
            "Which way you pedal: this machine sends the same speed, cadence and power both ways, "
            "so no software can tell. It says unknown."
        )
    elif profile.drivetrain is Drivetrain.FREEWHEEL:
        yield (
            "Pedalling backward: this machine shows it like coasting, or it was not seen clearly. "
            "It says unknown (not_driving)."
        )
    else:
        yield "Which way you move: nothing that it sends was seen to differ between the two ways."
    yield WAYS_OUT_ON_FOOT if kind is MachineKind.TREADMILL else WAYS_OUT


def _item(text: str) -> list[str]:
    return textwrap.wrap(text, WIDEST, initial_indent="  - ", subsequent_indent="    ")
