"""What the checks use to play fate: the world's process, and the orders to it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

START_LIMIT_S: Final = 40.0
LONGEST_ANSWER: Final = 2**24


class Fate:
    """The process of the virtual world; see ``world.Orders`` for what it can be told."""

    def __init__(self, logs: Path) -> None:
        self._socket = Path("/run/world")
        self._log = (logs / "world.log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.e2e.world", str(self._socket)]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)

    async def wait(self) -> None:
        """Return when the world takes orders.

        Raises RuntimeError when it died, TimeoutError when it never came.
        """
        assert self._process
        async with asyncio.timeout(START_LIMIT_S):
            while not self._socket.exists():
                await asyncio.sleep(0.05)
                if self._process.poll() is not None:
                    raise RuntimeError("the world died; see world.log")

    async def do(self, what: str, **more: Any) -> Any:
        """Give one order and return its result.

        Raises RuntimeError when the world could not carry it out.
        """
        reader, writer = await asyncio.open_unix_connection(self._socket, limit=LONGEST_ANSWER)
        try:
            writer.write(json.dumps({"do": what, **more}).encode() + b"\n")
            answer = json.loads(await reader.readline())
        finally:
            writer.close()
        if "error" in answer:
            raise RuntimeError(f"{what}: {answer['error']}")
        return answer["result"]

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._log.close()
