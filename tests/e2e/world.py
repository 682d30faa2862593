"""The virtual world, a process of its own: an adapter for the kernel, and machines on its air.

Takes one JSON object per line on a Unix socket and answers each with one. With that the checks
play fate: they pull the adapter out, and take machines away.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.air_controller import LINK_LOSS, REMOTE_ENDED
from tests.e2e.adapter import Adapter
from tests.e2e.addresses import BIKE, TREADMILL
from tests.e2e.counting import CountingMachine

SUPERVISION_S = 0.42
"""What the kernel asks for: after so long without a packet a link counts as lost."""


class Orders:
    """Everything that the world can be told; each method is one order, and tells when it began."""

    def __init__(self) -> None:
        self._air = Air(supervision_s=SUPERVISION_S)
        self._adapter = Adapter(self._air)
        self._muting: asyncio.Task[None] | None = None
        self._machines = {
            "bike": CountingMachine("demo_bike", BIKE, 0x2AD2, self._air),
            "treadmill": CountingMachine("demo_treadmill", TREADMILL, 0x2ACD, self._air),
        }

    async def start(self) -> list[asyncio.Task[None]]:
        """Return the rides, which go on until cancelled."""
        await self._adapter.plug()
        for machine in self._machines.values():
            await machine.device.power_on()
        return [asyncio.create_task(machine.ride()) for machine in self._machines.values()]

    async def plug(self) -> float:
        """Plug the adapter in."""
        at = time.monotonic()
        await self._adapter.plug()
        return at

    async def unplug(self) -> float:
        """Pull the adapter out."""
        at = time.monotonic()
        await self._adapter.unplug()
        return at

    async def disconnect(self, machine: str) -> float:
        """Let a machine end its links in good order."""
        at = time.monotonic()
        self._air.drop(self._machines[machine].device.address, REMOTE_ENDED)
        return at

    async def lose(self, machine: str) -> float:
        """Break the link, as when somebody walks through it; the machine stays on the air."""
        at = time.monotonic()
        self._air.drop(self._machines[machine].device.address, LINK_LOSS)
        return at

    async def mute(self, machine: str) -> float:
        """Let everything on this connection get lost, until the next one."""
        at = time.monotonic()
        self._muting = asyncio.create_task(self._machines[machine].mute())
        return at

    async def vanish(self, machine: str) -> float:
        """Switch a machine off."""
        at = time.monotonic()
        self._machines[machine].device.power_off()
        return at

    async def appear(self, machine: str) -> float:
        """Switch it on again."""
        at = time.monotonic()
        await self._machines[machine].device.power_on()
        return at

    async def sent(self, machine: str) -> list[tuple[float, int]]:
        """Return every record that was handed to a subscriber: when, and its number."""
        return self._machines[machine].sent

    async def connected(self, machine: str) -> bool:
        """Return whether anybody is connected to a machine, as far as it knows."""
        return self._machines[machine].device.is_connected

    async def writes(self, machine: str) -> list[str]:
        """Return what was written to the control point."""
        return [data.hex() for data in self._machines[machine].device.control_point_writes]


async def serve(path: str) -> None:
    """Run the world until this process is ended."""
    orders = Orders()
    rides = await orders.start()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for line in reader:
            writer.write(json.dumps(await _answer(orders, json.loads(line))).encode() + b"\n")
        writer.close()

    async with await asyncio.start_unix_server(converse, path):
        await asyncio.gather(*rides)


async def _answer(orders: Orders, order: dict[str, Any]) -> dict[str, Any]:
    name = order.pop("do")
    try:
        return {"result": await getattr(orders, name)(**order)}
    except Exception as error:  # noqa: BLE001 - the check that gave the order is told
        return {"error": repr(error)}


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
