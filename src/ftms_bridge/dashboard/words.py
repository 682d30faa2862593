"""Words and figures for people, made from what the contract says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ftms_bridge.dashboard.document import Document
from ftms_bridge.dashboard.reading import LinkReading, SourceReading

ABSENT: Final = "—"
"""Shown for a value that is not known now; never a zero."""

_SILENT: Final = "connected, but it sends nothing"

VERDICTS: Final = {
    "searching": "looking for it",
    "not_seen": "not seen: switched off, out of reach, or held by another app?",
    "ambiguous": "several devices could be it: give its address or name",
    "no_answer": "seen, but it does not answer: held by another app?",
    "lost": "the connection was lost; trying again",
    "mute": "connected, but it sent nothing; trying again",
    "wrong_services": "what answers is not the kind of machine or sensor that is configured",
    "changed_identity": "what answers is another device than before",
    "released": "released: another app may use it; resume with: ftms-bridge link resume {machine}",
    "adapter_missing": "this computer has no Bluetooth adapter, or not the configured one",
    "bluetooth_off": "Bluetooth is switched off on this computer",
    "not_permitted": "the bridge is not permitted to use Bluetooth",
    "bluetooth_service_down": "the Bluetooth service of this computer is not running",
    "radio_fault": "the Bluetooth of this computer does not work; trying to bring it back",
}
"""By the word of the contract; a word from a newer bridge is shown as it comes."""

KINDS: Final = {
    "indoor_bike": "indoor bike",
    "treadmill": "treadmill",
    "cross_trainer": "cross trainer",
    "step_climber": "step climber",
    "stair_climber": "stair climber",
    "rower": "rower",
}

_QUANTITIES: Final = {
    "speed_kmh": "speed",
    "cadence_rpm": "cadence",
    "power_w": "power",
    "step_rate_spm": "steps",
    "stroke_rate_spm": "strokes",
    "hr_bpm": "heart rate",
    "incline_pct": "incline",
    "resistance": "resistance",
}

_UNITS: Final = frozenset({"kcal", "km", "kmh", "m", "s", "w"})
"""Ends of names that say the unit: of no interest where there is no figure."""

_SECONDS_PER_MINUTE: Final = 60
_SECONDS_PER_HOUR: Final = 3600


def figure(value: float | None, digits: int | None = 0) -> str:
    """Return a number with so many decimals; None for digits means one, unless it is zero."""
    if value is None:
        return ABSENT
    text = f"{value:.{1 if digits is None else digits}f}"
    if digits is None:
        text = text.removesuffix(".0")
    return text.removeprefix("-") if not float(text) else text


def duration(seconds: float | None) -> str:
    """Return seconds as ``12:34`` or ``1:02:34``."""
    if seconds is None:
        return ABSENT
    minutes, rest = divmod(int(max(seconds, 0.0)), _SECONDS_PER_MINUTE)
    hours, minutes = divmod(minutes, _SECONDS_PER_MINUTE)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def age(seconds: float) -> str:
    """Return how long ago something was, as short as it is meaningful."""
    if seconds < 10.0:
        return f"{max(seconds, 0.0):.1f} s"
    if seconds < 2 * _SECONDS_PER_MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * _SECONDS_PER_HOUR:
        return f"{seconds / _SECONDS_PER_MINUTE:.0f} min"
    return f"{seconds / _SECONDS_PER_HOUR:.0f} h"


def quantity_word(name: str) -> str:
    """Return what a quantity of the contract is called on the screen."""
    if name in _QUANTITIES:
        return _QUANTITIES[name]
    words = name.split("_")
    return " ".join(words[:-1] if words[-1] in _UNITS else words)


def unreadable_words(count: int) -> str:
    """Return how many messages could not be read, if any."""
    return f"{count} unreadable" if count else ""


def sources_words(machine: str, sources: Sequence[SourceReading]) -> str:
    """Return which of the values shown are not measured by the machine itself."""
    told = []
    for row in sources:
        measured = row.basis in {"measured", ""}
        names = ", ".join(_QUANTITIES[name] for name in row.quantities if name in _QUANTITIES)
        if not names or (row.source == machine and measured):
            continue
        origin = "" if row.source == machine else f" from {row.source}"
        told.append(f"{names}{origin}" + ("" if measured else f" ({row.basis})"))
    return " · ".join(told)


def why_down(link: LinkReading, machine: str) -> str:
    """Return why a link is down; nothing when it does not say."""
    if link.verdict in VERDICTS:
        return VERDICTS[link.verdict].format(machine=machine)
    return link.reason or (link.verdict or "").replace("_", " ")


def why_absent(links: Iterable[LinkReading], machine: str) -> str:
    """Return why a machine is not heard; nothing when nobody knows."""
    own = next((link for link in links if link.source == machine), None)
    if own is None or own.up is None:
        return ""
    return _SILENT if own.up else why_down(own, machine)


def absent_sensors(links: Iterable[LinkReading], machine: str) -> str:
    """Return which sensors are down and, in a word or two, why."""
    told = []
    for link in links:
        if link.source != machine and link.up is False:
            word = (link.verdict or "link down").replace("_", " ")
            told.append(f"{link.source}: {word}")
    return " · ".join(told)


def refusal(result: Document) -> str:
    """Return in words why a command was rejected; nothing for one that was done.

    What a command brings about is told as an event anyway.
    """
    if result.text("status") != "rejected":
        return ""
    reason = (result.text("reason") or "no reason given").replace("_", " ")
    return f"{result.text('verb') or 'a command'} was rejected: {reason}"
