"""I1 to I4: what the program costs when nothing happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.processes import HOST, NO_MOSQUITTO, find_mosquitto, run_child, running_mosquitto
from bench.rides import BIKE, BIKE_SPEC, bike_record
from bench.rows import Bar, Row, not_run
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter

IDLE_S = 30.0
SETTLE_S = 3.0
HELP_RUNS = 11
PROGRAM = (sys.executable, "-m", "ftms_bridge")
NEEDED = ("bleak", "aiomqtt", "pydantic_settings")
UNWANTED = ("rich", "numpy", "polars")
DAY_S = 86_400.0
CPU = "processor time of the daemon with one silent machine, connected"
MEMORY = "resident memory of the same daemon"
IMPORTS = f"modules of {', '.join(UNWANTED)} imported by it"
HELP_BAR, CPU_BAR, MEMORY_BAR, IMPORT_BAR = (
    Bar(limit, of_value=True) for limit in (0.3, 1, 60, 0)
)  # fmt: skip

CONFIG = """
[mqtt]
host = "{host}"
port = {port}

[recording]
directory = "{folder}/recordings"

[[machine]]
id = "bike"
kind = "indoor_bike"
link = {{ type = "recording", file = "{folder}/silent.ndjson" }}
"""


def measure(idle_s: float = IDLE_S) -> list[Row]:
    """Measure `--help`, then the daemon with a machine that says nothing."""
    rows = [_help()]
    reason = None if find_mosquitto() else NO_MOSQUITTO
    if not Path("/proc/self/stat").exists():
        reason = "only Linux tells processor time and memory in /proc"
    if reason is not None:
        what = (CPU, MEMORY, IMPORTS)
        return rows + [not_run(f"I{i}", text, reason) for i, text in enumerate(what, 2)]
    with TemporaryDirectory() as folder, running_mosquitto(Path(folder)) as port:
        return rows + _idle_rows(Path(folder), port, idle_s)


def _help() -> Row:
    """Time the help text, in turn with a Python that does nothing."""
    ours, bare = [], []
    for _ in range(HELP_RUNS):
        ours.append(_wall_s([*PROGRAM, "--help"]))
        bare.append(_wall_s([sys.executable, "-c", "pass"]))
    return Row("I1", "ftms-bridge --help, median", "s", median(ours), median(bare),
               "an empty Python program", HELP_BAR)  # fmt: skip


def _wall_s(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _idle_rows(folder: Path, port: int, idle_s: float) -> list[Row]:
    config = _prepare(folder, port)
    with _daemon(config, folder / "imports") as pid:
        time.sleep(SETTLE_S)
        before = _processor_s(pid)
        time.sleep(idle_s)
        busy_pct = (_processor_s(pid) - before) / idle_s * 100
        memory_mb = _memory_mb(pid)
    log = (folder / "imports").read_text()
    assert "Connected to MQTT broker" in log, log[-2000:]
    unwanted = sorted(_imported(log) & set(UNWANTED))
    floor_mb = run_child("imports", *NEEDED)["memory_mb"]
    return [
        Row("I2", f"{CPU}, {idle_s:g} s", "%", busy_pct, bar=CPU_BAR),
        Row("I3", MEMORY, "MB", memory_mb, floor_mb, f"importing {', '.join(NEEDED)}",
            MEMORY_BAR),
        Row("I4", IMPORTS, "modules", len(unwanted), bar=IMPORT_BAR,
            note=f"I4: {', '.join(unwanted)}" if unwanted else ""),
    ]  # fmt: skip


def _prepare(folder: Path, port: int) -> Path:
    """Write a recording that is silent for a day, and a configuration that plays it."""
    recording = folder / "silent.ndjson"
    with RecordingWriter(recording, RecordingHeader((BIKE_SPEC,), software="bench")) as writer:
        writer.mark(Marker(0.0, "connect", "bike"))
        writer.write(Notification(DAY_S, "bike", BIKE, bike_record(0)))
    config = folder / "idle.toml"
    config.write_text(CONFIG.format(host=HOST, port=port, folder=folder))
    return config


@contextmanager
def _daemon(config: Path, log: Path) -> Iterator[int]:
    """Run the daemon; it logs, and Python tells what it imports."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*PROGRAM, "run", "--config", str(config)],
            env={**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}, stdout=out, stderr=out,
        )  # fmt: skip
    try:
        yield process.pid
        assert process.poll() is None, log.read_text()[-2000:]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(10)


def _imported(log: str) -> set[str]:
    """Return the names of the packages that were imported."""
    lines = (line for line in log.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def _processor_s(pid: int) -> float:
    """Return the processor time of a process so far, of user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
