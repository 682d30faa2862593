"""The virtual clock: waiting costs nothing, order is kept, and a stuck test ends."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from tests import virtual_clock
from tests.virtual_clock import VirtualClockLoop, run_virtual

HOUR_S = 3600.0


def now() -> float:
    return asyncio.get_running_loop().time()


def test_an_hour_passes_in_a_moment() -> None:
    async def main() -> float:
        await asyncio.sleep(HOUR_S)
        return now()

    began = time.perf_counter()
    assert run_virtual(main()) == pytest.approx(HOUR_S)
    assert time.perf_counter() - began < 5


def test_time_begins_at_zero_and_stands_still_while_there_is_work() -> None:
    async def main() -> tuple[float, float]:
        began = now()
        for _ in range(1000):
            await asyncio.sleep(0)
        return began, now()

    assert run_virtual(main()) == (0.0, 0.0)


def test_timers_fire_in_their_order_and_at_their_time() -> None:
    async def main() -> list[tuple[str, float]]:
        seen: list[tuple[str, float]] = []

        async def wait(name: str, delay_s: float) -> None:
            await asyncio.sleep(delay_s)
            seen.append((name, round(now(), 6)))

        await asyncio.gather(wait("late", 5.0), wait("soon", 0.25), wait("next", 0.5))
        return seen

    assert run_virtual(main()) == [("soon", 0.25), ("next", 0.5), ("late", 5.0)]


def test_a_time_limit_strikes_on_virtual_time() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(20):
                await asyncio.Event().wait()
        return now()

    assert run_virtual(main()) == pytest.approx(20)


def test_many_ticks_do_not_drift() -> None:
    async def main() -> float:
        for tick in range(1, 7201):
            await asyncio.sleep(tick * 0.25 - now())
        return now()

    assert run_virtual(main()) == pytest.approx(1800, abs=1e-6)


def test_what_is_ready_on_a_socket_comes_before_the_next_timer() -> None:
    async def main() -> tuple[bytes, float]:
        loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            theirs.send(b"x")
            async with asyncio.timeout(HOUR_S):
                return await loop.sock_recv(ours, 1), now()

    assert run_virtual(main()) == (b"x", 0.0)


def test_a_thread_is_waited_for_in_real_time_when_there_is_no_timer() -> None:
    async def main() -> str:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()
        after = threading.Timer(0.05, loop.call_soon_threadsafe, (done.set_result, "woken"))
        after.start()
        return await done

    assert run_virtual(main()) == "woken"


def test_a_test_that_waits_for_nothing_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_clock, "PATIENCE_S", 0.01)
    loop = VirtualClockLoop()
    try:
        with pytest.raises(RuntimeError, match="stuck"):
            loop.run_until_complete(loop.create_future())
    finally:
        loop.close()


def test_errors_come_out_and_what_is_left_is_cancelled() -> None:
    ended: list[str] = []

    async def linger() -> None:
        try:
            await asyncio.sleep(HOUR_S)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def main() -> None:
        task = asyncio.create_task(linger())
        await asyncio.sleep(1)
        raise LookupError(task.get_name())

    with pytest.raises(LookupError):
        run_virtual(main())
    assert ended == ["cancelled"]
