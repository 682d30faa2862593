"""The Bluetooth stack of Linux: what links cannot see for themselves, asked and watched over D-Bus.

bleak does not notice when bluetoothd dies: links stay "connected" and deliver nothing. So the name
of bluetoothd, the adapters and the bus itself are watched here, on a connection of our own.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ftms_bridge.ble.bluez_bus import BluezBus, service_down
from ftms_bridge.ble.bluez_host import BLUETOOTHCTL, RFKILL, bluetooth_blocks, bluez_version
from ftms_bridge.ble.bluez_objects import (
    BluezObjects,
    StackTrouble,
    adapter_trouble,
    find_adapter,
    with_blocks,
)
from ftms_bridge.ble.bluez_watch import AdapterWatch
from ftms_bridge.ble.stack import OnTrouble, PlainStack, Stack, StackState
from ftms_bridge.gatt.notification import Verdict

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 4.0
"""Between two tries to reach the bus; doubles from the first to the longest. House choice: a bus
that comes back is followed again within 5 s, and a bus that never comes costs nothing."""

SWITCH_POLL_S: Final = 0.1
"""Between two looks whether an adapter is on."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each thing may take, in seconds; house choices.

    bus_s: to connect to the bus; the rest of ``look_s`` is for bluetoothd.
    link_s: BlueZ needs up to 2.5 s to close the link to a mute device (measured on 5.66).
    off_s: how long an adapter stays off in a power cycle.
    """

    look_s: float = 2.0
    bus_s: float = 1.5
    link_s: float = 5.0
    off_s: float = 2.0
    switch_s: float = 3.0


class BluezStack:
    """BlueZ behind the system bus; one connection, made when first needed and kept by ``run``."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        rfkill: Path = RFKILL,
        bluetoothctl: str = BLUETOOTHCTL,
    ) -> None:
        self._limits = limits or Limits()
        self._rfkill = rfkill
        self._bluetoothctl = bluetoothctl
        self._version: str | None = None
        self._watch = AdapterWatch(self._blocks)
        self._lock = asyncio.Lock()
        self._bus: BluezBus | None = None
        self._users = 0
        self._pause_s = FIRST_PAUSE_S

    async def run(self, on_trouble: OnTrouble) -> None:
        """Watch until cancelled; survives every restart of bluetoothd, adapters and the bus."""
        self._watch.on_trouble = on_trouble
        try:
            while True:
                try:
                    async with self._session() as bus:
                        await self._follow(bus)
                except StackTrouble as trouble:
                    log.debug("not watching BlueZ: %s", trouble.detail)
                    self._watch.lose_service(trouble)
                await asyncio.sleep(self._pause_s)
                self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        finally:
            self._watch.on_trouble = None

    async def look(self, adapter: str = "") -> StackState:
        """Return how the stack is; ``adapter`` (name or address) is the one that is wanted."""
        self._watch.want(adapter)
        version, state = await asyncio.gather(self._tell_version(), self._look(adapter))
        return replace(state, version=version)

    async def adapter_name(self, wanted: str) -> str | None:
        """Return the present name (hci0) of an adapter given by name or address; None: not there.

        "" names none, so None.
        """
        if not wanted:
            return None
        self._watch.want(wanted)
        try:
            adapters = (await self._objects()).adapters
        except StackTrouble as trouble:
            log.debug("no adapter %s: %s", wanted, trouble.detail)
            return None
        path = find_adapter(adapters, wanted)
        return adapters[path].name if path is not None else None

    async def close_link(self, address: str) -> bool:
        """Close the links that this computer holds to that device, on every adapter.

        Returns whether there was one that could be closed.
        """
        try:
            async with self._within(self._limits.link_s), self._session() as bus:
                linked = [one for one in (await bus.objects()).known(address) if one.connected]
                done = [await _done(bus.disconnect_device(one.path)) for one in linked]
        except StackTrouble as trouble:
            log.info("the link to %s could not be closed: %s", address, trouble.detail)
            return False
        return any(done)

    async def forget_device(self, address: str) -> bool:
        """Make BlueZ forget a device: its services, its link and its pairing.

        True when it knew and forgot.
        """
        try:
            async with self._within(self._limits.link_s), self._session() as bus:
                known = (await bus.objects()).known(address)
                done = [await _done(bus.remove_device(one)) for one in known]
        except StackTrouble as trouble:
            log.info("%s could not be forgotten: %s", address, trouble.detail)
            return False
        return any(done)

    async def close(self) -> None:
        """Do nothing: the bus is closed after its last user."""

    async def power_cycle(self, adapter: str = "") -> bool:
        """Switch the adapter off and on; return whether that was allowed and worked."""
        try:
            async with self._session() as bus:
                async with self._within(self._limits.look_s):
                    path = find_adapter((await bus.objects()).adapters, adapter)
                if path is None:
                    return False
                await self._cycle(bus, path)
        except StackTrouble as trouble:
            log.info("the adapter could not be switched off and on: %s", trouble.detail)
            return False
        return True

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[BluezBus]:
        """Lend the connection; the last one to give it back closes it, and ``run`` never does."""
        self._users += 1
        try:
            async with self._lock:  # one connection, however many ask for it at once
                if self._bus is None or not self._bus.alive:
                    async with self._within(self._limits.bus_s, "the D-Bus system bus"):
                        self._bus = await BluezBus.open(self._watch)
            yield self._bus
        finally:
            self._users -= 1
            if not self._users and self._bus is not None:
                bus, self._bus = self._bus, None
                await bus.close()

    @asynccontextmanager
    async def _within(self, limit_s: float, what: str = "bluetoothd") -> AsyncIterator[None]:
        """Turn what takes too long into trouble."""
        try:
            async with asyncio.timeout(limit_s):
                yield
        except TimeoutError:
            raise service_down(f"{what} does not answer within {limit_s:g} s") from None

    async def _follow(self, bus: BluezBus) -> None:
        """Keep the watch up to date; ends with StackTrouble when the bus does."""
        while True:
            if await bus.service_runs():
                async with self._within(self._limits.look_s):
                    self._watch.take((await bus.objects()).adapters)
            self._pause_s = FIRST_PAUSE_S
            await bus.until_news()

    async def _objects(self) -> BluezObjects:
        async with self._within(self._limits.look_s), self._session() as bus:
            return await bus.objects()

    async def _look(self, adapter: str) -> StackState:
        try:
            objects = await self._objects()
        except StackTrouble as trouble:
            return StackState(trouble.verdict, trouble.detail)
        blocks = self._blocks()
        trouble_now = adapter_trouble(objects.adapters, adapter, blocks)
        return StackState(
            trouble=trouble_now.verdict if trouble_now else None,
            detail=trouble_now.detail if trouble_now else "",
            adapters=with_blocks(objects.adapters.values(), blocks),
            held=objects.held(),
        )

    async def _cycle(self, bus: BluezBus, path: str) -> None:
        """Switch off, wait, and switch on again even when cancelled in between."""
        try:
            async with self._within(self._limits.switch_s):
                await bus.set_powered(path, False)
            await asyncio.sleep(self._limits.off_s)
        finally:
            async with self._within(self._limits.switch_s):
                await self._switch_on(bus, path)

    async def _switch_on(self, bus: BluezBus, path: str) -> None:
        """Try until the adapter is on: BlueZ may be busy with switching it off."""
        while True:
            try:
                await bus.set_powered(path, True)
            except StackTrouble as trouble:
                if trouble.verdict is Verdict.NOT_PERMITTED or not bus.alive:
                    raise
            if await bus.powered(path):
                return
            await asyncio.sleep(SWITCH_POLL_S)

    def _blocks(self) -> dict[str, str]:
        return bluetooth_blocks(self._rfkill)

    async def _tell_version(self) -> str:
        if self._version is None:
            self._version = await bluez_version(self._bluetoothctl)
        return self._version


async def _done(call: Coroutine[None, None, None]) -> bool:
    """Await a call and say whether it worked: other adapters may know the same device."""
    try:
        await call
    except StackTrouble as trouble:
        log.info("BlueZ refused: %s", trouble.detail)
        return False
    return True


def system_stack() -> Stack:
    """Return the stack of this computer: BlueZ on Linux, elsewhere one that tells nothing."""
    return BluezStack() if sys.platform == "linux" else PlainStack()
