"""A machine link over a simulation: delivers in real time, as a radio would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from ftms_bridge.ports import Deliver
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.simulation import Simulation

LATEST_S: Final = 2.0
"""When the computer slept longer than this, the simulation goes on from now: no burst of old
notifications, but a gap, as with a real radio. House choice."""


class SimulatorLink:
    """Runs a simulation on the daemon's clock; clock and sleep are arguments, for tests."""

    def __init__(
        self,
        simulation: Simulation,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._simulation = simulation
        self._clock = clock
        self._sleep = sleep

    async def run(self, deliver: Deliver) -> None:
        """Deliver until cancelled, or until the script is over when it does not loop."""
        zero = self._clock()
        for event in self._simulation.events():
            if isinstance(event, Truth):
                continue
            wait_s = zero + event.at - self._clock()
            if wait_s > 0:
                await self._sleep(wait_s)
            elif wait_s < -LATEST_S:
                zero -= wait_s
            deliver(replace(event, at=self._clock()))
