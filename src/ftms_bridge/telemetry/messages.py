"""Payload types of the public contract, version 1.

They are ``TypedDict`` because building and encoding a plain dict costs about 60 % of what a slotted
dataclass costs (measured; see "Decisions" in docs/architecture.md) and these are built at up to
4 Hz per machine. ``None`` always means "not known now", never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypedDict

CONTRACT_VERSION: Final = 1

Number = int | float
AvailabilityWord = Literal["online", "stale", "offline"]
SessionWord = Literal["idle", "active", "paused", "ended"]
DirectionWord = Literal["forward", "backward", "stopped", "unknown"]
BasisWord = Literal["measured", "derived", "estimated"]


class SignalSource(TypedDict):
    """Where a group of signals comes from and how old they are."""

    source: str
    basis: BasisWord
    age_s: float
    signals: list[str]


class DirectionBlock(TypedDict):
    """Which way the rider moves; ``reason`` says why it is unknown."""

    direction: DirectionWord
    basis: Literal["measured", "declared"] | None
    confidence: float | None
    reason: str | None
    since_s: float | None


class SessionBlock(TypedDict):
    """The session so far; ``None`` in ``id`` before the first motion."""

    id: str | None
    state: SessionWord
    elapsed_s: float
    moving_s: float
    gap_s: float
    gaps: int
    lap: int


class MetricsBlock(TypedDict):
    """Metrics of the session so far; rolling powers need that many full seconds of data.

    distance_m: the machine's own counter, rebased over resets; integrated_distance_m: from speed.
    """

    distance_m: float | None
    integrated_distance_m: float | None
    work_kj: float | None
    power_3s_w: float | None
    power_10s_w: float | None
    power_30s_w: float | None
    avg_speed_kmh: float | None
    max_speed_kmh: float | None
    avg_power_w: float | None
    max_power_w: float | None
    avg_cadence_rpm: float | None
    max_cadence_rpm: float | None
    avg_hr_bpm: float | None
    max_hr_bpm: float | None


class Live(TypedDict):
    """Everything known about one machine now.

    seq: grows by one per document and machine; t_s: seconds on the daemon's (or recording's) clock;
    time: RFC 3339 UTC label, or None when the recording does not say when it was made;
    signals: newest value per quantity, unit in the name, None once too old;
    interval: None until a workout runs.
    """

    schema: int
    machine: str
    seq: int
    t_s: float
    time: str | None
    availability: AvailabilityWord
    fresh: bool
    signals: dict[str, Number | None]
    sources: list[SignalSource]
    direction: DirectionBlock
    session: SessionBlock
    interval: None
    metrics: MetricsBlock


class State(TypedDict):
    """Flat state at 1 Hz for Home Assistant: one value per key, the same keys always."""

    schema: int
    machine: str
    seq: int
    time: str | None
    availability: AvailabilityWord
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
    """Something that happened once; ``event_id`` is unique, so a repeated delivery can be told."""

    schema: int
    machine: str
    event_id: str
    t_s: float
    time: str | None
    type: EventType
    session_id: str | None
    detail: Mapping[str, Number | str | bool | None]


class LapSummary(TypedDict):
    """One finished lap."""

    lap: int
    elapsed_s: float
    moving_s: float
    distance_m: float | None
    work_kj: float | None
    avg_power_w: float | None
    avg_speed_kmh: float | None


class SessionSummary(TypedDict):
    """A finished session; the same numbers that a replay of its recording gives."""

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


class CommandResult(TypedDict):
    """What became of a command; ``hint`` says what to do when it was rejected."""

    schema: int
    machine: str
    id: str | None
    verb: str
    status: Literal["done", "rejected"]
    reason: str | None
    hint: str | None
    time: str | None


class CommandRequest(TypedDict, total=False):
    """Body of ``set/<verb>``; an empty body is allowed too. ``id`` comes back in the result."""

    id: str


class MachineInfo(TypedDict):
    """One configured machine in ``bridge/info``."""

    id: str
    name: str
    kind: str
    sensors: list[str]


class BridgeInfo(TypedDict):
    """Who is publishing; sent at start and after each reconnection."""

    schema: int
    version: str
    contract: int
    python: str
    run_id: str
    started: str | None
    base: str
    machines: list[MachineInfo]


class BridgeHealth(TypedDict):
    """How the daemon is; counters count from its start."""

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


Payload = Live | State | Event | SessionSummary | CommandResult | BridgeInfo | BridgeHealth | str
"""What a topic carries; ``str`` for the plain-text availability topics."""
