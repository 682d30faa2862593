"""Runs the radio side on the fake air and notes what it delivers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.supervisor import Supervisor
from ftms_bridge.ble.target import Target
from ftms_bridge.gatt.notification import Arrival, LinkChange, Notification, Verdict
from ftms_bridge.measurement.sources import MachineKind
from tests.ble.fake_air import FakeAir, FakeDevice, settled

RECORD = bytes.fromhex("4400e803b4009600")
"""Indoor Bike Data: speed 10 km/h, cadence 90, power 150 (flags 0x0044)."""


class Kept:
    """What was delivered for the machine ``bike``."""

    def __init__(self, air: FakeAir, bluetooth: Bluetooth) -> None:
        self.air = air
        self.bluetooth = bluetooth
        self.arrivals: list[Arrival] = []
        self._beats: list[asyncio.Task[None]] = []

    @property
    def bike(self) -> Supervisor:
        return self.bluetooth.supervisors()[0]

    @property
    def changes(self) -> list[LinkChange]:
        return [one for one in self.arrivals if isinstance(one, LinkChange)]

    @property
    def verdicts(self) -> list[Verdict | None]:
        return [one.verdict for one in self.changes]

    def records(self, number: int = 0x2AD2) -> list[Notification]:
        return [
            one
            for one in self.arrivals
            if isinstance(one, Notification) and one.characteristic == number
        ]

    async def up(self, within_s: float = 60.0) -> float:
        """Return how long it took until the link was up."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await settled(lambda: self.bike.is_up, within_s)
        return loop.time() - began

    async def told(self, verdict: Verdict, within_s: float = 120.0) -> LinkChange:
        """Return the newest change once it has this verdict."""
        await settled(lambda: bool(self.changes) and self.verdicts[-1] is verdict, within_s)
        return self.changes[-1]

    def beat(self, device: FakeDevice, every_s: float = 0.25) -> None:
        """Let a device send records for ever while it has a subscriber."""

        async def send() -> None:
            while True:
                device.notify(0x2AD2, RECORD)
                await asyncio.sleep(every_s)

        self._beats.append(asyncio.create_task(send()))

    def still(self) -> None:
        """Let no device send any more."""
        for beat in self._beats:
            beat.cancel()
        self._beats.clear()


@asynccontextmanager
async def keeping(
    air: FakeAir,
    *,
    state: Path | None = None,
    binding: Binding | None = None,
    **radio: Any,
) -> AsyncIterator[Kept]:
    """Keep the link to the bike while this lasts; everything is closed afterwards."""
    bluetooth = Bluetooth(air.radio(**radio), state_directory=state)
    kept = Kept(air, bluetooth)
    target = Target("bike", binding or Binding(MachineKind.INDOOR_BIKE))
    link = bluetooth.link("bike", [target])
    tasks = [
        asyncio.create_task(bluetooth.run()),
        asyncio.create_task(link.run(kept.arrivals.append)),
    ]
    try:
        yield kept
    finally:
        kept.still()
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        assert isinstance(outcome, asyncio.CancelledError), outcome
