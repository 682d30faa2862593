from __future__ import annotations

import asyncio

from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.stack import OnTrouble, PlainStack, StackState
from ftms_bridge.ble.survey import survey
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import MachineKind
from tests.ble.fake_air import NEVER, FakeAir, FakeDevice
from tests.ble.keeping import RECORD, keeping
from tests.virtual_clock import run_virtual


class Stack(PlainStack):
    """A stack that can be taken away and given back."""

    def __init__(self) -> None:
        self.state = StackState(None, "")
        self.on_trouble: OnTrouble = lambda *_: None

    async def run(self, on_trouble: OnTrouble) -> None:
        self.on_trouble = on_trouble

    async def look(self, adapter: str = "") -> StackState:
        return self.state

    def take_away(self) -> None:
        self.state = StackState(Verdict.SERVICE_DOWN, "bluetoothd is gone")
        self.on_trouble(Verdict.SERVICE_DOWN, "bluetoothd is gone")


def test_when_the_stack_goes_the_link_is_given_up_though_nothing_else_says_so() -> None:
    async def run() -> None:
        bike, stack = FakeDevice(), Stack()
        async with keeping(FakeAir(bike), stack=stack) as kept:
            await kept.up()
            kept.beat(bike)
            await asyncio.sleep(3)
            stack.take_away()
            bike.faults["disconnect"].append(NEVER)
            await asyncio.sleep(0.1)
            assert kept.verdicts[-1] is Verdict.SERVICE_DOWN
            await asyncio.sleep(20)
            assert not kept.bike.is_up
            bike.drop()
            stack.state = StackState(None, "")
            assert await kept.up() < 10.0

    run_virtual(run())


def test_a_trouble_of_this_computer_is_told_while_searching() -> None:
    async def run() -> None:
        bike, stack = FakeDevice(), Stack()
        stack.state = StackState(Verdict.BLUETOOTH_OFF, "hci0 is switched off")
        async with keeping(FakeAir(bike), stack=stack) as kept:
            change = await kept.told(Verdict.BLUETOOTH_OFF)
            assert change.reason == "hci0 is switched off"
            stack.state = StackState(None, "")
            assert await kept.up() < 8.0

    run_virtual(run())


def test_two_machines_are_kept_and_released_on_their_own() -> None:
    async def run() -> None:
        bike = FakeDevice()
        belt = FakeDevice("C0:00:00:00:00:02", "Walk", service_data=bytes.fromhex("010100"))
        async with keeping(FakeAir(bike, belt)) as kept:
            assert not kept.bluetooth.release("treadmill", "x", None)
            assert not kept.bluetooth.resume("treadmill")
            assert not kept.bluetooth.is_released("treadmill")
            await kept.up()
            assert belt.client is None
            assert kept.bluetooth.release("bike", "x", None)
            assert kept.bluetooth.is_released("bike")
            assert kept.bluetooth.resume("bike")

    run_virtual(run())


def test_a_survey_lists_the_strongest_first_and_says_why_it_cannot() -> None:
    async def run() -> None:
        near, far = FakeDevice(rssi=-40), FakeDevice("C0:00:00:00:00:02", rssi=-80)
        heard = await survey(FakeAir(far, near).radio(), 5.0)
        assert [one.address for one in heard.found] == [near.address, far.address]
        assert heard.trouble is None
        assert heard.heard > 50
        stack = Stack()
        stack.state = StackState(Verdict.ADAPTER_MISSING, "no adapter")
        deaf = await survey(FakeAir(near).radio(stack=stack), 5.0)
        assert deaf.trouble is not None
        assert deaf.trouble.verdict is Verdict.ADAPTER_MISSING
        assert asyncio.get_running_loop().time() < 5.5

    run_virtual(run())


def test_fifty_hung_calls_in_a_row_still_end_with_a_link() -> None:
    async def run() -> None:
        bike = FakeDevice()
        calls = ("connect", "read", "start_notify")
        for number in range(50):
            bike.faults[calls[number % 3]].append(NEVER)
        binding = Binding(MachineKind.INDOOR_BIKE, address=bike.address)
        async with keeping(FakeAir(bike), binding=binding) as kept:
            kept.beat(bike)
            await asyncio.sleep(3600)
            assert kept.bike.is_up
            assert kept.records()[-1].data == RECORD

    run_virtual(run())
