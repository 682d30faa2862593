"""Everything on embedded parts: broker, virtual radio with machines, the real daemon, live view.

The daemon is the one that real machines get: it scans, connects and subscribes through bleak. Only
the adapter is another, named in its settings.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ftms_bridge.app.calibrating import calibrate_events
from ftms_bridge.app.calibrating_rider import obedient
from ftms_bridge.app.daemon import Daemon
from ftms_bridge.app.loop import stop_on_signals
from ftms_bridge.app.on_air import DEFAULT_SCENARIOS, VirtualRadio, VirtualSettings, virtual_radio
from ftms_bridge.app.watching import WatchSettings, watch
from ftms_bridge.config.settings import Settings
from ftms_bridge.dashboard.display import Display
from ftms_bridge.errors import InstanceRunning, UsageError
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.mqtt.embedded import HOST, EmbeddedBroker
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.simulator.simulation import Simulation

DEFAULT_PORT: Final = 1883
_PORTS_TRIED: Final = 20


@dataclass(frozen=True, slots=True)
class PowerCut:
    """One machine without power for a while; times in seconds from the start of the demo."""

    source: str
    at_s: float
    for_s: float


def read_power_cut(text: str) -> PowerCut:
    """Return what ``bike@20:15`` means: the bike at 20 s for 15 s.

    Raises UsageError when it cannot be understood.
    """
    match = re.fullmatch(r"([a-z0-9_]+)@(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", text)
    if match is None:
        raise UsageError(
            f"{text!r} does not say what is switched off when.",
            hint="Write it as bike@20:15, which is the bike at 20 s for 15 s.",
        )
    return PowerCut(match[1], float(match[2]), float(match[3]))


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """What the demo runs.

    scenarios: what is put on the air. seconds: None is until Ctrl-C. power_cut: what is switched
    off for a while, if anything.
    """

    settings: Settings
    port: int
    scenarios: tuple[str, ...] = DEFAULT_SCENARIOS
    seconds: float | None = None
    power_cut: PowerCut | None = None


def choose_port(asked: int | None) -> int:
    """Return the port asked for, or else the first free one from 1883 upwards.

    Raises InstanceRunning when none of them is free.
    """
    if asked is not None:
        return asked
    for port in range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue  # a broker of the user's own; the next one will do
            return port
    raise InstanceRunning(
        f"None of the ports {DEFAULT_PORT} to {DEFAULT_PORT + _PORTS_TRIED - 1} is free.",
        hint="Name a free one with --mqtt-port.",
    )


def subscribe_line(port: int, base: str) -> str:
    """Return the command to paste into another terminal."""
    at_port = "" if port == DEFAULT_PORT else f" -p {port}"
    return f"mosquitto_sub -h {HOST}{at_port} -t '{base}/#' -v"


async def run_demo(
    demo: DemoSettings, display: Display, on_listening: Callable[[str], None]
) -> None:
    """Run the demo until its time is over or Ctrl-C.

    on_listening: takes the command to paste, as soon as the broker can be reached.

    Raises InstanceRunning when the port is taken, UsageError when the extra is not installed or
    what is to be switched off is not there.
    """
    stop = asyncio.Event()
    stop_on_signals(stop)
    # the embedded broker speaks 3.1.1 only; asking for it spares the fall-back
    broker = BrokerSettings(host=HOST, port=demo.port, protocol="3.1.1")
    async with EmbeddedBroker(demo.port), virtual_radio(VirtualSettings(demo.scenarios, 0)) as air:
        if demo.power_cut is not None:
            air.check(demo.power_cut.source)
        daemon = Daemon(
            over_radio(demo.settings, air.radio),
            broker,
            remember=False,
            profiles=calibrated(demo.scenarios),
        )
        base = demo.settings.mqtt.base
        note = subscribe_line(demo.port, base)
        on_listening(note)
        bridging = asyncio.create_task(daemon.run(stop))
        bridging.add_done_callback(lambda _: stop.set())  # nothing to watch without the bridge
        cutting = asyncio.create_task(_cut(air, demo.power_cut))
        try:
            await watch(WatchSettings(broker, base, seconds=demo.seconds, note=note), display, stop)
        finally:
            stop.set()
            cutting.cancel()
            await asyncio.gather(cutting, return_exceptions=True)
            await bridging


def calibrated(scenarios: Iterable[str]) -> dict[str, DirectionProfile]:
    """Return what calibration finds out about these machines, each ridden as the wizard asks.

    The demo shows bridges whose owners have calibrated; it takes a fraction of a second.
    """
    profiles = {}
    for name in scenarios:
        ride = obedient(load_scenario(name))
        profiles[ride.machine.id] = calibrate_events(ride.machine, Simulation(ride).events())
    return profiles


def over_radio(settings: Settings, radio: str) -> Settings:
    """Return the settings with another radio."""
    bluetooth = settings.bluetooth.model_copy(update={"radio": radio})
    return settings.model_copy(update={"bluetooth": bluetooth})


async def _cut(air: VirtualRadio, cut: PowerCut | None) -> None:
    """Switch a machine off and on again."""
    if cut is not None:
        await asyncio.sleep(cut.at_s)
        air.switch_off(cut.source)
        await asyncio.sleep(cut.for_s)
        await air.switch_on(cut.source)
