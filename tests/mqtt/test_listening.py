from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ftms_bridge.mqtt.listening import listen
from ftms_bridge.mqtt.reconnecting import Surroundings
from ftms_bridge.mqtt.session import Client
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.trouble import Trouble
from tests.brokers import HOST, BrokerProcess, free_port, listening


class Witness:
    """Writes down what a listener tells."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes, bool]] = []
        self.changes: list[Trouble | None] = []
        self._news = asyncio.Event()

    def receive(self, topic: str, payload: bytes, retained: bool) -> None:
        self.messages.append((topic, payload, retained))
        self._news.set()

    def change(self, trouble: Trouble | None) -> None:
        self.changes.append(trouble)
        self._news.set()

    async def news(self) -> None:
        async with asyncio.timeout(5):
            await self._news.wait()
        self._news.clear()


async def soon(_: float) -> None:
    await asyncio.sleep(0.02)


@asynccontextmanager
async def watching(port: int, *topics: str) -> AsyncIterator[Witness]:
    witness = Witness()
    settings = BrokerSettings(host=HOST, port=port, client_id="bridge", timeout_s=1.0)
    task = asyncio.create_task(
        listen(
            settings, topics, on_message=witness.receive, on_change=witness.change,
            around=Surroundings(sleep=soon),
        )
    )  # fmt: skip
    try:
        yield witness
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_listener_hears_what_is_retained_and_what_is_new(broker: BrokerProcess) -> None:
    async with listening(broker.port) as ear:
        await ear.client.publish("ftms/bike/availability", b"online", qos=1, retain=True)
        await ear.client.publish("ftms/bike/event", b"before", qos=1)
        async with watching(broker.port, "ftms/+/availability", "ftms/+/event") as witness:
            while not witness.messages:
                await witness.news()
            await ear.client.publish("ftms/bike/event", b"after", qos=1)
            while witness.messages[-1][1] != b"after":
                await witness.news()
    assert list(dict.fromkeys(witness.messages)) == [  # amqtt repeats what is retained
        ("ftms/bike/availability", b"online", True),
        ("ftms/bike/event", b"after", False),
    ]
    assert witness.changes == [None]


async def test_a_listener_tells_each_trouble_and_comes_back(broker: BrokerProcess) -> None:
    async with watching(broker.port, "#") as witness:
        await witness.news()
        broker.kill()
        while witness.changes[-1] is None:
            await witness.news()
        broker.start()
        while witness.changes[-1] is not None:
            await witness.news()
    troubles = [trouble.what for trouble in witness.changes if trouble is not None]
    assert witness.changes[0] is None
    assert set(troubles) <= {"the connection is lost", "nothing listens there"}


async def test_a_listener_without_a_broker_says_why() -> None:
    async with watching(free_port(), "#") as witness:
        await witness.news()
    assert witness.changes[0] is not None
    assert witness.changes[0].what == "nothing listens there"


async def test_a_listener_does_not_push_the_bridge_off_its_client_id(
    broker: BrokerProcess,
) -> None:
    bridge = Client(HOST, broker.port, identifier="bridge")
    async with bridge, watching(broker.port, "#") as witness:
        await witness.news()
        await bridge.publish("ftms/bike/live", b"1", qos=1)
        while not witness.messages:
            await witness.news()
    assert witness.changes == [None], "both stay connected"
