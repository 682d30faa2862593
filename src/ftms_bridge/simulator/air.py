"""The virtual radio: adapters and peripherals that hear each other, and what can go wrong.

Everything runs on the event loop that is running when it is called, and on that loop's clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from bumble import hci, ll
from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.transport.common import AsyncPipeSink

from ftms_bridge.errors import UsageError
from ftms_bridge.simulator.air_controller import (
    LINK_LOSS,
    NEVER_BEGAN,
    USUAL_RSSI_DBM,
    AirController,
    Medium,
)

SUPERVISION_S: Final = 5.0
"""Silence after which both ends give a link up; phones and computers ask for 0.4 s to 6 s."""

ADAPTER_ADDRESS: Final = "F0:0D:F0:0D:{0:02X}:{1:02X}"
"""Public addresses of the virtual adapters, in the order in which they are plugged in."""


class Air(Medium):
    """The medium. Faults go by the address of a peripheral, written ``C0:01:02:03:04:05``.

    An address that is on no peripheral raises UsageError.
    """

    def __init__(self, *, supervision_s: float = SUPERVISION_S) -> None:
        super().__init__()
        self._supervision_s = supervision_s
        self._plugged = 0
        self._gone: set[Controller] = set()
        self._mute: set[Controller] = set()
        self._rssi_dbm: dict[str, int] = {}

    # ------------------------------------------------------------ who is there

    def plug(self, name: str = "adapter") -> tuple[AirController, AsyncPipeSink]:
        """Return source and sink of the host interface of a new controller on this air."""
        self._plugged += 1
        address = ADAPTER_ADDRESS.format(*divmod(self._plugged, 256))
        controller = AirController(name, medium=self, public_address=address)
        return controller, AsyncPipeSink(controller)

    def unplug(self, controller: AirController) -> None:
        """Take a controller off the air; the other ends of its links see a link loss at once."""
        controller.forget()
        controller.set_packet_sink(None)
        self.controllers.discard(controller)
        self._gone.discard(controller)
        self._mute.discard(controller)

    # ------------------------------------------------------------ what can go wrong

    def vanish(self, address: str) -> None:
        """Cut a peripheral's power: silence at once, link loss after the supervision time-out."""
        controller = self._at(address)
        self._gone.add(controller)
        loop = asyncio.get_running_loop()
        for connection in tuple(controller.le_connections.values()):
            for end in self._ends(connection):
                loop.call_later(self._supervision_s, _lose, end, LINK_LOSS)

    def appear(self, address: str) -> None:
        """Give the power back: the peripheral starts without links, and advertises."""
        controller = self._at(address)
        if controller in self._gone:
            self._gone.discard(controller)
            for connection in tuple(controller.le_connections.values()):
                _lose(connection, LINK_LOSS)

    def mute(self, address: str) -> None:
        """Let links live on, but nothing passes any more: no data either way, no advert."""
        self._mute.add(self._at(address))

    def unmute(self, address: str) -> None:
        """End ``mute``; what was said meanwhile is lost."""
        self._mute.discard(self._at(address))

    def drop(self, address: str, reason: int = LINK_LOSS) -> None:
        """End the links of a peripheral at once; ``reason`` is what the central is told."""
        controller = self._at(address)
        for connection in tuple(controller.le_connections.values()):
            for end in self._ends(connection):
                _lose(end, reason)

    def place(self, address: str, rssi_dbm: int) -> None:
        """Set how strong a peripheral is heard from now on, in dBm."""
        self._rssi_dbm[_text(self._at(address).random_address)] = rssi_dbm

    def rssi_dbm(self, address: hci.Address) -> int:
        """Return how strong the adverts of this address are heard."""
        return self._rssi_dbm.get(_text(address), USUAL_RSSI_DBM)

    # ------------------------------------------------------------ the library's side

    def send_advertising_pdu(
        self, sender_controller: Controller, packet: ll.AdvertisingPdu
    ) -> None:
        """Carry an advert to all who listen, and a wish to connect to the one it names."""
        if self._is_silent(sender_controller):
            return
        loop = asyncio.get_running_loop()
        if isinstance(packet, ll.ConnectInd):
            loop.call_soon(self._connect, sender_controller, packet)
            return
        for controller in self.controllers:
            listens = isinstance(controller, AirController) and controller.listens
            if listens and controller is not sender_controller:
                loop.call_soon(controller.on_ll_advertising_pdu, packet)

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: hci.Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        """Carry data over one link; the address it comes from is the one that link runs on."""
        connection = sender_controller.le_connections.get(destination_address)
        if connection is None or self._is_silent(sender_controller):
            return
        other = self._other_end(connection)
        if other is not None and not self._is_silent(other.controller):
            receive = other.controller.on_link_acl_data
            asyncio.get_running_loop().call_soon(receive, other.peer_address, transport, data)

    def send_ll_control_pdu(
        self,
        sender_address: hci.Address,
        receiver_address: hci.Address,
        packet: ll.ControlPdu,
    ) -> None:
        """Carry what controllers tell each other; it is lost when the other one is away."""
        for connection in self._connections():
            away = connection.controller in self._gone
            if (
                connection.self_address == receiver_address
                and connection.peer_address == sender_address
                and not away
            ):
                tell = connection.controller.on_ll_control_pdu
                asyncio.get_running_loop().call_soon(tell, sender_address, packet)
                return

    # ------------------------------------------------------------ inside

    def _connect(self, sender: Controller, packet: ll.ConnectInd) -> None:
        """Let the advertiser take the connection, or tell the other that it never began."""
        for controller in self.controllers:
            advertiser = controller.le_legacy_advertiser
            wanted = advertiser.enabled and advertiser.address == packet.advertiser_address
            if wanted and not self._is_silent(controller):
                controller.on_le_connect_ind(packet)
                return
        connection = sender.le_connections.get(packet.advertiser_address)
        if connection is not None:
            _lose(connection, NEVER_BEGAN)

    def _is_silent(self, controller: Controller) -> bool:
        is_off = controller not in self.controllers or controller in self._gone
        return is_off or controller in self._mute

    def _connections(self) -> Iterator[Connection]:
        for controller in self.controllers:
            yield from controller.le_connections.values()

    def _ends(self, connection: Connection) -> Iterator[Connection]:
        other = self._other_end(connection)
        yield from (connection,) if other is None else (connection, other)

    def _other_end(self, connection: Connection) -> Connection | None:
        for other in self._connections():
            if (
                other.self_address == connection.peer_address
                and other.peer_address == connection.self_address
            ):
                return other
        return None

    def _at(self, address: str) -> Controller:
        for controller in self.controllers:
            if _text(controller.random_address) == address.upper():
                return controller
        raise UsageError(
            f"There is no peripheral {address} on this air.",
            hint="Give the address as it is advertised.",
        )


def _text(address: hci.Address) -> str:
    return address.to_string(with_type_qualifier=False).upper()


def _lose(connection: Connection, reason: int) -> None:
    controller = connection.controller
    if isinstance(controller, AirController):
        controller.lose(connection, reason)
