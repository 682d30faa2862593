"""K1: how late the event loop is while four machines at 4 Hz and three sensors are bridged.

The machines ride in a process of their own and come over the virtual radio; the daemon is the real
one, with its recorder and a mosquitto. A timer of 5 ms in its event loop notes by how much it is
late. The reference is the same timer in the same process and under the same load by others, with
nothing else in the loop.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.latency import percentile
from bench.processes import HOST, NO_MOSQUITTO, TOP, find_mosquitto, running_mosquitto
from bench.rows import Bar, Row, not_run
from ftms_bridge.app.daemon import Daemon
from ftms_bridge.config.settings import Settings
from ftms_bridge.mqtt.settings import BrokerSettings

TICK_S = 0.005
SECONDS = 15.0
START_LIMIT_S = 30.0
WHAT = "delay of a 5 ms timer, 4 machines at 4 Hz and 3 sensors"
AGAINST = "the timer alone"
P99 = Bar(20.0, of_value=True)

MACHINES = (
    ("bike_a", "indoor_bike", "heart_rate"),
    ("bike_b", "indoor_bike", "heart_rate"),
    ("trainer", "cross_trainer", "heart_rate"),
    ("belt", "treadmill", None),
)
"""Id, kind and sensor."""


@dataclass(slots=True)
class Lags:
    """Seconds by which the timer was late, and what went through meanwhile."""

    bridging: list[float]
    alone: list[float]
    notifications: int


def scenario(machine: str, kind: str, sensor: str | None) -> str:
    """Return a ride without end, as TOML."""
    motion = "speed_kmh = 5.0" if kind == "treadmill" else "cadence_rpm = 80"
    text = (
        f'loop = true\n[machine]\nid = "{machine}"\nkind = "{kind}"\nname = "Lag {machine}"\n'
        "[firmware]\nrate_hz = 4.0\n"
        f'[[phase]]\nduration_s = 600\ndirection = "forward"\n{motion}\n'
    )
    if sensor is not None:
        text += f'[[sensor]]\nkind = "{sensor}"\nid = "{machine}_sensor"\n'
    return text


def settings(radio: str, addresses: dict[str, str], folder: Path) -> Settings:
    """Return a configuration that binds every device by its address."""
    machines = []
    for machine, kind, sensor in MACHINES:
        link = {"type": "bluetooth", "address": addresses[f"Lag {machine}"]}
        made: dict[str, object] = {"id": machine, "kind": kind, "link": link}
        if sensor is not None:
            address = addresses[f"{machine}_sensor"]
            bound = {"id": f"{machine}_sensor", "kind": sensor, "link": {"address": address}}
            made["sensor"] = [bound]
        machines.append(made)
    return Settings.model_validate(
        {
            "machine": machines,
            "bluetooth": {"radio": radio, "state_directory": str(folder / "state")},
            "recording": {"directory": str(folder / "recordings")},
        }
    )


@asynccontextmanager
async def riding(folder: Path) -> AsyncIterator[tuple[str, dict[str, str]]]:
    """Let the machines ride in another process; yield the radio and the addresses by name.

    Sensors go by the id in their scenario: they follow their machine in what the command prints.
    """
    files = []
    for machine, kind, sensor in MACHINES:
        file = folder / f"{machine}.toml"
        file.write_text(scenario(machine, kind, sensor), encoding="utf-8")
        files.append(str(file))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-m", "ftms_bridge", "virtual", *files, "--port", "0",
        cwd=TOP, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(START_LIMIT_S):
            yield await _read_announcement(process)
    finally:
        process.terminate()
        await process.wait()


async def _read_announcement(process: asyncio.subprocess.Process) -> tuple[str, dict[str, str]]:
    assert process.stdout is not None
    addresses: dict[str, str] = {}
    machine = ""
    async for raw in process.stdout:
        words = raw.decode().split()
        if "--radio" in words:
            return words[-1], addresses
        if len(words) > 2 and words[0].count(":") == 5:
            if words[1] == "Lag":
                machine = words[2]
                addresses[f"Lag {machine}"] = words[0]
            else:
                addresses[f"{machine}_sensor"] = words[0]
    raise RuntimeError("the virtual radio did not start")


async def lags(port: int, folder: Path, seconds: float) -> Lags:
    """Measure; the broker listens at the port."""
    async with riding(folder) as (radio, addresses):
        alone = await ticked(seconds / 5)
        daemon = Daemon(
            settings(radio, addresses, folder), BrokerSettings(host=HOST, port=port), remember=False
        )
        stop = asyncio.Event()
        bridging = asyncio.create_task(daemon.run(stop))
        try:
            await _until_online(daemon)
            before = daemon.pipeline.counters.notifications
            late = await ticked(seconds)
            counted = daemon.pipeline.counters.notifications - before
        finally:
            stop.set()
            await bridging
    return Lags(late, alone, counted)


async def ticked(seconds: float) -> list[float]:
    """Return by how many seconds a timer of 5 ms was late, each time."""
    loop = asyncio.get_running_loop()
    found = []
    until = loop.time() + seconds
    while (began_at := loop.time()) < until:
        await asyncio.sleep(TICK_S)
        found.append(loop.time() - began_at - TICK_S)
    return found


async def _until_online(daemon: Daemon) -> None:
    async with asyncio.timeout(START_LIMIT_S):
        while set(daemon.pipeline.availability.values()) != {"online"}:  # noqa: ASYNC110 - tells nobody
            await asyncio.sleep(0.1)


def measure(seconds: float = SECONDS) -> list[Row]:
    """Measure median, 99th percentile and the longest delay."""
    if find_mosquitto() is None:
        return [not_run("K1", f"{WHAT}, p99", NO_MOSQUITTO, P99)]
    with TemporaryDirectory() as name, running_mosquitto(Path(name)) as port:
        found = asyncio.run(lags(port, Path(name), seconds))
    note = f"K1: {found.notifications} notifications in {seconds:g} s, {len(found.bridging)} ticks."
    return [_row(50, found), _row(99, found, P99, note), _row(100, found)]


def _row(percent: int, found: Lags, bar: Bar | None = None, note: str = "") -> Row:
    name = "longest" if percent == 100 else f"p{percent}"
    ours = percentile(found.bridging, percent) * 1e3
    return Row(
        "K1", f"{WHAT}, {name}", "ms", ours, percentile(found.alone, percent) * 1e3, AGAINST, bar,
        note=note,
    )  # fmt: skip
