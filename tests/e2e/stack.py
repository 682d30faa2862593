"""The guest by itself, without the bridge: when this fails, nothing else can hold."""

from __future__ import annotations

import asyncio
import time

from bleak import BleakClient, BleakScanner

from ftms_bridge.gatt.codec import decode
from tests.e2e.addresses import BIKE
from tests.e2e.checks import Check, Figures, in_order
from tests.e2e.rig import Rig

CHECKS: list[Check] = []
check = in_order(CHECKS)

FITNESS_MACHINE = "00001826-0000-1000-8000-00805f9b34fb"
BIKE_DATA = "00002ad2-0000-1000-8000-00805f9b34fb"


@check(limit_s=40)
async def the_stack_carries_every_record(rig: Rig) -> Figures:
    """bleak on BlueZ finds the bike and gets each of its 30-byte records once."""
    started = time.monotonic()
    device = await BleakScanner.find_device_by_address(BIKE, timeout=15)
    found = time.monotonic()
    assert device, "bike not found"
    got: list[bytes] = []
    async with BleakClient(device) as client:
        connected = time.monotonic()
        await client.start_notify(BIKE_DATA, lambda _, data: got.append(bytes(data)))
        await asyncio.sleep(5)
    sent = [number for _, number in await rig.fate.do("sent", machine="bike")]
    numbers = [decode(0x2AD2, data).fields["distance_m"] for data in got]
    assert numbers == sent[: len(numbers)], f"sent {sent}, got {numbers}"
    assert len(numbers) >= 18, f"only {len(numbers)} in 5 s"
    assert {len(data) for data in got} == {30}
    return {
        "find_s": round(found - started, 2),
        "connect_s": round(connected - found, 2),
        "records_in_5_s": len(numbers),
    }
