"""The way to the broker while something runs: connection, bridge information and health."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from ftms_bridge.app.health import (
    HealthMeter,
    NoRadio,
    NoRecorder,
    RadioCounts,
    RecorderCounts,
    bridge_info,
)
from ftms_bridge.app.loop import pass_over_dead_sockets
from ftms_bridge.control.commands import Command
from ftms_bridge.gatt.notification import DirectionReading
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.mqtt.serving import MqttSession
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import BRIDGE_HEALTH, BRIDGE_INFO
from ftms_bridge.telemetry.wall import WallLabel

Clock = Callable[[], float]

_LAG_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is publishing; ``wall_zero`` is the Unix time at instant 0 of the clock, if known."""

    version: str
    run_id: str
    machines: tuple[MachineSpec, ...]
    wall_zero: float | None = None


@dataclass(slots=True)
class UplinkSettings:
    """Where the broker is and how often the bridge tells of its health."""

    broker: BrokerSettings
    base: str
    health_every_s: float = 30.0
    recorder: RecorderCounts = field(default_factory=NoRecorder)
    radio: RadioCounts = field(default_factory=NoRadio)


class Uplink:
    """Runs the MQTT connection in the background and tells how the bridge is.

    outbox: holds what others want published. On leaving, what still waits there is sent if it can
    be sent, and ``offline`` is published.
    on_reading: takes the readings of direction sensors; None: none are taken at all.
    """

    def __init__(
        self,
        settings: UplinkSettings,
        identity: Identity,
        pipeline: Pipeline,
        outbox: Outbox,
        *,
        on_command: Callable[[Command], None],
        on_reading: Callable[[DirectionReading], None] | None = None,
        clock: Clock,
    ) -> None:
        wall = WallLabel(identity.wall_zero)
        self._outbox = outbox
        self._settings = settings
        self._session = MqttSession(
            settings.broker,
            self._outbox,
            machines=[spec.id for spec in identity.machines],
            on_command=on_command,
            on_reading=on_reading,
            wall=wall,
            clock=clock,
        )
        self._meter = HealthMeter(
            pipeline,
            self._outbox.stats,
            settings.recorder,
            wall=wall,
            clock=clock,
            radio=settings.radio,
        )
        self._info = bridge_info(
            version=identity.version,
            run_id=identity.run_id,
            base=settings.base,
            started=wall.at(clock()),
            machines=identity.machines,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Start to connect; returns at once, whether there is a broker or not."""
        pass_over_dead_sockets()
        self._outbox.publish(Publish(BRIDGE_INFO, "", self._info))
        self._tasks = [
            asyncio.create_task(self._session.run(), name="mqtt"),
            asyncio.create_task(self._tell_health(), name="health"),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Send what waits, say ``offline`` and disconnect."""
        self._outbox.publish(Publish(BRIDGE_HEALTH, "", self._meter.read()))
        for task in reversed(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _tell_health(self) -> None:
        """Publish health now and then; a reconnection is told at once."""
        loop = asyncio.get_running_loop()
        due_at, connections = loop.time(), 0
        while True:
            before = loop.time()
            await asyncio.sleep(_LAG_EVERY_S)
            lag_s = loop.time() - before - _LAG_EVERY_S
            self._meter.loop_lag_s = max(self._meter.loop_lag_s, lag_s)
            stats = self._outbox.stats
            if stats.connected and (loop.time() >= due_at or stats.connections != connections):
                connections = stats.connections
                due_at = loop.time() + self._settings.health_every_s
                self._outbox.publish(Publish(BRIDGE_HEALTH, "", self._meter.read()))
