"""Listens for a while and lists what is near; for people who look for their machine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ftms_bridge.ble.binding import Candidate
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.recovery import Recovery
from ftms_bridge.ble.scanner import Scanner
from ftms_bridge.ble.verdicts import Trouble
from ftms_bridge.gatt.notification import Verdict


@dataclass(frozen=True, slots=True)
class Survey:
    """What was heard: how many advertisements from anybody, and which devices, strongest first.

    trouble: what kept the radio from listening, or None.
    """

    heard: int
    found: tuple[Candidate, ...]
    trouble: Trouble | None


async def survey(radio: Radio, seconds: float) -> Survey:
    """Listen for so many seconds; return early when the radio cannot be used at all."""
    recovery = Recovery(
        radio.stack, adapter=radio.adapter, mode="off", clock=radio.clock, calls=radio.calls
    )
    scanner = Scanner(radio, recovery)
    scanning = asyncio.create_task(scanner.run())
    try:
        with scanner.searching():
            ends_at = radio.clock() + seconds
            trouble = await scanner.first_trouble(within_s=seconds)
            if trouble is not None and trouble.verdict is Verdict.RADIO_FAULT:
                await asyncio.sleep(max(ends_at - radio.clock(), 0.0))  # the next try may work
                trouble = None if scanner.adverts else trouble
    finally:
        scanning.cancel()
        await asyncio.gather(scanning, return_exceptions=True)
    found = sorted(
        (found.candidate for found in scanner.sightings()),
        key=lambda one: -127 if one.rssi_dbm is None else one.rssi_dbm,
        reverse=True,
    )
    return Survey(scanner.adverts, tuple(found), trouble)
