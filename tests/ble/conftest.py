"""Fixtures of rig C: a private system bus, and a scripted bluetoothd on it.

BlueZ is of Linux, and so is dbus_fast: elsewhere these tests are not even collected.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ble.bus_daemon import BusDaemon
    from tests.ble.fake_bluez import FakeBluez

collect_ignore_glob = [] if sys.platform == "linux" else [
    "test_bluez*.py", "test_fake_bluez.py", "test_keeping_on_bluez.py", "test_soak.py",
]  # fmt: skip


@pytest.fixture
def bus_daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[BusDaemon]:
    """A private dbus-daemon that is the system bus of this process; killed whatever happens.

    Without dbus-daemon it skips, but fails in CI.
    """
    from tests.ble.bus_daemon import BusDaemon

    if BusDaemon.program() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("dbus-daemon is missing; CI must have it")
        pytest.skip("dbus-daemon is not installed")
    daemon = BusDaemon()
    try:
        daemon.start()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", daemon.address)
        yield daemon
    finally:
        daemon.close()


@pytest.fixture
async def bluez(bus_daemon: BusDaemon, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeBluez]:
    """A bluetoothd without adapters; bleak does not ask bluetoothctl for a version."""
    from bleak.backends.bluezdbus.version import BlueZFeatures
    from bleak_retry_connector.bleak_manager import _reset_dbus_socket_cache

    from tests.ble.fake_bluez import FakeBluez

    monkeypatch.setattr(BlueZFeatures, "checked_bluez_version", True)
    fake = FakeBluez(bus_daemon)
    await fake.start()
    try:
        yield fake
    finally:
        await fake.crash()
        bus_daemon.kill()
        await _let_bleak_notice()
        _reset_dbus_socket_cache()  # the retry connector never tries again once there was no bus


async def _let_bleak_notice() -> None:
    """Wait until bleak's watcher saw the bus die: its task must not outlive the loop."""
    from bleak.backends.bluezdbus import manager as bleak_manager

    instance = bleak_manager._global_instances.pop(asyncio.get_running_loop(), None)
    watcher = instance._bus_watcher_task if instance is not None else None
    if watcher is not None:
        with suppress(TimeoutError):
            await asyncio.wait_for(watcher, 1.0)
    await asyncio.sleep(0)
