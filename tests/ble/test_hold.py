from __future__ import annotations

import asyncio

import pytest

from ftms_bridge.ble.hold import Hold
from tests.virtual_clock import run_virtual


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_release_until_asked_lasts_until_asked() -> None:
    async def run() -> None:
        hold = Hold(now)
        releasing = asyncio.create_task(hold.until_released())
        await asyncio.sleep(5.0)
        assert not releasing.done()
        hold.release("wanted", for_s=None)
        await releasing
        assert (hold.is_released, hold.reason, hold.until) == (True, "wanted", None)
        resuming = asyncio.create_task(hold.until_resumed())
        await asyncio.sleep(1e6)
        assert not resuming.done()
        hold.resume()
        await resuming
        assert not hold.is_released

    run_virtual(run())


def test_a_release_for_a_time_ends_by_itself_and_can_be_made_longer() -> None:
    async def run() -> None:
        hold = Hold(now)
        hold.release("wanted", for_s=10.0)
        waiting = asyncio.create_task(hold.until_resumed())
        await asyncio.sleep(8.0)
        hold.release("longer", for_s=10.0)
        await waiting
        assert now() == pytest.approx(18.0)

    run_virtual(run())


def test_all_who_wait_are_woken() -> None:
    async def run() -> None:
        hold = Hold(now)
        hold.release("wanted", for_s=None)
        waiting = [asyncio.create_task(hold.until_resumed()) for _ in range(3)]
        await asyncio.sleep(1.0)
        hold.resume()
        await asyncio.gather(*waiting)
        assert now() == pytest.approx(1.0)

    run_virtual(run())
