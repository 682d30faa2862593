"""Everything on embedded parts: broker, virtual machines, the real daemon, the live view."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ftms_bridge.app.daemon import Daemon
from ftms_bridge.app.loop import stop_on_signals
from ftms_bridge.app.watching import WatchSettings, watch
from ftms_bridge.config.settings import Settings
from ftms_bridge.dashboard.display import Display
from ftms_bridge.errors import InstanceRunning
from ftms_bridge.mqtt.embedded import HOST, EmbeddedBroker
from ftms_bridge.mqtt.settings import BrokerSettings

DEFAULT_PORT: Final = 1883
_PORTS_TRIED: Final = 20


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """What the demo runs; ``seconds`` None is until Ctrl-C."""

    settings: Settings
    port: int
    seconds: float | None = None


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

    Raises InstanceRunning when the port is taken, UsageError when the extra is not installed.
    """
    stop = asyncio.Event()
    stop_on_signals(stop)
    # the embedded broker speaks 3.1.1 only; asking for it spares the fall-back
    broker = BrokerSettings(host=HOST, port=demo.port, protocol="3.1.1")
    daemon = Daemon(demo.settings, broker)
    async with EmbeddedBroker(demo.port):
        base = demo.settings.mqtt.base
        note = subscribe_line(demo.port, base)
        on_listening(note)
        bridging = asyncio.create_task(daemon.run(stop))
        bridging.add_done_callback(lambda _: stop.set())  # nothing to watch without the bridge
        try:
            await watch(WatchSettings(broker, base, seconds=demo.seconds, note=note), display, stop)
        finally:
            stop.set()
            await bridging
