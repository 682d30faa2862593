"""Calibration from simulations and recordings, through the real core."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.app.calibrating import (
    Event,
    calibrate_events,
    part_of_label,
    part_of_truth,
    study_events,
    study_recording,
)
from ftms_bridge.app.calibrating_rider import obedient
from ftms_bridge.errors import DataError, UsageError
from ftms_bridge.gatt.notification import LinkChange, Notification
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.calibration import Part
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain, SpeedSource
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter
from ftms_bridge.simulator.motion import TrueDirection, Truth
from ftms_bridge.simulator.rigs import RIGS
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.simulator.simulation import Simulation
from tests.app.calibrations import lengthened, rig_profile

NULL_RIGS = [rig.name for rig in RIGS.values() if rig.expects == "null"]
SEEDS = range(70, 73)


def simulated(name: str) -> tuple[MachineSpec, list[Event]]:
    simulation = Simulation(obedient(load_scenario(name)))
    return simulation.machine, list(simulation.events())


def learnt(name: str) -> DirectionProfile:
    return calibrate_events(*simulated(name))


def test_a_freewheel_is_found_with_its_ratio() -> None:
    profile = learnt("bike_freewheel_intervals")
    assert profile.drivetrain is Drivetrain.FREEWHEEL
    assert profile.speed_source is SpeedSource.FLYWHEEL
    proof = profile.proof("engagement_line", "bike")
    assert proof is not None
    assert proof.cap >= 3.0


def test_a_direction_bit_is_found() -> None:
    (proof,) = learnt("cross_trainer_bit15").channels
    assert proof.channel == "movement_direction_bit"
    assert (proof.polarity, proof.samples >= 20) == (1, True)


def test_a_fixed_bike_proves_nothing() -> None:
    profile = learnt("bike_fixed_intervals")
    assert profile.drivetrain is Drivetrain.FIXED
    assert [one for one in profile.channels if one.channel != "meter_contradiction"] == []


@pytest.mark.parametrize("rig", NULL_RIGS)
def test_rigs_that_cannot_tell_are_never_proven(rig: str) -> None:
    for seed in SEEDS:
        assert rig_profile(rig, seed).channels == ()


@pytest.mark.parametrize(
    ("rig", "channel"),
    [
        ("elliptical_bit", "movement_direction_bit"),
        ("freewheel_light", "engagement_line"),
        ("reversible_signed", "signed_speed"),
        ("direction_sensor", "direction_sensor"),
        ("spin_bike_meter", "meter_contradiction"),
        ("signed_counters", "crank_counter"),
    ],
)
def test_rigs_that_can_tell_are_proven(rig: str, channel: str) -> None:
    for seed in SEEDS:
        assert channel in {one.channel for one in rig_profile(rig, seed).channels}


def test_a_calibration_as_long_as_the_wizards_lets_a_channel_decide() -> None:
    short, long = rig_profile("elliptical_bit", 70), lengthened("elliptical_bit", 70)
    assert long.channels[0].samples >= 20 > 0
    assert long.channels[0].cap >= max(3.0, short.channels[0].cap)


def truth(
    direction: TrueDirection, *, driving: bool = True, speed: float = 20.0, cadence: float = 60.0
) -> Truth:
    return Truth(0.0, "bike", direction, driving, speed, cadence, None)


@pytest.mark.parametrize(
    ("row", "walking", "part"),
    [
        (truth(TrueDirection.FORWARD), False, Part.FORWARD),
        (truth(TrueDirection.FORWARD, driving=False), False, Part.GHOST),
        (truth(TrueDirection.BACKWARD, driving=False), False, Part.BACKWARD),
        (truth(TrueDirection.STOPPED, cadence=0.0), False, Part.COAST),
        (truth(TrueDirection.STOPPED, speed=0.0, cadence=0.0), False, Part.STILL),
        (truth(TrueDirection.FORWARD), True, Part.FORWARD),
        (truth(TrueDirection.FORWARD, driving=False), True, Part.OTHER),
        (truth(TrueDirection.STOPPED, driving=False), True, Part.OTHER),
        (truth(TrueDirection.STOPPED, driving=False, speed=0.0), True, Part.STILL),
        (truth(TrueDirection.SIDEWAYS), True, Part.OTHER),
    ],
)
def test_the_truth_becomes_a_part(row: Truth, walking: bool, part: Part) -> None:
    assert part_of_truth(row, walking=walking) is part


@pytest.mark.parametrize(
    ("kind", "detail", "part"),
    [
        ("label", {"direction": "forward"}, Part.FORWARD),
        ("label", {"direction": "stopped"}, Part.STILL),
        ("label", {"direction": "coast"}, Part.COAST),
        ("label", {"direction": "ghost"}, Part.GHOST),
        ("label", {"direction": "unknown"}, Part.OTHER),
        ("label", {"remark": 1}, None),
        ("gap", {"direction": "forward"}, None),
        ("truth", {"direction": "forward", "driving": False}, Part.GHOST),
        ("truth", {"direction": "sidewards"}, Part.OTHER),
        ("truth", {"direction": "forward", "speed_kmh": "fast"}, None),
    ],
)
def test_markers_become_parts(kind: str, detail: dict[str, str], part: Part | None) -> None:
    assert part_of_label(Marker(1.0, kind, "bike", detail), walking=False) is part


def record(path: Path, *, labels: bool = True) -> Path:
    """Write an obedient ride on a freewheel with the labels that a person would press."""
    spec, events = simulated("bike_freewheel_intervals")
    words = {"forward": "forward", "backward": "backward", "stopped": "stopped"}
    said = ""
    with RecordingWriter(path, RecordingHeader((spec,), software="test", run_id="x")) as writer:
        for event in events:
            if isinstance(event, Notification):
                writer.write(event)
            elif isinstance(event, LinkChange):
                writer.mark(Marker(event.at, "connect" if event.up else "disconnect", "bike"))
            elif isinstance(event, Truth) and labels and event.direction.value != said:
                said = event.direction.value
                writer.mark(Marker(event.at, "label", detail={"direction": words[said]}))
    return path


def test_a_recording_with_labels_teaches_the_same(tmp_path: Path) -> None:
    spec, result = study_recording(record(tmp_path / "ride.ndjson"))
    assert spec.id == "bike"
    assert result.profile.proof("engagement_line", "bike") is not None


def test_a_recording_without_labels_teaches_nothing(tmp_path: Path) -> None:
    path = record(tmp_path / "ride.ndjson", labels=False)
    with pytest.raises(DataError, match="no labels"):
        study_recording(path)


def test_a_machine_that_is_not_in_it_is_named(tmp_path: Path) -> None:
    path = record(tmp_path / "ride.ndjson")
    with pytest.raises(UsageError, match="no machine 'belt'"):
        study_recording(path, "belt")


def test_what_the_machine_says_of_itself_is_kept() -> None:
    spec, events = simulated("bike_freewheel_intervals")
    said = Notification(events[0].at, spec.id, 0x2A26, b"1.2.3")
    result = study_events(spec, [said, *events])
    assert result.profile.firmware == "1.2.3"
    assert result.profile.model is None
