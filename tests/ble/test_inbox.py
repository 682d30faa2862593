from __future__ import annotations

import asyncio

from ftms_bridge.ble.inbox import CAPACITY, Gate, Inbox
from ftms_bridge.ble.verdicts import Trouble
from ftms_bridge.gatt.notification import Arrival, LinkChange, Notification, Verdict
from tests.virtual_clock import run_virtual


def bench() -> tuple[list[Arrival], Inbox, Gate]:
    arrivals: list[Arrival] = []
    inbox = Inbox(arrivals.append, asyncio.get_running_loop().time)
    return arrivals, inbox, Gate("bike", inbox)


def test_a_callback_copies_and_leaves() -> None:
    async def run() -> None:
        arrivals, _, gate = bench()
        gate.open()
        callback = gate.entrance(0x2AD2, is_measurement=True)
        data = bytearray(b"\x01\x02")
        callback(None, data)
        data[0] = 9  # the stack uses its buffer again
        assert len(arrivals) == 1  # the link change; the value comes a turn of the loop later
        await asyncio.sleep(0)
        assert arrivals[1] == Notification(0.0, "bike", 0x2AD2, b"\x01\x02")
        assert gate.heard_at == 0.0

    run_virtual(run())


def test_values_and_changes_keep_their_order() -> None:
    async def run() -> None:
        arrivals, _, gate = bench()
        gate.open(Trouble(Verdict.AMBIGUOUS, "another fits"))
        gate.entrance(0x2AD2, is_measurement=True)(None, bytearray(b"1"))
        gate.put(0x2A19, b"2")
        gate.tell_down(Trouble(Verdict.LOST, "gone"))
        assert arrivals == [
            LinkChange(0.0, "bike", True, "another fits", Verdict.AMBIGUOUS),
            Notification(0.0, "bike", 0x2AD2, b"1"),
            Notification(0.0, "bike", 0x2A19, b"2"),
            LinkChange(0.0, "bike", False, "gone", Verdict.LOST),
        ]
        await asyncio.sleep(0)
        assert len(arrivals) == 4

    run_virtual(run())


def test_a_flood_fills_it_and_no_more_and_the_rest_is_counted() -> None:
    async def run() -> None:
        arrivals, inbox, gate = bench()
        gate.open()
        callback = gate.entrance(0x2AD2, is_measurement=True)
        for number in range(CAPACITY + 7):
            callback(None, bytearray(number.to_bytes(2, "big")))
        await asyncio.sleep(0)
        assert len(arrivals) == CAPACITY + 1
        assert (inbox.overflow, gate.taken) == (7, CAPACITY)

    run_virtual(run())


def test_doubled_values_are_counted_and_let_through() -> None:
    async def run() -> None:
        arrivals, _, gate = bench()
        gate.open()
        callback = gate.entrance(0x2AD2, is_measurement=True)
        other = gate.entrance(0x2ADA, is_measurement=False)
        for one in (callback, callback, other):
            one(None, bytearray(b"x"))
        await asyncio.sleep(0.1)
        callback(None, bytearray(b"x"))
        await asyncio.sleep(0.1)
        assert gate.duplicates == 1
        assert len(arrivals) == 5

    run_virtual(run())


def test_what_an_old_connection_brings_is_late() -> None:
    async def run() -> None:
        arrivals, _, gate = bench()
        gate.open()
        old = gate.entrance(0x2AD2, is_measurement=True)
        gate.close()
        old(None, bytearray(b"x"))
        gate.open()
        old(None, bytearray(b"x"))
        await asyncio.sleep(0)
        assert [one for one in arrivals if isinstance(one, Notification)] == []
        assert (gate.late, gate.connections, gate.heard_at) == (2, 2, None)

    run_virtual(run())


def test_a_fault_in_what_takes_a_value_costs_that_value_only() -> None:
    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        arrivals: list[Arrival] = []

        def deliver(arrival: Arrival) -> None:
            arrivals.append(arrival)
            if len(arrivals) == 1:
                raise RuntimeError("unforeseen")

        inbox = Inbox(deliver, asyncio.get_running_loop().time)
        for data in (b"1", b"2"):
            inbox.take("bike", 0x2AD2, data)
        await asyncio.sleep(0.1)
        inbox.take("bike", 0x2AD2, b"3")
        await asyncio.sleep(0.1)
        assert [one.data for one in arrivals if isinstance(one, Notification)] == [b"1", b"2", b"3"]

    run_virtual(run())
