"""The radio side, and the whole core behind it, on the scripted bluetoothd: shared by its tests.

The waiting times of the product are kept; what makes hours of them bearable is a clock that jumps
over them. With D-Bus that needs care: time may only jump when nothing is on its way. All parties
but dbus-daemon live in this process, so that is so when nothing is ready here and the daemon
sleeps.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import selectors
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from ftms_bridge.app.bridge import Bridge
from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.bluez import BluezStack
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.target import Target
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import (
    Arrival,
    DirectionReading,
    LinkChange,
    Notification,
    Verdict,
)
from ftms_bridge.measurement.quantities import MOTION_MAX_AGE_S, QUANTITIES
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.telemetry.publish import Publish
from tests.ble.bus_daemon import BusDaemon
from tests.ble.conftest import _let_bleak_notice
from tests.ble.fake_bluez import FakeBluez, FakeDevice
from tests.pipeline.rides import bike_pipeline

T = TypeVar("T")

BIKE: Final = 0x2AD2
RECORD_S: Final = 0.25
STUCK_S: Final = 20.0
TICK_S: Final = 1e-6


# --- a clock that jumps, with D-Bus ------------------------------------------------------------


class _BusSelector(selectors.DefaultSelector):
    """Takes what is ready; when nothing is and dbus-daemon sleeps, virtual time passes."""

    def __init__(self, daemon: BusDaemon) -> None:
        super().__init__()
        self.now = 0.0
        self._daemon = daemon

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            ready = super().select(STUCK_S)
            assert ready, "nothing is scheduled and nothing arrives"
            return ready
        while not self._daemon_sleeps():
            if ready := super().select(0.0005):
                return ready
        if ready := super().select(0):  # it may have sent something before it fell asleep
            return ready
        self.now += timeout
        return []

    def _daemon_sleeps(self) -> bool:
        process = self._daemon._process
        if process is None:
            return True
        try:
            stat = Path(f"/proc/{process.pid}/stat").read_bytes()
        except OSError:
            return True
        return stat[stat.rindex(b")") + 2 :][:1] in b"SZT"


class BusClockLoop(asyncio.SelectorEventLoop):
    """A loop on virtual time that waits for a dbus-daemon; ``time`` starts at 0."""

    def __init__(self, daemon: BusDaemon) -> None:
        self._jumping = _BusSelector(daemon)
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._jumping.now


@contextmanager
def _quiet_bleak() -> Iterator[None]:
    """Keep bleak from asking bluetoothctl for a version."""
    from bleak.backends.bluezdbus.version import BlueZFeatures

    before = BlueZFeatures.checked_bluez_version
    BlueZFeatures.checked_bluez_version = True
    try:
        yield
    finally:
        BlueZFeatures.checked_bluez_version = before


async def _with_bluez(daemon: BusDaemon, main: Callable[[FakeBluez], Coroutine[Any, Any, T]]) -> T:
    from bleak_retry_connector.bleak_manager import _reset_dbus_socket_cache

    bluez = FakeBluez(daemon)
    await bluez.start()
    try:
        return await main(bluez)
    finally:
        await bluez.crash()
        daemon.kill()
        await _let_bleak_notice()
        _reset_dbus_socket_cache()


def run_on_bus(
    daemon: BusDaemon,
    main: Callable[[FakeBluez], Coroutine[Any, Any, T]],
    *,
    real_time: bool = False,
) -> T:
    """Run a test with a bluetoothd on a private bus, which is the system bus by now."""

    def make_loop() -> asyncio.SelectorEventLoop:
        return asyncio.SelectorEventLoop() if real_time else BusClockLoop(daemon)

    with _quiet_bleak(), asyncio.Runner(loop_factory=make_loop) as runner:
        return runner.run(_with_bluez(daemon, main))


# --- what is kept, and what comes of it --------------------------------------------------------


@dataclass
class Outlet:
    """Collects what the core publishes, and when."""

    clock: Callable[[], float]
    lives: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    availability: list[tuple[float, str]] = field(default_factory=list)

    def publish(self, effect: Publish) -> None:
        payload: Any = effect.payload
        if effect.topic.name == "live":
            self.lives.append((self.clock(), payload))
        elif effect.topic.name == "availability":
            self.availability.append((self.clock(), payload))


@dataclass
class Kept:
    """A machine that rides on the fake, the link to it, and what was sent and delivered.

    sent: records for which somebody listened, with the time; doubled: those for which more than
    one bus connection did. records, changes: what was delivered.
    """

    bluez: FakeBluez
    device: FakeDevice
    bluetooth: Bluetooth
    bridge: Bridge
    outlet: Outlet
    now: Callable[[], float]
    sent: list[tuple[float, bytes]] = field(default_factory=list)
    doubled: int = 0
    records: list[tuple[float, bytes]] = field(default_factory=list)
    others: list[Notification] = field(default_factory=list)
    changes: list[LinkChange] = field(default_factory=list)
    paused: bool = False
    number: int = 0

    def deliver(self, arrival: Arrival) -> None:
        if isinstance(arrival, LinkChange):
            self.changes.append(arrival)
        elif isinstance(arrival, DirectionReading):
            raise TypeError("no direction sensor is on the air")
        elif arrival.characteristic == BIKE:
            self.records.append((arrival.at, arrival.data))
        else:
            self.others.append(arrival)
        self.bridge.deliver(arrival)

    @property
    def verdicts(self) -> list[Verdict | None]:
        return [one.verdict for one in self.changes]

    @property
    def is_up(self) -> bool:
        return self.bluetooth.supervisors()[0].is_up

    def push(self) -> None:
        """Send one record that is unlike all others."""
        self.number += 1
        fields = {"speed_kmh": 25.0, "power_w": 100 + self.number % 500}
        data = encode(BIKE, {**fields, "distance_m": self.number})
        listeners = self.device.notify(BIKE, data)
        if listeners:
            self.sent.append((self.now(), data))
            self.doubled += listeners > 1

    async def ride(self) -> None:
        """Send records at 4 Hz while somebody listens, for ever."""
        while True:
            if not self.paused:
                self.push()
            await asyncio.sleep(RECORD_S)

    async def told(self, verdict: Verdict | None, within_s: float = 60.0) -> None:
        """Wait until the newest word about the link is this one."""
        await soon(lambda: bool(self.changes) and self.verdicts[-1] is verdict, within_s)

    async def heard(self, within_s: float = 200.0) -> float:
        """Wait for the next record; return how long that took, in seconds."""
        began, before = self.now(), len(self.records)
        await soon(lambda: len(self.records) > before, within_s)
        return self.records[before][0] - began


async def soon(done: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait until something is so; fails with TimeoutError when it never is."""
    async with asyncio.timeout(within_s):
        while not done():
            await asyncio.sleep(0.02)


def fake_radio(**more: Any) -> Radio:
    """Return the radio of this computer, on the system bus of the test."""
    stack = BluezStack(rfkill=Path("/nowhere/rfkill"), bluetoothctl="absent-tool")
    clock = asyncio.get_running_loop().time
    return Radio(**{"clock": clock, "stack": stack, "random": lambda: 0.5, **more})


@asynccontextmanager
async def kept_on(
    bluez: FakeBluez,
    device: FakeDevice,
    *,
    binding: Binding | None = None,
    state: Path | None = None,
    **radio: Any,
) -> AsyncIterator[Kept]:
    """Keep the link to a machine that rides, the core behind it, while this lasts."""
    now = asyncio.get_running_loop().time
    bluetooth = Bluetooth(fake_radio(**radio), state_directory=state)
    link = bluetooth.link("bike", [Target("bike", binding or bound_to(device))])
    outlet = Outlet(now)
    pipeline: Pipeline = bike_pipeline(live_interval_s=RECORD_S)
    kept = Kept(bluez, device, bluetooth, Bridge(pipeline, outlet, now), outlet, now)
    kept.bridge.begin()
    works: list[Coroutine[Any, Any, None]] = [
        bluetooth.run(), link.run(kept.deliver), kept.ride(),
    ]  # fmt: skip
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield kept
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        assert isinstance(outcome, asyncio.CancelledError), outcome
    kept.bridge.finish()


def bound_to(device: FakeDevice) -> Binding:
    """Return the binding that names this one device."""
    return Binding(MachineKind.INDOOR_BIKE, address=device.address)


# --- figures -----------------------------------------------------------------------------------


def descriptors() -> int:
    """Return how many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@dataclass
class Tally:
    """Recovery times of one kind of outage, in seconds."""

    kind: str
    seconds: list[float] = field(default_factory=list)

    def share(self, part: float) -> float:
        """Return the time that this part of all recoveries did not exceed."""
        return sorted(self.seconds)[min(int(len(self.seconds) * part), len(self.seconds) - 1)]

    def figures(self) -> dict[str, float]:
        """Return the figures that are reported."""
        return {
            "count": len(self.seconds),
            "p50_s": round(self.share(0.5), 2),
            "p95_s": round(self.share(0.95), 2),
            "max_s": round(max(self.seconds), 2),
        }


def report(name: str, seed: int, figures: dict[str, Any]) -> None:
    """Print figures, and add them to the file that SOAK_OUT names."""
    print(f"\n{name} (seed {seed}): {json.dumps(figures)}")
    if not (out := os.environ.get("SOAK_OUT")):
        return
    path = Path(out)
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, name: {"seed": seed, **figures}}, indent=2) + "\n")


def is_full() -> bool:
    """Say whether the full numbers are wanted."""
    return os.environ.get("SOAK") == "full"


def seeded(default: int) -> tuple[int, random.Random]:
    """Return the seed (SOAK_SEED or the usual one) and chance made from it."""
    seed = int(os.environ.get("SOAK_SEED", default))
    return seed, random.Random(seed)


def frozen(kept: Kept) -> list[dict[str, Any]]:
    """Return the live documents with a value that was too old by then, or called fresh.

    Values of motion may be 3 s old, counters and settings 10 s: some machines rotate them.
    """
    return [
        live
        for live, age_s in _aged(kept)
        if (live["fresh"] and age_s >= MOTION_MAX_AGE_S - TICK_S)
        or any(age_s >= QUANTITIES[name].max_age_s - TICK_S for name in _shown(live))
    ]


def counters_shown_late(kept: Kept) -> int:
    """Return how many live documents, marked as stale, show a counter 3 to 10 s old."""
    return len([live for live, age_s in _aged(kept) if age_s >= MOTION_MAX_AGE_S and _shown(live)])


def _aged(kept: Kept) -> Iterator[tuple[dict[str, Any], float]]:
    """Give each live document with the age of the newest record at that time."""
    times = [at for at, _ in kept.records]
    for at, live in kept.outlet.lives:
        before = bisect_right(times, at)
        yield live, at - times[before - 1] if before else float("inf")


def _shown(live: dict[str, Any]) -> list[str]:
    return [name for name, value in live["signals"].items() if value is not None]


def expect_truth(kept: Kept) -> None:
    """Check that nothing old was shown as new, no record came twice, and nothing was written."""
    assert frozen(kept) == []
    assert kept.bluez.writes == []
    delivered = [data for _, data in kept.records]
    assert len(set(delivered)) == len(delivered)
    assert kept.doubled == 0
    assert kept.bridge.failures == 0
