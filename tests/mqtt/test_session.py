from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from ftms_bridge.mqtt.session import Client, MqttError, Version, connection
from ftms_bridge.mqtt.settings import BrokerSettings
from tests.brokers import HOST, BrokerProcess, Mosquitto, listening

V311 = Version.V311
LARGE = b"x" * 100_000


def connect(port: int) -> AbstractAsyncContextManager[Client]:
    return connection(BrokerSettings(host=HOST, port=port), client_id="test", version=V311)


async def test_what_is_written_at_once_arrives_in_order_with_its_retain_flag(
    broker: BrokerProcess,
) -> None:
    async with listening(broker.port) as ear, connect(broker.port) as client:
        sent = [client.publish_at_once("a", b"%d" % n, retain=False) for n in range(50)]
        assert all(sent)
        assert client.publish_at_once("kept", b"1", retain=True)
        await ear.until(lambda ear: ear.texts("kept") == ["1"])
        assert ear.texts("a") == [str(number) for number in range(50)]
    async with listening(broker.port) as late:
        await late.until_text("kept", "1")


async def test_a_full_socket_is_told_and_nothing_of_it_is_lost(broker: BrokerProcess) -> None:
    async with listening(broker.port) as ear, connect(broker.port) as client:
        broker.freeze()
        taken = 0
        while client.publish_at_once("a", LARGE, retain=False):
            taken += 1
            assert taken < 1000, "a frozen broker cannot take 100 MB"
        waiting = asyncio.create_task(client.publish("a", b"last", 0))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        broker.thaw()
        await waiting
        await ear.until(lambda ear: ear.texts("a")[-1:] == ["last"])
        assert len(ear.texts("a")) == taken + 1
        assert client.publish_at_once("a", b"free again", retain=False)


async def test_a_message_larger_than_the_socket_takes_is_finished_later(
    broker: BrokerProcess,
) -> None:
    async with listening(broker.port) as ear, connect(broker.port) as client:
        broker.freeze()
        large = b"x" * 20_000_000
        waiting = asyncio.create_task(client.publish("a", large, 0))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        broker.thaw()
        await waiting
        await ear.until(lambda ear: [len(message.payload) for message in ear.heard] == [len(large)])


async def test_a_dead_connection_is_an_error_and_not_a_success(broker: BrokerProcess) -> None:
    async def send(client: Client) -> None:
        for _ in range(100):
            client.publish_at_once("a", b"1", retain=False)
            await asyncio.sleep(0.01)

    async with connect(broker.port) as client:
        broker.kill()
        with pytest.raises(MqttError):
            await send(client)


async def test_the_loop_rests_after_writing(broker: BrokerProcess) -> None:
    async with connect(broker.port) as client:
        for _ in range(20):
            client.publish_at_once("a", b"1", retain=False)
            await client.publish("a", b"2", 1)
        await asyncio.sleep(0.05)
        before = time.process_time()
        await asyncio.sleep(0.3)
        assert time.process_time() - before < 0.1  # a loop that spins would use all of it


async def test_a_subscription_for_new_messages_leaves_out_retained_ones_with_mqtt_5(
    mosquitto_folder: Path,
) -> None:
    broker = Mosquitto(mosquitto_folder)
    broker.start()
    settings = BrokerSettings(host=HOST, port=broker.port)
    async with (
        listening(broker.port) as ear,
        connection(settings, client_id="test", version=Version.V5) as client,
    ):
        await ear.client.publish("a", b"old", qos=1, retain=True)
        assert await client.subscribe_to(["a"], new_only=True)
        await ear.client.publish("a", b"new", qos=1, retain=True)
        message = await anext(client.messages)
        assert (message.payload, message.retain) == (b"new", True)
    broker.kill()
