"""Child processes: our own tasks, and mosquitto."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
NO_MOSQUITTO = "mosquitto is not installed"
_START_LIMIT_S = 10.0


def run_child(*arguments: str, python_path: Path | None = None) -> dict[str, Any]:
    """Run a task of `bench.child`; return what it printed."""
    environment = dict(os.environ)
    if python_path is not None:
        environment["PYTHONPATH"] = str(python_path)
    done = subprocess.run(
        [sys.executable, "-m", "bench.child", *arguments],
        cwd=TOP, env=environment, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def find_mosquitto() -> str | None:
    """Return the path of mosquitto; Debian puts it where only root looks."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def mosquitto_version(program: str) -> str:
    """Return the version of a mosquitto; its help ends with an exit code of its own."""
    help_text = subprocess.run([program, "-h"], capture_output=True, text=True, check=False).stdout
    return help_text.split("\n", 1)[0].removeprefix("mosquitto version ")


@contextmanager
def running_mosquitto(folder: Path) -> Iterator[int]:
    """Run mosquitto on a free port of this machine, without the delay of Nagle's algorithm."""
    program = find_mosquitto()
    assert program is not None, NO_MOSQUITTO
    port = _free_port()
    lines = [
        f"listener {port} {HOST}", "allow_anonymous true", "persistence false",
        "set_tcp_nodelay true", "log_type error",
    ]  # fmt: skip
    if os.geteuid() == 0:
        lines.append("user root")
    config = folder / "mosquitto.conf"
    config.write_text("\n".join(lines) + "\n")
    log = folder / "mosquitto.log"
    with log.open("wb") as out:
        process = subprocess.Popen([program, "-c", str(config)], stdout=out, stderr=out)
    try:
        _wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(_START_LIMIT_S)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < limit and process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"mosquitto does not start: {log.read_text()}")
