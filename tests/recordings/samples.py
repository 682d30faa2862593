"""Entries, headers and hypothesis strategies for the tests of recordings."""

from __future__ import annotations

import string
from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.profile import (
    ChannelProof,
    DirectionProfile,
    Drivetrain,
    GaitBaseline,
    SpeedSource,
)
from ftms_bridge.recordings.format import MARK_KINDS, Entry, Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter

BIKE = MachineSpec("bike", MachineKind.INDOOR_BIKE)
FULL_BIKE = MachineSpec(
    "bike",
    MachineKind.INDOOR_BIKE,
    name="Vélo d'été [/x]",
    sensors=(
        SensorSpec("meter", SensorKind.POWER_METER),
        SensorSpec("wheel", SensorKind.SPEED_CADENCE, 2.105),
    ),
    priority=(("power_w", ("meter", "bike")), ("speed_kmh", ("bike",))),
    quirk="speed-in-mph",
)
BELT = MachineSpec("belt", MachineKind.TREADMILL)

FULL_PROFILE = DirectionProfile(
    manufacturer="Acme", model="Spin 3", firmware="1.0.7", drivetrain=Drivetrain.FREEWHEEL,
    speed_source=SpeedSource.FLYWHEEL, ratio_min=0.31, ratio_max=0.33, smoothing_s=1.5,
    coasting_power=True,
    channels=(
        ChannelProof("engagement_line", "bike", 1, 17, 2.890371757896165),
        ChannelProof("crank_counter", "meter", -1, 40, 3.5),
    ),
    gait=GaitBaseline("pod", 3.0, 96.5, 110.25, 0.04),
    warnings=("backward was only pedalled slowly",),
    blind=(("negative_power", "bike"),),
)  # fmt: skip
"""A profile in which nothing is as it is by default."""

HEADER = RecordingHeader((BIKE,), wall_start=1_750_000_000.25, software="0.1.0", run_id="run-1")

RIDE_BYTES = bytes.fromhex("4400ca0ca0002c01")
"""32.74 km/h, 80 rpm, 300 W: dvmarinoff/Auuki:test/ble/indoor-bike-data.test.js."""


def ride(count: int, *, step_s: float = 0.25, start_at: float = 0.0) -> list[Notification]:
    """Notifications that can be told apart by their last four bytes."""
    return [
        Notification(round(start_at + i * step_s, 6), "bike", 0x2AD2, RIDE_BYTES[:4] + number(i))
        for i in range(count)
    ]


def number(i: int) -> bytes:
    return i.to_bytes(4, "little")


def number_in(entry: Entry) -> int:
    assert isinstance(entry, Notification)
    return int.from_bytes(entry.data[4:], "little")


def record(path: Path, entries: Iterable[Entry], header: RecordingHeader = HEADER) -> Path:
    """Write a recording, or append to one."""
    with RecordingWriter(path, header) as writer:
        for entry in entries:
            if isinstance(entry, Notification):
                writer.write(entry)
            else:
                writer.mark(entry)
    assert (writer.lost, writer.state) == (0, "on")
    return path


ids = st.text(string.ascii_lowercase + string.digits + "_", min_size=1, max_size=32)
times = st.floats(0, 1e9).map(lambda at: round(at, 6))
texts = st.text(st.characters(exclude_categories=["Cs"]))  # UTF-8 has no lone surrogates
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
notifications = st.builds(
    Notification,
    at=times,
    source=ids,
    characteristic=st.integers(0, 0xFFFF),
    data=st.binary(max_size=512),
)
markers = st.builds(
    Marker,
    at=times,
    kind=st.sampled_from(sorted(MARK_KINDS)),
    source=st.none() | ids,
    detail=st.dictionaries(texts, json_values, max_size=4),
)


def in_order(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: entry.at)


recordings = st.lists(notifications | markers, max_size=20).map(in_order)
