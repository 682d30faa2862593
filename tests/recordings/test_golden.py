"""Recordings of every format version are read for ever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.motion.profile import (
    ChannelProof,
    DirectionProfile,
    Drivetrain,
    GaitBaseline,
    SpeedSource,
)
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


PROFILE = DirectionProfile(
    manufacturer="Acme", model="Spin 3", firmware="1.0.7", drivetrain=Drivetrain.FREEWHEEL,
    speed_source=SpeedSource.FLYWHEEL, ratio_min=0.31, ratio_max=0.33, smoothing_s=1.5,
    coasting_power=True,
    channels=(ChannelProof("engagement_line", "bike", 1, 17, 2.890371757896165),),
    gait=GaitBaseline("pod", 3.0, 96.5, 110.25, 0.04),
    warnings=("backward was only pedalled slowly",),
    blind=(("negative_power", "bike"),),
)  # fmt: skip

DIRECTION_HEADER = replace(HEADER, profiles={"bike": PROFILE})

DIRECTION_ENTRIES: list[Entry] = [
    Notification(1.0, "bike", 0x2AD2, bytes.fromhex("4400ca0ca0002c01")),
    Marker(1.25, "sensor", "bike", {"what": "direction", "value": -1}),
    Marker(1.5, "sensor", "bike", {"what": "direction", "value": -62.5}),
    Marker(2.0, "command", "bike", {"verb": "declare", "id": "7", "direction": "backward"}),
]
"""What was added to version 1: profiles, readings of a direction sensor, declarations."""


@pytest.mark.parametrize("name", ["v1.ndjson", "v1.ndjson.gz"])
def test_a_recording_of_version_1_is_read(name: str) -> None:
    reader = RecordingReader(GOLDEN / name)
    assert reader.header == HEADER
    assert list(reader) == ENTRIES
    assert reader.damaged == 0


def test_the_writer_still_writes_version_1(tmp_path: Path) -> None:
    written = record(tmp_path / "v1.ndjson", ENTRIES, HEADER)
    assert written.read_bytes() == (GOLDEN / "v1.ndjson").read_bytes()


def test_a_recording_with_directions_is_read_and_written(tmp_path: Path) -> None:
    header, entries = DIRECTION_HEADER, DIRECTION_ENTRIES
    golden = GOLDEN / "v1-direction.ndjson"
    reader = RecordingReader(golden)
    assert (reader.header, list(reader), reader.damaged) == (header, entries, 0)
    written = record(tmp_path / "again.ndjson", entries, header)
    assert written.read_bytes() == golden.read_bytes()
