"""The supervisor under bleak's real BlueZ backend, on the scripted bluetoothd."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bleak import BleakClient
from bleak.exc import BleakError

from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.verdicts import trouble_of
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import MachineKind
from tests.ble.bus_daemon import BusDaemon
from tests.ble.fake_bluez import (
    ABORT,
    IN_PROGRESS,
    MUTE,
    Characteristic,
    FakeAdapter,
    FakeBluez,
    FakeDevice,
    full,
)
from tests.ble.soak import descriptors, expect_truth, kept_on, run_on_bus, soon

ADDRESS = "00:00:00:00:00:01"


def add_bike(bluez: FakeBluez) -> FakeDevice:
    bike = bluez.add_adapter(address=ADDRESS).add_device()
    bike.service_data = {full(0x1826): bytes.fromhex("012000")}
    return bike


def test_found_followed_and_after_twenty_drops_every_record_comes_once(
    bus_daemon: BusDaemon,
) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        binding = Binding(MachineKind.INDOOR_BIKE)
        async with kept_on(bluez, bike, binding=binding, adapter="hci0") as kept:
            assert await kept.heard() < 3.0
            assert {one.characteristic for one in kept.others} >= {0x1826, 0x2A29, 0x2A24, 0x2ACC}
            open_files, tasks = descriptors(), len(asyncio.all_tasks())
            for _ in range(20):
                await asyncio.sleep(0.6)
                bike.drop()
                assert await kept.heard() < 2.5
                assert kept.verdicts[-2:] == [Verdict.LOST, None]
            await asyncio.sleep(0.6)
            assert abs(descriptors() - open_files) <= 2
            assert len(asyncio.all_tasks()) == tasks
            assert [data for _, data in kept.records] == [data for _, data in kept.sent]
            expect_truth(kept)
        assert not bike.connected
        assert await bluez.connections() == 1  # the one that bleak always keeps

    run_on_bus(bus_daemon, run)


@pytest.mark.parametrize("orderly", [False, True])
def test_the_end_of_bluetoothd_is_told_at_once_and_data_come_back_with_it(
    bus_daemon: BusDaemon, orderly: bool
) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        async with kept_on(bluez, bike) as kept:
            await kept.heard()
            await (bluez.quit() if orderly else bluez.crash())
            await kept.told(Verdict.SERVICE_DOWN, 0.1 if not orderly else 5.0)
            assert not kept.is_up
            await asyncio.sleep(30.0)
            assert kept.verdicts[-1] is Verdict.SERVICE_DOWN
            await bluez.start()
            assert await kept.heard() < 8.0
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


def test_a_restart_of_bluetoothd_that_nobody_else_notices_is_survived(
    bus_daemon: BusDaemon,
) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        async with kept_on(bluez, bike) as kept:
            for _ in range(5):
                await kept.heard()
                await bluez.restart()
                assert await kept.heard() < 5.0
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


def test_an_adapter_that_was_unplugged_comes_back_under_another_name(
    bus_daemon: BusDaemon,
) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        adapter = bike.adapter
        async with kept_on(bluez, bike, adapter=ADDRESS) as kept:
            await kept.heard()
            adapter.remove()
            await kept.told(Verdict.ADAPTER_MISSING, 1.0)
            await asyncio.sleep(20.0)
            adapter.export()
            assert await kept.heard() < 8.0
            adapter.renumber("hci3")
            assert await kept.heard() < 8.0
            assert bike.path.startswith("/org/bluez/hci3/")
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


def test_an_adapter_that_is_switched_off_is_told_and_waited_for(bus_daemon: BusDaemon) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        async with kept_on(bluez, bike) as kept:
            await kept.heard()
            bike.adapter.power(False)
            await kept.told(Verdict.BLUETOOTH_OFF, 1.0)
            await asyncio.sleep(20.0)
            bike.adapter.power(True)
            assert await kept.heard() < 8.0
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


def test_of_two_adapters_the_one_that_is_on_is_used(bus_daemon: BusDaemon) -> None:
    async def run(bluez: FakeBluez) -> None:
        bluez.add_adapter("hci0", "00:00:00:00:00:0F", powered=False)
        bike = bluez.add_adapter("hci1", ADDRESS).add_device()
        other = bluez.add_adapter("hci2", "00:00:00:00:00:0E")
        async with kept_on(bluez, bike) as kept:
            assert await kept.heard() < 3.0
            assert kept.verdicts == [Verdict.SEARCHING, None]
            assert not other.scanners

    run_on_bus(bus_daemon, run)


def test_a_device_whose_objects_vanish_is_given_up_and_found_again(bus_daemon: BusDaemon) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        async with kept_on(bluez, bike) as kept:
            for _ in range(3):
                await kept.heard()
                bike.vanish()
                assert await kept.heard() < 15.0
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


@pytest.mark.parametrize("member", ["Connect", "StartNotify", "Disconnect", "ReadValue"])
def test_a_call_that_is_never_answered_costs_seconds_only(
    bus_daemon: BusDaemon, member: str
) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        async with kept_on(bluez, bike) as kept:
            await kept.heard()
            for _ in range(3):
                bluez.fail(member, MUTE, times=1)
                bike.drop()
                assert await kept.heard() < 20.0
                await asyncio.sleep(1.0)
                assert kept.is_up
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


def test_a_connection_that_came_up_without_an_answer_is_not_left_open(
    bus_daemon: BusDaemon,
) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        bluez.fail("Connect", MUTE, times=1)
        async with kept_on(bluez, bike) as kept:
            await soon(lambda: bluez.count("Connect") == 1)
            bike.link_up()
            assert await kept.heard() < 20.0
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


def test_a_link_that_a_predecessor_left_open_is_closed(bus_daemon: BusDaemon) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        bike.link_up()
        async with kept_on(bluez, bike) as kept:
            assert await kept.heard() < 3.0
            assert bluez.count("Disconnect") == 1
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


@pytest.mark.parametrize("turns", range(8))
def test_a_link_that_is_given_away_as_it_comes_up_is_closed(
    bus_daemon: BusDaemon, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    """It must not matter in which turn of the event loop that happens."""

    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        async with kept_on(bluez, bike) as kept:

            async def connect(radio: Radio, *arguments: Any, **more: Any) -> BleakClient:
                client = await connected(radio, *arguments, **more)
                kept.bluetooth.release("bike", "given away", None)
                try:
                    for _ in range(turns):
                        await asyncio.sleep(0)
                except asyncio.CancelledError:  # as the product does until it returns
                    await radio.disconnect(client)
                    raise
                return client

            connected = Radio.connect
            monkeypatch.setattr(Radio, "connect", connect)
            await kept.told(Verdict.RELEASED)
            await asyncio.sleep(2.0)
            assert bluez.count("Connect") == 1
            assert not bike.connected

    run_on_bus(bus_daemon, run)


def test_a_link_that_is_cut_at_birth_is_made_by_the_same_call(bus_daemon: BusDaemon) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        bluez.fail("Connect", ABORT, times=2)
        async with kept_on(bluez, bike) as kept:
            assert await kept.heard() < 2.0
            assert bluez.count("Connect") == 3
            assert kept.verdicts == [Verdict.SEARCHING, None]

    run_on_bus(bus_daemon, run)


def test_a_radio_that_refuses_ten_times_is_switched_off_and_on_once(
    bus_daemon: BusDaemon,
) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        bluez.fail("Connect", IN_PROGRESS, times=10)
        async with kept_on(bluez, bike) as kept:
            await kept.heard(120.0)
            assert kept.bluetooth.recovery.recoveries == 1
            assert bike.adapter.powered
            bike.drop()
            assert await kept.heard() < 5.0

    run_on_bus(bus_daemon, run)


def test_services_that_were_remembered_wrongly_are_read_anew(
    bus_daemon: BusDaemon, tmp_path: Path
) -> None:
    async def run(bluez: FakeBluez) -> None:
        bike = add_bike(bluez)
        right = dict(bike.services)
        bike.services = {0x1826: (Characteristic(0x2ACD, ("notify",)),)}
        bike.link_up()
        bike.drop()
        bike.services = right
        async with kept_on(bluez, bike, state=tmp_path) as kept:
            assert await kept.heard() < 5.0
            assert Verdict.WRONG_SERVICES in kept.verdicts
            assert bluez.count("RemoveDevice") == 1
            expect_truth(kept)

    run_on_bus(bus_daemon, run)


def _bus(bluez: FakeBluez, _: FakeAdapter) -> None:
    bluez.daemon.kill()


def _unplug(_: FakeBluez, adapter: FakeAdapter) -> None:
    adapter.remove()


@pytest.mark.parametrize("take_away", [_bus, _unplug])
def test_stopping_while_the_stack_is_gone_takes_a_moment(
    bus_daemon: BusDaemon, take_away: Callable[[FakeBluez, FakeAdapter], None]
) -> None:
    async def run(bluez: FakeBluez) -> float:
        bike = add_bike(bluez)
        async with kept_on(bluez, bike) as kept:
            await kept.heard()
            take_away(bluez, bike.adapter)
            await asyncio.sleep(1.0)
            ends = kept.now()
        return kept.now() - ends

    assert run_on_bus(bus_daemon, run) < 2.0


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (BleakError("adapter 'hci7' not found"), Verdict.ADAPTER_MISSING),
        (BleakError("device 'dev_1' not found"), Verdict.NO_ANSWER),
        (EOFError(), Verdict.SERVICE_DOWN),
    ],
)
def test_what_only_the_linux_backend_says_has_its_word(
    error: BaseException, verdict: Verdict
) -> None:
    assert trouble_of(error, Verdict.NO_ANSWER).verdict is verdict
