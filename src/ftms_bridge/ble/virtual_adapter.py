"""An adapter of the virtual radio, for bleak: backends over a Bluetooth stack in Python.

It is a `Stack` as well: it opens the adapter when it is first needed, tells when it was lost, and
opens it again. Needs the optional extra `demo`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import struct
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, Final

from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason
from bumble import hci
from bumble.core import AdvertisingData, BaseBumbleError
from bumble.device import Advertisement, Device
from bumble.transport.common import Transport
from bumble.transport.tcp_client import open_tcp_client_transport

from ftms_bridge.ble.stack import Adapter, OnTrouble, PlainStack, StackState
from ftms_bridge.ble.virtual_client import VirtualClient, long_text
from ftms_bridge.gatt.notification import Verdict

log = logging.getLogger(__name__)

OPEN_LIMIT_S: Final = 5.0
LOST_LIMIT_S: Final = 1.0
REOPEN_AFTER_S: Final = 1.0
"""House choices: everything here is on this computer."""

SCAN_MS: Final = 60.0
"""Scan interval and window: it listens all the time."""

_NAMES: Final = (
    AdvertisingData.Type.COMPLETE_LOCAL_NAME,
    AdvertisingData.Type.SHORTENED_LOCAL_NAME,
)
_SERVICES: Final = (
    AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.Type.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.Type.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.Type.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)
_SERVICE_DATA: Final = (
    AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID,
    AdvertisingData.Type.SERVICE_DATA_128_BIT_UUID,
)

OpenEnds = Callable[[], Awaitable[tuple[Any, Any]]]
"""Opens the host interface of an adapter; returns its source and its sink."""


def tcp_ends(host: str, port: int) -> OpenEnds:
    """Return how an adapter is opened that another process serves."""

    async def open_ends() -> tuple[Any, Any]:
        transport: Transport = await open_tcp_client_transport(f"{host}:{port}")
        return transport.source, transport.sink

    return open_ends


class VirtualAdapter(PlainStack):
    """One adapter; it is opened at the first need, and again after it was lost.

    where: how people call it. scanner_backend, client_backend: what bleak takes as ``backend``.
    """

    def __init__(self, open_ends: OpenEnds, where: str) -> None:
        self.where = where
        self.scanner_backend = type("VirtualScanner", (VirtualScanner,), {"adapter": self})
        self.client_backend = type("VirtualClient", (VirtualClient,), {"adapter": self})
        self.connecting = asyncio.Lock()
        """The host interface can make one connection at a time."""
        self._open_ends = open_ends
        self._opening = asyncio.Lock()
        self._device: Device | None = None
        self._sink: Any = None
        self._lost = asyncio.Event()
        self._trouble = ""
        self._clients: set[VirtualClient] = set()
        self._scanning = asyncio.Lock()
        self._scanners: set[VirtualScanner] = set()

    async def device(self) -> Device:
        """Return the open adapter.

        Raises BleakBluetoothNotAvailableError when it cannot be opened.
        """
        async with self._opening:
            if self._device is None:
                try:
                    async with asyncio.timeout(OPEN_LIMIT_S):
                        self._device = await self._open()
                except (OSError, BaseBumbleError) as error:
                    self._trouble = f"no virtual adapter at {self.where}: {why_not(error)}"
                    raise unavailable(self._trouble) from error
            return self._device

    async def run(self, on_trouble: OnTrouble) -> None:
        """Keep the adapter open, until cancelled."""
        while True:
            try:
                await self.device()
            except BleakBluetoothNotAvailableError:
                await asyncio.sleep(REOPEN_AFTER_S)
                continue
            await self._lost.wait()
            on_trouble(Verdict.ADAPTER_MISSING, self._trouble)

    async def look(self, adapter: str = "") -> StackState:
        """Return whether the adapter can be used."""
        try:
            device = await self.device()
        except BleakBluetoothNotAvailableError:
            return StackState(Verdict.ADAPTER_MISSING, self._trouble)
        address = device.random_address.to_string(with_type_qualifier=False)
        return StackState(None, "", (Adapter(self.where, address, powered=True),))

    async def adapter_name(self, wanted: str) -> str | None:
        """Return nothing: there is only this one."""
        return None

    async def close(self) -> None:
        """Let go of the adapter; whoever is connected over it loses the link."""
        if self._device is not None:
            self._lose("it was closed")
            _close(self._sink)

    def join(self, client: VirtualClient) -> None:
        """Take note of a client that must be told when the adapter is lost."""
        self._clients.add(client)

    def leave(self, client: VirtualClient) -> None:
        """Forget a client."""
        self._clients.discard(client)

    async def listen(self, scanner: VirtualScanner) -> Device:
        """Scan for this scanner too; return the adapter that does.

        Raises BleakBluetoothNotAvailableError when there is none.
        """
        async with self._scanning:
            device = await self.device()
            if not device.is_scanning:
                try:
                    async with asyncio.timeout(OPEN_LIMIT_S):
                        await device.start_scanning(scan_interval=SCAN_MS, scan_window=SCAN_MS)
                except (BaseBumbleError, TimeoutError) as error:
                    raise unavailable(f"{self.where} does not scan: {error}") from error
            self._scanners.add(scanner)
            return device

    async def unlisten(self, scanner: VirtualScanner, device: Device) -> None:
        """Scan no more for this scanner, nor at all when it was the last one; never raises."""
        async with self._scanning:
            self._scanners.discard(scanner)
            if self._scanners or device is not self._device:
                return
            try:
                async with asyncio.timeout(LOST_LIMIT_S):
                    await device.stop_scanning()
            except (BaseBumbleError, TimeoutError) as error:
                log.info("%s does not end its scan: %r", self.where, error)

    async def _open(self) -> Device:
        source, sink = await self._open_ends()
        # two programs on one radio must differ, and the two highest bits say that it is random
        address = hci.Address(bytes([*secrets.token_bytes(5), 0xC0 | secrets.randbelow(0x3F)]))
        device = Device.with_hci("ftms-bridge", address, source, sink)
        device.classic_enabled = False
        try:
            await device.power_on()
        except BaseException:
            _close(sink)  # else each try would leave a socket behind
            raise
        self._lost = asyncio.Event()
        self._sink = sink
        if (terminated := getattr(source, "terminated", None)) is not None:
            terminated.add_done_callback(lambda _: self._lose("it was taken away"))
        return device

    def _lose(self, why: str) -> None:
        if self._device is None:
            return
        self._device = None
        self._trouble = f"the virtual adapter at {self.where} is gone: {why}"
        self._scanners.clear()
        for client in tuple(self._clients):
            client.end()
        self._lost.set()


class VirtualScanner(BaseBleakScanner):
    """Hands over what the adapter hears; advertisement and scan response as one."""

    adapter: ClassVar[VirtualAdapter]

    def __init__(
        self, detection_callback: Any, service_uuids: Any, scanning_mode: Any, **_: Any
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._device: Device | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self.seen_devices = {}
        self._device = await self.adapter.listen(self)
        self._device.on(Device.EVENT_ADVERTISEMENT, self._hear)

    async def stop(self) -> None:
        """Listen no more; the adapter may be gone already."""
        device, self._device = self._device, None
        if device is None:
            return
        device.remove_listener(Device.EVENT_ADVERTISEMENT, self._hear)
        await self.adapter.unlisten(self, device)

    def _hear(self, heard: Advertisement) -> None:
        try:
            data = advertised(heard)
        except (ValueError, IndexError, struct.error, BaseBumbleError) as error:
            log.debug("advertisement that makes no sense from %s: %r", heard.address, error)
            return
        if not self.is_allowed_uuid(data.service_uuids):
            return
        address = heard.address.to_string(with_type_qualifier=False)
        found = self.create_or_update_device(
            address, address, data.local_name, {"address": heard.address}, data
        )
        self.call_detection_callbacks(found, data)


def advertised(heard: Advertisement) -> AdvertisementData:
    """Return an advertisement in bleak's terms."""
    data = heard.data
    name = next((text for kind in _NAMES if (text := data.get(kind)) is not None), None)
    uuids = [uuid for kind in _SERVICES for part in data.get_all(kind) for uuid in part]
    power = data.get(AdvertisingData.Type.TX_POWER_LEVEL)
    return AdvertisementData(
        local_name=name,
        manufacturer_data=dict(data.get_all(AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA)),
        service_data={
            long_text(uuid): payload
            for kind in _SERVICE_DATA
            for uuid, payload in data.get_all(kind)
        },
        service_uuids=[long_text(uuid) for uuid in uuids],
        tx_power=None if power is None else (power ^ 0x80) - 0x80,  # the library forgets the sign
        rssi=heard.rssi,
        platform_data=(heard,),
    )


def why_not(error: Exception) -> str:
    """Return in words why an adapter could not be opened."""
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there; start it with: ftms-bridge virtual"
    return str(error) or "no answer"


def unavailable(text: str) -> BleakBluetoothNotAvailableError:
    """Return the error for an adapter that is not there."""
    return BleakBluetoothNotAvailableError(text, BleakBluetoothNotAvailableReason.NO_BLUETOOTH)


def _close(sink: Any) -> None:
    """Close the connection to an adapter, where there is one."""
    if (close := getattr(sink, "close", None)) is not None:
        close()
