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
    ActionWord,
    AvailabilityWord,
    DirectionBlock,
    DirectionWord,
    LapSummary,
    LinkHealth,
    LinkRow,
    MachineInfo,
    MetricsBlock,
    Number,
    RadioHealth,
    SessionBlock,
    SessionWord,
    SignalSource,
)

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
    session: the session so far.
    interval: None until a workout runs.
    metrics: what is computed over the session.
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
    session: SessionBlock
    interval: None
    metrics: MetricsBlock


class State(TypedDict):
    """Flat state at 1 Hz for Home Assistant: one value per key, the same keys always.

    direction: unknown unless there is evidence.
    direction_reason: why the direction is unknown; else None.
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
    direction_reason: str | None
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


EventType = Literal[
    "session_started", "session_paused", "session_resumed", "session_ended", "lap", "gap",
    "counter_reset", "counter_decrease", "counter_jump", "source_changed", "machine_status", "link",
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


class CommandRequest(TypedDict, total=False):
    """Body of ``set/<verb>``: a JSON object, ``{}`` at least.

    id: any text; it comes back in the result.
    action: only for the verb link, and needed there: release gives the Bluetooth links of the
    machine and its sensors away, so that another app can connect; resume takes them back.
    minutes: only with release: after how long they are taken back, above 0 and at most 10080 (a
    week); without it, when you ask for it or as it is configured.
    """

    id: str
    action: ActionWord
    minutes: Number


class BridgeInfo(TypedDict):
    """Who is publishing; sent at start and after each reconnection.

    version: of the bridge.
    contract: version of the contract, as in schema.
    python: version of Python that runs it.
    run_id: begins the ids of sessions and events of this run.
    started: RFC 3339 UTC label of the start of this run.
    base: first part of each topic.
    machines: every configured machine.
    """

    schema: int
    version: str
    contract: int
    python: str
    run_id: str
    started: str | None
    base: str
    machines: list[MachineInfo]


class BridgeHealth(TypedDict):
    """How the daemon is; counters count from its start.

    uptime_s: time since its start.
    rss_mb: resident memory.
    cpu_pct: processor time since the last document; 100 is one core.
    loop_lag_ms: longest delay of the event loop since the last document.
    mqtt_connected: whether the broker is there.
    mqtt_connections: how often the broker was reached.
    mqtt_reconnections: how often it was reached again after a loss.
    mqtt_published: payloads that were sent.
    mqtt_dropped: live values without a broker or overtaken, events that found a full queue.
    mqtt_failed: attempts that the broker did not confirm, payloads that cannot be encoded.
    mqtt_queue: events and results that the broker has not acknowledged yet.
    commands_rejected: commands that could not be understood or came too fast.
    notifications: notifications that arrived.
    notifications_damaged: those whose bytes do not agree with their flags.
    notifications_unknown: those from a source or characteristic that is not known.
    records_partial: records of which a part never came.
    recording: whether notifications reach the disk.
    recording_lost: notifications that could not be written.
    machines: availability of each machine.
    links: each link over the radio, by the id of its machine or sensor.
    radio: the radio, or None when no machine is linked over it.
    """

    schema: int
    time: str | None
    uptime_s: float
    rss_mb: float
    cpu_pct: float
    loop_lag_ms: float
    mqtt_connected: bool
    mqtt_connections: int
    mqtt_reconnections: int
    mqtt_published: int
    mqtt_dropped: int
    mqtt_failed: int
    mqtt_queue: int
    commands_rejected: int
    notifications: int
    notifications_damaged: int
    notifications_unknown: int
    records_partial: int
    recording: Literal["off", "on", "failed"]
    recording_lost: int
    machines: dict[str, AvailabilityWord]
    links: dict[str, LinkHealth]
    radio: RadioHealth | None


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
