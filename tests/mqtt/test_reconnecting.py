from __future__ import annotations

import asyncio

from ftms_bridge.mqtt.reconnecting import Reconnector, Surroundings
from ftms_bridge.mqtt.session import Client
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.trouble import Trouble
from tests.brokers import HOST, BrokerProcess


class World:
    """A clock that only moves when somebody sleeps or the test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    async def sleep(self, wait_s: float) -> None:
        self.waits.append(wait_s)
        self.now += wait_s
        await asyncio.sleep(0.002)

    def surroundings(self) -> Surroundings:
        return Surroundings(clock=lambda: self.now, sleep=self.sleep, random=lambda: 0.0)


async def test_a_stable_connection_starts_the_waits_afresh_and_a_short_one_does_not(
    broker: BrokerProcess,
) -> None:
    world, troubles, connected = World(), list[Trouble](), asyncio.Event()

    async def serve(client: Client) -> None:
        connected.set()
        async for _ in client.messages:
            pass

    async def connect_for(duration_s: float) -> float:
        """Let the broker live for some time of the fake clock; return the wait after its end."""
        broker.start()
        await asyncio.wait_for(connected.wait(), 5)
        connected.clear()
        world.now += duration_s
        attempts = len(world.waits)
        broker.kill()
        while len(world.waits) == attempts:
            await asyncio.sleep(0.002)
        return world.waits[attempts]

    broker.kill()
    settings = BrokerSettings(host=HOST, port=broker.port, protocol="3.1.1")
    reconnector = Reconnector(settings, world.surroundings())
    task = asyncio.create_task(reconnector.run(serve, troubles.append))
    while world.now < 600:
        await asyncio.sleep(0.002)
    assert await connect_for(59.0) == 30.0
    assert await connect_for(61.0) == 1.0
    task.cancel()
    await asyncio.wait([task])
    assert {trouble.what for trouble in troubles} <= {
        "nothing listens there", "the connection is lost", "the broker closed the connection",
    }  # fmt: skip
