"""Payload types of what the bridge says of itself; part of the contract, see `messages`."""

from __future__ import annotations

from typing import Literal, TypedDict

from ftms_bridge.telemetry.blocks import AvailabilityWord, LinkHealth, MachineInfo, RadioHealth


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
