"""P1: from the callback of a notification to a subscriber, against a bare publish by aiomqtt.

Both happen in one process and one event loop, in turn, with payloads of the same bytes; the same
subscriber hears both. Ours is the daemon's own wiring, recorder and 1 Hz state included.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import aiomqtt

from bench.processes import HOST, NO_MOSQUITTO, find_mosquitto, running_mosquitto
from bench.rides import BIKE, BIKE_SPEC, bike_pipeline, bike_record
from bench.rows import Bar, Row, not_run
from ftms_bridge.app.bridge import Bridge
from ftms_bridge.app.daemon import monotonic_clock
from ftms_bridge.app.recorder import Recorder, RecorderSettings
from ftms_bridge.app.uplink import Identity, Uplink, UplinkSettings
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.telemetry.topics import LIVE

SAMPLES = 1000
ROUNDS = 3
WARM = 100
PAUSE_S = 0.004
BASE = "bench"
BARE_TOPIC = "bare"
OUR_TOPIC = LIVE.path(BASE, machine="bike")
WHAT = "notification callback to subscriber"
AGAINST = "bare aiomqtt publish"
P50, P99 = Bar(1.15), Bar(1.5)
NO_DELAY = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)


@dataclass(slots=True)
class Latencies:
    """Seconds per sample of one round."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


class Subscriber:
    """Hears both topics and notes when."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.payload = b""
        self._client = client
        self._heard: asyncio.Future[float] = asyncio.Future()
        self._awaited = ""

    def expect(self, topic: str) -> None:
        """Wait for the next message on this topic from now on."""
        self._awaited = topic
        self._heard = asyncio.Future()

    async def heard_at(self) -> float:
        """Return when the expected message came."""
        return await asyncio.wait_for(self._heard, 5)

    async def listen(self) -> None:
        """Hear until cancelled."""
        async for message in self._client.messages:
            now = time.perf_counter()
            if message.topic.value == self._awaited and not self._heard.done():
                self.payload = message.payload
                self._heard.set_result(now)


def measure(samples: int = SAMPLES, rounds: int = ROUNDS) -> list[Row]:
    """Measure median and 99th percentile; the best round of each side counts."""
    if find_mosquitto() is None:
        return [not_run("P1", f"{WHAT}, p{p}", NO_MOSQUITTO, bar)
                for p, bar in ((50, P50), (99, P99))]  # fmt: skip
    found = []
    with TemporaryDirectory() as folder, running_mosquitto(Path(folder)) as port:
        for number in range(rounds):
            recordings = Path(folder) / str(number)
            found.append(asyncio.run(_round(port, samples, recordings)))
    return [_row(50, found, P50), _row(99, found, P99)]


def _row(percent: int, found: list[Latencies], bar: Bar) -> Row:
    ours = [percentile(one.ours, percent) * 1e6 for one in found]
    bare = [percentile(one.bare, percent) * 1e6 for one in found]
    each = ", ".join(f"{a:.0f}/{b:.0f}" for a, b in zip(ours, bare, strict=True))
    return Row(
        "P1", f"{WHAT}, p{percent}", "us", min(ours), min(bare), AGAINST, bar,
        note=f"P1: {len(found[0].ours)} samples per side and round; "
        f"p{percent} of each round: {each} us.",
    )  # fmt: skip


def percentile(values: list[float], percent: int) -> float:
    """Return the value that this share of the values does not exceed."""
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


async def _round(port: int, samples: int, recordings: Path) -> Latencies:
    clock = monotonic_clock()
    async with AsyncExitStack() as stack:
        bridge = await stack.enter_async_context(_bridge(port, clock, recordings))
        bare = await stack.enter_async_context(_client(port))
        ear = await stack.enter_async_context(_client(port))
        await ear.subscribe([(OUR_TOPIC, 0), (BARE_TOPIC, 0)])
        subscriber = Subscriber(ear)
        listening = asyncio.create_task(subscriber.listen())
        try:
            return await _sample(bridge, bare, subscriber, clock, samples=samples)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def _sample(
    bridge: Bridge,
    bare: aiomqtt.Client,
    subscriber: Subscriber,
    clock: Callable[[], float],
    *,
    samples: int,
) -> Latencies:
    """Send by both ways in turn, each message after a rest; note how long each one takes."""
    found = Latencies()
    gc.collect()
    gc.disable()
    try:
        for _ in range(WARM + samples):
            await asyncio.sleep(PAUSE_S)
            at = clock()
            notification = Notification(at, "bike", BIKE, bike_record(at))
            subscriber.expect(OUR_TOPIC)
            start = time.perf_counter()
            bridge.deliver(notification)
            found.ours.append(await subscriber.heard_at() - start)

            payload = subscriber.payload
            await asyncio.sleep(PAUSE_S)
            subscriber.expect(BARE_TOPIC)
            start = time.perf_counter()
            await bare.publish(BARE_TOPIC, payload, qos=0)
            found.bare.append(await subscriber.heard_at() - start)
            assert subscriber.payload == payload
    finally:
        gc.enable()
    return Latencies(found.ours[WARM:], found.bare[WARM:])


@asynccontextmanager
async def _bridge(port: int, clock: Callable[[], float], recordings: Path) -> AsyncIterator[Bridge]:
    """Yield the bridge as the daemon wires it, connected, with a live document per notification."""
    pipeline, outbox = bike_pipeline(live_interval_s=0.0), Outbox(BASE)
    recorder = Recorder(
        RecorderSettings(recordings, keep_days=0),
        RecordingHeader((BIKE_SPEC,), software="bench"),
        wall=time.time,
    )
    recorder.open()
    bridge = Bridge(pipeline, outbox, clock, recorder)
    uplink = Uplink(
        UplinkSettings(BrokerSettings(HOST, port), BASE, recorder=recorder),
        Identity("bench", "bench", (BIKE_SPEC,)),
        pipeline,
        outbox,
        on_command=bridge.obey,
        clock=clock,
    )
    async with uplink:
        syncing = asyncio.create_task(recorder.sync_forever())
        while not outbox.stats.connected:  # noqa: ASYNC110 - the outbox offers no event for it
            await asyncio.sleep(0.01)
        try:
            yield bridge
        finally:
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)
            bridge.finish()
            recorder.close()


def _client(port: int) -> aiomqtt.Client:
    return aiomqtt.Client(
        HOST, port, protocol=aiomqtt.ProtocolVersion.V5, socket_options=NO_DELAY
    )  # fmt: skip
