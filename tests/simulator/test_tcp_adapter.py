"""Adapters for other processes: clients come, die without goodbye, and come again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from bumble import device, hci
from bumble.transport import open_transport
from bumble.transport.common import TransportLostError

from ftms_bridge.errors import UsageError
from ftms_bridge.simulator import tcp_adapter
from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.gatt_tables import device_tables
from ftms_bridge.simulator.peripheral import Peripheral
from ftms_bridge.simulator.tcp_adapter import serve_adapter
from tests.simulator.build import forward, scenario


class Client:
    """What a second process does, over a real socket."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def start(self) -> Client:
        self.transport = await open_transport(f"tcp-client:127.0.0.1:{self.port}")
        self.device = device.Device.with_hci(
            "client",
            hci.Address("F0:F1:F2:F3:F4:F5"),
            self.transport.source,
            self.transport.sink,
        )
        self.device.classic_enabled = False
        await self.device.power_on()
        return self

    async def connect(self, peripheral: Peripheral) -> None:
        async with asyncio.timeout(5):
            await self.device.connect(hci.Address(peripheral.address))


async def until(wanted: bool, peripheral: Peripheral) -> None:
    async with asyncio.timeout(5):
        while peripheral.is_connected is not wanted:
            await asyncio.sleep(0.005)


@asynccontextmanager
async def radio() -> AsyncIterator[tuple[Air, Peripheral, int]]:
    air = Air()
    peripheral = Peripheral(air, device_tables(scenario(forward()))[0])
    await peripheral.power_on()
    async with serve_adapter(air) as port:
        yield air, peripheral, port
    await peripheral.close()


async def test_a_client_connects_dies_without_goodbye_and_comes_again() -> None:
    async with radio() as (air, peripheral, port):
        alone = len(air.controllers)
        for turn in range(3):
            client = await Client(port).start()
            await client.connect(peripheral)
            await until(True, peripheral)
            assert peripheral.connections == turn + 1
            await client.transport.close()
            await until(False, peripheral)
            assert len(air.controllers) == alone


async def test_two_clients_have_adapters_of_their_own() -> None:
    async with radio() as (_, peripheral, port):
        one, two = await Client(port).start(), await Client(port).start()
        await one.connect(peripheral)
        heard: list[str] = []
        two.device.on("advertisement", lambda advert: heard.append(str(advert.address)))
        await two.device.start_scanning()
        await one.transport.close()
        await until(False, peripheral)
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0.005)
        assert set(heard) == {peripheral.address}
        await two.transport.close()


@pytest.mark.parametrize("rubbish", [
    b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, bytes.fromhex("01030c00020001ff") * 50,
    bytes.fromhex("010320ff") + b"\x00" * 300, bytes.fromhex("0113200102"),
], ids=["http", "ones", "resets", "long", "short"])  # fmt: skip
async def test_rubbish_harms_only_who_sends_it(rubbish: bytes) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
    async with radio() as (_, peripheral, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(rubbish)
        await writer.drain()
        client = await Client(port).start()
        await client.connect(peripheral)
        await until(True, peripheral)
        assert peripheral.connections == 1
        writer.close()
        await client.transport.close()
        assert complaints == []


async def test_a_client_that_stops_reading_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async with radio() as (air, _, port):
        alone = len(air.controllers)
        client = await Client(port).start()
        monkeypatch.setattr(tcp_adapter, "MOST_UNREAD_BYTES", -1)  # every packet is too many
        with pytest.raises(TransportLostError):
            await client.device.start_scanning()
        async with asyncio.timeout(5):
            while len(air.controllers) > alone:
                await asyncio.sleep(0.005)
        assert len(air.controllers) == alone


async def test_the_end_of_the_radio_is_seen_at_once() -> None:
    async with radio() as (_, _, port):
        client = await Client(port).start()
    async with asyncio.timeout(2):
        await client.transport.source.wait_for_termination()  # type: ignore[attr-defined]
    with pytest.raises(OSError, match="refused|failed|Connect"):
        await asyncio.open_connection("127.0.0.1", port)


async def test_nobody_on_the_network_reaches_it() -> None:
    with pytest.raises(UsageError, match="network"):
        async with serve_adapter(Air(), host="0.0.0.0"):
            pass


async def test_a_taken_port_is_an_error_for_people() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=str(port)) as caught:
            async with serve_adapter(Air(), port=port):
                pass
        assert "--port" in caught.value.hint
