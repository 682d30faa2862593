"""A writer killed at any moment loses at most its last line.

``KILLS=100`` makes it so many kills.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.reader import RecordingReader
from tests.recordings.endless_writer import STEP_S
from tests.recordings.samples import HEADER, number_in, record, ride

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("KILLS", "15"))
COMMAND = [sys.executable, "-m", "tests.recordings.endless_writer"]


def write_and_kill(path: Path, seed: int) -> int:
    """Kill a writer at a random moment; return the number of the last entry it had written."""
    moment = random.Random(seed).randrange(2000)
    with subprocess.Popen([*COMMAND, str(path)], stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        for _ in range(moment):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read().split(b"\n")
    assert child.returncode == -signal.SIGKILL
    return int(said[-2]) if len(said) > 1 else moment - 1


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_writer_has_lost_nothing_that_write_returned_for(
    seed: int, tmp_path: Path
) -> None:
    path = tmp_path / "ride.ndjson"
    last = write_and_kill(path, seed)
    reader = RecordingReader(path) if path.exists() and path.stat().st_size else None
    assert reader or last == -1  # killed before it could begin
    stored = [number_in(entry) for entry in reader or ()]
    assert stored == list(range(len(stored)))
    assert len(stored) >= last + 1
    assert reader is None or reader.damaged <= 1


@pytest.mark.parametrize("seed", range(KILLS // 5))
def test_a_killed_compressed_recording_has_lost_a_second_at_most(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "ride.ndjson.gz"
    last = write_and_kill(path, 1000 + seed)
    stored = [number_in(entry) for entry in RecordingReader(path)]
    assert stored == list(range(len(stored)))
    assert len(stored) >= last + 1 - 1.0 / STEP_S


@pytest.mark.parametrize("suffix", ["ndjson", "ndjson.gz"])
def test_a_recording_killed_again_and_again_is_one_recording(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"ride.{suffix}"
    for seed in (1, 2, 3):
        write_and_kill(path, seed)
    record(path, ride(5))
    reader = RecordingReader(path)
    stored = [number_in(entry) for entry in reader if isinstance(entry, Notification)]
    assert stored.count(0) == 4
    assert stored[-5:] == [0, 1, 2, 3, 4]
    assert reader.header == HEADER
    assert reader.damaged <= 3
