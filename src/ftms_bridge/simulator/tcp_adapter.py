"""Virtual adapters for other processes: the host interface (HCI) of the virtual radio over TCP.

Every client gets an adapter of its own, which leaves the air with it: two programs can listen at
once, and one that died without goodbye leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Final

from bumble.core import InvalidPacketError
from bumble.transport.common import PacketParser

from ftms_bridge.errors import UsageError
from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.air_controller import AirController

log = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"

MOST_UNREAD_BYTES: Final = 1_000_000
"""A client that leaves this much unread is stuck, and loses its adapter. House choice."""


class Guarded:
    """Hands packets to an adapter; a client whose packet breaks it is cut off."""

    def __init__(self, adapter: AirController, transport: asyncio.Transport) -> None:
        self._adapter = adapter
        self._transport = transport

    def on_packet(self, packet: bytes) -> None:
        """Take one packet, in the next turn of the loop as with a real adapter."""
        asyncio.get_running_loop().call_soon(self._take, packet)

    def _take(self, packet: bytes) -> None:
        try:
            self._adapter.on_packet(packet)
        except Exception as problem:  # noqa: BLE001 - whatever one sends, the others live on
            log.warning("a client of the virtual radio is cut off: %r", problem)
            self._transport.abort()


class AdapterProtocol(asyncio.Protocol):
    """One client and its adapter."""

    def __init__(self, air: Air, clients: set[asyncio.Transport]) -> None:
        self._air = air
        self._clients = clients
        self._parser = PacketParser()
        self._adapter: AirController | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Plug in an adapter that talks to this client."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._clients.add(transport)
        self._adapter, _ = self._air.plug("tcp")
        self._adapter.set_packet_sink(self)
        self._parser.set_packet_sink(Guarded(self._adapter, transport))

    def data_received(self, data: bytes) -> None:
        """Take packets of the client; one that sends anything else is cut off."""
        try:
            self._parser.feed_data(data)
        except InvalidPacketError:
            if self._transport is not None:
                self._transport.abort()

    def on_packet(self, packet: bytes) -> None:
        """Send a packet of the adapter to the client."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(packet)
        if self._transport.get_write_buffer_size() > MOST_UNREAD_BYTES:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the adapter off the air: its devices see a link loss and advertise again."""
        if self._transport is not None:
            self._clients.discard(self._transport)
        if self._adapter is not None:
            self._air.unplug(self._adapter)


@asynccontextmanager
async def serve_adapter(air: Air, *, host: str = LOOPBACK, port: int = 0) -> AsyncIterator[int]:
    """Serve adapters while inside; yield the port, which is a free one when 0 was asked for.

    Raises UsageError when the address is not of this computer only, or the port is taken.
    """
    if not ip_address(host).is_loopback:
        raise UsageError(
            f"{host} can be reached from the network.",
            hint=f"Use {LOOPBACK}: whoever reaches this port owns the virtual adapter.",
        )
    clients: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(lambda: AdapterProtocol(air, clients), host, port)
    except OSError as error:
        raise UsageError(
            f"Port {port} on {host} cannot be used: {error.strerror}.",
            hint="Give another one with --port.",
        ) from error
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for transport in tuple(clients):
            transport.abort()
        await asyncio.sleep(0)  # lets the clients' adapters leave the air
