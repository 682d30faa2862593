"""The C++ that decides the direction on an ESP32, compiled here and fed with edges."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.direction_sensor.crank import (
    Leg,
    Line,
    Said,
    Sensor,
    build,
    edges,
    loops,
    pair_levels,
    seconds_of,
    single_wire_levels,
    with_bounces,
)

Levels = Callable[..., int]
PACE_S = 0.25
SLACK_S = 0.02
"""One turn of the loop, rounded up."""

KINDS = [("pair", 1), ("pair", 4), ("pair", 12), ("single_wire", 12)]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("gauge"))


def levels_of(kind: str, magnets: int) -> Levels:
    return pair_levels(magnets) if kind == "pair" else single_wire_levels(magnets)


def ride(sensor: Sensor, legs: list[Leg], lines: list[Line] | None = None) -> list[Said]:
    if lines is None:
        lines = edges(legs, levels_of(sensor.type, sensor.magnets))
    return sensor.hear(lines + loops(seconds_of(legs)))


def between(said: list[Said], begin_s: float, end_s: float) -> list[float]:
    return [one.rpm for one in said if begin_s <= one.at_s < end_s]


@pytest.mark.parametrize(("kind", "magnets"), KINDS)
@pytest.mark.parametrize("rpm", [40.0, -40.0, 90.0, -90.0, 130.0])
def test_the_sign_is_the_way_and_the_size_is_the_speed(
    program: Path, kind: str, magnets: int, rpm: float
) -> None:
    said = ride(Sensor(program, kind, magnets), [(12.0, rpm)])
    assert said
    assert all(one.rpm * rpm > 0 for one in said)
    assert between(said, 5, 12) == pytest.approx([rpm] * len(between(said, 5, 12)), rel=0.05)


@pytest.mark.parametrize(("kind", "magnets"), KINDS)
def test_at_most_four_values_per_second_and_at_least_one(
    program: Path, kind: str, magnets: int
) -> None:
    said = ride(Sensor(program, kind, magnets), [(10.0, 70.0), (10.0, 35.0), (10.0, -100.0)])
    gaps = [b.at_s - a.at_s for a, b in pairwise(said)]
    assert len(gaps) > 30
    assert min(gaps) >= PACE_S - 1e-9
    assert max(gaps) <= 1.0


def test_the_first_step_tells_the_way_before_the_speed_is_known(program: Path) -> None:
    said = ride(Sensor(program, magnets=1), [(3.0, 60.0)])
    assert said[0].rpm == 1.0
    assert said[-1].rpm == pytest.approx(60, rel=0.02)


@pytest.mark.parametrize(("kind", "magnets"), KINDS)
def test_invert_turns_the_sign_round(program: Path, kind: str, magnets: int) -> None:
    legs = [(6.0, 60.0), (6.0, -60.0)]
    straight = ride(Sensor(program, kind, magnets), legs)
    inverted = ride(Sensor(program, kind, magnets, invert=True), legs)
    assert len(straight) > 10
    assert [Said(one.at_s, -one.rpm) for one in straight] == inverted


@pytest.mark.parametrize(("kind", "magnets"), KINDS)
@pytest.mark.parametrize("stop_at_s", [6.0, 6.03, 6.11, 6.2])
def test_a_stop_is_one_zero_and_then_silence(
    program: Path, kind: str, magnets: int, stop_at_s: float
) -> None:
    said = ride(Sensor(program, kind, magnets), [(stop_at_s, 75.0), (10.0, 0.0)])
    zeros = [one for one in said if one.rpm == 0]
    assert zeros == said[-1:]
    assert zeros[0].at_s <= stop_at_s + 2.0 + PACE_S + SLACK_S


def test_quick_turning_ends_sooner(program: Path) -> None:
    said = ride(Sensor(program, magnets=12), [(6.0, 75.0), (5.0, 0.0)])
    assert said[-1].rpm == 0
    assert said[-1].at_s <= 6.0 + 0.5 + PACE_S + SLACK_S


def test_it_says_once_that_nothing_turns_after_a_start(program: Path) -> None:
    assert [one.rpm for one in ride(Sensor(program), [(20.0, 0.0)])] == [0]


@pytest.mark.parametrize(("kind", "magnets"), KINDS)
@pytest.mark.parametrize("pause_s", [0.0, 0.3, 5.0])
def test_a_reversal_at_any_angle_is_seen_and_the_old_way_ends(
    program: Path, kind: str, magnets: int, pause_s: float
) -> None:
    needed_s = (2 if kind == "pair" else 5) * 60 / 60 / magnets
    for turn_at_s in (5.0, 5.02, 5.11, 5.31, 5.5, 5.77):
        back_at_s = turn_at_s + pause_s
        said = ride(
            Sensor(program, kind, magnets), [(turn_at_s, 60.0), (pause_s, 0.0), (6.0, -60.0)]
        )
        known_s = back_at_s + needed_s + PACE_S + SLACK_S
        assert all(rpm >= 0 for rpm in between(said, 0, back_at_s)), turn_at_s
        assert between(said, known_s, 99), turn_at_s
        assert all(rpm < 0 for rpm in between(said, known_s, 99)), turn_at_s


@pytest.mark.parametrize(("kind", "magnets"), KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_bouncing_contacts_change_nothing(
    program: Path, kind: str, magnets: int, seed: int
) -> None:
    legs = [(6.0, 80.0), (3.0, 0.0), (6.0, -50.0), (4.0, 80.0)]
    clean = edges(legs, levels_of(kind, magnets))
    said = ride(Sensor(program, kind, magnets), legs, with_bounces(clean, seed=seed))
    signs = [(one.rpm > 0) - (one.rpm < 0) for one in said]
    runs = [sign for i, sign in enumerate(signs) if i == 0 or sign != signs[i - 1]]
    assert [sign for sign in runs if sign] == [1, -1, 1]
    assert between(said, 3, 6) == pytest.approx([80.0] * len(between(said, 3, 6)), rel=0.05)


@pytest.mark.parametrize("inside", [0.05, 0.2, 0.3])
def test_rocking_over_a_magnet_is_no_step(program: Path, inside: float) -> None:
    half = 0.18 * 60 / 4 / 0.2  # as many rpm as it takes to move 0.18 of a magnet's way in 0.2 s
    legs = [(0.2, -half if i % 2 else half) for i in range(60)]
    levels = pair_levels(4)
    said = ride(Sensor(program), legs, edges(legs, lambda turns, rpm: levels(turns + inside, rpm)))
    assert {one.rpm for one in said} == {0.0}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rpm", [80.0, -80.0])
def test_missed_edges_make_the_pair_silent_but_never_wrong(
    program: Path, seed: int, rpm: float
) -> None:
    chance = random.Random(seed)
    legs = [(60.0, rpm)]
    heard = [line for line in edges(legs, pair_levels(4)) if chance.random() > 0.2]
    said = ride(Sensor(program), legs, heard)
    assert len(said) > 10
    assert all(one.rpm * rpm >= 0 for one in said)


@pytest.mark.parametrize("seed", range(8))
def test_the_pair_never_says_a_way_that_was_not_gone(program: Path, seed: int) -> None:
    chance = random.Random(1000 + seed)
    legs = [(chance.uniform(0.1, 4.0), chance.choice([-90.0, -40.0, 0.0, 30.0, 70.0]))
            for _ in range(40)]  # fmt: skip
    bounced = with_bounces(edges(legs, pair_levels(4)), seed=seed)
    said = ride(Sensor(program), legs, bounced)
    assert len(said) > 50
    for one in said:
        gone = {0.0} | {rpm / abs(rpm) for begin_s, end_s, rpm in spans(legs)
                        if rpm and begin_s < one.at_s and end_s > one.at_s - 2.1}  # fmt: skip
        assert (one.rpm > 0) - (one.rpm < 0) in gone, one


def spans(legs: list[Leg]) -> list[tuple[float, float, float]]:
    """Return begin, end and speed of every leg."""
    begin_s, found = 0.0, []
    for seconds, rpm in legs:
        found.append((begin_s, begin_s + seconds, rpm))
        begin_s += seconds
    return found


def test_sensors_too_far_apart_are_noticed_and_say_nothing(program: Path) -> None:
    sensor, legs = Sensor(program), [(20.0, 60.0)]
    said = ride(sensor, legs, edges(legs, pair_levels(4, apart=0.4, width=0.2)))
    assert {one.rpm for one in said} == {0.0}
    assert sensor.lonely > 8


def test_one_good_pass_shows_that_the_sensors_are_close_enough(program: Path) -> None:
    sensor, legs = Sensor(program), [(10.0, 60.0)]
    apart = edges(legs, pair_levels(4, apart=0.4, width=0.2))
    close = [(at_us + 10_000_000, what) for at_us, what in edges(legs, pair_levels(4))]
    sensor.hear([*apart, *close, *loops(20)])
    assert sensor.lonely == 0


@pytest.mark.parametrize(("kind", "magnets"), KINDS)
@pytest.mark.parametrize("counter", [2**32, 1000 * 2**32], ids=["micros", "millis"])
def test_clocks_that_roll_over_change_nothing(
    program: Path, kind: str, magnets: int, counter: int
) -> None:
    legs = [(4.0, 60.0), (3.0, 0.0), (4.0, -60.0)]
    plain = ride(Sensor(program, kind, magnets), legs)
    assert len(plain) > 10
    for into_the_ride_s in (1.0, 2.003, 4.5, 8.1):
        start_us = counter - int(into_the_ride_s * 1e6)
        rolled = ride(Sensor(program, kind, magnets, start_us=start_us), legs)
        assert [one.rpm for one in rolled] == pytest.approx([one.rpm for one in plain], abs=0.3)
        assert [one.at_s for one in rolled] == pytest.approx(
            [one.at_s for one in plain], abs=SLACK_S
        )


@pytest.mark.parametrize(("kind", "magnets"), KINDS)
@pytest.mark.parametrize("more_s", [0.017, 3.6, 3.8, 3.93])
def test_a_pause_longer_than_the_clock_says_no_wrong_speed(
    program: Path, kind: str, magnets: int, more_s: float
) -> None:
    ridden = edges([(4.0, 60.0)], levels_of(kind, magnets))
    pause_us = 2**32 + int(more_s * 1e6)
    later = [(at_us + pause_us, what) for at_us, what in ridden]
    polls = [*loops(10), *((at_us + pause_us, what) for at_us, what in loops(4))]
    said = Sensor(program, kind, magnets).hear([*ridden, *later, *polls])
    again = between(said, pause_us / 1e6, pause_us / 1e6 + 4)
    assert again
    assert all(0 < rpm < 70 for rpm in again)


def test_more_edges_than_fit_are_dropped_without_a_wrong_word(program: Path) -> None:
    forward = (0, 1, 3, 2)
    flood: list[Line] = [(1_000_000 + 10 * i, f"e {forward[i % 4]}") for i in range(1000)]
    legs = [(3.0, 0.0), (8.0, -60.0)]
    said = ride(Sensor(program), legs, flood + edges(legs, pair_levels(4)))
    assert all(one.rpm <= 0 for one in said)
    assert said[-1].rpm == pytest.approx(-60, rel=0.05)


def test_one_wire_needs_three_periods_again_after_a_stop(program: Path) -> None:
    two_periods_s = 2.2 / 12
    legs = [(3.0, 60.0), (5.0, 0.0), (two_periods_s, 60.0), (5.0, 0.0)]
    said = ride(Sensor(program, "single_wire", 12), legs)
    assert between(said, 0, 3)
    assert set(between(said, 6, 99)) <= {0.0}


def test_the_speed_falls_while_the_next_magnet_is_overdue(program: Path) -> None:
    said = ride(Sensor(program, magnets=1, stop_after_ms=4000), [(5.0, 60.0), (3.0, 0.0)])
    late = between(said, 6.2, 7)
    assert late
    assert all(0 < rpm < 60 / 1.4 for rpm in late)


def test_slow_turning_repeats_its_value_between_two_magnets(program: Path) -> None:
    said = ride(Sensor(program, magnets=1), [(20.0, -32.0)])
    turning = between(said, 4, 20)
    assert len(turning) >= 16
    assert all(rpm < 0 for rpm in turning)


@pytest.mark.parametrize("share", [0.5, 0.52, 0.47])
def test_a_wire_that_is_high_half_of_the_time_says_nothing(program: Path, share: float) -> None:
    legs = [(10.0, 60.0)]
    lines = edges(legs, single_wire_levels(12, share=share))
    assert {one.rpm for one in ride(Sensor(program, "single_wire", 12), legs, lines)} == {0.0}


def test_one_wire_with_a_stop_while_it_is_low_is_not_backward(program: Path) -> None:
    legs: list[Leg] = []
    for i in range(12):
        legs += [(2.0 + 0.013 * i, 60.0), (0.4, 0.0)]
    said = ride(Sensor(program, "single_wire", 12), legs)
    assert len(said) > 30
    assert all(one.rpm >= 0 for one in said)


def test_one_wire_that_moves_from_stop_to_stop_is_not_backward(program: Path) -> None:
    one_period_s = 1 / 12
    legs: list[Leg] = [(0.6 * one_period_s, 60.0)]
    for i in range(40):  # it always stops while the wire is low
        legs += [(1.2 if i % 2 else 0.2, 0.0), (one_period_s, 60.0)]
    said = ride(Sensor(program, "single_wire", 12), legs)
    assert {one.rpm for one in said} == {0.0}


def spiked(lines: list[Line], times_us: list[int], *, width_us: int = 200) -> list[Line]:
    """Flip the level for a moment around these times, where no edge is near."""
    spikes: list[Line] = []
    for (begin_us, what), (end_us, _) in pairwise(lines):
        level = int(what[2:])
        for at_us in times_us:
            if begin_us + 2_000 < at_us < end_us - 2_000:
                spikes += [(at_us - width_us // 2, f"e {1 - level}")]
                spikes += [(at_us + width_us // 2, f"e {level}")]
    return lines + spikes


@pytest.mark.parametrize("lag_us", [0, 150])
def test_spikes_on_the_wire_change_nothing_even_where_the_loop_reads_its_clock(
    program: Path, lag_us: int
) -> None:
    clean = edges([(6.0, 60.0)], single_wire_levels(12))
    sensor = Sensor(program, "single_wire", 12, clock_lag_us=lag_us)
    noisy = spiked(clean, [at_us for at_us, _ in loops(6)])
    assert len(noisy) > 3 * len(clean)
    said = sensor.hear([*noisy, *loops(6)])
    assert between(said, 2, 6)
    assert said == sensor.hear([*clean, *loops(6)])
