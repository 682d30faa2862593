"""Virtual machines on a virtual radio, with adapters for other processes on a loopback port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ftms_bridge.errors import UsageError
from ftms_bridge.simulator.scenario_file import load_scenario

if TYPE_CHECKING:
    from ftms_bridge.simulator.air import Air
    from ftms_bridge.simulator.on_air import OnAir

DEFAULT_SCENARIOS: Final = ("demo_bike", "demo_treadmill")
DEFAULT_PORT: Final = 7310
"""House choice: nothing known uses it."""

EXTRA: Final = "pip install 'ftms-bridge[demo]'"


@dataclass(frozen=True, slots=True)
class VirtualSettings:
    """Scenarios (names or files), the port of the adapters (0: a free one), and the seed."""

    scenarios: tuple[str, ...] = DEFAULT_SCENARIOS
    port: int = DEFAULT_PORT
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class VirtualDevice:
    """One device on the virtual radio, for people; ``kind`` is "" for a sensor."""

    address: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class VirtualRadio:
    """What is on the air, and the text that ``--radio`` and the configuration take."""

    devices: tuple[VirtualDevice, ...]
    radio: str


async def run_virtual_radio(
    settings: VirtualSettings, on_ready: Callable[[VirtualRadio], None], stop: asyncio.Event
) -> None:
    """Keep the machines on the air until ``stop``.

    on_ready: is told what there is, as soon as adapters can be had.

    Raises UsageError when the extra is not installed, two devices would have one address or the
    port is taken, and ConfigError for a scenario that is wrong.
    """
    try:
        from ftms_bridge.simulator.air import Air
        from ftms_bridge.simulator.tcp_adapter import LOOPBACK, serve_adapter
    except ImportError as error:
        raise UsageError("The virtual radio is not installed.", hint=EXTRA) from error
    air = Air()
    async with AsyncExitStack() as stack:
        devices = [device for one in _rides(air, settings) for device in await _started(stack, one)]
        port = await stack.enter_async_context(serve_adapter(air, port=settings.port))
        on_ready(VirtualRadio(tuple(devices), f"tcp:{LOOPBACK}:{port}"))
        await stop.wait()


def _rides(air: Air, settings: VirtualSettings) -> list[OnAir]:
    from ftms_bridge.simulator.gatt_tables import device_tables
    from ftms_bridge.simulator.on_air import OnAir

    scenarios = [load_scenario(name) for name in settings.scenarios]
    tables = [table for one in scenarios for table in device_tables(one, seed=settings.seed)]
    if len({table.address for table in tables}) < len(tables):
        raise UsageError(
            "Two of these scenarios have the same machine.", hint="Name each scenario only once."
        )
    return [OnAir(air, one, seed=settings.seed) for one in scenarios]


async def _started(stack: AsyncExitStack, ride: OnAir) -> list[VirtualDevice]:
    await stack.enter_async_context(ride)
    tables = [peripheral.table for peripheral in ride.peripherals.values()]
    return [VirtualDevice(table.address, table.name, table.kind) for table in tables]
