"""Samples that state the way: a bit, a sign, a count that falls, a sensor."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind
from tests.motion.bench import (
    BACKWARD,
    COUNTER,
    CPS,
    CSC,
    FORWARD,
    METER,
    STOPPED,
    UNKNOWN,
    Bench,
    proof,
    proven,
)

BIKE, BELT, CROSS = MachineKind.INDOOR_BIKE, MachineKind.TREADMILL, MachineKind.CROSS_TRAINER


def negative(speed_kmh: float) -> float:
    """Return the speed that a two's complement of a negative one reads as."""
    return 655.36 - speed_kmh


def crossing(bench: Bench, at: float, *, backward: bool) -> None:
    bench.record(at, speed_kmh=6.0, backward=backward)


def test_the_bit_says_backward_from_the_second_record_in_a_row() -> None:
    bench = Bench(CROSS)
    crossing(bench, 0.0, backward=True)
    assert bench.tracker.estimate.direction is UNKNOWN
    crossing(bench, 1.0, backward=True)
    assert bench.tracker.estimate.direction is BACKWARD


def test_the_bit_says_forward_only_once_it_has_said_backward() -> None:
    bench = Bench(CROSS)
    for at in range(60):
        crossing(bench, float(at), backward=False)
        assert bench.tracker.estimate.direction is UNKNOWN
    for at in (60, 61):
        crossing(bench, float(at), backward=True)
    for at in (62, 63):
        crossing(bench, float(at), backward=False)
    assert bench.tracker.estimate.direction is FORWARD


@pytest.mark.parametrize("polarity", [1, -1])
def test_a_proven_bit_is_read_as_it_was_found(polarity: int) -> None:
    bench = Bench(CROSS, proven(proof("movement_direction_bit", polarity=polarity)))
    for at in range(3):
        crossing(bench, float(at), backward=polarity < 0)
    assert bench.tracker.estimate.direction is FORWARD


@settings(max_examples=30)
@given(bits=st.lists(st.booleans(), max_size=20))
def test_the_bit_never_says_forward_before_two_records_said_backward(bits: list[bool]) -> None:
    bench, said = Bench(CROSS), False
    for at, bit in enumerate(bits):
        crossing(bench, float(at), backward=bit)
        said = said or (bit and at > 0 and bits[at - 1])
        assert said or bench.tracker.estimate.direction is UNKNOWN


@pytest.mark.parametrize("kind", [BIKE, BELT])
def test_two_negative_speeds_say_backward_and_positive_ones_nothing_before(
    kind: MachineKind,
) -> None:
    bench = Bench(kind)
    assert set(bench.run(0.0, 30, speed_kmh=5.0)) == {UNKNOWN}
    said = bench.run(30.0, 3, speed_kmh=negative(3.0))
    assert said == [UNKNOWN, BACKWARD, BACKWARD]
    assert bench.run(33.0, 3, speed_kmh=3.0)[-1] is FORWARD


def test_one_negative_speed_is_garbage() -> None:
    bench = Bench(BELT)
    bench.run(0.0, 5, speed_kmh=5.0)
    for at in range(5, 40, 2):
        assert bench.record(float(at), speed_kmh=negative(3.0)).direction is UNKNOWN
        assert bench.record(at + 1.0, speed_kmh=5.0).direction is UNKNOWN


@pytest.mark.parametrize("speed_kmh", [655.35, 400.0, negative(0.2)])
def test_speeds_that_nobody_walks_backward_are_no_speeds(speed_kmh: float) -> None:
    bench = Bench(BELT)
    bench.run(0.0, 3, speed_kmh=5.0)
    assert set(bench.run(3.0, 10, speed_kmh=speed_kmh)) == {UNKNOWN}
    assert bench.channel("signed_speed").llr == 0.0


def test_records_without_a_speed_do_not_repeat_the_sign_of_the_one_before() -> None:
    bench = Bench(BIKE)
    bench.run(0.0, 3, speed_kmh=30.0, cadence_rpm=80.0)
    bench.record(3.0, speed_kmh=negative(3.0), cadence_rpm=80.0)
    for at in (4.0, 5.0, 6.0):
        assert bench.torn_record(at, cadence_rpm=80.0, power_w=120).direction is UNKNOWN


def count(bench: Bench, at: float, characteristic: int, **fields: int) -> None:
    sensor = bench.spec.sensors[0].id
    if characteristic == CPS:
        fields["power_w"] = 100
    bench.sensor(sensor, at, characteristic, **fields)


def counted(sensor_and: tuple[str, int], steps: list[int]) -> tuple[Bench, list[int]]:
    """Drive a bike whose sensor counts these steps, once a second; return what is said."""
    part, characteristic = sensor_and
    bench = Bench(BIKE, proven(), METER if characteristic == CPS else COUNTER)
    revs, said = 5000, list[int]()
    rate = 2048 if (part, characteristic) == ("wheel", CPS) else 1024
    for at, step in enumerate(steps):
        revs += step
        bench.record(float(at), speed_kmh=20.0, cadence_rpm=60.0)
        ticks = (at * rate) % 65536
        count(bench, float(at), characteristic, **{f"{part}_revs": revs, f"{part}_event": ticks})
        said.append({UNKNOWN: 0, BACKWARD: 1, FORWARD: -1}[bench.tracker.estimate.direction])
    return bench, said


COUNTS = pytest.mark.parametrize(
    "counts", [("wheel", CSC), ("wheel", CPS), ("crank", CSC), ("crank", CPS)], ids=str
)


@COUNTS
def test_a_count_that_grows_says_nothing_until_it_has_fallen_twice(counts: tuple[str, int]) -> None:
    _, said = counted(counts, [2] * 20 + [-2] * 3 + [2] * 4)
    assert said[:21] == [0] * 21
    assert said[22] == 1
    assert said[-1] == -1


@COUNTS
def test_one_fall_is_no_backward(counts: tuple[str, int]) -> None:
    _, said = counted(counts, [2, 2, 2, -2] * 8)
    assert set(said) == {0}


@COUNTS
def test_a_count_that_stands_still_says_nothing_new(counts: tuple[str, int]) -> None:
    _, said = counted(counts, [2, 2, -2, 0, 0, 0, 2, 2])
    assert set(said) == {0}


@COUNTS
def test_a_reset_is_no_fall(counts: tuple[str, int]) -> None:
    _, said = counted(counts, [2, 2, -5004, 2, 2, -4, 2, 2])
    assert set(said) == {0}


def test_the_counter_of_the_wheel_and_that_of_the_crank_are_two_channels() -> None:
    bench, _ = counted(("wheel", CSC), [-2] * 4)
    assert bench.channel("wheel_counter").llr > 0.0
    assert bench.channel("crank_counter").llr == 0.0


def sensed(*values: float, polarity: int = 0) -> Bench:
    profile = proven(*([proof("direction_sensor", "direction_sensor", polarity=polarity)]
                       if polarity else []))  # fmt: skip
    bench = Bench(BELT, profile)
    bench.run(0.0, 2, speed_kmh=4.0)
    for n, value in enumerate(values):
        bench.sense(value, 1.1 + n / 10)
    return bench


@pytest.mark.parametrize(("value", "way"), [(1.0, FORWARD), (-63.5, BACKWARD)])
def test_two_readings_of_an_unproven_sensor_are_believed(value: float, way: object) -> None:
    assert sensed(value).tracker.estimate.direction is UNKNOWN
    assert sensed(value, value).tracker.estimate.direction is way


def test_a_sensor_mounted_the_wrong_way_round_is_read_as_calibrated() -> None:
    assert sensed(-1.0, -1.0, polarity=-1).tracker.estimate.direction is FORWARD
    assert sensed(-1.0, -1.0, polarity=1).tracker.estimate.direction is BACKWARD


def test_a_reading_of_zero_takes_back_what_was_believed() -> None:
    bench = sensed(1.0, 1.0, 0.0)
    assert bench.channel("direction_sensor").llr == 0.0
    assert bench.tracker.estimate.direction is UNKNOWN


def test_a_sensor_that_falls_silent_is_stale_after_two_seconds() -> None:
    bench = sensed(1.0, 1.0)
    assert bench.run(2.0, 2, speed_kmh=4.0) == [FORWARD, FORWARD]
    assert bench.run(4.0, 1, speed_kmh=4.0) == [UNKNOWN]


@settings(max_examples=40)
@given(
    speeds=st.lists(
        st.sampled_from([0.0, 4.0, 8.0, negative(0.1), negative(3.0), 400.0, 655.35]), max_size=20
    )
)
def test_the_speed_never_says_a_way_before_two_negative_ones_in_a_row(speeds: list[float]) -> None:
    bench, said, before = Bench(BELT), False, 0.0
    for at, speed in enumerate(speeds):
        bench.record(float(at), speed_kmh=speed)
        said = said or (speed == before == negative(3.0))
        before = speed
        assert said or bench.tracker.estimate.direction in (UNKNOWN, STOPPED)
