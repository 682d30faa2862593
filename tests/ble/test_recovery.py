from __future__ import annotations

import asyncio
import sys
from types import ModuleType

import pytest

from ftms_bridge.ble.bounded import BoundedCalls
from ftms_bridge.ble.recovery import (
    AFTER_SILENCE_S,
    BETWEEN_POWER_CYCLES_S,
    RESET_MODULE,
    Cause,
    Recovery,
    RecoveryMode,
)
from ftms_bridge.ble.stack import Adapter, HeldLink, PlainStack, StackState
from tests.virtual_clock import run_virtual


class Stack(PlainStack):
    def __init__(self, *, works: bool = True, held: tuple[HeldLink, ...] = ()) -> None:
        self.works = works
        self.cycles = 0
        self.state = StackState(None, "", (Adapter("hci3", "00:11:22:33:44:55", True),), held)

    async def look(self, adapter: str = "") -> StackState:
        return self.state

    async def power_cycle(self, adapter: str = "") -> bool:
        self.cycles += 1
        if self.works is None:
            await asyncio.sleep(1e6)
        return self.works


def recovery(stack: Stack, mode: RecoveryMode = "power") -> Recovery:
    clock = asyncio.get_running_loop().time
    return Recovery(stack, adapter="", mode=mode, clock=clock, calls=BoundedCalls())


async def times_ill(one: Recovery, times: int, cause: Cause = Cause.REFUSES) -> int:
    return sum([await one.ill(cause) for _ in range(times)])


def test_the_third_failure_in_a_row_cycles_the_power_and_then_it_rests() -> None:
    async def run() -> None:
        stack = Stack()
        one = recovery(stack)
        assert await times_ill(one, 2) == 0
        one.well()
        assert await times_ill(one, 2) == 0
        assert await times_ill(one, 8) == 1
        await asyncio.sleep(BETWEEN_POWER_CYCLES_S)
        assert await times_ill(one, 8, Cause.SILENT) == 0
        assert await times_ill(one, 1) == 1
        await asyncio.sleep(AFTER_SILENCE_S)
        assert await times_ill(one, 8, Cause.SILENT) == 1
        assert one.recoveries == stack.cycles == 3

    run_virtual(run())


@pytest.mark.parametrize("mode", ["off", "restart"])
def test_without_permission_the_adapter_is_left_alone(mode: RecoveryMode) -> None:
    async def run() -> None:
        stack = Stack()
        assert await times_ill(recovery(stack, mode), 20) == 0
        assert stack.cycles == 0

    run_virtual(run())


def test_an_adapter_that_somebody_uses_is_left_alone() -> None:
    async def run() -> None:
        keyboard = Stack(held=(HeldLink("00:00:00:00:00:01", "Keyboard", "hci3"),))
        assert await times_ill(recovery(keyboard), 20) == 0
        ours = Stack()
        one = recovery(ours)
        one.is_idle = lambda: False
        assert await times_ill(one, 20) == 0
        assert keyboard.cycles == ours.cycles == 0

    run_virtual(run())


def test_a_reset_is_tried_when_the_power_cannot_be_cycled(monkeypatch: pytest.MonkeyPatch) -> None:
    resets: list[tuple[int, str]] = []

    async def recover_adapter(number: int, address: str) -> bool:
        resets.append((number, address))
        return True

    module = ModuleType(RESET_MODULE)
    module.recover_adapter = recover_adapter  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, RESET_MODULE, module)

    async def run() -> None:
        one = recovery(Stack(works=False), "reset")
        assert await times_ill(one, 3) == 1
        assert one.recoveries == 1
        assert await times_ill(recovery(Stack(works=False)), 3) == 0

    run_virtual(run())
    assert resets == [(3, "00:11:22:33:44:55")]


def test_without_the_extra_a_reset_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, RESET_MODULE, None)

    async def run() -> None:
        assert await times_ill(recovery(Stack(works=False), "reset"), 3) == 0

    run_virtual(run())
    assert "ftms-bridge[recovery]" in caplog.text


def test_a_foreign_fault_in_the_reset_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType(RESET_MODULE)  # without the function at all
    monkeypatch.setitem(sys.modules, RESET_MODULE, module)

    async def run() -> None:
        assert await times_ill(recovery(Stack(works=False), "reset"), 3) == 0

    run_virtual(run())


def test_that_links_are_in_the_way_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        stack = Stack(held=(HeldLink("C0:00:00:00:00:01", "Strap", "hci3"),))
        one = recovery(stack)
        for _ in range(960):  # a day of silence beside a strap
            await one.ill(Cause.SILENT)
        assert stack.cycles == 0
        assert caplog.text.count("left as it is") == 1

    run_virtual(run())


def test_it_is_the_wanted_adapter_that_is_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    reset: list[tuple[int, str]] = []

    async def recover_adapter(number: int, address: str) -> bool:
        reset.append((number, address))
        return True

    module = ModuleType(RESET_MODULE)
    module.recover_adapter = recover_adapter  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, RESET_MODULE, module)

    async def run() -> None:
        stack = Stack(works=False)
        other = Adapter("hci4", "00:11:22:33:44:66", True)
        stack.state = StackState(None, "", (*stack.state.adapters, other))
        one = Recovery(
            stack, adapter="00:11:22:33:44:66", mode="reset",
            clock=asyncio.get_running_loop().time, calls=BoundedCalls(),
        )  # fmt: skip
        for _ in range(3):
            await one.ill(Cause.REFUSES)
        assert reset == [(4, "00:11:22:33:44:66")]

    run_virtual(run())
