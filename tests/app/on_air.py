"""The whole bridge but the broker, on the virtual radio and on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftms_bridge.app.bridge import Bridge
from ftms_bridge.app.recorder import Recorder, RecorderSettings
from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.target import Target
from ftms_bridge.ble.virtual_adapter import VirtualAdapter
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.simulator.air import Air
from ftms_bridge.simulator.air_controller import AirController
from ftms_bridge.simulator.on_air import OnAir
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.telemetry.publish import Publish

WALL_ZERO = 1_790_000_000.0


class Collector:
    """A sink that keeps everything, with the instant."""

    def __init__(self) -> None:
        self.effects: list[tuple[float, Publish]] = []

    def publish(self, effect: Publish) -> None:
        self.effects.append((asyncio.get_running_loop().time(), effect))

    def payloads(self, topic: str, machine: str = "bike") -> list[Any]:
        return [
            effect.payload
            for _, effect in self.effects
            if effect.topic.name == topic and effect.machine == machine
        ]

    def words(self, machine: str = "bike") -> list[str]:
        """Return how the availability went."""
        return self.payloads("availability", machine)

    def events(self, kind: str, machine: str = "bike") -> list[Any]:
        return [one for one in self.payloads("event", machine) if one["type"] == kind]


@dataclass
class World:
    """Everything that runs: the radio, the rides on it, and the bridge."""

    air: Air
    adapter: VirtualAdapter
    plugged: list[AirController]
    bluetooth: Bluetooth
    bridge: Bridge
    out: Collector
    rides: dict[str, OnAir]


@asynccontextmanager
async def bridged(
    *scenarios: Scenario, folder: Path, bindings: Sequence[Binding] | None = None, **ride: Any
) -> AsyncIterator[World]:
    """Ride each scenario on the air and bridge all of them; recorded into ``folder``."""
    clock = asyncio.get_running_loop().time
    air = Air()
    plugged: list[AirController] = []

    async def plug() -> tuple[Any, Any]:
        controller, sink = air.plug()
        plugged.append(controller)
        return controller, sink

    adapter = VirtualAdapter(plug, "the air")
    radio = Radio(
        clock=clock,
        stack=adapter,
        scanner_backend=adapter.scanner_backend,
        client_backend=adapter.client_backend,
        random=lambda: 0.5,
    )
    bluetooth = Bluetooth(radio, state_directory=None)
    machines = tuple(scenario.machine for scenario in scenarios)
    recorder = Recorder(
        RecorderSettings(folder, 0),
        RecordingHeader(machines, wall_start=WALL_ZERO, run_id="air"),
        wall=lambda: WALL_ZERO,
    )
    recorder.open()
    out = Collector()
    pipeline = Pipeline(PipelineSettings(machines, run_id="air", wall_zero=WALL_ZERO))
    bridge = Bridge(pipeline, out, clock, recorder)
    bridge.begin()
    async with AsyncExitStack() as stack:
        rides = {
            scenario.machine.id: await stack.enter_async_context(OnAir(air, scenario, **ride))
            for scenario in scenarios
        }
        tasks = [asyncio.create_task(bluetooth.run())]
        for scenario in scenarios:
            machine = scenario.machine
            targets = [Target(machine.id, Binding(machine.kind, name=machine.name))]
            targets += [Target(one.id, Binding(one.kind)) for one in machine.sensors]
            link = bluetooth.link(machine.id, targets)
            tasks.append(asyncio.create_task(link.run(bridge.deliver)))
        try:
            yield World(air, adapter, plugged, bluetooth, bridge, out, rides)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            bridge.finish()
            recorder.close()
            await adapter.close()
    for outcome in outcomes:
        assert isinstance(outcome, asyncio.CancelledError), outcome
    assert bridge.failures == 0
    for ride_on_air in rides.values():
        for peripheral in ride_on_air.peripherals.values():
            assert peripheral.control_point_writes == []
