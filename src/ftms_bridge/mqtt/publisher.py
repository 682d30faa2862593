"""What waits to be sent: newest-wins for live values and states, in order for events."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ftms_bridge.telemetry.messages import Payload
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import Delivery, Topic

QUEUE_LIMIT: Final = 1000
"""Events and results kept while the broker is away, about 0.3 MB; house choice."""

BATCH: Final = 20
"""Sent at once at most. Source: the default Receive Maximum of mosquitto."""


@dataclass(slots=True)
class MqttStats:
    """What happened to messages since the start; read by ``bridge/health``.

    dropped: live values that found no broker or were overtaken, events that found a full queue.
    failed: attempts that the broker did not confirm, and payloads that cannot be encoded.
    queue: events and results that the broker has not acknowledged yet.
    rejected: commands and readings of sensors that were not even handed on.
    """

    connected: bool = False
    connections: int = 0
    reconnections: int = 0
    published: int = 0
    dropped: int = 0
    failed: int = 0
    queue: int = 0
    rejected: int = 0


@dataclass(slots=True, eq=False)
class Outgoing:
    """One message on its way; ``settled`` once nothing more is to be done for it."""

    path: str
    topic: Topic
    payload: Payload
    settled: bool = False


class Outbox:
    """Takes effects at once and gives them out in batches; nothing in here waits for a broker.

    There are two lanes, so that neither waits for the other: live values, which need no
    acknowledgement, and everything else, which does.
    """

    def __init__(self, base: str, *, queue_limit: int = QUEUE_LIMIT) -> None:
        self.base = base
        self.stats = MqttStats()
        self._queue_limit = queue_limit
        self._live: dict[str, Outgoing] = {}
        self._slots: dict[str, Outgoing] = {}
        self._changed: dict[str, None] = {}  # paths of slots to send, oldest change first
        self._queue: deque[Outgoing] = deque()
        self._in_flight = 0  # taken and not settled
        self._settled = asyncio.Event()
        self._live_ready = asyncio.Event()
        self._lasting_ready = asyncio.Event()

    def publish(self, effect: Publish) -> None:
        """Take one effect; returns at once."""
        topic = effect.topic
        item = Outgoing(topic.path(self.base, machine=effect.machine), topic, effect.payload)
        if topic.delivery is Delivery.DROP:
            self._keep_live(item)
        elif topic.delivery is Delivery.LATEST:
            self._slots[item.path] = item
            self._changed[item.path] = None
            self._lasting_ready.set()
        else:
            self._queue.append(item)
            self.stats.queue += 1
            self._trim_queue()
            self._lasting_ready.set()

    def open(self) -> None:
        """Start a connection: every slot is due again, because the broker may have lost it."""
        self.stats.connected = True
        self.stats.reconnections = self.stats.connections
        self.stats.connections += 1
        self._changed = dict.fromkeys(self._slots)
        self._lasting_ready.set()

    def close(self) -> None:
        """End a connection; live values that were not sent are worthless now."""
        self.stats.connected = False
        self.stats.dropped += len(self._live)
        self._live.clear()

    async def live(self) -> list[Outgoing]:
        """Wait for live values and take them."""
        while not (batch := self.take_live()):
            await _next(self._live_ready)
        return batch

    async def lasting(self) -> list[Outgoing]:
        """Wait for states, events or results and take up to a batch of them."""
        while not (batch := self.take_lasting()):
            await _next(self._lasting_ready)
        return batch

    async def emptied(self) -> None:
        """Wait until nothing is left to send and nothing is on its way."""
        while self._live or self._changed or self._queue or self._in_flight:
            await _next(self._settled)

    def take_live(self) -> list[Outgoing]:
        """Take up to a batch of live values."""
        batch = [self._live.pop(path) for path in list(islice(self._live, BATCH))]
        self._in_flight += len(batch)
        return batch

    def take_changed(self, limit: int = BATCH) -> list[Outgoing]:
        """Take up to ``limit`` slots that changed since they were last sent."""
        batch = []
        for path in list(islice(self._changed, limit)):
            del self._changed[path]
            item = self._slots[path]
            item.settled = False
            batch.append(item)
        self._in_flight += len(batch)
        return batch

    def take_lasting(self) -> list[Outgoing]:
        """Take up to a batch: half of it slots, so that neither they nor the queue starve."""
        batch = self.take_changed(BATCH // 2)
        while self._queue and len(batch) < BATCH:
            batch.append(self._queue.popleft())
            self._in_flight += 1
        return batch

    def settle(self, batch: Sequence[Outgoing]) -> None:
        """Take back what of a batch is not settled; queued items return to the head, in order."""
        self._in_flight -= len(batch)
        self._settled.set()
        for item in reversed(batch):
            queued = item.topic.delivery is Delivery.QUEUE
            if item.settled:
                self.stats.queue -= queued
            elif queued:
                self._queue.appendleft(item)
            elif item.topic.delivery is Delivery.LATEST:
                self._changed.setdefault(item.path)
            else:
                self.stats.dropped += 1
        self._trim_queue()

    def _keep_live(self, item: Outgoing) -> None:
        if not self.stats.connected:
            self.stats.dropped += 1
            return
        self.stats.dropped += item.path in self._live
        self._live[item.path] = item
        self._live_ready.set()

    def _trim_queue(self) -> None:
        while len(self._queue) > self._queue_limit:
            self._queue.popleft()
            self.stats.queue -= 1
            self.stats.dropped += 1


async def _next(ready: asyncio.Event) -> None:
    """Wait for the next time that ``ready`` is set."""
    ready.clear()
    await ready.wait()
