"""One device on the virtual radio: it advertises, takes one connection, and sends what it is told.

With ``Lies`` it behaves as badly as real machines do, and worse.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from bumble import att, core, device, gatt, hci, host

from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.control_point import ControlPoint
from ftms_bridge.simulator.gatt_tables import (
    CONTROL_POINT,
    MACHINE_STATUS,
    CharacteristicRow,
    DeviceTable,
    ServiceRow,
)

ADVERT_EVERY_MS: Final = 100.0
"""Interval of adverts; machines use 30 ms to 1 s."""

NOTIFICATION_OP: Final = b"\x1b"
HEADER_BYTES: Final = 3
"""Op code and handle before the value of a notification (Core Specification, Vol 3, Part F)."""

CCCD_NOT_CONFIGURED: Final = 0xFD
"""Error of a control point whose indications are off (Core Specification Supplement, Part B)."""

PROPERTIES: Final = {
    "read": gatt.Characteristic.Properties.READ,
    "write": gatt.Characteristic.Properties.WRITE,
    "notify": gatt.Characteristic.Properties.NOTIFY,
    "indicate": gatt.Characteristic.Properties.INDICATE,
}

ODD_LENGTHS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda data: data[:-1],
    lambda data: data + b"\x55",
    lambda _: b"",
    lambda data: data[: len(data) // 2],
    lambda data: data * 3,
)
"""What becomes of one record after the other when lengths are odd."""


@dataclass(frozen=True, slots=True)
class Lies:
    """How a device misbehaves; the default does not.

    missing: services and characteristics that are not there. extra: further services.
    odd_lengths: records are cut, empty or too long. flood_hz: every record is repeated at this
    rate. mtu_bytes: largest ATT packet; None: the library's 517.
    """

    missing: frozenset[int] = frozenset()
    extra: tuple[ServiceRow, ...] = ()
    odd_lengths: bool = False
    flood_hz: float = 0.0
    mtu_bytes: int | None = None


HONEST: Final = Lies()


class Peripheral:
    """A device with the table given; it is silent until ``power_on``.

    connections: how many were made. control_point_writes: what was written to 2AD9.
    subscriptions: characteristics that notify or indicate now.
    """

    def __init__(self, air: Air, table: DeviceTable, *, lies: Lies = HONEST) -> None:
        self.table = table
        self.connections = 0
        self.control_point_writes: list[bytes] = []
        self.subscriptions: set[int] = set()
        self.control = ControlPoint(table.kind) if table.kind else None
        self._air = air
        self._lies = lies
        self._values: dict[int, bytes] = {}
        self._handles: dict[int, gatt.Characteristic[bytes]] = {}
        self._connection: device.Connection | None = None
        self._last: tuple[int, bytes] | None = None
        self._sent = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_started = False
        self._controller, sink = air.plug(table.source)
        self._device = device.Device(
            name=table.name,
            address=hci.Address(table.address),
            host=host.Host(self._controller, sink),
        )
        self._device.classic_enabled = False
        self._device.on("connection", self._connected)
        self._device.gatt_server.on("characteristic_subscription", self._subscribed)
        if lies.mtu_bytes is not None:
            self._device.gatt_server.max_mtu = lies.mtu_bytes
        self._add(table.services)

    @property
    def address(self) -> str:
        """Return the address as text, such as C0:01:02:03:04:05."""
        return self.table.address

    @property
    def is_connected(self) -> bool:
        """Return whether a central is connected, as far as this device knows."""
        return self._connection is not None

    async def power_on(self) -> None:
        """Start, or start again, to advertise; a connection stops that until it ends."""
        if self._is_started:
            self._air.appear(self.address)
            return
        self._is_started = True
        await self._device.power_on()
        await self._device.start_advertising(
            auto_restart=True,
            advertising_data=self.table.advert,
            scan_response_data=self.table.scan_response,
            advertising_interval_min=ADVERT_EVERY_MS,
            advertising_interval_max=ADVERT_EVERY_MS,
        )
        if self._lies.flood_hz > 0:
            self._start(self._flood())

    def power_off(self) -> None:
        """Cut the power, without goodbye; ``power_on`` brings it back."""
        self._air.vanish(self.address)

    async def close(self) -> None:
        """Take the device off the air for good."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._air.unplug(self._controller)

    def notify(self, number: int, data: bytes) -> bool:
        """Send a value to the subscriber, cut to what a packet holds; False when there is none."""
        self._values[number] = data
        self._last = (number, data)
        if self._lies.odd_lengths:
            data = ODD_LENGTHS[self._sent % len(ODD_LENGTHS)](data)
        self._sent += 1
        return self._send(number, data)

    def change_services(self, services: Iterable[ServiceRow]) -> None:
        """Have other services from now on, without telling a connected central."""
        server = self._device.gatt_server
        server.services.clear()
        server.attributes.clear()
        server.attributes_by_handle.clear()
        server.subscribers.clear()
        self.subscriptions.clear()
        self._handles.clear()
        self._device.add_default_services()
        self._add(services)

    # ------------------------------------------------------------ sending

    def _send(self, number: int, data: bytes) -> bool:
        connection = self._connection
        if connection is None or number not in self.subscriptions:
            return False
        handle = self._handles[number].handle
        room = connection.att_mtu - HEADER_BYTES
        pdu = NOTIFICATION_OP + handle.to_bytes(2, "little") + data[:room]
        self._device.gatt_server.send_gatt_pdu(connection, pdu)
        return True

    async def _flood(self) -> None:
        while True:
            await asyncio.sleep(1 / self._lies.flood_hz)
            if self._last is not None:
                self._send(*self._last)

    async def _indicate(self, connection: device.Connection, response: bytes) -> None:
        """Send the answer of the control point, after the reply to the write itself."""
        try:
            await self._device.indicate_subscriber(
                connection, self._handles[CONTROL_POINT], response
            )
        except (TimeoutError, asyncio.CancelledError, core.BaseBumbleError, KeyError):
            return  # the central went away, or the table changed: nobody waits for it any more

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------ what the central does

    def _connected(self, connection: device.Connection) -> None:
        self.connections += 1
        self._connection = connection
        connection.on("disconnection", partial(self._disconnected, connection))

    def _disconnected(self, connection: device.Connection, _reason: int) -> None:
        if self._connection is connection:
            self._connection = None
            self.subscriptions.clear()
            if self.control is not None:
                self.control.release()

    def _subscribed(self, _bearer: object, characteristic: object, *enabled: bool) -> None:
        for number, known in self._handles.items():
            if known is characteristic:
                (self.subscriptions.add if any(enabled) else self.subscriptions.discard)(number)

    def _add(self, services: Iterable[ServiceRow]) -> None:
        lies = self._lies
        for service in (*services, *lies.extra):
            if service.number not in lies.missing:
                rows = [row for row in service.characteristics if row.number not in lies.missing]
                characteristics = [self._characteristic(row) for row in rows]
                uuid = core.UUID.from_16_bits(service.number)
                self._device.add_service(gatt.Service(uuid, characteristics))
        for attribute in self._device.gatt_server.attributes:
            if not attribute.permissions & gatt.Characteristic.WRITEABLE:
                # else the library would let a central overwrite the table itself
                cast(Any, attribute).write_value = _refuse_write

    def _characteristic(self, row: CharacteristicRow) -> gatt.Characteristic[bytes]:
        properties = gatt.Characteristic.Properties(0)
        for name in row.properties:
            properties |= PROPERTIES[name]
        self._values.setdefault(row.number, row.value)
        value: gatt.CharacteristicValue[bytes] = gatt.CharacteristicValue(
            read=partial(self._read, row), write=partial(self._written, row)
        )
        both = gatt.Characteristic.READABLE | gatt.Characteristic.WRITEABLE
        uuid = core.UUID.from_16_bits(row.number)
        made: gatt.Characteristic[bytes] = gatt.Characteristic(uuid, properties, both, value)
        self._handles[row.number] = made
        return made

    def _read(self, row: CharacteristicRow, _connection: object) -> bytes:
        """Return the value; the library itself would not look at the properties."""
        if "read" not in row.properties:
            raise att.ATT_Error(att.ErrorCode.READ_NOT_PERMITTED)
        return self._values[row.number]

    def _written(self, row: CharacteristicRow, connection: device.Connection, data: bytes) -> None:
        """Take a write; the library itself would not look at the properties."""
        if "write" not in row.properties:
            raise att.ATT_Error(att.ErrorCode.WRITE_NOT_PERMITTED)
        if row.number != CONTROL_POINT or self.control is None:
            self._values[row.number] = data
            return
        self.control_point_writes.append(data)
        if CONTROL_POINT not in self.subscriptions:
            raise att.ATT_Error(att.ErrorCode(CCCD_NOT_CONFIGURED))
        if not data:
            raise att.ATT_Error(att.ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        answer = self.control.answer(data)
        self._start(self._indicate(connection, answer.response))
        if answer.status:
            self.notify(MACHINE_STATUS, answer.status)


async def _refuse_write(_bearer: object, _value: bytes) -> None:
    raise att.ATT_Error(att.ErrorCode.WRITE_NOT_PERMITTED)
