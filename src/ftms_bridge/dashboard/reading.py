"""What one document says about a machine, whichever of the topics it came on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ftms_bridge.dashboard.document import Document, Unreadable, read_word

DIRECTIONS: Final = frozenset({"forward", "backward", "stopped", "unknown"})
LINKS_AT_MOST: Final = 16
"""House choice: a machine and more sensors than a rider can wear."""
AVAILABILITIES: Final = frozenset({"online", "stale", "offline"})
OPEN_SESSIONS: Final = frozenset({"active", "paused"})


@dataclass(frozen=True, slots=True)
class SourceReading:
    """Which values come from one source; ``basis`` is measured, derived or estimated."""

    source: str
    basis: str
    quantities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceReading:
    """What one channel says of the direction; ``llr`` is positive for backward."""

    channel: str
    value: str
    llr: float
    age_s: float | None
    proven: bool


@dataclass(frozen=True, slots=True)
class DirectionReading:
    """Which way, or why not; a word that is none of the contract's four reads as unknown.

    evidence: what the strongest channel says; None when no channel is told of.
    """

    word: str
    reason: str | None = None
    basis: str | None = None
    confidence: float | None = None
    since_s: float | None = None
    evidence: EvidenceReading | None = None


@dataclass(frozen=True, slots=True)
class SessionReading:
    """The session so far, or the last one; ``metrics`` by the names of the contract.

    What falls to each direction stands there too, by the names of the flat state.
    """

    state: str
    elapsed_s: float | None
    moving_s: float | None
    lap: float | None
    metrics: dict[str, float | None]


NO_SESSION: Final = SessionReading("none yet", None, None, None, {})

UNKNOWN_SESSION: Final = SessionReading("—", None, None, None, {})
"""While the bridge does not run, nobody knows whether there is one."""


@dataclass(frozen=True, slots=True)
class LinkReading:
    """How the link to a machine or sensor is; ``up`` is None while it has said nothing."""

    source: str
    up: bool | None
    verdict: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one document says; ``sources`` is empty when it does not tell them."""

    signals: dict[str, float | None]
    direction: DirectionReading
    session: SessionReading
    sources: tuple[SourceReading, ...] = ()


def read_live(live: Document) -> Reading:
    """Return what a document of the live topic says."""
    session = live.part("session")
    direction = live.part("direction")
    word, reason = _direction(direction, "direction", "reason")
    return Reading(
        signals=live.part("signals").numbers(),
        direction=DirectionReading(
            word,
            reason,
            basis=direction.text("basis"),
            confidence=direction.number("confidence"),
            since_s=direction.number("since_s"),
            evidence=_strongest(direction),
        ),
        session=SessionReading(
            state=session.text("state") or "idle",
            elapsed_s=session.number("elapsed_s"),
            moving_s=session.number("moving_s"),
            lap=session.number("lap"),
            metrics=live.part("metrics").numbers() | _by_direction(live),
        ),
        sources=tuple(
            SourceReading(
                source.text("source") or "",
                source.text("basis") or "",
                tuple(source.texts("signals")),
            )
            for source in live.parts("sources")
        ),
    )


def read_state(state: Document) -> Reading:
    """Return what the flat document of the state topic says."""
    word, reason = _direction(state, "direction", "direction_reason")
    values = state.numbers()
    return Reading(
        signals=values,
        direction=DirectionReading(
            word,
            reason,
            basis=state.text("direction_basis"),
            confidence=state.number("direction_confidence"),
        ),
        session=SessionReading(
            state=state.text("session_state") or "idle",
            elapsed_s=values.get("elapsed_s"),
            moving_s=values.get("moving_s"),
            lap=values.get("lap"),
            metrics=values,
        ),
    )


def read_summary(summary: Document) -> SessionReading:
    """Return what the document of the last finished session says."""
    return SessionReading(
        state="ended",
        elapsed_s=summary.number("elapsed_s"),
        moving_s=summary.number("moving_s"),
        lap=float(len(summary.parts("laps"))),
        metrics=summary.part("metrics").numbers() | _by_direction(summary),
    )


def read_links(report: Document) -> tuple[LinkReading, ...]:
    """Return what a document of the link topic says, as many links as a machine can have."""
    return tuple(
        LinkReading(
            source=row.text("source") or "?",
            up=row.truth("up"),
            verdict=row.text("verdict"),
            reason=row.text("reason"),
        )
        for row in report.parts("links")[:LINKS_AT_MOST]
    )


def read_availability(payload: bytes) -> str:
    """Return the word of an availability topic; raises Unreadable when it is none."""
    word = read_word(payload)
    if word not in AVAILABILITIES:
        raise Unreadable(word)
    return word


def _direction(document: Document, word_name: str, reason_name: str) -> tuple[str, str | None]:
    word = document.text(word_name) or "unknown"
    reason = document.text(reason_name)
    return (word, reason) if word in DIRECTIONS else ("unknown", reason or word)


def _strongest(direction: Document) -> EvidenceReading | None:
    for row in direction.parts("evidence")[:1]:
        value = row.number("value")
        return EvidenceReading(
            channel=row.text("channel") or "?",
            value=row.text("value") or "" if value is None else f"{value:g}",
            llr=row.number("llr") or 0.0,
            age_s=row.number("age_s"),
            proven=row.flag("proven"),
        )
    return None


def _by_direction(document: Document) -> dict[str, float | None]:
    columns = document.part("by_direction")
    times = {f"{way}_s": columns.part(way).number("time_s") for way in DIRECTIONS}
    return times | {
        "direction_switches": columns.number("switches"),
        "longest_backward_s": columns.part("backward").number("longest_bout_s"),
    }
