"""What happened, in words: one function per event of the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ftms_bridge.dashboard.document import Document
from ftms_bridge.dashboard.ways import changed, conflict, declared, expired
from ftms_bridge.dashboard.words import ABSENT, duration, figure, quantity_word


def happening(event: Document) -> str:
    """Return in words what a document of the event topic says."""
    event_type = event.text("type") or "something unnamed"
    telling = _TELLINGS.get(event_type)
    return telling(event.part("detail")) if telling else event_type.replace("_", " ")


def _gap(detail: Document) -> str:
    return f"nothing heard for {figure(detail.number('duration_s'), 1)} s"


def _lap(detail: Document) -> str:
    lap, elapsed_s = detail.number("lap"), detail.number("elapsed_s")
    distance_m, power_w = detail.number("distance_m"), detail.number("avg_power_w")
    parts = [f"lap {figure(lap)} took {duration(elapsed_s)}"]
    if distance_m is not None:
        parts.append(f"{figure(distance_m)} m")
    if power_w is not None:
        parts.append(f"{figure(power_w)} W")
    return ", ".join(parts)


def _counter(what: str) -> Callable[[Document], str]:
    def tell(detail: Document) -> str:
        return f"{quantity_word(detail.text('counter') or 'a')} counter {what}"

    return tell


def _source(detail: Document) -> str:
    quantity = quantity_word(detail.text("quantity") or "a value")
    return f"{quantity} now from {detail.text('now') or ABSENT}"


def _status(detail: Document) -> str:
    return f"machine: {(detail.text('op') or 'unnamed status').replace('_', ' ')}"


def _link(detail: Document) -> str:
    source = detail.text("source") or "the machine"
    reason = detail.text("reason") or (detail.text("verdict") or "").replace("_", " ")
    told = f"link to {source} {'up' if detail.flag('up') else 'down'}"
    return f"{told}: {reason}" if reason else told


def _ended(detail: Document) -> str:
    ended_by = detail.text("ended_by")
    return f"session ended by {ended_by}" if ended_by else "session ended"


def _void(detail: Document) -> str:
    what = detail.text("what")
    if what is None:
        return "calibration counts again"
    expected, found = detail.text("expected") or ABSENT, detail.text("found") or ABSENT
    return f"calibration does not count: {what} is {found}, not {expected}"


_TELLINGS: Final[dict[str, Callable[[Document], str]]] = {
    "gap": _gap,
    "lap": _lap,
    "counter_reset": _counter("started again"),
    "counter_decrease": _counter("went backwards"),
    "counter_jump": _counter("jumped"),
    "source_changed": _source,
    "machine_status": _status,
    "link": _link,
    "direction_changed": changed,
    "direction_conflict": conflict,
    "direction_declared": declared,
    "declaration_expired": expired,
    "session_ended": _ended,
    "profile_void": _void,
}
