"""Fixtures of the application tests; they start real brokers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter
from tests.brokers import broker, mosquitto_folder

__all__ = ["broker", "mosquitto_folder"]

BIKE = MachineSpec("bike", MachineKind.INDOOR_BIKE, name="Test bike")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A minute on a bike, with a lap command and a link that drops near the end."""
    path = tmp_path / "ride.ndjson"
    header = RecordingHeader((BIKE,), wall_start=1_700_000_000.0, software="test", run_id="abc")
    with RecordingWriter(path, header) as writer:
        for second in range(60):
            fields = {"speed_kmh": 25.0, "cadence_rpm": 80.0, "power_w": 150 + second}
            data = encode(0x2AD2, {**fields, "distance_m": 7 * second})
            writer.write(Notification(float(second), "bike", 0x2AD2, data))
            if second == 30:
                writer.mark(Marker(30.5, "command", "bike", {"verb": "lap", "id": "7"}))
        writer.mark(Marker(60.0, "disconnect", "bike", {"reason": "out of range"}))
    return path
