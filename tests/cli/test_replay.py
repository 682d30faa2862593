"""``ftms-bridge replay`` as it is typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    """Ten seconds on a bike."""
    path = tmp_path / "ride.ndjson"
    header = RecordingHeader((MachineSpec("bike", MachineKind.INDOOR_BIKE),), run_id="r")
    with RecordingWriter(path, header) as writer:
        for second in range(10):
            data = encode(0x2AD2, {"speed_kmh": 36.0, "power_w": 100, "distance_m": 10 * second})
            writer.write(Notification(float(second), "bike", 0x2AD2, data))
    return path


def replay(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ftms_bridge", "replay", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_a_replay_tells_what_came_of_it(ride: Path) -> None:
    done = replay(ride)
    assert done.returncode == 0
    assert "session r-bike-0: 9 s (9 s moving), 90 m, 0 gaps, 0 counter resets" in done.stderr
    assert "10 notifications (0 damaged)" in done.stderr
    assert done.stdout == ""


def test_a_transcript_on_standard_output_is_nothing_but_json_lines(ride: Path) -> None:
    done = replay(ride, "--transcript", "-")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"t", "topic", "qos", "retain", "payload"} == set(lines[0])
    assert lines[-1]["topic"].startswith("ftms/bike/")


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("--speed", "fast"), 64, "Write max, or a number above 0."),
        (("--base", "a/#"), 64, "cannot be one"),
        (("--broker", "http://x"), 64, "mqtt://"),
        (("--transcript", "/no/such/folder/t"), 74, "cannot be written"),
    ],
)
def test_what_cannot_be_is_told_in_two_lines(
    ride: Path, arguments: tuple[str, str], code: int, text: str
) -> None:
    done = replay(ride, *arguments)
    assert done.returncode == code
    assert text in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_missing_recording_is_exit_66(tmp_path: Path) -> None:
    done = replay(tmp_path / "none.ndjson")
    assert (done.returncode, done.stdout) == (66, "")
    assert "none.ndjson" in done.stderr
