"""Recordings of every format version are read for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.reader import RecordingReader
from tests.recordings.samples import BELT, FULL_BIKE, record

GOLDEN = Path(__file__).parent / "golden"

HEADER = RecordingHeader((FULL_BIKE, BELT), 1_750_000_000.25, "0.1.0", "run-1")

ENTRIES: list[Entry] = [
    Marker(0.5, "connect", "bike", {"reason": "found"}),
    Notification(1.0, "bike", 0x2AD2, bytes.fromhex("4400ca0ca0002c01")),
    Notification(1.000001, "belt", 0x2ACD, bytes.fromhex("8425e1000000000100000000002100020000")),
    Marker(1.5, "truth", "bike", {"direction": "forward", "speed_kmh": 32.5, "driving": True}),
    Notification(2.0, "meter", 0x2A63, b""),
    Marker(2.5, "label", None, {"text": 'climb "hard"\n', "n": [1, None, -2.5]}),
    Marker(3.0, "command", "bike", {"verb": "lap", "id": None}),
    Marker(3.25, "written", "belt", {"char": "2ad9", "hex": "00"}),
    Marker(4.0, "gap", None, {"reason": "No space left on device", "lost": 3}),
    Marker(5.0, "disconnect", "bike"),
]


@pytest.mark.parametrize("name", ["v1.ndjson", "v1.ndjson.gz"])
def test_a_recording_of_version_1_is_read(name: str) -> None:
    reader = RecordingReader(GOLDEN / name)
    assert reader.header == HEADER
    assert list(reader) == ENTRIES
    assert reader.damaged == 0


def test_the_writer_still_writes_version_1(tmp_path: Path) -> None:
    written = record(tmp_path / "v1.ndjson", ENTRIES, HEADER)
    assert written.read_bytes() == (GOLDEN / "v1.ndjson").read_bytes()
