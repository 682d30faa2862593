"""The bridge under test: a process like any other, with a configuration file of its own."""

from __future__ import annotations

import asyncio
import gzip
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, TextIO

from ftms_bridge.gatt.codec import decode
from tests.e2e.addresses import ABSENT, BIKE, TREADMILL

COMMAND: Final = (sys.executable, "-m", "ftms_bridge")
STOP_LIMIT_S: Final = 10.0

MACHINES: Final = {
    "bike": ("indoor_bike", BIKE, 0x2AD2),
    "treadmill": ("treadmill", TREADMILL, 0x2ACD),
    "absent": ("indoor_bike", ABSENT, 0x2AD2),
}

SETTINGS: Final = """
[mqtt]
host = "127.0.0.1"
port = {port}
[recording]
directory = "{folder}/recordings"
[telemetry]
health_every_s = 1
[log]
level = "info"
format = "json"
"""
MACHINE: Final = """
[[machine]]
id = "{id}"
kind = "{kind}"
link = {{ type = "bluetooth", address = "{address}" }}
"""


class Bridge:
    """One run of the bridge. folder: its configuration, log and recordings."""

    def __init__(self, folder: Path, port: int, machines: tuple[str, ...]) -> None:
        folder.mkdir()
        self._folder = folder
        self._machines = machines
        text = SETTINGS.format(port=port, folder=folder)
        for name in machines:
            kind, address, _ = MACHINES[name]
            text += MACHINE.format(id=name, kind=kind, address=address)
        self._settings = folder / "config.toml"
        self._settings.write_text(text)
        self._process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    @property
    def is_running(self) -> bool:
        """Return whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """Return how it ended; None while it runs."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        log = (self._folder / "bridge.log").open("ab")
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(
            [*COMMAND, "run", "--config", str(self._settings)], stdout=log, stderr=log
        )

    @property
    def log(self) -> str:
        """Return all that it logged."""
        return (self._folder / "bridge.log").read_text(errors="replace")

    async def stop(self) -> tuple[int, float]:
        """Ask it to stop; return its exit code and how long it took.

        Raises TimeoutError when it did not stop in time; then it was killed.
        """
        assert self._process
        started = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_LIMIT_S):
                while self.is_running:
                    await asyncio.sleep(0.02)
        finally:
            self._process.kill()
            self._process.wait()
        return self._process.returncode, round(time.monotonic() - started, 2)

    def received(self, machine: str) -> list[int]:
        """Return the numbers of all records of a machine, in the order in which they came."""
        return [number for number, _ in self._records(machine)]

    def sizes(self, machine: str) -> set[int]:
        """Return how long the records of a machine were, in bytes."""
        return {size for _, size in self._records(machine)}

    def _records(self, machine: str) -> list[tuple[int, int]]:
        characteristic = MACHINES[machine][2]
        found = []
        for path in sorted((self._folder / "recordings").rglob("*.ndjson*")):
            with _text(path) as lines:
                for line in lines:
                    entry = json.loads(line) if line.endswith("\n") else {}
                    is_it = entry.get("char") == f"{characteristic:04x}"
                    if is_it and entry.get("src", self._machines[0]) == machine:
                        data = bytes.fromhex(entry["hex"])
                        number = decode(characteristic, data).fields["distance_m"]
                        assert isinstance(number, int)
                        found.append((number, len(data)))
        return found


def _text(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
