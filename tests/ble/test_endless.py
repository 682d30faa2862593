from __future__ import annotations

import asyncio
from functools import partial

import pytest

from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.endless import AGAIN_AFTER_S, keep_running
from ftms_bridge.ble.stack import OnTrouble, PlainStack
from ftms_bridge.ble.target import Target
from ftms_bridge.gatt.notification import Arrival, Verdict
from ftms_bridge.measurement.sources import MachineKind
from tests.ble.fake_air import FakeAir, FakeDevice
from tests.ble.keeping import keeping
from tests.virtual_clock import run_virtual


def test_it_is_run_again_after_a_fault_until_it_returns() -> None:
    async def run() -> None:
        runs: list[float] = []

        async def work() -> None:
            runs.append(asyncio.get_running_loop().time())
            if len(runs) < 3:
                raise ValueError("unforeseen")

        await keep_running(work, "work")
        assert len(runs) == 3
        assert runs[2] - runs[0] == pytest.approx(2 * AGAIN_AFTER_S)

    run_virtual(run())


def test_a_cancellation_ends_it() -> None:
    async def run() -> None:
        task = asyncio.create_task(keep_running(partial(asyncio.sleep, 1e6), "work"))
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    run_virtual(run())


def test_an_unforeseen_fault_in_a_scan_costs_that_scan_only() -> None:
    async def run() -> None:
        air = FakeAir(FakeDevice())
        air.scan_faults.extend([ValueError("odd"), AssertionError("odd")] * 2)
        async with keeping(air) as kept:
            await kept.told(Verdict.RADIO_FAULT, 5.0)
            assert await kept.up() < 10.0

    run_virtual(run())


def test_a_watch_on_the_stack_that_fails_does_not_take_the_scan_with_it() -> None:
    class Fragile(PlainStack):
        watches = 0

        async def run(self, on_trouble: OnTrouble) -> None:
            self.watches += 1
            await asyncio.sleep(1)
            raise AssertionError("odd")

    async def run() -> None:
        bike, stack = FakeDevice(is_on=False), Fragile()
        async with keeping(FakeAir(bike), stack=stack) as kept:
            await asyncio.sleep(60)
            bike.is_on = True
            await kept.up()
            assert stack.watches >= 9

    run_virtual(run())


def test_a_fault_in_what_takes_the_arrivals_does_not_end_the_link() -> None:
    async def run() -> None:
        bluetooth = Bluetooth(FakeAir(FakeDevice()).radio(), state_directory=None)
        link = bluetooth.link("bike", [Target("bike", Binding(MachineKind.INDOOR_BIKE))])
        faults = [RuntimeError("the disk")]

        def deliver(_: Arrival) -> None:
            if faults:
                raise faults.pop()

        tasks = [asyncio.create_task(bluetooth.run()), asyncio.create_task(link.run(deliver))]
        await asyncio.sleep(30)
        assert link.supervisors[0].is_up
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(run())
