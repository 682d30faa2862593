"""Power below zero, and a meter that contradicts the machine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.channels.power import CONTRADICTION_S
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.evidence import DECIDES
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain
from tests.motion.bench import (
    BACKWARD,
    CPS,
    FORWARD,
    MACHINE,
    METER,
    UNKNOWN,
    Bench,
    proof,
    proven,
)

BIKE = MachineKind.INDOOR_BIKE
FIXED, FREEWHEEL = Drivetrain.FIXED, Drivetrain.FREEWHEEL
CONTRADICTS = proof("meter_contradiction", "meter")
NEGATIVE = proof("negative_power")


def powered(powers: list[int], profile: DirectionProfile, cadence_rpm: float = 70.0) -> Bench:
    bench = Bench(BIKE, profile)
    for at, power_w in enumerate(powers):
        bench.record(float(at), speed_kmh=20.0, cadence_rpm=cadence_rpm, power_w=power_w)
    return bench


def test_negative_power_never_decides_alone_while_unproven() -> None:
    bench = powered([-80] * 60, proven())
    assert 0.0 < bench.channel("negative_power").llr < DECIDES
    assert bench.tracker.estimate.direction is UNKNOWN


def test_proven_negative_power_decides_both_ways() -> None:
    assert powered([-80] * 8, proven(NEGATIVE)).tracker.estimate.direction is BACKWARD
    assert powered([80] * 8, proven(NEGATIVE)).tracker.estimate.direction is FORWARD


def test_one_sample_below_zero_says_nothing() -> None:
    bench = powered([0, -80, 0, 0, -80, 0, 2, -80, 8], proven())
    assert bench.channel("negative_power").llr == 0.0


@pytest.mark.parametrize(("power_w", "cadence_rpm"), [(-80, 10.0), (-3, 70.0), (5, 70.0)])
def test_little_power_or_a_crank_that_hardly_turns_says_nothing(
    power_w: int, cadence_rpm: float
) -> None:
    bench = powered([power_w] * 20, proven(NEGATIVE), cadence_rpm)
    assert bench.channel("negative_power").llr == 0.0


def metered(
    rows: list[tuple[int, int]], profile: DirectionProfile, *, meter_rpm: float | None = None
) -> tuple[Bench, list[Direction]]:
    """Ride with these powers of machine and meter, once a second, at 70 rpm."""
    bench = Bench(BIKE, profile, METER, prefer=(("cadence_rpm", (MACHINE,)),))
    said, ticks, turns = list[Direction](), 0, 0
    for at, (machine_w, meter_w) in enumerate(rows):
        fields: dict[str, float] = {"power_w": meter_w}
        if meter_rpm is not None:
            ticks = int(turns * 60 / meter_rpm * 1024) % 65536
            fields |= {"crank_revs": turns, "crank_event": ticks}
            turns += 1
        bench.sensor("meter", float(at), CPS, **fields)
        bench.record(float(at), speed_kmh=25.0, cadence_rpm=70.0, power_w=machine_w)
        said.append(bench.tracker.estimate.direction)
    return bench, said


PROVEN = proven(CONTRADICTS, drivetrain=FIXED)


def test_a_meter_that_sees_no_work_where_the_machine_does_is_backward_after_a_while() -> None:
    _, said = metered([(120, 0)] * 12, PROVEN)
    assert set(said[: int(CONTRADICTION_S)]) == {UNKNOWN}
    assert said[-1] is BACKWARD


def test_meter_and_machine_that_agree_are_forward_where_that_was_proven() -> None:
    assert metered([(120, 115)] * 8, PROVEN)[1][-1] is FORWARD
    assert set(metered([(120, 115)] * 60, DirectionProfile(drivetrain=FIXED))[1]) == {UNKNOWN}


def test_unproven_it_never_decides_alone() -> None:
    bench, said = metered([(120, 0)] * 60, DirectionProfile(drivetrain=FIXED))
    assert set(said) == {UNKNOWN}
    assert 0.0 < bench.channel("meter_contradiction").llr < DECIDES


def test_a_meter_that_drops_out_for_a_record_or_two_says_nothing() -> None:
    _, said = metered([(120, 118)] * 10 + [(120, 0), (120, 0), (120, 118)] * 10, PROVEN)
    assert BACKWARD not in said


def test_while_the_power_of_the_machine_fades_a_still_meter_says_nothing() -> None:
    fading = [(int(200 * 0.75**n), 0) for n in range(7)]
    bench, said = metered([(200, 195)] * 10 + fading, PROVEN)
    assert BACKWARD not in said
    assert bench.channel("meter_contradiction").llr <= 0.0


@settings(max_examples=25)
@given(meters=st.lists(st.integers(45, 85), min_size=1, max_size=12))
def test_what_neither_agrees_nor_contradicts_says_nothing(meters: list[int]) -> None:
    bench, _ = metered([(120, meter) for meter in meters], PROVEN)
    assert bench.channel("meter_contradiction").llr == 0.0


def test_a_meter_that_counts_other_turns_belongs_to_another_crank() -> None:
    assert BACKWARD in metered([(120, 0)] * 20, PROVEN, meter_rpm=70.0)[1]
    assert set(metered([(120, 0)] * 20, PROVEN, meter_rpm=40.0)[1][4:]) == {UNKNOWN}


@pytest.mark.parametrize("machine_w", [0, 15, 29])
def test_a_machine_that_shows_no_work_is_not_contradicted(machine_w: int) -> None:
    bench, _ = metered([(machine_w, 0)] * 20, PROVEN)
    assert bench.channel("meter_contradiction").llr == 0.0
