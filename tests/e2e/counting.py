"""Machines that count: every record carries a number of its own, so none can be mistaken."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Final

from ftms_bridge.gatt.codec import encode
from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.gatt_tables import device_tables
from ftms_bridge.simulator.peripheral import Peripheral
from ftms_bridge.simulator.scenario_file import load_scenario

RATE_HZ: Final = 4.0
POLL_S: Final = 0.02

CONSTANT: Final = {
    0x2AD2: {
        "speed_kmh": 25.0, "avg_speed_kmh": 24.0, "cadence_rpm": 80.0, "avg_cadence_rpm": 79.0,
        "resistance": 5, "power_w": 150, "avg_power_w": 140, "energy_kcal": 1,
        "energy_per_hour_kcal": 400, "energy_per_min_kcal": 7, "hr_bpm": 100, "met": 5.0,
        "elapsed_s": 10, "remaining_s": 20,
    },
    0x2ACD: {"speed_kmh": 6.0, "incline_pct": 1.0, "ramp_deg": 0.6},
}  # fmt: skip
"""What a record holds beside its number; the bike's takes 30 bytes, more than fit by default."""


class CountingMachine:
    """A device of the simulator that sends numbers instead of a ride.

    sent: when and under which number each record was handed to somebody who had subscribed.
    """

    def __init__(self, scenario: str, address: str, characteristic: int, air: Air) -> None:
        self._air = air
        self._characteristic = characteristic
        self._number = 0
        table = replace(device_tables(load_scenario(scenario))[0], address=address)
        self.device = Peripheral(air, table)
        self.sent: list[tuple[float, int]] = []

    async def mute(self) -> None:
        """Let nothing pass on this connection; return when that has ended it."""
        self._air.mute(self.device.address)
        while self.device.is_connected:
            await asyncio.sleep(POLL_S)
        self._air.unmute(self.device.address)

    async def ride(self) -> None:
        """Send a record every quarter second to whoever has subscribed, until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += 1 / RATE_HZ
            await asyncio.sleep(due - loop.time())
            self._number += 1
            fields = {**CONSTANT[self._characteristic], "distance_m": self._number}
            at = time.monotonic()
            if self.device.notify(self._characteristic, encode(self._characteristic, fields)):
                self.sent.append((at, self._number))
