from __future__ import annotations

import asyncio
import logging
import socket
import sys
from contextlib import closing

import pytest

from ftms_bridge.errors import InstanceRunning, UsageError
from ftms_bridge.mqtt.embedded import EmbeddedBroker
from tests.brokers import HOST, free_port, listening


async def test_the_embedded_broker_carries_messages_and_keeps_retained_ones() -> None:
    async with EmbeddedBroker(free_port()) as broker:
        async with listening(broker.port) as ear:
            await ear.client.publish("ftms/bike/availability", "online", qos=1, retain=True)
            await ear.until_text("ftms/bike/availability", "online")
        async with listening(broker.port) as late:
            await late.until_text("ftms/bike/availability", "online")


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
    with pytest.raises(UsageError, match=r"pip install 'ftms-bridge\[demo\]'"):
        await EmbeddedBroker(free_port()).__aenter__()


async def test_the_embedded_broker_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with EmbeddedBroker(free_port()) as broker:
        with closing(socket.create_connection((HOST, broker.port))) as stranger:
            stranger.sendall(b"GET / HTTP/1.0\r\n\r\n")
        await asyncio.sleep(0.05)
    assert [record for record in caplog.records if record.name.startswith("amqtt")] == []
