"""The parts of the system that the checks kill and start again: message bus and bluetoothd."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

SOCKET: Final = Path("/run/dbus/system_bus_socket")
ADAPTER_PATH: Final = "/org/bluez/hci0"
POWER_LIMIT_S: Final = 20.0
PROPERTIES: Final = "org.freedesktop.DBus.Properties"


class System:
    """dbus-daemon and bluetoothd, run by this process as a service manager would."""

    def __init__(self, logs: Path) -> None:
        self._log = (logs / "bluetoothd.log").open("ab")
        self._dbus: subprocess.Popen[bytes] | None = None
        self._bluetoothd: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start both and wait until the bus can be used."""
        self.start_dbus()
        while not SOCKET.exists():
            await asyncio.sleep(0.02)
        self.start_bluetoothd()

    def start_dbus(self) -> None:
        SOCKET.unlink(missing_ok=True)
        subprocess.run(["dbus-uuidgen", "--ensure"], check=True)
        command = ["dbus-daemon", "--system", "--nofork", "--nopidfile"]
        self._dbus = subprocess.Popen(command, stdout=self._log, stderr=self._log)

    def start_bluetoothd(self) -> None:
        command = ["/usr/libexec/bluetooth/bluetoothd", "-n"]
        self._bluetoothd = subprocess.Popen(command, stdout=self._log, stderr=self._log)

    def kill_bluetoothd(self, number: int = signal.SIGKILL) -> None:
        """End it and wait for its end."""
        assert self._bluetoothd
        self._bluetoothd.send_signal(number)
        self._bluetoothd.wait(10)

    def kill_dbus(self) -> None:
        assert self._dbus
        self._dbus.kill()
        self._dbus.wait(10)

    async def stop(self) -> None:
        for process in (self._bluetoothd, self._dbus):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        self._log.close()

    async def power(self, *, on: bool) -> None:
        """Switch the adapter; while the kernel still sets it up BlueZ says that it is busy."""
        async with asyncio.timeout(POWER_LIMIT_S):
            while not await self._try_power(on):
                await asyncio.sleep(0.1)

    async def forget(self, address: str) -> None:
        """Let BlueZ forget a device, if it knows it; that would end a link to it, too."""
        path = f"{ADAPTER_PATH}/dev_{address.replace(':', '_')}"
        reply = await self._call("org.bluez.Adapter1", "RemoveDevice", "o", [path])
        known = (None, "org.bluez.Error.DoesNotExist")
        assert reply.error_name in known, (reply.error_name, reply.body)

    async def _try_power(self, on: bool) -> bool:
        with suppress(OSError, EOFError, FileNotFoundError):
            body = ["org.bluez.Adapter1", "Powered", Variant("b", on)]
            reply = await self._call(PROPERTIES, "Set", "ssv", body)
            return reply.message_type is MessageType.METHOD_RETURN
        return False

    def version(self) -> str:
        """Return the version of BlueZ."""
        found = subprocess.run(
            ["/usr/libexec/bluetooth/bluetoothd", "--version"], capture_output=True, text=True
        )
        return found.stdout.strip()

    async def _call(self, interface: str, member: str, signature: str, body: list[Any]) -> Message:
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        try:
            message = Message(
                destination="org.bluez", path=ADAPTER_PATH, interface=interface,
                member=member, signature=signature, body=body,
            )  # fmt: skip
            reply = await bus.call(message)
            assert reply
            return reply
        finally:
            bus.disconnect()


def kernel() -> str:
    return os.uname().release
