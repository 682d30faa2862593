"""Frames of real machines, which all went forward or coasted: nothing may be called backward."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import pytest

from ftms_bridge.gatt.codec import decode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile, Drivetrain, SpeedSource
from ftms_bridge.pipeline import Pipeline, PipelineSettings

KINDS = {
    0x2AD2: MachineKind.INDOOR_BIKE,
    0x2ACD: MachineKind.TREADMILL,
    0x2ACE: MachineKind.CROSS_TRAINER,
}
SENSORS = {
    0x2A5B: SensorKind.SPEED_CADENCE,
    0x2A63: SensorKind.POWER_METER,
    0x2A64: SensorKind.POWER_METER,
    0x2A53: SensorKind.FOOT_POD,
    0x2A37: SensorKind.HEART_RATE,
}
STEADY = Notification(0.0, "machine", 0x2AD2, bytes.fromhex("4400ce09a0002c01"))
"""25.10 km/h, 80 rpm, 300 W: the bike that a sensor without a machine is tried on."""


def rides(path: Path) -> Iterator[tuple[str, list[tuple[float, int, bytes]]]]:
    """Yield name and records of each session of a file; without times, one record a second."""
    sessions: dict[str, list[tuple[float, int, bytes]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["dir"] in "ni":
            records = sessions[row.get("session") or row["device"]]
            at = float(len(records)) if row["t"] is None else row["t"]
            records.append((at, int(row["char"], 16), bytes.fromhex(row["hex"])))
    yield from sessions.items()


def machine_for(numbers: Sequence[int]) -> MachineSpec:
    kind = next((KINDS[number] for number in numbers if number in KINDS), MachineKind.INDOOR_BIKE)
    sensor = next((SENSORS[number] for number in numbers if number in SENSORS), None)
    sensors = () if sensor is None else (SensorSpec("sensor", sensor, 2.1),)
    return MachineSpec("machine", kind, sensors=sensors)


def words(
    records: Sequence[tuple[float, int, bytes]], profile: DirectionProfile | None = None
) -> list[Direction]:
    """Return what was measured after each record."""
    spec = machine_for([number for _, number, _ in records])
    profiles = {} if profile is None else {spec.id: profile}
    pipeline = Pipeline(PipelineSettings((spec,), run_id="corpus", profiles=profiles))
    has_machine = any(number in KINDS for _, number, _ in records)
    tracker = pipeline.machine(spec.id).state.direction
    said = []
    for at, number, data in records:
        while (due := pipeline.deadline()) is not None and due <= at:
            pipeline.handle_timer(due)
        if not has_machine:
            pipeline.receive(Notification(at, spec.id, STEADY.characteristic, STEADY.data))
        source = "sensor" if number in SENSORS else spec.id
        pipeline.receive(Notification(at, source, number, data))
        said.append(tracker.measured.direction)
    return said


def test_no_real_frame_is_called_backward(corpus: Path) -> None:
    judged = 0
    for path in sorted(corpus.glob("*.ndjson")):
        for name, records in rides(path):
            said = words(records)
            assert Direction.BACKWARD not in said, f"{path.name}: {name}"
            judged += len(said)
    assert judged > 1500


@pytest.fixture
def trainer_ride(corpus: Path) -> list[tuple[float, int, bytes]]:
    """A ride on a direct-drive trainer with a freewheel, coasting included."""
    return max((records for _, records in rides(corpus / "bike-elite-direto-xr-ride.ndjson")),
               key=len)  # fmt: skip


def driven_ratios(records: Sequence[tuple[float, int, bytes]]) -> list[float]:
    """Return km/h per 1/min of the records in which somebody drives."""
    found = []
    for _, number, data in records:
        fields = decode(number, data).fields if number == 0x2AD2 else {}
        speed, cadence, power = (fields.get(n) for n in ("speed_kmh", "cadence_rpm", "power_w"))
        if (
            isinstance(speed, int | float)
            and isinstance(cadence, int | float)
            and isinstance(power, int | float)
            and cadence > 30
            and power > 40
        ):
            found.append(speed / cadence)
    return found


def test_a_trusted_freewheel_trainer_is_never_called_backward(
    trainer_ride: list[tuple[float, int, bytes]],
) -> None:
    ratios = driven_ratios(trainer_ride)
    assert len(ratios) > 50
    for ratio in (median(ratios), min(ratios), max(ratios)):
        profile = DirectionProfile(
            drivetrain=Drivetrain.FREEWHEEL, speed_source=SpeedSource.FLYWHEEL,
            ratio_min=0.97 * ratio, ratio_max=1.03 * ratio,
            channels=(ChannelProof("engagement_line", "machine", 1, 30, 3.4),),
        )  # fmt: skip
        said = words(trainer_ride, profile)
        assert Direction.BACKWARD not in said, f"with a ratio of {ratio:.3f} km/h per 1/min"
        assert Direction.FORWARD in said
