from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
)

from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.recovery import Recovery
from ftms_bridge.ble.scanner import MOST_SIGHTINGS, SILENT_AFTER_S, STOP_LIMIT_S, Scanner
from ftms_bridge.ble.stack import PlainStack, StackState
from ftms_bridge.ble.verdicts import Trouble
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import MachineKind
from tests.ble.fake_air import NEVER, FakeAir, FakeDevice, settled
from tests.virtual_clock import run_virtual

BIKE = Binding(MachineKind.INDOOR_BIKE)


class Stack(PlainStack):
    """A stack whose state is set by the test; counts power cycles."""

    def __init__(self) -> None:
        self.state = StackState(None, "")
        self.cycles = 0

    async def look(self, adapter: str = "") -> StackState:
        return self.state

    async def power_cycle(self, adapter: str = "") -> bool:
        self.cycles += 1
        return True


@asynccontextmanager
async def scanning(air: FakeAir, **more: Any) -> AsyncIterator[tuple[Scanner, Recovery]]:
    radio = air.radio(**more)
    recovery = Recovery(radio.stack, adapter="", mode="power", clock=radio.clock, calls=radio.calls)
    scanner = Scanner(radio, recovery)
    task = asyncio.create_task(scanner.run())
    try:
        yield scanner, recovery
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def now() -> float:
    return asyncio.get_running_loop().time()


def test_it_scans_only_while_somebody_searches() -> None:
    async def run() -> None:
        air = FakeAir(FakeDevice())
        async with scanning(air) as (scanner, _):
            await asyncio.sleep(60)
            assert air.scans == 0
            with scanner.searching():
                with scanner.searching():
                    await asyncio.sleep(1)
                await asyncio.sleep(1)
                assert air.scanning == 1
            await asyncio.sleep(0.1)
            assert air.scanning == 0
            assert air.scans == 1

    run_virtual(run())


def test_a_known_address_is_returned_at_once_and_the_only_one_after_a_moment() -> None:
    async def run() -> None:
        air = FakeAir(FakeDevice())
        async with scanning(air) as (scanner, _):
            with scanner.searching():
                began = now()
                heard = await scanner.look(BIKE, air.devices[0].address, 5.0)
                assert now() - began < 0.2
                assert heard[0].service_data == air.devices[0].service_data
                heard = await scanner.look(BIKE, None, 5.0)
                assert 1.0 < now() - began < 2.0
                assert len(heard) == 1

    run_virtual(run())


def test_a_look_returns_those_that_fit_though_another_was_expected() -> None:
    async def run() -> None:
        air = FakeAir(FakeDevice())
        async with scanning(air) as (scanner, _):
            with scanner.searching():
                heard = await scanner.look(BIKE, "C0:00:00:00:00:99", 2.0)
                assert [found.candidate.address for found in heard] == [air.devices[0].address]
                assert await scanner.look(Binding(MachineKind.ROWER), None, 2.0) == []

    run_virtual(run())


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (BleakDBusError("org.bluez.Error.InProgress", ["x"]), Verdict.RADIO_FAULT),
        (
            BleakBluetoothNotAvailableError("x", BleakBluetoothNotAvailableReason.POWERED_OFF),
            Verdict.BLUETOOTH_OFF,
        ),
        (NEVER, Verdict.RADIO_FAULT),
    ],
    ids=str,
)
def test_a_scan_that_cannot_start_is_told_and_tried_again(
    fault: BaseException | str, verdict: Verdict
) -> None:
    async def run() -> None:
        air = FakeAir(FakeDevice())
        air.scan_faults.append(fault)
        async with scanning(air) as (scanner, _):
            with scanner.searching():
                await settled(lambda: scanner.trouble is not None)
                assert scanner.trouble is not None
                assert scanner.trouble.verdict is verdict
                await settled(lambda: scanner.adverts > 0)
                assert scanner.trouble is None

    run_virtual(run())


def test_ten_refusals_end_with_one_power_cycle() -> None:
    async def run() -> None:
        air, stack = FakeAir(FakeDevice()), Stack()
        air.scan_faults.extend([BleakDBusError("org.bluez.Error.InProgress", ["x"])] * 10)
        async with scanning(air, stack=stack) as (scanner, recovery):
            with scanner.searching():
                await settled(lambda: scanner.adverts > 0, 120)
            assert recovery.recoveries == stack.cycles == 1
            assert scanner.restarts == 10

    run_virtual(run())


def test_silence_starts_the_scan_anew_and_later_the_adapter() -> None:
    async def run() -> None:
        device = FakeDevice(is_on=False)
        air, stack = FakeAir(device), Stack()
        async with scanning(air, stack=stack) as (scanner, _):
            with scanner.searching():
                await asyncio.sleep(SILENT_AFTER_S + 1)
                assert (air.scans, stack.cycles) == (2, 0)
                await asyncio.sleep(3 * SILENT_AFTER_S)
                assert stack.cycles == 1
                await asyncio.sleep(3000)
                assert stack.cycles == 1
                device.is_on = True
                await asyncio.sleep(SILENT_AFTER_S)
                scans = air.scans
                await asyncio.sleep(1000)
                assert air.scans == scans

    run_virtual(run())


def test_a_stack_that_went_away_is_told_at_once_and_waited_for() -> None:
    async def run() -> None:
        air, stack = FakeAir(FakeDevice()), Stack()
        async with scanning(air, stack=stack) as (scanner, recovery):
            with scanner.searching():
                await asyncio.sleep(1)
                stack.state = StackState(Verdict.SERVICE_DOWN, "bluetoothd is not running")
                scanner.disturb(Trouble(Verdict.SERVICE_DOWN, "gone"))
                assert scanner.trouble is not None
                await asyncio.sleep(60)
                assert air.scanning == 0
                assert scanner.trouble == Trouble(Verdict.SERVICE_DOWN, "bluetoothd is not running")
                assert stack.cycles == recovery.recoveries == 0
                stack.state = StackState(None, "")
                began, adverts = now(), scanner.adverts
                await settled(lambda: scanner.adverts > adverts)
                assert now() - began < 5.5

    run_virtual(run())


def test_an_adapter_that_is_not_there_is_told() -> None:
    class Without(Stack):
        async def adapter_name(self, wanted: str) -> str | None:
            return None

    async def run() -> None:
        async with scanning(FakeAir(), stack=Without(), adapter="hci7") as (scanner, _):
            with scanner.searching():
                trouble = await scanner.first_trouble(5.0)
                assert trouble == Trouble(Verdict.ADAPTER_MISSING, "there is no adapter hci7")

    run_virtual(run())


def test_a_crowd_of_made_up_addresses_does_not_fill_the_memory() -> None:
    async def run() -> None:
        crowd = [FakeDevice(f"C0:00:00:00:{n // 256:02X}:{n % 256:02X}") for n in range(700)]
        async with scanning(FakeAir(*crowd)) as (scanner, _):
            with scanner.searching():
                await asyncio.sleep(1)
                assert len(scanner.sightings()) == MOST_SIGHTINGS
                assert scanner.device(crowd[-1].address) is not None
                assert scanner.device(crowd[0].address) is None

    run_virtual(run())


def test_a_trouble_is_over_when_nobody_searches_any_more() -> None:
    async def run() -> None:
        air = FakeAir()
        air.scan_faults.extend([BleakDBusError("org.bluez.Error.Failed", [])] * 9)
        async with scanning(air) as (scanner, _):
            with scanner.searching():
                assert await scanner.first_trouble(5.0) is not None
            assert scanner.trouble is None

    run_virtual(run())


def test_a_pause_stops_the_scan_and_its_end_starts_it_again() -> None:
    async def run() -> None:
        air = FakeAir(FakeDevice())
        async with scanning(air) as (scanner, _):
            with scanner.searching():
                await asyncio.sleep(1)
                async with scanner.paused():
                    assert air.scanning == 0
                    async with scanner.paused():
                        await asyncio.sleep(1)
                    await asyncio.sleep(1)
                    assert air.scanning == 0
                await asyncio.sleep(0.1)
                assert air.scanning == 1
            async with scanner.paused():
                pass
            await asyncio.sleep(1)
            assert air.scanning == 0

    run_virtual(run())


def test_a_pause_waits_for_no_scan_that_cannot_start() -> None:
    async def run() -> None:
        air = FakeAir()
        air.scan_faults.extend([NEVER] * 3)
        async with scanning(air) as (scanner, _):
            with scanner.searching():
                await asyncio.sleep(1)
                began = now()
                async with scanner.paused():
                    assert now() - began <= STOP_LIMIT_S

    run_virtual(run())
