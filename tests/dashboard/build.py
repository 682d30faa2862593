"""Documents of the contract, and views that have heard them as they come over the wire."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import pytest
from rich.text import Text

from ftms_bridge.dashboard.view import View
from ftms_bridge.pipeline.documents import NO_METRICS
from ftms_bridge.telemetry.blocks import (
    LinkRow,
    MachineInfo,
    MetricsBlock,
    Number,
    SessionBlock,
    SignalSource,
    VerdictWord,
)
from ftms_bridge.telemetry.directions import (
    DirectionBlock,
    DirectionColumn,
    DirectionColumns,
    EvidenceRow,
    LapShares,
    MotionBlock,
)
from ftms_bridge.telemetry.messages import (
    BridgeInfo,
    CommandResult,
    Event,
    EventType,
    LinkReport,
    Live,
    Payload,
    SessionSummary,
    State,
)
from ftms_bridge.telemetry.topics import (
    AVAILABILITY,
    BRIDGE_AVAILABILITY,
    BRIDGE_INFO,
    EVENT,
    LINK,
    LIVE,
    RESULT,
    SESSION_LAST,
    STATE,
    Topic,
)

EVIL_TEXTS: Final = (
    "Bike [/x]",
    "[bold red]Bike[/bold red]",
    "[link=http://evil.example]Bike[/link]",
    "[/",
    "\\[x]",
    ":skull:",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "\x1b]0;owned\x07",
    "\x1b]52;c;ZXZpbA==\x1b\\",
    "\x1b[2J\x1b[H",
    "\x1bP1$r\x1b\\",
    "\x1bc",
    "\x9b31m",
    "\x9d0;owned\x9c",
    "\x00\x01\x02\x7f",
    "a\rb\nc\td\x0be\x0c",
    "a\u2028b\u2029c\x85d",
    "\u202egnp.ekib",
    "\u2066a\u2069\u200f\u200e\u061c",
    "zero\u200bwidth\u200d\ufeff",
    "Z" + "\u0301" * 50 + "algo",
    "\u0301starts with a mark",
    "\ud800 lone surrogate",
    "\ue000\uf8ff\U000f0000",
    "\U000e0041\U000e0042 tags",
    "自行车自行车自行车自行车自行车自行车自行车自行车自行车自行车",
    "👩‍🚴🏽‍♀️ rider 🇩🇪",
    "ﷺ﷽ wide",
    "x" * 5000,
    " ",
    "",
    "%s {0} {x} %n",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
)
"""Names that attack markup, terminals, reading direction, width or whoever formats them."""

each_evil_text = pytest.mark.parametrize("text", EVIL_TEXTS, ids=range(len(EVIL_TEXTS)))

FORBIDDEN: Final = frozenset(
    [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
    + [chr(code) for code in range(0xD800, 0xE000)]
    + list("\u061c\u200b\u200d\u200e\u200f\u2028\u2029\u2066\u2067\u2068\u2069\ufeff")
    + list("\u202a\u202b\u202c\u202d\u202e")
)
"""What never reaches a terminal in a text of somebody else."""

BIKE_SIGNALS: Final[dict[str, Number | None]] = {
    "speed_kmh": 24.84,
    "cadence_rpm": 84.5,
    "power_w": 152,
    "hr_bpm": 131,
    "resistance": 12,
}

UNKNOWN: Final[DirectionBlock] = {
    "direction": "unknown",
    "basis": None,
    "confidence": None,
    "reason": "no_directional_channel",
    "since": None,
    "since_s": 83.0,
    "onset_uncertainty_s": None,
    "measured": {
        "direction": "unknown", "confidence": None, "reason": "no_directional_channel"
    },
    "declared": None,
    "evidence": [],
}  # fmt: skip

UNSIGNED: Final[MotionBlock] = {
    "signed_speed_kmh": None, "signed_cadence_rpm": None, "effective_incline_pct": None,
}  # fmt: skip


def evidence_row(**changes: object) -> EvidenceRow:
    row: EvidenceRow = {
        "channel": "crank_angle", "source": "pedals", "value": "rising", "llr": 4.2,
        "age_s": 0.3, "proven": True,
    }  # fmt: skip
    return {**row, **changes}  # type: ignore[typeddict-item]


def known(**changes: object) -> DirectionBlock:
    """Return what is said of a rider who pedals backward, measured, with evidence."""
    block: DirectionBlock = {
        "direction": "backward", "basis": "measured", "confidence": 0.97, "reason": None,
        "since": None, "since_s": 65.0, "onset_uncertainty_s": 0.5,
        "measured": {"direction": "backward", "confidence": 0.97, "reason": None},
        "declared": None, "evidence": [evidence_row()],
    }  # fmt: skip
    return {**block, **changes}  # type: ignore[typeddict-item]


def column(time_s: float, bouts: int = 1) -> DirectionColumn:
    return {
        "time_s": time_s, "distance_m": None, "revolutions": None, "work_kj": None,
        "bouts": bouts, "longest_bout_s": time_s / max(bouts, 1),
    }  # fmt: skip


COLUMNS: Final[DirectionColumns] = {
    "forward": column(500.0, 3), "backward": column(190.0, 2), "stopped": column(24.0),
    "unknown": column(40.0, 2), "still_s": 24.0, "switches": 4,
}  # fmt: skip

NO_SHARES: Final[LapShares] = {
    "forward": column(0.0), "backward": column(0.0), "stopped": column(0.0),
    "unknown": column(0.0),
}  # fmt: skip

METRICS: Final[MetricsBlock] = {
    **NO_METRICS,
    "distance_m": 4210,
    "work_kj": 98.4,
    "power_3s_w": 151.2,
    "power_10s_w": 150.4,
    "power_30s_w": 148.3,
    "avg_speed_kmh": 24.1,
    "avg_power_w": 149.6,
    "avg_cadence_rpm": 82.0,
}


def session(**changes: object) -> SessionBlock:
    block: SessionBlock = {
        "id": "r-bike-1", "state": "active", "elapsed_s": 754.2, "moving_s": 730.0,
        "gap_s": 0.0, "gaps": 0, "lap": 2,
    }  # fmt: skip
    return {**block, **changes}  # type: ignore[typeddict-item]


def live(
    machine: str = "bike",
    *,
    signals: dict[str, Number | None] | None = None,
    direction: DirectionBlock = UNKNOWN,
    sources: Sequence[SignalSource] = (),
    running: SessionBlock | None = None,
    metrics: MetricsBlock = METRICS,
    by_direction: DirectionColumns | None = None,
) -> Live:
    return {
        "schema": 1, "machine": machine, "seq": 1, "t_s": 1.0, "time": None,
        "availability": "online", "availability_reason": None, "fresh": True,
        "signals": BIKE_SIGNALS if signals is None else signals,
        "sources": list(sources), "direction": direction, "motion": UNSIGNED,
        "session": running or session(), "interval": None, "metrics": metrics,
        "by_direction": by_direction,
    }  # fmt: skip


def state(machine: str = "bike", **changes: object) -> State:
    block: State = {
        "schema": 1, "machine": machine, "seq": 1, "time": None, "availability": "online",
        "availability_reason": None,
        "fresh": True, "direction": "unknown", "direction_reason": "evidence_stale",
        "session_state": "paused", "session_id": "r-bike-1", "elapsed_s": 60.0, "moving_s": 50.0,
        "lap": 1, "speed_kmh": 7.0, "cadence_rpm": None, "power_w": None, "hr_bpm": None,
        "incline_pct": None, "resistance": None, "step_rate_spm": None,
        "machine_energy_kcal": None, "distance_m": 1500, "work_kj": None, "power_3s_w": None,
        "power_30s_w": None, "avg_power_w": None, "avg_speed_kmh": None,
        "direction_basis": None, "direction_confidence": None, "direction_since": None,
        "signed_speed_kmh": None, "signed_cadence_rpm": None, "effective_incline_pct": None,
        "forward_s": 20.0, "backward_s": 10.0, "stopped_s": 0.0, "unknown_s": 20.0,
        "direction_switches": 2,
    }  # fmt: skip
    return {**block, **changes}  # type: ignore[typeddict-item]


def event(
    kind: EventType, detail: dict[str, Number | str | bool | None], **changes: object
) -> Event:
    block: Event = {
        "schema": 1, "machine": "bike", "event_id": "r-bike-e1", "t_s": 1.0, "time": None,
        "type": kind, "session_id": None, "detail": detail,
    }  # fmt: skip
    return {**block, **changes}  # type: ignore[typeddict-item]


def link_row(
    source: str, verdict: VerdictWord | None, *, up: bool | None = False, reason: str | None = None
) -> LinkRow:
    return {
        "source": source, "up": up, "verdict": verdict, "reason": reason, "since": None,
        "quirk": None,
    }  # fmt: skip


def links(*rows: LinkRow, machine: str = "bike") -> LinkReport:
    return {"schema": 1, "machine": machine, "time": None, "links": list(rows)}


def result(reason: str | None) -> CommandResult:
    return {
        "schema": 1, "machine": "bike", "id": None, "verb": "lap",
        "status": "done" if reason is None else "rejected", "reason": reason, "hint": None,
        "time": None,
    }  # fmt: skip


def summary() -> SessionSummary:
    return {
        "schema": 1, "machine": "bike", "session_id": "r-bike-1", "started": None, "ended": None,
        "ended_by": "idle", "elapsed_s": 1800.0, "moving_s": 1700.0, "gap_s": 0.0, "gaps": 0,
        "counter_resets": 0, "metrics": METRICS, "by_direction": COLUMNS, "laps": [],
    }  # fmt: skip


def info(*machines: tuple[str, str, str]) -> BridgeInfo:
    """Return bridge information about machines given as id, name and kind."""
    rows: list[MachineInfo] = [
        {"id": one, "name": name, "kind": kind, "sensors": []} for one, name, kind in machines
    ]
    return {
        "schema": 1, "version": "0.1.0", "contract": 1, "python": "3.11", "run_id": "r",
        "started": None, "base": "ftms", "machines": rows,
    }  # fmt: skip


TOPIC_OF: Final[dict[str, Topic]] = {
    "live": LIVE, "link": LINK, "state": STATE, "event": EVENT, "result": RESULT,
    "session": SESSION_LAST, "availability": AVAILABILITY, "bridge": BRIDGE_AVAILABILITY,
    "info": BRIDGE_INFO,
}  # fmt: skip


def hear(
    view: View, what: str, payload: Payload | bytes, at: float = 0.0, *,
    machine: str = "bike", retained: bool = False,
) -> None:  # fmt: skip
    """Let a view hear one message, as the broker would deliver it."""
    path = TOPIC_OF[what].path(view.base, machine=machine)
    if isinstance(payload, str):
        payload = payload.encode()
    elif not isinstance(payload, bytes):
        payload = json.dumps(payload).encode()  # like the bridge's, but it takes any text
    view.receive(path, payload, at, retained=retained)


def started_view(*machines: tuple[str, str, str]) -> View:
    """Return a view of a bridge that runs, and that has said which machines there are."""
    view = View("ftms")
    view.connect()
    hear(view, "bridge", "online")
    hear(view, "info", info(*(machines or (("bike", "Bike in the cellar", "indoor_bike"),))))
    return view


def riding_view(at: float = 0.0) -> View:
    """Return a view of one bike that is ridden."""
    view = started_view()
    hear(view, "availability", "online", at)
    hear(view, "live", live(), at)
    return view


def absent_view(*rows: LinkRow) -> View:
    """Return a view of one bike that is offline, with these links."""
    view = started_view()
    hear(view, "availability", "offline")
    hear(view, "link", links(*rows))
    return view


def plain(lines: Sequence[Text]) -> str:
    """Return lines as a terminal without colours shows them."""
    return "\n".join(line.plain for line in lines)
