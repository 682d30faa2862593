"""Gathers what the checks judge; nothing here hangs, raises or changes anything."""

from __future__ import annotations

import asyncio
import grp
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from ftms_bridge.app.broker_url import shown_url
from ftms_bridge.app.doctor.bridge_checks import Report
from ftms_bridge.app.doctor.system_checks import BrokerFacts, ClockFacts, ConfigFacts, DiskFacts
from ftms_bridge.app.linking import BridgePlace, KnownLink, known_links
from ftms_bridge.app.links import check_scenarios, plan_links
from ftms_bridge.config.bluetooth import BluetoothLink
from ftms_bridge.config.layers import environment_layer, value_at
from ftms_bridge.config.loading import find_file, load_settings
from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import BridgeError, BrokerUnavailable
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.mqtt.listening import listen
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.mqtt.trouble import Trouble
from ftms_bridge.telemetry.topics import BRIDGE_AVAILABILITY

T = TypeVar("T")

DISK_LIMIT_S: Final = 5.0
BROKER_LIMIT_S: Final = 5.0
BUS_LIMIT_S: Final = 5.0
"""House choices: a person waits that long; each of these answers in milliseconds."""

RETAINED_S: Final = 0.5
"""How long to wait for the retained word of a bridge; brokers send it with the subscription."""

TIMESYNC: Final = Path("/run/systemd/timesync")
"""There while systemd-timesyncd runs; it makes the file ``synchronized`` in it."""

BUS_VARIABLE: Final = "DBUS_SYSTEM_BUS_ADDRESS"
USUAL_BUS: Final = "unix:path=/var/run/dbus/system_bus_socket"

BLUETOOTH_GROUP: Final = "bluetooth"


def gather_config(explicit: Path | None) -> tuple[ConfigFacts, Settings | None]:
    """Return what came of reading the configuration, and the settings if they can be used."""
    file = find_file(explicit)
    try:
        loaded = load_settings(explicit)
        check_scenarios(loaded)
        plan_links(_without_radio(loaded.settings), clock=lambda: 0.0)
    except BridgeError as error:
        return ConfigFacts(file, error), None
    ids = tuple(machine.id for machine in loaded.settings.machine)
    return ConfigFacts(file, None, ids), loaded.settings


def _without_radio(settings: Settings) -> Settings:
    """Return the settings without the machines over Bluetooth: these cannot be opened wrongly."""
    others = tuple(one for one in settings.machine if not isinstance(one.link, BluetoothLink))
    return settings.model_copy(update={"machine": others})


def gather_bluetooth() -> tuple[str, str]:
    """Return radio and adapter as the environment names them, "" where it does not."""
    try:
        layer = environment_layer().values
    except BridgeError:
        return "", ""  # what is wrong with it is told of the configuration
    radio, adapter = (value_at(layer, ("bluetooth", key)) for key in ("radio", "adapter"))
    return str(radio[1]) if radio[0] else "", str(adapter[1]) if adapter[0] else ""


def gather_clock(folder: Path = TIMESYNC, wall: Callable[[], float] = time.time) -> ClockFacts:
    """Return what the clock shows, and whether systemd-timesyncd has set it."""
    synchronised = (folder / "synchronized").exists() if folder.is_dir() else None
    return ClockFacts(wall(), synchronised)


async def gather_disk(folder: Path) -> DiskFacts | None:
    """Return how the disk of a folder is; None when it does not answer."""
    return await in_thread(lambda: look_at_disk(folder), DISK_LIMIT_S)


def look_at_disk(folder: Path) -> DiskFacts:
    """Return how the disk of a folder is; the folder need not be there yet, and is not made."""
    place = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        if place == folder:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"\0")
        elif not (place.is_dir() and os.access(place, os.W_OK | os.X_OK)):
            return DiskFacts(folder, f"it is not there and {place} cannot be written")
        usage = shutil.disk_usage(place)
    except OSError as error:
        return DiskFacts(folder, error.strerror or type(error).__name__)
    return DiskFacts(folder, "", usage.free, usage.total)


async def gather_broker(
    broker: BrokerSettings, base: str, limit_s: float = BROKER_LIMIT_S
) -> BrokerFacts:
    """Knock at the broker and listen for a bridge; raises BridgeError for unusable TLS files."""
    knock = _Knock()
    topic = BRIDGE_AVAILABILITY.path(base)
    hearing = listen(broker, [topic], on_message=knock.hear, on_change=knock.change)
    try:
        async with asyncio.timeout(limit_s):
            await first_end(hearing, knock.until_known())
    except TimeoutError:
        pass  # what is known by now is the answer
    return BrokerFacts(shown_url(broker), base, knock.connected, knock.trouble, knock.availability)


async def gather_reports(
    broker: BrokerSettings, base: str, limit_s: float = BROKER_LIMIT_S
) -> dict[str, Report]:
    """Return what the running bridge tells of its links, by source; nothing if it does not."""
    try:
        rows = await known_links(BridgePlace(broker, base), within_s=limit_s)
    except BrokerUnavailable:
        return {}  # it has ended in this moment, or tells nothing: then listening must do
    return {row["source"]: _report(row) for row in rows}


def _report(row: KnownLink) -> Report:
    words = {verdict.value: verdict for verdict in Verdict}
    verdict = words.get(row["verdict"] or "")
    return Report(row["machine"], row["up"], verdict, row["reason"] or "", row["since"])


class _Knock:
    """What the broker answered so far."""

    def __init__(self) -> None:
        self.connected = False
        self.trouble: Trouble | None = None
        self.availability = ""
        self._answered = asyncio.Event()
        self._heard = asyncio.Event()

    def hear(self, topic: str, payload: bytes, retained: bool) -> None:
        self.availability = payload.decode(errors="replace")
        self._heard.set()

    def change(self, trouble: Trouble | None) -> None:
        self.connected, self.trouble = trouble is None, trouble
        self._answered.set()

    async def until_known(self) -> None:
        await self._answered.wait()
        if self.connected:
            try:
                async with asyncio.timeout(RETAINED_S):
                    await self._heard.wait()
            except TimeoutError:
                pass  # then no bridge has ever been here


async def gather_bus_problem(limit_s: float = BUS_LIMIT_S) -> str:
    """Return why no system bus listens; "" when one does, or when that is not for us to judge."""
    address = os.environ.get(BUS_VARIABLE) or USUAL_BUS
    method, _, rest = address.partition(";")[0].partition(":")
    path = dict(part.partition("=")[::2] for part in rest.split(",")).get("path")
    if method != "unix" or not path:
        return ""
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_unix_connection(path)
    except PermissionError:
        return ""  # it is there; BlueZ's own check says who may use it
    except TimeoutError:
        return f"The D-Bus system bus at {path} does not answer."
    except OSError as error:
        return f"No D-Bus system bus at {path}: {error.strerror or type(error).__name__}."
    writer.close()
    return ""


def gather_in_group(name: str = BLUETOOTH_GROUP) -> bool | None:
    """Return whether this process is in the group; None when there is no such group."""
    try:
        number = grp.getgrnam(name).gr_gid
    except KeyError:
        return None
    return number in {os.getegid(), *os.getgroups()}


async def in_thread(work: Callable[[], T], limit_s: float) -> T | None:
    """Return what the work returns, or None after so many seconds.

    A call into a dead network share cannot be cancelled; its thread is left behind, and being a
    daemon it does not keep the program from ending.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T) -> None:
        if not done.done():
            done.set_result(result)

    def run() -> None:
        result = work()
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=run, daemon=True, name="doctor").start()
    try:
        async with asyncio.timeout(limit_s):
            return await done
    except TimeoutError:
        return None
