"""A bleak backend without any radio: devices whose every answer a test decides.

The virtual radio and the fake BlueZ are closer to the truth; this one can do what they cannot: hang
in any call, for any time, in any order.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError

from ftms_bridge.ble.radio import Radio
from ftms_bridge.gatt.uuids import long_uuid

NEVER = "never"
"""A fault that is a call without an end."""

Fault = BaseException | str | float
"""Raised; `NEVER`; or seconds that the call takes before it succeeds."""

BIKE_SERVICE_DATA = bytes.fromhex("012000")
"""Service data of a bike that is available (FTMS 1.0, 3.1)."""

BIKE: dict[int, dict[int, tuple[str, bytes]]] = {
    0x1826: {
        0x2ACC: ("read", bytes.fromhex("8640000000000000")),
        0x2AD2: ("notify", b""),
        0x2AD9: ("write indicate", b""),
        0x2ADA: ("notify", b""),
    },
    0x180A: {0x2A29: ("read", b"Acme"), 0x2A24: ("read", b"B1"), 0x2A26: ("read", b"1.0")},
}
"""Services of a plain bike: characteristic, properties, value."""


@dataclass
class FakeDevice:
    """One device; ``faults`` holds per call what happens the next times."""

    address: str = "C0:00:00:00:00:01"
    name: str = "Bike"
    services: dict[int, dict[int, tuple[str, bytes]]] = field(default_factory=lambda: dict(BIKE))
    advertised: tuple[int, ...] = (0x1826,)
    service_data: bytes | None = BIKE_SERVICE_DATA
    is_on: bool = True
    rssi: int = -50
    faults: defaultdict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    calls: Counter[str] = field(default_factory=Counter)
    writes: list[tuple[int, bytes]] = field(default_factory=list)
    client: FakeClient | None = None
    subscribers: list[tuple[FakeClient, int, Callable[[bytearray], None]]] = field(
        default_factory=list
    )

    async def answer(self, call: str) -> None:
        """Do what was planned for this call."""
        self.calls[call] += 1
        if not self.faults[call]:
            return
        fault = self.faults[call].popleft()
        if isinstance(fault, BaseException):
            raise fault
        await asyncio.sleep(1e9 if fault == NEVER else float(fault))

    def notify(self, number: int, data: bytes) -> int:
        """Send a value to all who subscribed; return how many callbacks there were."""
        callbacks = [callback for _, one, callback in self.subscribers if one == number]
        for callback in callbacks:
            callback(bytearray(data))
        return len(callbacks)

    def drop(self) -> None:
        """End the link from the device's side."""
        client, self.client = self.client, None
        self.subscribers = [entry for entry in self.subscribers if entry[0] is not client]
        if client is not None:
            client.end()


class FakeAir:
    """All devices near, and the scanners that hear them."""

    def __init__(self, *devices: FakeDevice) -> None:
        self.devices = list(devices)
        self.scan_faults: deque[Fault] = deque()
        self.scans = 0
        self.scanning = 0
        self.every_s = 0.1
        self.clients = 0

    def radio(self, **more: Any) -> Radio:
        """Return a radio on this air, on the event loop's clock."""
        more.setdefault("clock", asyncio.get_running_loop().time)
        return Radio(
            scanner_backend=type("AirScanner", (FakeScanner,), {"air": self}),
            client_backend=type("AirClient", (FakeClient,), {"air": self}),
            random=lambda: 0.5,
            **more,
        )

    def device(self, address: str) -> FakeDevice:
        return next(device for device in self.devices if device.address == address)


class FakeScanner(BaseBleakScanner):
    air: FakeAir

    def __init__(self, detection_callback: Any, service_uuids: Any, mode: Any, **_: Any) -> None:
        super().__init__(detection_callback, service_uuids)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.air.scans += 1
        if self.air.scan_faults:
            fault = self.air.scan_faults.popleft()
            if isinstance(fault, BaseException):
                raise fault
            await asyncio.sleep(1e9 if fault == NEVER else float(fault))
        self._task = asyncio.create_task(self._hear())
        self.air.scanning += 1

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self.air.scanning -= 1

    async def _hear(self) -> None:
        while True:
            for device in self.air.devices:
                if device.is_on and device.client is None:
                    self._advertise(device)
            await asyncio.sleep(self.air.every_s)

    def _advertise(self, device: FakeDevice) -> None:
        data = {} if device.service_data is None else {long_uuid(0x1826): device.service_data}
        uuids = [long_uuid(number) for number in device.advertised]
        advert = AdvertisementData(device.name, {}, data, uuids, None, device.rssi, ())
        found = BLEDevice(device.address, device.name, {})
        self.call_detection_callbacks(found, advert)


class FakeClient(BaseBleakClient):
    air: FakeAir

    def __init__(self, device: BLEDevice | str, **kwargs: Any) -> None:
        super().__init__(device, **{k: v for k, v in kwargs.items() if k in _CLIENT_KEYS})
        self.air.clients += 1
        self._device = self.air.device(self.address)
        self._is_up = False

    @property
    def name(self) -> str:
        return self._device.name

    @property
    def mtu_size(self) -> int:
        return 23

    @property
    def is_connected(self) -> bool:
        return self._is_up

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        await self._device.answer("connect")
        if not self._device.is_on:
            raise BleakError(f"device {self.address} not found")
        self._device.client = self
        self._is_up = True
        self.services = collection(self._device)

    async def disconnect(self) -> None:
        await self._device.answer("disconnect")
        self._is_up = False
        if self._device.client is self:
            self._device.client = None
        entries = self._device.subscribers
        self._device.subscribers = [entry for entry in entries if entry[0] is not self]

    def end(self) -> None:
        if self._is_up:
            self._is_up = False
            if self._disconnected_callback is not None:
                self._disconnected_callback()

    async def pair(self, *args: Any, **kwargs: Any) -> None: ...

    async def unpair(self) -> None: ...

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, **kwargs: Any
    ) -> bytearray:
        await self._answer("read")
        number = int(characteristic.uuid[4:8], 16)
        tables = self._device.services.values()
        return bytearray(next(table[number][1] for table in tables if number in table))

    async def read_gatt_descriptor(self, descriptor: Any, **kwargs: Any) -> bytearray:
        return bytearray()

    async def write_gatt_char(self, char: Any, data: Any, response: bool) -> None:
        self._device.writes.append((int(char.uuid[4:8], 16), bytes(data)))

    async def write_gatt_descriptor(self, descriptor: Any, data: Any) -> None: ...

    async def start_notify(
        self,
        characteristic: BleakGATTCharacteristic,
        callback: Callable[[bytearray], None],
        **kwargs: Any,
    ) -> None:
        await self._answer("start_notify")
        self._device.subscribers.append((self, int(characteristic.uuid[4:8], 16), callback))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        await self._answer("stop_notify")
        number = int(characteristic.uuid[4:8], 16)
        self._device.subscribers = [
            entry for entry in self._device.subscribers if entry[:2] != (self, number)
        ]

    async def _answer(self, call: str) -> None:
        if not self._is_up:
            raise BleakError("Not connected")
        await self._device.answer(call)


_CLIENT_KEYS = ("disconnected_callback", "services", "timeout", "bluez", "winrt")


def collection(device: FakeDevice) -> BleakGATTServiceCollection:
    collection = BleakGATTServiceCollection()
    handle = 1
    for service_number, table in device.services.items():
        service = BleakGATTService(None, handle, long_uuid(service_number))
        collection.add_service(service)
        for number, (properties, _) in table.items():
            handle += 2
            words: Any = properties.split()
            collection.add_characteristic(
                BleakGATTCharacteristic(None, handle, long_uuid(number), words, lambda: 20, service)
            )
        handle += 10
    return collection


async def settled(check: Callable[[], bool], within_s: float = 60.0) -> None:
    """Return as soon as this is so; a test that waits in vain fails."""
    async with asyncio.timeout(within_s):
        while not check():
            await asyncio.sleep(0.05)
