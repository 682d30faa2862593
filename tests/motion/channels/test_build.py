"""Which channels a machine has, and by whose records they are weighed."""

from __future__ import annotations

import pytest

from ftms_bridge.measurement.signals import Signals
from ftms_bridge.measurement.source import Source
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.channels.build import Surroundings, build_channels
from ftms_bridge.motion.profile import UNPROVEN
from ftms_bridge.motion.reading import MotionReading
from tests.motion.bench import COUNTER, FOOT_POD, MACHINE, METER, ids

STRAP = SensorSpec("strap", SensorKind.HEART_RATE)


def built(kind: MachineKind, *sensors: SensorSpec) -> dict[str, set[str]]:
    """Return the names of the channels by the source that weighs them."""
    spec = MachineSpec(MACHINE, kind, sensors=sensors)
    signals = Signals(spec)
    sources = {name: Source(name, signals) for name in (MACHINE, *ids(sensors))}
    found = build_channels(Surroundings(spec, UNPROVEN, signals, sources, MotionReading()))
    names = {source: {one.kind.name for one in row} for source, row in found.items()}
    assert all(len(names[source]) == len(found[source]) for source in found)
    return names


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (MachineKind.INDOOR_BIKE, {"signed_speed", "falling_distance", "negative_power",
                                   "engagement_line"}),
        (MachineKind.TREADMILL, {"signed_speed", "falling_distance", "negative_climb"}),
        (MachineKind.CROSS_TRAINER, {"movement_direction_bit"}),
        (MachineKind.ROWER, set()),
        (MachineKind.STAIR_CLIMBER, set()),
    ],
)  # fmt: skip
def test_each_kind_of_machine_has_its_own_channels(kind: MachineKind, names: set[str]) -> None:
    own = {MACHINE: names | {"status_text"}}
    assert built(kind) == own | {"direction_sensor": {"direction_sensor"}}


def test_a_power_meter_has_its_own_and_contradicts_the_machine_at_its_records() -> None:
    found = built(MachineKind.INDOOR_BIKE, METER)
    assert found["meter"] == {
        "wheel_counter", "crank_counter", "crank_angle", "extreme_angles", "negative_power",
    }  # fmt: skip
    assert "meter_contradiction" in found[MACHINE]


def test_nothing_contradicts_where_nobody_pedals() -> None:
    assert "meter_contradiction" not in built(MachineKind.TREADMILL, METER)[MACHINE]


def test_a_counter_counts_and_a_pod_is_compared_with_the_belt() -> None:
    found = built(MachineKind.TREADMILL, COUNTER, FOOT_POD)
    assert found["counter"] == {"wheel_counter", "crank_counter"}
    assert found["pod"] == set()
    assert "gait_ratio" in found[MACHINE]


def test_the_heart_never_decides() -> None:
    assert built(MachineKind.INDOOR_BIKE, STRAP)["strap"] == set()
