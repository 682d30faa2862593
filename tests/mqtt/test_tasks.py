from __future__ import annotations

import asyncio

import pytest

from ftms_bridge.mqtt.tasks import first_end


async def swallow_one_cancellation(log: list[str]) -> None:
    """Do as ``wait_for`` of Python 3.11 can: go on after a cancellation."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        log.append("swallowed")
    await asyncio.sleep(60)


async def test_the_first_to_end_ends_the_others() -> None:
    log: list[str] = []
    await first_end(swallow_one_cancellation(log), asyncio.sleep(0))
    assert log == ["swallowed"]


async def test_being_cancelled_gets_through_even_if_a_work_swallows_it() -> None:
    log: list[str] = []
    task = asyncio.create_task(first_end(swallow_one_cancellation(log)))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert log == ["swallowed"]


async def test_the_error_of_a_work_comes_out_and_no_other_is_left_unseen() -> None:
    loop, unseen = asyncio.get_running_loop(), list[object]()
    loop.set_exception_handler(lambda _, context: unseen.append(context))

    async def fail(error: Exception) -> None:
        await asyncio.sleep(0)
        raise error

    with pytest.raises((ZeroDivisionError, KeyError)):
        await first_end(fail(ZeroDivisionError()), fail(KeyError()))
    assert unseen == []


async def test_a_work_may_end_in_peace_when_it_is_given_grace() -> None:
    log: list[str] = []

    async def short() -> None:
        await asyncio.sleep(0.01)
        log.append("ended")

    task = asyncio.create_task(first_end(short(), grace_s=5.0))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["ended"]
