"""A private dbus-daemon that serves as the system bus of a test."""

from __future__ import annotations

import atexit
import ctypes
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

START_LIMIT_S: Final = 5.0

_CONFIG: Final = """<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_type="method_call"/>
    <allow send_type="signal"/><allow receive_type="signal"/>
    <allow send_requested_reply="true"/><allow receive_requested_reply="true"/>
    <allow receive_type="method_call"/>
    {policy}
  </policy>
  {limits}
</busconfig>
"""


def _die_with_parent() -> None:
    """Let Linux kill the daemon when the tests are killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class BusDaemon:
    """A private dbus-daemon; ``address`` stays the same over ``kill`` and ``start``."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ftms-bus-"))  # a socket's path must be short
        self.socket = self.folder / "bus"
        self.address = f"unix:path={self.socket}"
        self.started_bluez = self.folder / "activated"
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()
        atexit.register(self.close)

    @staticmethod
    def program() -> str | None:
        """Return the path of dbus-daemon, or None when this computer has none."""
        return shutil.which("dbus-daemon")

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        program = self.program()
        assert program is not None
        self._process = subprocess.Popen(
            [program, f"--config-file={self.folder / 'conf'}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - tests start it from the main thread
        )
        assert self._process.stdout is not None
        with self._process.stdout as out:
            assert out.readline(), "dbus-daemon does not start"

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(START_LIMIT_S)
            self._process = None
        self.socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Let it stop answering while its connections stay open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after ``freeze``."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End it and leave nothing behind."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)

    async def rule(
        self, *, deny_bluez: bool = False, connections: int = 0, activatable: bool = False
    ) -> None:
        """Change its rules while it runs.

        deny_bluez: nobody may call org.bluez, as for a user without the right.
        connections: how many one user may hold; 0 is the usual number.
        activatable: the first call to an absent org.bluez starts a program that creates the file
        ``started_bluez``.
        """
        self._configure(deny_bluez=deny_bluez, connections=connections, activatable=activatable)
        bus = await MessageBus(self.address).connect()
        reply = await bus.call(to_daemon("ReloadConfig"))
        assert reply.message_type is MessageType.METHOD_RETURN, reply.body
        bus.disconnect()
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    def _configure(
        self, *, deny_bluez: bool = False, connections: int = 0, activatable: bool = False
    ) -> None:
        services = self.folder / "services"
        services.mkdir(exist_ok=True)
        if activatable:
            (services / "org.bluez.service").write_text(
                f"[D-BUS Service]\nName=org.bluez\nExec={shutil.which('touch')}"
                f" {self.started_bluez}\nUser=root\n"
            )
        limit = '<limit name="max_connections_per_user">{}</limit>'
        (self.folder / "conf").write_text(
            _CONFIG.format(
                socket=self.socket,
                services=services,
                policy='<deny send_destination="org.bluez"/>' if deny_bluez else "",
                limits=limit.format(connections) if connections else "",
            )
        )


def to_daemon(member: str, signature: str = "", body: Iterable[object] = ()) -> Message:
    """Return a call to the bus daemon itself."""
    return Message(
        destination="org.freedesktop.DBus",
        path="/org/freedesktop/DBus",
        interface="org.freedesktop.DBus",
        member=member,
        signature=signature,
        body=list(body),
    )
