"""L1c: the same loop with the core compiled by mypyc, which must say the same, byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import ftms_bridge
from bench.decoding import floor_row
from bench.loop import L1, ROUNDS, WITH_LIVE, WITH_LIVE_1HZ, WITH_STATE, loop_rows
from bench.processes import run_child
from bench.rows import Bar, Row, not_run

CORE = ("gatt", "measurement", "motion", "workout", "telemetry", "pipeline")
WHAT = "compiled by mypyc: "
SCENARIOS = ("faults_everything", "bike_with_sensors", "treadmill_turnaround")
DIFFERENT = "compiled by mypyc: transcripts that differ from the interpreted ones"


def measure(rounds: int = ROUNDS) -> list[Row]:
    """Compile a copy of the core and measure it in a process of its own."""
    reason = why_not()
    if reason is not None:
        return [left_out(reason)]
    with TemporaryDirectory() as folder:
        plain, source = Path(folder) / "plain", Path(folder) / "compiled"
        copy_sources(plain)
        shutil.copytree(plain, source)
        compile_core(source)
        found = run_child("loop", str(rounds), python_path=source)
        assert found["compiled"], "the compiled core was not the one in use"
        different = _differing_transcripts(Path(folder), plain, source)
    names = {"L1c": WITH_STATE, "L1bc": WITH_LIVE_1HZ, "L2c": WITH_LIVE}
    rows = [_named(row) for row in loop_rows(found["loop"], names)]
    rows += [
        _named(floor_row("D3c", f"decode {name}", best)) for name, best in found["decode"].items()
    ]
    rows.append(
        Row("L5", f"{DIFFERENT}, of {len(SCENARIOS)}", "transcripts", different,
            bar=Bar(0, of_value=True))
    )  # fmt: skip
    return rows


def left_out(reason: str) -> Row:
    """Return the row that says why nothing was compiled."""
    return not_run("L1c", f"{WHAT}{WITH_STATE}", reason, L1)


def why_not() -> str | None:
    """Return what is missing for compiling, or None."""
    if find_spec("mypyc") is None or find_spec("setuptools") is None:
        return "mypyc is not installed here: pip install 'mypy[mypyc]'"
    if shutil.which(os.environ.get("CC", "cc").split()[0]) is None:
        return "there is no C compiler"
    return None


def copy_sources(target: Path) -> None:
    """Copy the package to this folder; what is compared must be one state of the sources."""
    package = Path(ftms_bridge.__file__).parent
    unwanted = shutil.ignore_patterns("__pycache__", "*.so")
    shutil.copytree(package, target / package.name, ignore=unwanted)


def compile_core(folder: Path) -> None:
    """Compile the core of the copy in this folder, next to its sources."""
    packages = [word for name in CORE for word in ("-p", f"{ftms_bridge.__name__}.{name}")]
    done = subprocess.run(
        [sys.executable, "-m", "mypyc", *packages],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"mypyc refuses the core:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def _differing_transcripts(folder: Path, plain: Path, compiled: Path) -> int:
    """Replay simulated rides with both cores; return how many transcripts differ."""
    different = 0
    for scenario in SCENARIOS:
        recording = folder / f"{scenario}.ndjson"
        subprocess.run(
            [sys.executable, "-m", "ftms_bridge", "simulate", scenario, "--seed", "7",
             "--out", str(recording)],
            check=True, capture_output=True,
        )  # fmt: skip
        said, said_compiled = (
            _transcript(recording, folder / source.name, source) for source in (plain, compiled)
        )
        assert said, "the transcript is empty"
        different += said != said_compiled
    return different


def _transcript(recording: Path, target: Path, source: Path) -> bytes:
    transcript = target.with_suffix(".transcript")
    run_child("replay", str(recording), str(transcript), python_path=source)
    return transcript.read_bytes()


def _named(row: Row) -> Row:
    return replace(row, what=f"{WHAT}{row.what}")
