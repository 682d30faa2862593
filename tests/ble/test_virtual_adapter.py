"""The virtual adapter under bleak's public interface, against virtual devices: real ATT bytes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from bleak_retry_connector import (
    BleakClientWithServiceCache,
    BleakNotFoundError,
    establish_connection,
)
from bumble import hci

from ftms_bridge.ble.virtual_adapter import OpenEnds, VirtualAdapter, tcp_ends
from ftms_bridge.gatt.uuids import long_uuid
from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.air_controller import AirController
from ftms_bridge.simulator.gatt_tables import advert_structure, device_tables
from ftms_bridge.simulator.peripheral import Peripheral
from ftms_bridge.simulator.tcp_adapter import serve_adapter
from tests.simulator.build import forward, scenario
from tests.virtual_clock import run_virtual

FTMS, BIKE, FEATURE, CONTROL_POINT = (long_uuid(n) for n in (0x1826, 0x2AD2, 0x2ACC, 0x2AD9))
TRAINING, MAKER = long_uuid(0x2AD3), long_uuid(0x2A29)
RECORD = bytes.fromhex("44001c077c00d7ff")
ABSENT = "C0:00:00:00:00:09"
A_MOMENT_S = 0.05


def now() -> float:
    return asyncio.get_running_loop().time()


class Plug:
    """The host interface of an adapter that can be pulled out."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self.controller, self.sink = air.plug("central")
        self.terminated: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._host: Any = None

    def set_packet_sink(self, host: Any) -> None:
        self._host = host
        self.controller.set_packet_sink(host)

    def pull(self) -> None:
        self._air.unplug(self.controller)
        self.terminated.set_result(None)
        self._host.on_transport_lost()


@dataclass
class Room:
    """Air, one adapter, and what bleak needs to use it."""

    air: Air
    adapter: VirtualAdapter
    plugs: list[Plug]

    @classmethod
    def make(cls) -> Room:
        air, plugs = Air(), list[Plug]()

        async def open_ends() -> tuple[Any, Any]:
            plugs.append(Plug(air))
            return plugs[-1], plugs[-1].sink

        return cls(air, VirtualAdapter(open_ends, "here"), plugs)

    async def bike(self, seed: int = 1, **changes: Any) -> Peripheral:
        late = changes.pop("late_name", False)
        table = device_tables(scenario(forward()), name=f"Bike {seed}", seed=seed, late_name=late)
        made = Peripheral(self.air, replace(table[0], **changes))
        await made.power_on()
        return made

    def scanner(self, hear: Any = None) -> BleakScanner:
        return BleakScanner(hear, backend=self.adapter.scanner_backend)

    async def find(self, peripheral: Peripheral) -> BLEDevice:
        found = await BleakScanner.find_device_by_address(
            peripheral.address, 5.0, backend=self.adapter.scanner_backend
        )
        assert found is not None
        return found

    def client(self, device: BLEDevice | str, lost: Any = None, timeout: float = 8) -> BleakClient:
        backend = self.adapter.client_backend
        return BleakClient(device, lost, timeout=timeout, backend=backend)

    async def linked(self, seed: int = 1) -> tuple[Peripheral, BleakClient, list[BleakClient]]:
        peripheral, lost = await self.bike(seed), list[BleakClient]()
        client = self.client(await self.find(peripheral), lost.append)
        await client.connect()
        return peripheral, client, lost


async def heard(room: Room, seconds: float = 0.5) -> dict[str, list[AdvertisementData]]:
    got: dict[str, list[AdvertisementData]] = {}

    def hear(device: BLEDevice, data: AdvertisementData) -> None:
        got.setdefault(device.address, []).append(data)

    async with room.scanner(hear):
        await asyncio.sleep(seconds)
    return got


def gone_device(room: Room) -> BLEDevice:
    """Return a device as a scan would have, of which nothing is on the air."""
    address = hci.Address(ABSENT)
    return BLEDevice(ABSENT, "Gone", {"address": address})


# ---------------------------------------------------------------- scanning


def test_an_advertisement_tells_name_services_and_strength() -> None:
    async def main() -> None:
        room = Room.make()
        bike = await room.bike()
        room.air.place(bike.address, -71)
        data = (await heard(room))[bike.address][-1]
        assert data.local_name == "Bike 1"
        assert data.service_uuids == [FTMS]
        assert data.service_data == {FTMS: bytes.fromhex("012000")}
        assert (data.rssi, data.tx_power, data.manufacturer_data) == (-71, None, {})

    run_virtual(main())


def test_an_advertisement_tells_transmit_power_and_maker() -> None:
    async def main() -> None:
        room = Room.make()
        advert = advert_structure(0x0A, b"\xfc") + advert_structure(0xFF, b"\x12\x34\x56")
        bike = await room.bike(advert=advert, scan_response=b"")
        data = (await heard(room))[bike.address][-1]
        assert data.tx_power == -4
        assert data.manufacturer_data == {0x3412: b"\x56"}

    run_virtual(main())


def test_a_scan_response_is_one_with_its_advertisement() -> None:
    async def main() -> None:
        room = Room.make()
        bike = await room.bike(late_name=True)
        every = (await heard(room, 1.0))[bike.address]
        assert {data.local_name for data in every} == {"Bike 1"}
        assert {tuple(data.service_uuids) for data in every} == {(FTMS,)}

    run_virtual(main())


def test_a_found_device_knows_its_kind_of_address_and_no_path() -> None:
    async def main() -> None:
        room = Room.make()
        found = await room.find(await room.bike())
        assert found.name == "Bike 1"
        assert "path" not in found.details
        assert found.details["address"].is_random

    run_virtual(main())


@pytest.mark.parametrize(
    "advert",
    [
        advert_structure(0x09, b"\xff\xfe\xc3"),
        advert_structure(0x16, b"\x26"),
        advert_structure(0x03, b"\x26"),
        advert_structure(0xFF, b"\x01"),
        b"\x1e\x09abc",
        b"\x00\x00\x00",
        b"",
    ],
    ids=["name", "service-data", "services", "maker", "cut", "zeros", "empty"],
)
def test_nonsense_on_the_air_does_not_hide_the_others(advert: bytes) -> None:
    async def main() -> None:
        room = Room.make()
        await room.bike(2, advert=advert, scan_response=b"")
        bike = await room.bike(1)
        got = await heard(room)
        assert len(got[bike.address]) >= 3

    run_virtual(main())


def test_one_scanner_ends_and_the_other_goes_on() -> None:
    async def main() -> None:
        room = Room.make()
        await room.bike()
        got: list[float] = []
        async with room.scanner(lambda device, data: got.append(now())):
            await heard(room, 0.5)
            ended = now()
            await asyncio.sleep(1.0)
        assert sum(when > ended for when in got) >= 5

    run_virtual(main())


def test_what_is_connected_does_not_stop_the_scan() -> None:
    async def main() -> None:
        room = Room.make()
        _, client, _ = await room.linked()
        other = await room.bike(2)
        assert other.address in await heard(room)
        assert client.is_connected

    run_virtual(main())


# ---------------------------------------------------------------- one connection


def test_a_connection_finds_what_is_there() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, _ = await room.linked()
        assert bike.is_connected
        assert client.is_connected
        assert (client.name, client.address, client.mtu_size) == ("Bike 1", bike.address, 517)
        measured = client.services.get_characteristic(BIKE)
        assert measured is not None
        assert (measured.service_uuid, measured.properties) == (FTMS, ["notify"])
        assert [one.uuid for one in measured.descriptors] == [long_uuid(0x2902)]
        assert measured.max_write_without_response_size == 514
        assert bytes(await client.read_gatt_descriptor(measured.descriptors[0])) == b"\0\0"
        assert bytes(await client.read_gatt_char(MAKER))

    run_virtual(main())


def test_a_second_connect_is_refused_and_changes_nothing() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, lost = await room.linked()
        with pytest.raises(BleakError, match="already connected"):
            await client.connect()
        assert client.is_connected
        assert (bike.connections, lost) == (1, [])

    run_virtual(main())


def test_notifications_come_until_they_are_stopped() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, _ = await room.linked()
        got: list[tuple[str, bytes]] = []
        await client.start_notify(BIKE, lambda sender, data: got.append((sender.uuid, bytes(data))))
        assert bike.notify(0x2AD2, RECORD)
        await asyncio.sleep(A_MOMENT_S)
        await client.stop_notify(BIKE)
        assert not bike.notify(0x2AD2, RECORD)
        assert got == [(BIKE, RECORD)]

    run_virtual(main())


def test_a_write_is_answered_by_an_indication() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, _ = await room.linked()
        got: list[bytes] = []
        await client.start_notify(CONTROL_POINT, lambda _, data: got.append(bytes(data)))
        await client.write_gatt_char(CONTROL_POINT, b"\x00", response=True)
        await asyncio.sleep(A_MOMENT_S)
        assert bike.control_point_writes == [b"\x00"]
        assert got == [b"\x80\x00\x01"]

    run_virtual(main())


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (
            lambda client: client.read_gatt_char(BIKE),
            BleakGATTProtocolErrorCode.READ_NOT_PERMITTED,
        ),
        (
            lambda client: client.write_gatt_char(FEATURE, b"\1", response=True),
            BleakGATTProtocolErrorCode.WRITE_NOT_PERMITTED,
        ),
        (
            lambda client: client.write_gatt_char(CONTROL_POINT, b"\0", response=True),
            BleakGATTProtocolErrorCode.CCCD_IMPROPERLY_CONFIGURED,
        ),
    ],
    ids=["read", "write", "not-subscribed"],
)
def test_a_refusal_tells_its_code(act: Callable[[BleakClient], Any], code: int) -> None:
    async def main() -> None:
        _, client, _ = await Room.make().linked()
        with pytest.raises(BleakGATTProtocolError) as caught:
            await act(client)
        assert caught.value.code == code
        assert client.is_connected

    run_virtual(main())


def test_what_cannot_be_subscribed_to_is_refused() -> None:
    async def main() -> None:
        _, client, _ = await Room.make().linked()
        with pytest.raises(BleakError):
            await client.start_notify(FEATURE, lambda _, data: None)
        assert client.is_connected

    run_virtual(main())


def test_a_callback_that_fails_does_not_cost_what_follows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> list[bytes]:
        bike, client, _ = await Room.make().linked()
        got: list[bytes] = []

        def hear(_: Any, data: bytearray) -> None:
            got.append(bytes(data))
            raise LookupError("of the caller")

        await client.start_notify(BIKE, hear)
        await client.start_notify(CONTROL_POINT, hear)
        await client.write_gatt_char(CONTROL_POINT, b"\0", response=True)
        await asyncio.sleep(A_MOMENT_S)
        bike.notify(0x2AD2, RECORD)
        await asyncio.sleep(A_MOMENT_S)
        await client.write_gatt_char(CONTROL_POINT, b"\0", response=True)
        await asyncio.sleep(A_MOMENT_S)
        return got

    with caplog.at_level(logging.ERROR):
        assert run_virtual(main()) == [b"\x80\0\1", RECORD, b"\x80\0\1"]


def test_an_answer_belongs_to_its_question_even_when_the_one_before_was_given_up() -> None:
    async def main() -> bytes:
        room = Room.make()
        _, client, _ = await room.linked()
        carry, loop = room.air.send_acl_data, asyncio.get_running_loop()
        room.air.send_acl_data = lambda *data: loop.call_later(0.2, carry, *data)  # type: ignore[assignment]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await client.read_gatt_char(FEATURE)
        return bytes(await client.read_gatt_char(MAKER))

    assert run_virtual(main()) == b"ftms-bridge simulator"


# ---------------------------------------------------------------- how a connection ends


def test_a_pending_read_ends_with_the_link_and_not_as_if_cancelled() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, lost = await room.linked()
        room.air.mute(bike.address)
        reading = asyncio.create_task(client.read_gatt_char(FEATURE))
        waiting = asyncio.create_task(client.read_gatt_char(MAKER))
        await asyncio.sleep(1.0)
        room.air.drop(bike.address)
        await asyncio.sleep(0.01)
        for task in (reading, waiting):
            assert isinstance(task.exception(), BleakError)
        assert (client.is_connected, lost) == (False, [client])
        with pytest.raises(BleakError, match="Service Discovery"):
            await client.read_gatt_char(FEATURE)
        await client.disconnect()
        assert lost == [client]

    run_virtual(main())


def test_our_own_disconnection_is_told_once_and_frees_the_device() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, lost = await room.linked()
        await asyncio.gather(client.disconnect(), client.disconnect())
        await client.disconnect()
        await asyncio.sleep(A_MOMENT_S)
        assert (lost, client.is_connected, bike.is_connected) == ([client], False, False)

    run_virtual(main())


def test_a_link_that_was_lost_can_be_made_again_with_the_same_client() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, lost = await room.linked()
        room.air.drop(bike.address)
        await asyncio.sleep(A_MOMENT_S)
        await client.connect()
        got: list[bytes] = []
        await client.start_notify(BIKE, lambda _, data: got.append(bytes(data)))
        bike.notify(0x2AD2, RECORD)
        await asyncio.sleep(A_MOMENT_S)
        assert (got, lost) == ([RECORD], [client])
        await client.disconnect()
        assert lost == [client, client]

    run_virtual(main())


def test_a_mute_device_is_let_go_in_bounded_time() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, lost = await room.linked()
        room.air.mute(bike.address)
        began = now()
        await client.disconnect()
        assert now() - began <= 5
        assert (lost, client.is_connected) == ([client], False)

    run_virtual(main())


def test_a_vanished_device_is_noticed_by_silence() -> None:
    async def main() -> None:
        room = Room.make()
        bike, client, lost = await room.linked()
        bike.power_off()
        began = now()
        while client.is_connected:
            await asyncio.sleep(0.1)
        assert now() - began == pytest.approx(5.0, abs=0.2)
        assert lost == [client]

    run_virtual(main())


# ---------------------------------------------------------------- a device that is not there


def test_who_is_absent_costs_the_time_limit_and_blocks_nobody_after() -> None:
    async def main() -> None:
        room = Room.make()
        bike = await room.bike()
        device = await room.find(bike)
        began = now()
        with pytest.raises(TimeoutError):
            await room.client(gone_device(room), timeout=8).connect()
        assert now() - began == pytest.approx(8.0, abs=0.5)
        client = room.client(device)
        await client.connect()
        assert client.is_connected

    run_virtual(main())


def test_a_try_that_is_given_up_leaves_no_link_behind() -> None:
    async def main() -> None:
        room = Room.make()
        bike = await room.bike()
        device = await room.find(bike)
        for turns in range(60):
            client = room.client(device)
            trying = asyncio.create_task(client.connect())
            for _ in range(turns):
                await asyncio.sleep(0.003)
            trying.cancel()
            await asyncio.gather(trying, return_exceptions=True)
            await client.disconnect()
            await asyncio.sleep(0.5)
            assert not bike.is_connected
            assert not client.is_connected
        client = room.client(device)
        await client.connect()
        assert client.is_connected

    run_virtual(main())


def test_the_retry_connector_says_that_nobody_is_there() -> None:
    async def main() -> float:
        room = Room.make()
        await room.bike()
        began = now()
        with pytest.raises(BleakNotFoundError):
            await establish_connection(
                BleakClientWithServiceCache,
                gone_device(room),
                "Gone",
                max_attempts=1,
                backend=room.adapter.client_backend,
            )
        return now() - began

    assert run_virtual(main()) == pytest.approx(20.3, abs=0.5)


def test_the_retry_connector_connects() -> None:
    async def main() -> None:
        room = Room.make()
        bike, lost = await room.bike(), list[BleakClient]()
        client = await establish_connection(
            BleakClientWithServiceCache,
            await room.find(bike),
            "Bike",
            lost.append,
            backend=room.adapter.client_backend,
        )
        assert client.is_connected
        assert bytes(await client.read_gatt_char(MAKER)) == b"ftms-bridge simulator"
        await client.disconnect()
        assert lost == [client]

    run_virtual(main())


# ---------------------------------------------------------------- several


def test_several_devices_share_one_adapter() -> None:
    async def main() -> None:
        room = Room.make()
        bikes = [await room.bike(seed) for seed in range(1, 6)]
        devices = [await room.find(bike) for bike in bikes]
        clients = [room.client(device) for device in devices]
        await asyncio.gather(*(client.connect() for client in clients))
        got: list[int] = []
        for index, client in enumerate(clients):
            await client.start_notify(BIKE, partial(lambda number, *_: got.append(number), index))
        for bike in bikes:
            bike.notify(0x2AD2, RECORD)
        await asyncio.sleep(A_MOMENT_S)
        assert sorted(got) == [0, 1, 2, 3, 4]
        room.air.drop(bikes[2].address)
        await asyncio.sleep(A_MOMENT_S)
        assert [client.is_connected for client in clients] == [True, True, False, True, True]

    run_virtual(main())


def test_a_new_client_takes_over_a_device_that_is_connected() -> None:
    async def main() -> None:
        room = Room.make()
        bike, first, lost = await room.linked()
        got: list[bytes] = []
        await first.start_notify(BIKE, lambda _, data: None)
        second = room.client(BLEDevice(first.address, "Bike 1", _details(room, first)))
        await second.connect()
        assert second.is_connected
        await second.start_notify(BIKE, lambda _, data: got.append(bytes(data)))
        bike.notify(0x2AD2, RECORD)
        await asyncio.sleep(A_MOMENT_S)
        assert got == [RECORD]
        await second.disconnect()
        await asyncio.sleep(A_MOMENT_S)
        assert not bike.is_connected
        assert (first.is_connected, lost) == (False, [first])

    run_virtual(main())


def _details(room: Room, client: BleakClient) -> dict[str, Any]:
    return {"address": hci.Address(client.address)}


# ---------------------------------------------------------------- the adapter is lost


def test_a_lost_adapter_ends_all_links_and_is_opened_again_at_the_next_need() -> None:
    async def main() -> None:
        room = Room.make()
        one, first, lost = await room.linked(1)
        _, second, also_lost = await room.linked(2)
        room.air.mute(one.address)
        reading = asyncio.create_task(first.read_gatt_char(FEATURE))
        await asyncio.sleep(A_MOMENT_S)
        room.plugs[-1].pull()
        await asyncio.sleep(A_MOMENT_S)
        assert (lost, also_lost) == ([first], [second])
        assert isinstance(reading.exception(), BleakError)
        await first.disconnect()
        room.air.unmute(one.address)
        client = room.client(await room.find(one))
        await client.connect()
        assert len(room.plugs) == 2

    run_virtual(main())


def test_a_scan_may_be_stopped_after_its_adapter_was_lost() -> None:
    async def main() -> float:
        room = Room.make()
        bike = await room.bike()
        scanner = room.scanner()
        await scanner.start()
        await asyncio.sleep(0.3)
        room.plugs[-1].pull()
        await asyncio.sleep(A_MOMENT_S)
        began = now()
        await scanner.stop()
        assert bike.address in await heard(room)
        return now() - began

    assert run_virtual(main()) < 1.0


async def _refuse() -> tuple[Any, Any]:
    raise ConnectionRefusedError(111, "Connection refused")


async def _keep_silent() -> tuple[Any, Any]:
    silent = Plug(Air())
    silent.controller.on_packet = lambda packet: None  # type: ignore[method-assign]
    return silent, silent.sink


@pytest.mark.parametrize("open_ends", [_refuse, _keep_silent])
def test_without_an_adapter_every_beginning_says_so(open_ends: OpenEnds) -> None:
    async def main() -> None:
        adapter = VirtualAdapter(open_ends, "there")
        room = Room(Air(), adapter, [])
        for call in (room.scanner().start(), room.client(gone_device(room)).connect()):
            with pytest.raises(BleakBluetoothNotAvailableError) as caught:
                await call
            assert caught.value.reason is BleakBluetoothNotAvailableReason.NO_BLUETOOTH
            assert "there" in str(caught.value.args[0])

    run_virtual(main())


def test_an_adapter_that_does_not_answer_is_closed_before_the_next_try() -> None:
    async def main() -> int:
        closed: list[int] = []

        async def open_ends() -> tuple[Any, Any]:
            source, sink = await _keep_silent()
            sink.close = lambda: closed.append(1)
            return source, sink

        room = Room(Air(), VirtualAdapter(open_ends, "there"), [])
        for _ in range(3):
            with pytest.raises(BleakBluetoothNotAvailableError):
                await room.scanner().start()
        return len(closed)

    assert run_virtual(main()) == 3


# ---------------------------------------------------------------- over TCP, on real time


async def test_the_adapter_of_another_process_works_until_that_ends() -> None:
    room = Room.make()
    bike = await room.bike()
    lost: list[BleakClient] = []
    async with serve_adapter(room.air) as port:
        room.adapter = VirtualAdapter(tcp_ends("127.0.0.1", port), f"tcp:127.0.0.1:{port}")
        client = room.client(await room.find(bike), lost.append)
        await client.connect()
        assert bytes(await client.read_gatt_char(MAKER)) == b"ftms-bridge simulator"
    for _ in range(100):
        await asyncio.sleep(0.01)
        if lost:
            break
    assert (lost, client.is_connected) == ([client], False)
    with pytest.raises(BleakBluetoothNotAvailableError):
        await room.client(gone_device(room)).connect()
    await room.adapter.close()


# ---------------------------------------------------------------- much


def test_a_flood_is_delivered_once_and_in_order() -> None:
    async def main() -> None:
        bike, client, _ = await Room.make().linked()
        got: list[int] = []
        await client.start_notify(BIKE, lambda _, data: got.append(int.from_bytes(data, "little")))
        for number in range(2000):
            bike.notify(0x2AD2, number.to_bytes(4, "little"))
            if number % 50 == 49:
                await asyncio.sleep(0)
        await asyncio.sleep(1.0)
        assert got == list(range(2000))

    run_virtual(main())


def test_half_an_hour_at_four_a_second_arrives_when_it_was_sent() -> None:
    async def main() -> None:
        bike, client, _ = await Room.make().linked()
        got: list[float] = []
        sent: list[float] = []
        await client.start_notify(BIKE, lambda _, data: got.append(now()))
        for _ in range(7200):
            await asyncio.sleep(0.25)
            sent.append(now())
            bike.notify(0x2AD2, RECORD)
        await asyncio.sleep(A_MOMENT_S)
        assert len(got) == 7200
        assert max(b - a for a, b in zip(sent, got, strict=True)) < A_MOMENT_S

    run_virtual(main())


@pytest.mark.timeout(120)
def test_500_links_come_and_go_and_leave_nothing_behind() -> None:
    async def main() -> tuple[int, int]:
        room = Room.make()
        bike = await room.bike()
        device = await room.find(bike)
        lost: list[BleakClient] = []
        tasks: list[int] = []
        for number in range(500):
            client = room.client(device, lost.append)
            await client.connect()
            await client.start_notify(BIKE, lambda _, data: None)
            if number % 2:
                room.air.drop(bike.address)
                await asyncio.sleep(A_MOMENT_S)
            await client.disconnect()
            await asyncio.sleep(A_MOMENT_S)
            tasks.append(len(asyncio.all_tasks()))
        assert len(lost) == 500
        assert bike.connections == 500
        assert isinstance(room.plugs[0].controller, AirController)
        assert len(room.plugs[0].controller.le_connections) == 0
        return tasks[20], tasks[-1]

    early, late = run_virtual(main())
    assert late <= early
