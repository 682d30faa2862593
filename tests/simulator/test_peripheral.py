"""One device on the virtual radio, seen by a real central: ATT bytes both ways."""

from __future__ import annotations

import asyncio

import pytest
from bumble import att

from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.gatt_tables import (
    NOTIFY,
    CharacteristicRow,
    ServiceRow,
    device_tables,
)
from ftms_bridge.simulator.peripheral import CCCD_NOT_CONFIGURED, HONEST, Lies, Peripheral
from tests.simulator.build import forward, scenario
from tests.simulator.central import Central
from tests.virtual_clock import run_virtual

BIKE, FEATURE, CONTROL_POINT, STATUS = 0x2AD2, 0x2ACC, 0x2AD9, 0x2ADA
RECORD = bytes.fromhex("44001c077c00d7ff")
A_MOMENT_S = 0.05


async def linked(lies: Lies = HONEST) -> tuple[Peripheral, Central]:
    air = Air()
    peripheral = Peripheral(air, device_tables(scenario(forward()))[0], lies=lies)
    await peripheral.power_on()
    central = await Central(air).start()
    await central.connect(peripheral.address)
    return peripheral, central


async def code_of(work: object) -> int:
    with pytest.raises(att.ATT_Error) as caught:
        await work  # type: ignore[misc]
    return int(caught.value.error_code)


def test_only_a_subscriber_is_notified_and_only_of_what_it_wants() -> None:
    async def main() -> None:
        peripheral, central = await linked()
        assert not peripheral.notify(BIKE, RECORD)
        await central.subscribe(BIKE)
        assert peripheral.subscriptions == {BIKE}
        assert peripheral.notify(BIKE, RECORD)
        assert not peripheral.notify(STATUS, b"\x04")
        await asyncio.sleep(A_MOMENT_S)
        assert central.got == [(BIKE, RECORD)]
        await central.peer.connection.disconnect()
        await asyncio.sleep(A_MOMENT_S)
        assert peripheral.subscriptions == set()
        assert not peripheral.notify(BIKE, RECORD)

    run_virtual(main())


@pytest.mark.parametrize(("asked", "server", "room"), [
    (None, None, 20), (247, None, 244), (517, None, 512), (247, 100, 97),
])  # fmt: skip
def test_a_long_record_is_cut_to_what_a_packet_holds(
    asked: int | None, server: int | None, room: int
) -> None:
    async def main() -> None:
        peripheral, central = await linked(Lies(mtu_bytes=server))
        if asked is not None:
            await central.peer.request_mtu(asked)
        await central.subscribe(BIKE)
        peripheral.notify(BIKE, bytes(512))
        peripheral.notify(BIKE, bytes(room))
        await asyncio.sleep(A_MOMENT_S)
        assert [len(value) for value in central.values(BIKE)] == [room, room]

    run_virtual(main())


def test_a_connected_device_is_not_heard_and_comes_back_by_itself() -> None:
    async def main() -> None:
        peripheral, central = await linked()
        await central.device.start_scanning()
        await asyncio.sleep(1)
        assert central.adverts == []
        await central.peer.connection.disconnect()
        await asyncio.sleep(1)
        assert str(central.adverts[0].address) == peripheral.address
        await central.connect(peripheral.address)
        assert peripheral.connections == 2

    run_virtual(main())


def test_what_cannot_be_read_or_written_is_refused() -> None:
    async def main() -> None:
        peripheral, central = await linked()
        before = await central.read(FEATURE)
        assert await code_of(central.read(BIKE)) == att.ErrorCode.READ_NOT_PERMITTED
        assert await code_of(central.read(CONTROL_POINT)) == att.ErrorCode.READ_NOT_PERMITTED
        refused = await code_of(central.write(FEATURE, b"\0" * 8))
        assert refused == att.ErrorCode.WRITE_NOT_PERMITTED
        assert await central.read(FEATURE) == before
        assert peripheral.is_connected

    run_virtual(main())


def test_the_table_itself_cannot_be_overwritten() -> None:
    async def main() -> None:
        peripheral, central = await linked()
        before = await central.discover()
        last = max(one.handle for one in central.peer.services)
        for handle in range(1, last + 1):
            try:
                await central.peer.write_value(handle, b"", with_response=True)
            except att.ATT_Error as refusal:
                assert refusal.error_code != att.ErrorCode.INVALID_HANDLE
        await central.peer.connection.disconnect()
        await central.connect(peripheral.address)
        assert await central.discover() == before

    run_virtual(main())


def test_a_value_can_be_read_as_it_was_sent_last() -> None:
    async def main() -> tuple[bytes, bytes]:
        peripheral, central = await linked()
        first = await central.read(0x2AD3)
        peripheral.notify(0x2AD3, b"\x00\x0d")
        return first, await central.read(0x2AD3)

    assert run_virtual(main()) == (b"\x00\x01", b"\x00\x0d")


def test_the_control_point_answers_by_indication_and_status() -> None:
    async def main() -> None:
        peripheral, central = await linked()
        for one in (CONTROL_POINT, STATUS):
            await central.subscribe(one)
        for request in (b"\x00", bytes.fromhex("05c800"), b"\x77"):
            await central.write(CONTROL_POINT, request)
            await asyncio.sleep(A_MOMENT_S)
        answers = [value.hex() for value in central.values(CONTROL_POINT)]
        assert answers == ["800001", "800501", "807702"]
        assert central.values(STATUS) == [bytes.fromhex("08c800")]
        assert [write.hex() for write in peripheral.control_point_writes] == ["00", "05c800", "77"]
        assert peripheral.control is not None
        assert peripheral.control.wishes == {"power_w": 200}
        await central.peer.connection.disconnect()
        await asyncio.sleep(A_MOMENT_S)
        assert not peripheral.control.has_control

    run_virtual(main())


def test_the_control_point_wants_its_indications_on_and_a_request() -> None:
    async def main() -> None:
        peripheral, central = await linked()
        assert await code_of(central.write(CONTROL_POINT, b"\x00")) == CCCD_NOT_CONFIGURED
        await central.subscribe(CONTROL_POINT)
        empty = await code_of(central.write(CONTROL_POINT, b""))
        assert empty == att.ErrorCode.INVALID_ATTRIBUTE_LENGTH
        assert peripheral.control_point_writes == [b"\x00", b""]
        assert central.got == []

    run_virtual(main())


def test_a_central_that_leaves_before_the_answer_does_no_harm() -> None:
    async def main() -> None:
        peripheral, central = await linked()
        await central.subscribe(CONTROL_POINT)
        await central.write(CONTROL_POINT, b"\x00")
        await central.peer.connection.disconnect()
        await asyncio.sleep(60)
        await central.connect(peripheral.address)
        await central.subscribe(CONTROL_POINT)
        await central.write(CONTROL_POINT, b"\x00")
        await asyncio.sleep(A_MOMENT_S)
        assert central.values(CONTROL_POINT)[-1] == bytes.fromhex("800001")

    run_virtual(main())


def test_what_is_missing_is_not_there_and_what_is_extra_is() -> None:
    async def main() -> dict[int, list[int]]:
        extra = ServiceRow(0x1234, (CharacteristicRow(0x4321, NOTIFY),))
        _, central = await linked(Lies(missing=frozenset({BIKE, 0x180A}), extra=(extra,)))
        return await central.discover()

    found = run_virtual(main())
    assert found[0x1234] == [0x4321]
    assert 0x180A not in found
    assert BIKE not in found[0x1826]
    assert FEATURE in found[0x1826]


def test_a_record_of_a_characteristic_that_is_missing_goes_nowhere() -> None:
    async def main() -> bool:
        peripheral, _ = await linked(Lies(missing=frozenset({BIKE})))
        return peripheral.notify(BIKE, RECORD)

    assert run_virtual(main()) is False


def test_odd_lengths_are_sent_as_they_are() -> None:
    async def main() -> list[int]:
        peripheral, central = await linked(Lies(odd_lengths=True))
        await central.subscribe(BIKE)
        for _ in range(5):
            peripheral.notify(BIKE, RECORD[:6])
        await asyncio.sleep(A_MOMENT_S)
        return [len(value) for value in central.values(BIKE)]

    assert run_virtual(main()) == [5, 7, 0, 3, 18]


def test_a_flood_repeats_the_last_record() -> None:
    async def main() -> int:
        peripheral, central = await linked(Lies(flood_hz=20))
        await central.subscribe(BIKE)
        peripheral.notify(BIKE, RECORD)
        await asyncio.sleep(10)
        await peripheral.close()
        return len(central.values(BIKE))

    assert run_virtual(main()) == pytest.approx(201, abs=2)


def test_services_can_change_under_a_central_and_for_the_next() -> None:
    async def main() -> None:
        peripheral, central = await linked()
        await central.subscribe(BIKE)
        peripheral.change_services([ServiceRow(0x1234, (CharacteristicRow(0x4321, NOTIFY),))])
        assert not peripheral.notify(BIKE, RECORD)
        assert await code_of(central.read(0x2A24)) == att.ErrorCode.INVALID_HANDLE
        await central.peer.connection.disconnect()
        await asyncio.sleep(A_MOMENT_S)
        await central.connect(peripheral.address)
        assert 0x1826 not in await central.discover()
        await central.subscribe(0x4321)
        assert peripheral.notify(0x4321, RECORD)
        peripheral.change_services(peripheral.table.services)
        await central.peer.connection.disconnect()
        await asyncio.sleep(A_MOMENT_S)
        await central.connect(peripheral.address)
        assert BIKE in (await central.discover())[0x1826]

    run_virtual(main())


def test_a_name_may_hold_any_text() -> None:
    async def main() -> bytes:
        air = Air()
        table = device_tables(scenario(forward()), name="a\x1b[31m\n\u202eb")[0]
        peripheral = Peripheral(air, table)
        await peripheral.power_on()
        central = await Central(air).start()
        await central.device.start_scanning()
        await asyncio.sleep(0.3)
        await central.connect(peripheral.address)
        assert "\x1b" in str(central.adverts[-1].data)
        return await central.read(0x2A00)

    assert run_virtual(main()) == "a\x1b[31m\n\u202eb".encode()


def test_a_closed_device_is_off_the_air() -> None:
    async def main() -> tuple[int, list[int]]:
        peripheral, central = await linked()
        await peripheral.close()
        await central.device.start_scanning()
        await asyncio.sleep(1)
        return len(central.adverts), central.lost

    assert run_virtual(main()) == (0, [8])
