"""A simulation on the virtual radio: each source is a device of its own that sends what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self

from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.notification import LinkChange, Notification
from ftms_bridge.gatt.uuids import FITNESS_MACHINE_SERVICE
from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.gatt_tables import device_tables
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.peripheral import HONEST, Lies, Peripheral
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.simulation import Simulation

LATEST_S: Final = 2.0
"""When the loop stood still for longer, the ride goes on from now: no burst. House choice."""

OnTruth = Callable[[Truth], None]


class OnAir:
    """One scenario on the air, from ``async with`` until its end.

    The ids of the peripherals are those of the scenario. on_truth: is told what really happens.
    lies: by id. A script that does not loop ends with its devices switched off.
    """

    def __init__(
        self,
        air: Air,
        scenario: Scenario,
        *,
        seed: int | None = None,
        name: str | None = None,
        late_name: bool = False,
        lies: Mapping[str, Lies] | None = None,
        on_truth: OnTruth | None = None,
    ) -> None:
        self._simulation = Simulation(scenario, seed=seed)
        tables = device_tables(scenario, seed=seed, name=name, late_name=late_name)
        given = lies or {}
        self.peripherals = {
            table.source: Peripheral(air, table, lies=given.get(table.source, HONEST))
            for table in tables
        }
        self._on_truth = on_truth
        self._switched_off: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    @property
    def machine(self) -> Peripheral:
        """Return the device of the machine."""
        return self.peripherals[self._simulation.machine.id]

    async def __aenter__(self) -> Self:
        for peripheral in self.peripherals.values():
            await peripheral.power_on()
        self._task = asyncio.get_running_loop().create_task(self._play())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        for peripheral in self.peripherals.values():
            await peripheral.close()
        if task is not None and not task.cancelled():
            task.result()  # raises what broke the ride

    async def wait(self) -> None:
        """Return when the script is over; never, when it loops."""
        if self._task is not None:
            await asyncio.shield(self._task)

    def switch_off(self, source: str) -> None:
        """Cut the power of one device, whatever the script says, until ``switch_on``."""
        self._switched_off.add(source)
        self._peripheral(source).power_off()

    async def switch_on(self, source: str) -> None:
        """Give one device its power back; its ride went on meanwhile."""
        self._switched_off.discard(source)
        await self._peripheral(source).power_on()

    async def _play(self) -> None:
        """Hand out events when they are due by the loop's clock; late ones go out together."""
        loop = asyncio.get_running_loop()
        zero = loop.time()
        for event in self._simulation.events():
            wait_s = zero + event.at - loop.time()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            elif wait_s < -LATEST_S:
                zero -= wait_s
            if isinstance(event, Notification):
                self._send(event)
            elif isinstance(event, LinkChange):
                await self._switch(event)
            elif isinstance(event, Truth) and self._on_truth is not None:
                self._on_truth(event)

    def _send(self, event: Notification) -> None:
        """Send a value; service data is in the advert already, and nobody is notified of it."""
        if event.characteristic != FITNESS_MACHINE_SERVICE:
            self.peripherals[event.source].notify(event.characteristic, event.data)

    async def _switch(self, event: LinkChange) -> None:
        if event.source in self._switched_off:
            return
        peripheral = self.peripherals[event.source]
        if event.up:
            await peripheral.power_on()
        else:
            peripheral.power_off()

    def _peripheral(self, source: str) -> Peripheral:
        try:
            return self.peripherals[source]
        except KeyError:
            raise UsageError(
                f"There is no device {source!r} on the air.",
                hint=f"There are: {', '.join(self.peripherals)}.",
            ) from None
