from __future__ import annotations

import asyncio

import pytest

from ftms_bridge.ble.bounded import BoundedCalls, TookTooLong
from tests.virtual_clock import run_virtual


async def quick() -> int:
    await asyncio.sleep(0.1)
    return 5


async def endless() -> None:
    await asyncio.sleep(1e9)


async def stubborn() -> None:
    """Ignore being cancelled for a while, as calls behind a shield do."""
    for _ in range(2):
        try:
            await asyncio.sleep(1e6)
        except asyncio.CancelledError:
            continue


async def given_up_inside() -> None:
    raise asyncio.CancelledError


def test_a_call_gives_its_value_or_its_error() -> None:
    async def fails() -> None:
        raise OSError("no")

    async def run() -> None:
        calls = BoundedCalls()
        assert await calls.run(quick(), 1.0, "x") == 5
        with pytest.raises(OSError, match="no"):
            await calls.run(fails(), 1.0, "x")

    run_virtual(run())


def test_a_call_that_takes_too_long_is_cancelled() -> None:
    async def run() -> None:
        calls, began = BoundedCalls(), asyncio.get_running_loop().time()
        with pytest.raises(TookTooLong, match="reading: no answer within 2 s"):
            await calls.run(endless(), 2.0, "reading")
        assert asyncio.get_running_loop().time() - began == pytest.approx(2.0)
        assert calls.hung == 0

    run_virtual(run())


def test_a_call_that_cannot_even_be_cancelled_is_left_behind_and_counted() -> None:
    async def run() -> tuple[int, int]:
        calls = BoundedCalls()
        with pytest.raises(TookTooLong):
            await calls.run(stubborn(), 2.0, "disconnecting")
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        return calls.hung, len(left)

    assert run_virtual(run()) == (1, 1)


def test_being_cancelled_inside_is_no_wish_to_stop() -> None:
    async def run() -> None:
        with pytest.raises(TookTooLong, match="given up"):
            await BoundedCalls().run(given_up_inside(), 1.0, "reading")

    run_virtual(run())


def test_being_cancelled_from_outside_ends_the_call_first() -> None:
    ended = []

    async def notes_its_end() -> None:
        try:
            await asyncio.sleep(1e9)
        finally:
            ended.append(True)

    async def run() -> None:
        task = asyncio.create_task(BoundedCalls().run(notes_its_end(), 9.0, "x"))
        await asyncio.sleep(1.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    run_virtual(run())
    assert ended == [True]
