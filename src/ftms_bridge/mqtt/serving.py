"""The bridge's connection to the broker: announced, fed from the outbox, open to what comes in."""

from __future__ import annotations

import asyncio
import logging
import random as random_numbers
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final

from ftms_bridge.control.commands import Command
from ftms_bridge.gatt.notification import DirectionReading
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.mqtt.publisher import Outbox, Outgoing
from ftms_bridge.mqtt.reconnecting import Reconnector, Surroundings
from ftms_bridge.mqtt.sensing import SensorInbox
from ftms_bridge.mqtt.session import Client, MqttError, Version, Will
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.subscriber import CommandReader, Inbox
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.mqtt.trouble import Announcer
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import BRIDGE_AVAILABILITY, SENSOR_DIRECTION, SET
from ftms_bridge.telemetry.wall import WallLabel

log = logging.getLogger(__name__)

FAREWELL_S: Final = 1.0
"""Seconds for each step of leaving; house choice."""

_SENSOR_TAIL: Final = SENSOR_DIRECTION.path("", machine="").removeprefix("/")
"""How the topics of direction sensors end, and those of commands do not."""


class MqttSession:
    """Keeps one connection to the broker, sends what the outbox holds, takes commands in.

    on_command: takes each command that is well formed; None: no commands are taken at all.
    on_reading: takes each reading of a direction sensor; None: none are taken at all.
    clock, sleep, random: the world outside, replaced in tests.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        outbox: Outbox,
        *,
        machines: Iterable[str] = (),
        on_command: Callable[[Command], None] | None = None,
        on_reading: Callable[[DirectionReading], None] | None = None,
        wall: WallLabel | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_numbers.random,
    ) -> None:
        self.stats = outbox.stats
        self._outbox = outbox
        self._availability = BRIDGE_AVAILABILITY.path(outbox.base)
        self._commands = SET.path(outbox.base, machine="+", verb="+")
        self._readings = SENSOR_DIRECTION.path(outbox.base, machine="+")
        known = tuple(machines)
        reader = CommandReader(outbox.base, known)
        self._inbox = Inbox(reader, outbox, on_command) if on_command else None
        self._sensors = (
            SensorInbox(outbox.base, known, outbox.stats, on_reading) if on_reading else None
        )
        self._wall = wall or WallLabel(None)
        self._clock = clock
        self._announcer = Announcer(settings.address)
        self._reconnector = Reconnector(
            settings,
            Surroundings(clock, sleep, random),
            will=Will(self._availability, b"offline", qos=1, retain=True),
        )

    @property
    def client_id(self) -> str:
        """Return the id under which the broker knows this session."""
        return self._reconnector.client_id

    async def run(self) -> None:
        """Connect, serve, and connect again, until cancelled; says ``offline`` before it leaves."""
        await self._reconnector.run(self._serve, self._announcer.trouble)

    async def _serve(self, client: Client) -> None:
        """Serve until the connection fails; when cancelled, let out first what still waits."""
        talk = asyncio.create_task(first_end(self._receive(client), self._speak(client)))
        try:
            await asyncio.wait([talk])
        except asyncio.CancelledError:
            rest = self._outbox.emptied()
            await first_end(asyncio.wait([talk]), rest, asyncio.sleep(FAREWELL_S))
            raise
        finally:
            talk.cancel()
            await asyncio.gather(talk, return_exceptions=True)
            await first_end(self._say_offline(client))
        talk.result()

    async def _speak(self, client: Client) -> None:
        await client.publish(self._availability, b"online", qos=1, retain=True)
        await self._subscribe(client)
        self._outbox.open()
        self._announcer.connected("5" if client.version is Version.V5 else "3.1.1")
        await first_end(self._send_live(client), self._send_rest(client))

    async def _send_live(self, client: Client) -> None:
        while True:
            await self._deliver(client, await self._outbox.live())

    async def _send_rest(self, client: Client) -> None:
        while slots := self._outbox.take_changed():  # all states before the first waiting event
            await self._deliver(client, slots)
        while True:
            await self._deliver(client, await self._outbox.lasting())

    async def _deliver(self, client: Client, batch: list[Outgoing]) -> None:
        """Send a batch at once; what is not confirmed goes back to the outbox."""
        try:
            if len(batch) == 1:  # no task for the most frequent case
                await self._send(client, batch[0])
                return
            sendings = [self._send(client, item) for item in batch]
            for outcome in await asyncio.gather(*sendings, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
        finally:
            self._outbox.settle(batch)

    async def _send(self, client: Client, item: Outgoing) -> None:
        path, qos, retain = item.path, item.topic.qos, item.topic.retain
        try:
            payload = encode(item.payload)
            if qos or not client.publish_at_once(path, payload, retain=retain):
                await client.publish(path, payload, qos, retain)
        except MqttError:
            self.stats.failed += 1
            raise
        except ValueError:  # a payload or topic that no broker could carry
            self.stats.failed += 1
            log.exception("A message for %s was thrown away.", path)
        else:
            self.stats.published += 1
        item.settled = True

    async def _subscribe(self, client: Client) -> None:
        """Ask for commands, readings and our own availability; go on without them if refused."""
        topics = [self._availability, *([self._commands] if self._inbox else [])]
        if not await client.subscribe_to(topics, new_only=True):
            log.warning(
                "The broker refuses the subscription to %s: commands will not arrive. "
                "Allow this user to read these topics.", " and ".join(topics),
            )  # fmt: skip
        # a reading is as new as its arrival, however its sensor sets the retain flag
        if self._sensors is not None and not await client.subscribe_to(
            [self._readings], new_only=True, flag_as_sent=False
        ):
            log.info(
                "The broker refuses the subscription to %s; only a direction sensor needs it.",
                self._readings,
            )

    async def _receive(self, client: Client) -> None:
        async for message in client.messages:
            topic, payload = message.topic.value, message.payload
            if topic == self._availability:
                if payload == b"offline":  # the late last will of a dead predecessor
                    self._outbox.publish(Publish(BRIDGE_AVAILABILITY, "", "online"))
            else:
                self._take_in(topic, payload, retained=message.retain)

    def _take_in(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Let a command or a reading of a sensor take effect."""
        at = self._clock()
        if topic.endswith(_SENSOR_TAIL):
            if self._sensors is not None:
                self._sensors.receive(topic, payload, retained=retained, at=at)
        elif self._inbox is not None:
            self._inbox.receive(topic, payload, retained=retained, at=at, time=self._wall.at(at))

    async def _say_offline(self, client: Client) -> None:
        """Say it ourselves, because a clean disconnection suppresses the last will."""
        self._outbox.close()
        with suppress(MqttError):
            await client.publish(
                self._availability, b"offline", qos=1, retain=True, timeout=FAREWELL_S
            )
