from __future__ import annotations

import asyncio
import logging
import socket
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ftms_bridge.errors import InstanceRunning, UsageError
from ftms_bridge.mqtt.embedded import EmbeddedBroker
from tests.brokers import HOST, Ear, free_port, listening


async def test_the_embedded_broker_carries_messages_and_keeps_retained_ones() -> None:
    async with EmbeddedBroker(free_port()) as broker:
        async with listening(broker.port) as ear:
            await ear.client.publish("ftms/bike/availability", "online", qos=1, retain=True)
            await ear.until_text("ftms/bike/availability", "online")
        async with listening(broker.port) as late:
            await late.until_text("ftms/bike/availability", "online")


def string(text: str) -> bytes:
    return len(text).to_bytes(2) + text.encode()


async def say_and_leave(port: int, topic: str, *texts: str) -> None:
    """Publish with QoS 0 and leave in the same breath, as small clients do."""
    reader, writer = await asyncio.open_connection(HOST, port)
    hello = string("MQTT") + b"\x04\x02\x00\x3c" + string("")
    writer.write(b"\x10" + len(hello).to_bytes() + hello)
    assert await reader.readexactly(4) == b"\x20\x02\x00\x00"
    bodies = [string(topic) + text.encode() for text in texts]
    publishes = [b"\x30" + len(body).to_bytes() + body for body in bodies]
    writer.write(b"".join(publishes) + b"\xe0\x00")
    writer.close()
    await writer.wait_closed()


async def retain(ear: Ear, *topics: str) -> None:
    for topic in topics:
        await ear.client.publish(topic, "kept", qos=1, retain=True)
    await ear.until(lambda ear: len(ear.heard) == len(topics))


async def test_what_a_client_says_before_it_leaves_arrives_in_order() -> None:
    async with EmbeddedBroker(free_port()) as broker, listening(broker.port) as ear:
        await retain(ear, "ftms/bike/state", "ftms/mill/state")
        for number in range(50):
            await say_and_leave(broker.port, f"x/{number}", "1", "2", "3")
        await ear.until(lambda ear: len(ear.heard) == 152)
        for number in range(50):
            assert ear.texts(f"x/{number}") == ["1", "2", "3"]


async def test_every_call_of_mosquitto_pub_arrives(mosquitto_folder: Path) -> None:
    async with EmbeddedBroker(free_port()) as broker, listening(broker.port) as ear:
        await retain(ear, *(f"ftms/bike_{number}/state" for number in range(20)))
        for number in range(50):
            process = await asyncio.create_subprocess_exec(
                "mosquitto_pub", "-h", HOST, "-p", str(broker.port), "-t", "x", "-m", str(number),
                cwd=mosquitto_folder,
            )  # fmt: skip
            assert await process.wait() == 0
        await ear.until(lambda ear: len(ear.heard) == 70)
        assert ear.texts("x") == [str(number) for number in range(50)]


async def test_a_subscriber_gets_what_is_retained_under_its_own_filter_once() -> None:
    topics = ["ftms/bike/availability", "ftms/bike/state", "ftms/mill/state"]
    async with EmbeddedBroker(free_port()) as broker, listening(broker.port, "ftms/#") as first:
        await retain(first, *topics)
        async with (
            listening(broker.port, "x/#") as stranger,
            listening(broker.port, "ftms/+/state"),
            listening(broker.port, "ftms/#") as second,
        ):
            await first.client.publish("ftms/end", "live", qos=1)
            await first.client.publish("x/end", "live", qos=1)
            await second.until(lambda ear: bool(ear.texts("ftms/end")))
            await stranger.until(lambda ear: bool(ear.texts("x/end")))
    assert [message.topic for message in stranger.heard] == ["x/end"]
    heard = sorted(message.topic for message in second.heard if message.retain)
    assert heard == topics
    assert len(second.heard) == 4
    assert len(first.heard) == 4


async def test_the_embedded_broker_is_gone_after_its_context() -> None:
    async with EmbeddedBroker(free_port()) as broker:
        port = broker.port
    with closing(socket.socket()) as probe:
        assert probe.connect_ex((HOST, port)) != 0


async def test_the_embedded_broker_is_not_reachable_from_the_network() -> None:
    async with EmbeddedBroker(free_port()) as broker:
        with closing(socket.socket()) as other:
            other.bind(("127.0.0.2", broker.port))  # would fail if it listened on all addresses


async def test_a_taken_port_is_told_with_what_to_do() -> None:
    async with EmbeddedBroker(free_port()) as broker:
        with pytest.raises(InstanceRunning, match="another port"):
            await EmbeddedBroker(broker.port).__aenter__()


async def test_a_missing_package_is_told_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "amqtt.broker", None)
    with pytest.raises(UsageError, match=r"pip install '\.\[demo\]'"):
        await EmbeddedBroker(free_port()).__aenter__()


async def test_the_embedded_broker_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with EmbeddedBroker(free_port()) as broker:
        with closing(socket.create_connection((HOST, broker.port))) as stranger:
            stranger.sendall(b"GET / HTTP/1.0\r\n\r\n")
        await asyncio.sleep(0.05)
    assert [record for record in caplog.records if record.name.startswith("amqtt")] == []
