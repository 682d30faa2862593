"""Virtual machines on a virtual radio, with adapters for other processes on a loopback port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
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


class VirtualRadio:
    """What is on the air, and the text that ``--radio`` and the configuration take."""

    def __init__(self, rides: Sequence[OnAir], radio: str) -> None:
        self.radio = radio
        self._rides = {source: ride for ride in rides for source in ride.peripherals}

    @property
    def devices(self) -> tuple[VirtualDevice, ...]:
        """Return what can be heard, machines and sensors in the order of the scenarios."""
        tables = [ride.peripherals[source].table for source, ride in self._rides.items()]
        return tuple(VirtualDevice(one.address, one.name, one.kind) for one in tables)

    def check(self, source: str) -> None:
        """Raise UsageError when there is no such device."""
        self._ride(source)

    def switch_off(self, source: str) -> None:
        """Cut the power of a device, named by its id in the scenario. Raises UsageError."""
        self._ride(source).switch_off(source)

    async def switch_on(self, source: str) -> None:
        """Give a device its power back. Raises UsageError."""
        await self._ride(source).switch_on(source)

    def _ride(self, source: str) -> OnAir:
        try:
            return self._rides[source]
        except KeyError:
            raise UsageError(
                f"There is no device {source!r} on the air.",
                hint=f"There are: {', '.join(self._rides)}.",
            ) from None


@asynccontextmanager
async def virtual_radio(settings: VirtualSettings) -> AsyncIterator[VirtualRadio]:
    """Keep the machines on the air while inside.

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
        rides = _rides(air, settings)
        for ride in rides:
            await stack.enter_async_context(ride)
        port = await stack.enter_async_context(serve_adapter(air, port=settings.port))
        yield VirtualRadio(rides, f"tcp:{LOOPBACK}:{port}")


async def run_virtual_radio(
    settings: VirtualSettings, on_ready: Callable[[VirtualRadio], None], stop: asyncio.Event
) -> None:
    """Keep the machines on the air until ``stop``.

    on_ready: is told what there is, as soon as adapters can be had. Raises as `virtual_radio` does.
    """
    async with virtual_radio(settings) as radio:
        on_ready(radio)
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
