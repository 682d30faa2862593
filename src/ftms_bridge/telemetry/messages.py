"""Payload types of the public contract, version 1.

They are ``TypedDict`` because building and encoding a plain dict costs about 60 % of what a slotted
dataclass costs (measured; see "Decisions" in docs/architecture.md) and these are built at up to
4 Hz per machine. ``None`` always means "not known now", never zero.

Each docstring says ``field: meaning``, from which docs/mqtt.md is made. A field that means the same
everywhere is explained once: in ``Live``, ``SessionBlock`` or ``MetricsBlock``, or as a quantity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypedDict

from ftms_bridge.telemetry.blocks import (
    AvailabilityWord,
    LapSummary,
    LinkRow,
    MetricsBlock,
    Number,
    SessionBlock,
    SessionWord,
    SignalSource,
)
from ftms_bridge.telemetry.bridge import BridgeHealth as BridgeHealth
from ftms_bridge.telemetry.bridge import BridgeInfo as BridgeInfo
from ftms_bridge.telemetry.directions import (
    DirectionBasisWord,
    DirectionBlock,
    DirectionColumns,
    DirectionWord,
    MotionBlock,
)
from ftms_bridge.telemetry.requests import CommandRequest, SensorReading

CONTRACT_VERSION: Final = 1


class Live(TypedDict):
    """Everything known about one machine now.

    schema: version of the contract.
    machine: configured id of the machine.
    seq: grows by one per document, machine and topic.
    t_s: seconds on the daemon's (or recording's) clock.
    time: RFC 3339 UTC label, or None when the recording does not say when it was made.
    availability: stale after 3 s without a record, offline after 10 s or when the link is down.
    availability_reason: None while online; silent when nothing comes although nobody says that the
    link is down; else the verdict of the machine's own link, or link_down if it has none.
    fresh: whether the machine is online, so that the values are those of now.
    signals: newest value per quantity, unit in the name, None once too old.
    sources: where the signals that are not None come from.
    direction: which way the rider moves.
    motion: values with the sign of the direction.
    session: the session so far.
    interval: None until a workout runs.
    metrics: what is computed over the session.
    by_direction: the same per direction; None before the first motion.
    """

    schema: int
    machine: str
    seq: int
    t_s: float
    time: str | None
    availability: AvailabilityWord
    availability_reason: str | None
    fresh: bool
    signals: dict[str, Number | None]
    sources: list[SignalSource]
    direction: DirectionBlock
    motion: MotionBlock
    session: SessionBlock
    interval: None
    metrics: MetricsBlock
    by_direction: DirectionColumns | None


class State(TypedDict):
    """Flat state at 1 Hz for Home Assistant: one value per key, the same keys always.

    direction: unknown unless there is evidence.
    direction_basis: whether it was measured, or declared by you; None while unknown.
    direction_confidence: from 0 to 1; None while unknown or declared.
    direction_reason: why the direction is unknown; else None.
    direction_since: label of its onset, or None as with every label.
    direction_switches: how often forward followed backward or the reverse in this session.
    forward_s: time of the session in that direction; likewise backward_s, stopped_s, unknown_s. A
    direction that is found late takes its time from unknown_s, which can fall.
    backward_s: see forward_s.
    stopped_s: see forward_s; the time in which nothing moved is part of it.
    unknown_s: see forward_s.
    session_state: idle before the first motion, ended after the end.
    session_id: id of the open session; else None.
    """

    schema: int
    machine: str
    seq: int
    time: str | None
    availability: AvailabilityWord
    availability_reason: str | None
    fresh: bool
    direction: DirectionWord
    direction_basis: DirectionBasisWord | None
    direction_confidence: float | None
    direction_reason: str | None
    direction_since: str | None
    session_state: SessionWord
    session_id: str | None
    elapsed_s: float
    moving_s: float
    lap: int
    speed_kmh: Number | None
    cadence_rpm: Number | None
    power_w: Number | None
    hr_bpm: Number | None
    incline_pct: Number | None
    resistance: Number | None
    step_rate_spm: Number | None
    machine_energy_kcal: Number | None
    distance_m: Number | None
    work_kj: Number | None
    power_3s_w: Number | None
    power_30s_w: Number | None
    avg_power_w: Number | None
    avg_speed_kmh: Number | None
    signed_speed_kmh: Number | None
    signed_cadence_rpm: Number | None
    effective_incline_pct: Number | None
    forward_s: float
    backward_s: float
    stopped_s: float
    unknown_s: float
    direction_switches: int


EventType = Literal[
    "session_started", "session_paused", "session_resumed", "session_ended", "lap", "gap",
    "counter_reset", "counter_decrease", "counter_jump", "source_changed", "machine_status", "link",
    "direction_changed", "direction_conflict", "direction_declared", "declaration_expired",
    "profile_void",
]  # fmt: skip


class Event(TypedDict):
    """Something that happened once.

    event_id: unique, so a repeated delivery can be told.
    type: what happened.
    session_id: id of the open session; else None.
    detail: what there is to say of it; the keys depend on the type.
    """

    schema: int
    machine: str
    event_id: str
    t_s: float
    time: str | None
    type: EventType
    session_id: str | None
    detail: Mapping[str, Number | str | bool | None]


class SessionSummary(TypedDict):
    """A finished session; the same numbers that a replay of its recording gives.

    session_id: id of the session.
    started: RFC 3339 UTC label of the first motion, or None as with every label.
    ended: label of the end; out of a pause, of the moment the pause began.
    ended_by: a command, a pause that was too long, or the end of the bridge.
    elapsed_s: time from start to end, pauses and gaps included.
    counter_resets: how often the machine began to count anew.
    metrics: what was computed over the session.
    by_direction: the same per direction.
    laps: every lap, the last one included.
    """

    schema: int
    machine: str
    session_id: str
    started: str | None
    ended: str | None
    ended_by: Literal["command", "idle", "shutdown"]
    elapsed_s: float
    moving_s: float
    gap_s: float
    gaps: int
    counter_resets: int
    metrics: MetricsBlock
    by_direction: DirectionColumns
    laps: list[LapSummary]


class LinkReport(TypedDict):
    """How the links of one machine are, and why.

    links: one row for the machine itself, then one per sensor.
    """

    schema: int
    machine: str
    time: str | None
    links: list[LinkRow]


class CommandResult(TypedDict):
    """What became of a command.

    id: the one that came with the command; else None.
    verb: last part of the topic of the command.
    status: whether it was carried out.
    reason: why it was rejected, as one word for programs; else None.
    hint: what to do when it was rejected; else None.
    """

    schema: int
    machine: str
    id: str | None
    verb: str
    status: Literal["done", "rejected"]
    reason: str | None
    hint: str | None
    time: str | None


Payload = (
    Live
    | State
    | Event
    | LinkReport
    | SessionSummary
    | CommandResult
    | BridgeInfo
    | BridgeHealth
    | str
)
"""What a topic carries; ``str`` for the plain-text availability topics."""

Request = CommandRequest | SensorReading
"""What others send; kept in a module of its own, and part of the contract all the same."""
