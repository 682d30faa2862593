"""A Bluetooth adapter that can be plugged into this computer's kernel, and pulled out."""

from __future__ import annotations

from typing import Final

from bumble.hci import Address
from bumble.transport import open_transport
from bumble.transport.common import Transport

from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.air_controller import AirController

ADDRESS: Final = Address("F0:AA:BB:CC:DD:01", Address.PUBLIC_DEVICE_ADDRESS)
"""Of the only adapter; it is the same one when it is plugged in again."""


class Adapter:
    """One adapter between a virtual air and the kernel."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._transport: Transport | None = None
        self._controller: AirController | None = None

    async def plug(self) -> None:
        """Let the kernel find an adapter."""
        self._transport = await open_transport("vhci")
        self._controller, _ = self._air.plug("adapter")
        self._controller.public_address = ADDRESS
        self._controller.set_packet_sink(self._transport.sink)
        self._transport.source.set_packet_sink(self._controller)

    async def unplug(self) -> None:
        """Take it away; links over it are lost at once."""
        assert self._transport
        assert self._controller
        await self._transport.close()
        self._air.unplug(self._controller)
        self._transport = self._controller = None
