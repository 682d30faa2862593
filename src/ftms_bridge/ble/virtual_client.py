"""One connection over an adapter of the virtual radio, as a backend of bleak."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError, BleakGATTProtocolErrorCode
from bleak.uuids import normalize_uuid_str
from bumble import core, gatt, hci
from bumble.att import ATT_Error
from bumble.device import Connection, Device, Peer
from bumble.gatt_client import CharacteristicProxy, DescriptorProxy

if TYPE_CHECKING:
    from ftms_bridge.ble.virtual_adapter import VirtualAdapter

log = logging.getLogger(__name__)

T = TypeVar("T")

MTU_BYTES: Final = 517
"""What is asked for; the longest an attribute may be is 512 bytes."""

GIVE_UP_S: Final = 2.0
DISCONNECT_LIMIT_S: Final = 3.0

_GONE: Final = "Disconnected"
"""This very word lets the retry connector try again without a rest."""

_PROPERTIES: Final = 0xFF
_PUSHED: Final = gatt.Characteristic.Properties.NOTIFY | gatt.Characteristic.Properties.INDICATE
_CCCD: Final = gatt.GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR


class VirtualClient(BaseBleakClient):
    """One client; ``adapter`` is set in a subclass per adapter, as bleak makes the objects."""

    adapter: ClassVar[VirtualAdapter]

    def __init__(self, address_or_ble_device: BLEDevice | str, **kwargs: Any) -> None:
        known = ("disconnected_callback", "services", "timeout", "bluez", "winrt")
        super().__init__(
            address_or_ble_device, **{key: kwargs[key] for key in known if key in kwargs}
        )
        self._name = ""
        self._peer_address = hci.Address(self.address, hci.Address.RANDOM_DEVICE_ADDRESS)
        if isinstance(address_or_ble_device, BLEDevice):
            self._name = address_or_ble_device.name or ""
            self._peer_address = address_or_ble_device.details["address"]
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._is_up = False
        self._hearing: dict[int, Callable[[bytes], None]] = {}
        self._asking: set[asyncio.Future[Any]] = set()

    @property
    def name(self) -> str:
        """Return the name under which the device was found."""
        return self._name or self.address

    @property
    def mtu_size(self) -> int:
        """Return the ATT MTU in bytes."""
        return 23 if self._peer is None else self._peer.gatt_client.mtu

    @property
    def is_connected(self) -> bool:
        """Return whether the link is up."""
        return self._is_up

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        """Connect, agree on the longest packets and find the services, within the time-out.

        Raises TimeoutError, or BleakError when the link is lost meanwhile.
        """
        if self._is_up:
            raise BleakError("already connected")
        self._gone = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(float(kwargs.get("timeout", self._timeout))):
                self._connection = await self._link(await self.adapter.device())
                self._peer = Peer(self._connection)
                with suppress(BleakGATTProtocolError):  # it may refuse; the shortest packets do
                    await self._unless_gone(self._peer.request_mtu(MTU_BYTES))
                self.services = await self._unless_gone(self._discover(self._peer))
                self._is_up = True
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """End the link and wait until it has ended; ending it again does nothing."""
        if self._connection is None:
            self.adapter.leave(self)
            return
        ending = asyncio.ensure_future(self._connection.disconnect())
        ending.add_done_callback(_read)
        try:
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait((ending, self._gone), timeout=DISCONNECT_LIMIT_S, return_when=first)
        finally:
            ending.cancel()
            self.end()

    def end(self) -> None:
        """Take note that the link is gone, and tell it once if it was up."""
        was_up, self._is_up = self._is_up, False
        self._connection = self._peer = None
        self.services = None
        self.adapter.leave(self)
        self._hearing.clear()
        for asking in tuple(self._asking):
            asking.cancel()
        if not self._gone.done():
            self._gone.set_result(None)
        if was_up and self._disconnected_callback is not None:
            try:
                self._disconnected_callback()
            except Exception:  # foreign code; the other links must be told as well
                log.exception("the callback for a lost link failed")

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: no machine here asks for it."""

    async def unpair(self) -> None:
        """Do nothing: nothing was paired."""

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, **kwargs: Any
    ) -> bytearray:
        """Return the value."""
        return bytearray(await self._unless_gone(_proxy(characteristic).read_value()))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, **kwargs: Any
    ) -> bytearray:
        """Return the value."""
        proxy: DescriptorProxy = descriptor.obj
        return bytearray(await self._unless_gone(proxy.read_value()))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: Any, response: bool
    ) -> None:
        """Write the value."""
        call = _proxy(characteristic).write_value(bytes(data), with_response=response)
        await self._unless_gone(call)

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        """Write the value."""
        proxy: DescriptorProxy = descriptor.obj
        await self._unless_gone(proxy.write_value(bytes(data), with_response=True))

    async def start_notify(
        self,
        characteristic: BleakGATTCharacteristic,
        callback: Callable[[bytearray], None],
        **kwargs: Any,
    ) -> None:
        """Subscribe; the callback is given each value, in place of an earlier one.

        Raises BleakError when the characteristic has nothing to subscribe to.
        """
        proxy = _proxy(characteristic)
        if proxy.get_descriptor(_CCCD) is None or not proxy.properties & _PUSHED:
            raise BleakError(f"{characteristic.uuid} neither notifies nor indicates")

        def hear(value: bytes) -> None:
            try:
                callback(bytearray(value))
            except Exception:  # foreign code; an indication must be confirmed all the same
                log.exception("the callback for %s failed", characteristic.uuid)

        await self.stop_notify(characteristic)
        self._hearing[proxy.handle] = hear
        await self._unless_gone(proxy.subscribe(hear))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Unsubscribe; nothing happens when there is no subscription."""
        proxy = _proxy(characteristic)
        hear = self._hearing.pop(proxy.handle, None)
        if hear is not None:
            await self._unless_gone(proxy.unsubscribe(hear))

    async def _link(self, device: Device) -> Connection:
        """Return a connection, which another client may have made already."""
        async with self.adapter.connecting:
            self.adapter.join(self)
            connection = device.find_connection_by_bd_addr(
                self._peer_address, core.PhysicalTransport.LE, check_address_type=True
            )
            if connection is None:
                connection = await self._make_link(device)
        connection.on(Connection.EVENT_DISCONNECTION, lambda _: self._end_of(connection))
        if device.lookup_connection(connection.handle) is not connection:
            raise BleakError(_GONE)  # it ended before anybody listened
        return connection

    async def _make_link(self, device: Device) -> Connection:
        """Return a new connection; a wish that is given up is taken back at the adapter too."""
        linking = asyncio.ensure_future(device.connect(self._peer_address, timeout=None))
        linking.add_done_callback(_read)
        try:
            await asyncio.wait((linking, self._gone), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _take_back(device, linking)
            raise
        if not linking.done() or linking.cancelled():
            linking.cancel()
            raise BleakError(_GONE)
        try:
            return linking.result()
        except core.BaseBumbleError as error:
            raise BleakError(f"failed to connect: {error}") from error

    def _end_of(self, connection: Connection) -> None:
        """Take note that a connection is gone, unless there is another one by now."""
        if self._connection in (None, connection):
            self.end()

    async def _discover(self, peer: Peer) -> BleakGATTServiceCollection:
        found = BleakGATTServiceCollection()
        for service in await peer.discover_services():
            own = BleakGATTService(service, service.handle, long_text(service.uuid))
            found.add_service(own)
            for one in await service.discover_characteristics():
                words: Any = list(gatt_char_props_to_strs(int(one.properties) & _PROPERTIES))
                characteristic = BleakGATTCharacteristic(
                    one, one.handle, long_text(one.uuid), words, lambda: self.mtu_size - 3, own
                )
                found.add_characteristic(characteristic)
                for each in await one.discover_descriptors():
                    text = long_text(each.type)
                    found.add_descriptor(
                        BleakGATTDescriptor(each, each.handle, text, characteristic)
                    )
        return found

    async def _unless_gone(self, call: Awaitable[T]) -> T:
        """Return what the call returns; the loss of the link ends it with an error.

        The library cancels what waits for an answer when a link is lost; that must not look as if
        the caller had been cancelled. A caller that gives up leaves the question open: its answer
        may come yet, and would be taken for the answer to the next one.
        """
        task = asyncio.ensure_future(call)
        task.add_done_callback(_read)
        task.add_done_callback(self._asking.discard)
        self._asking.add(task)
        await asyncio.wait((task, self._gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done() or task.cancelled():
            task.cancel()
            raise BleakError(_GONE)
        try:
            return task.result()
        except ATT_Error as error:
            code = BleakGATTProtocolErrorCode(error.error_code)
            raise BleakGATTProtocolError(code) from error
        except core.TimeoutError as error:
            await self.disconnect()  # nothing may be asked any more (Vol 3, Part F, 3.3.3)
            raise TimeoutError from error
        except core.BaseBumbleError as error:
            raise BleakError(str(error)) from error


def long_text(uuid: core.UUID) -> str:
    """Return a UUID in the form that bleak uses."""
    return normalize_uuid_str(uuid.to_hex_str("-"))


def _proxy(characteristic: BleakGATTCharacteristic) -> CharacteristicProxy[bytes]:
    proxy: CharacteristicProxy[bytes] = characteristic.obj
    return proxy


def _read(done: asyncio.Future[Any]) -> None:
    """Look at the error of what nobody waits for any more, so that none is reported as missed."""
    if not done.cancelled():
        done.exception()


async def _take_back(device: Device, linking: asyncio.Future[Connection]) -> None:
    """Let a connection that nobody waits for any more not come up behind our back."""
    with suppress(core.BaseBumbleError, TimeoutError):
        async with asyncio.timeout(GIVE_UP_S):
            cancel: Callable[[], Awaitable[None]] = device.cancel_connection
            await cancel()
            connection = await linking
            await connection.disconnect()
