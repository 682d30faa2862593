"""The machine's software filters, holds, rounds and makes up what it shows."""

from __future__ import annotations

import itertools

import pytest

from ftms_bridge.simulator.firmware import Shown, stepped, without_sign
from tests.simulator.build import (
    backward,
    column,
    decoded,
    forward,
    freewheel,
    run,
    scenario,
    stop,
    treadmill,
    walk,
)

DT = 0.025


def test_a_shown_value_covers_two_thirds_of_a_step_in_its_time_constant() -> None:
    shown = Shown(2.0, least=1.0)
    for _ in range(80):
        shown.step(100.0, DT)
    assert shown.value == pytest.approx(63.2, abs=0.5)


def test_a_shown_value_is_held_before_it_admits_a_stop_and_then_ends_at_zero() -> None:
    shown = Shown(0.5, least=1.0, hold_s=2.0)
    for _ in range(400):
        shown.step(80.0, DT)
    for _ in range(79):
        shown.step(0.0, DT)
    assert shown.value == pytest.approx(80.0, abs=0.01)
    for _ in range(120):
        shown.step(0.0, DT)
    assert shown.value == 0.0


def test_without_smoothing_the_shown_value_is_the_measured_one() -> None:
    shown = Shown(0.0, least=1.0)
    shown.step(42.0, DT)
    assert shown.value == 42.0


@pytest.mark.parametrize(("rule", "expected"), [("clip", 0.0), ("keep", -30.0), ("abs", 30.0)])
def test_negative_power_is_reported_by_rule(rule: str, expected: float) -> None:
    assert without_sign(-30.0, rule) == expected
    assert without_sign(25.0, rule) == 25.0


def test_values_are_rounded_to_the_machines_steps() -> None:
    given = scenario(
        forward(20, 77),
        firmware={"cadence_step": 5.0, "speed_step_kmh": 0.5, "power_step_w": 10.0},
    )
    events = run(given)
    assert {cadence % 5 for cadence in column(events, "cadence_rpm")} == {0}
    assert {round(speed * 100) % 50 for speed in column(events, "speed_kmh")} == {0}
    assert {power % 10 for power in column(events, "power_w")} == {0}
    assert stepped(77.4, 5.0) == 75.0


def test_made_up_speed_follows_cadence_even_when_the_wheel_stands() -> None:
    made_up = {"speed_source": "cadence", "speed_per_cadence": 0.3}
    events = run(freewheel(backward(30, 60), firmware=made_up))
    pairs = zip(column(events, "speed_kmh"), column(events, "cadence_rpm"), strict=True)
    assert all(speed == pytest.approx(0.3 * cadence, abs=0.1) for speed, cadence in pairs)
    assert column(events, "speed_kmh")[-1] == pytest.approx(18, abs=0.1)
    real = run(freewheel(backward(30, 60)))
    assert set(column(real, "speed_kmh")) == {0.0}


def test_guessed_cadence_is_zero_while_the_crank_drives_nothing() -> None:
    given = freewheel(forward(20), backward(20, 60), firmware={"cadence_source": "driven"})
    cadences = column(run(given), "cadence_rpm")
    assert cadences[18] == pytest.approx(80, abs=1)
    assert set(cadences[30:]) == {0.0}


def test_power_from_the_brakes_table_is_the_same_in_both_directions() -> None:
    spin_bike = {"power_source": "brake"}
    ahead = column(run(scenario(forward(30, 60), firmware=spin_bike)), "power_w")[-1]
    back = column(run(scenario(backward(30, 60), firmware=spin_bike)), "power_w")[-1]
    assert ahead == back > 20


def test_the_records_of_a_spin_bike_do_not_show_the_direction() -> None:
    spin_bike = {"power_source": "brake", "speed_source": "cadence"}
    ahead = run(scenario(forward(30, 60), stop(), firmware=spin_bike))
    back = run(scenario(backward(30, 60), stop(), firmware=spin_bike))
    assert [r.fields for _, r in decoded(ahead)] == [r.fields for _, r in decoded(back)]


def test_a_wheel_that_slows_down_against_the_legs_gives_negative_power_if_kept() -> None:
    phases = (forward(20, 90), stop(10, ramp_s=0.5))
    keep = {"negative_power": "keep", "smoothing_s": 0.2, "rate_hz": 4.0}
    clip = {"negative_power": "clip", "smoothing_s": 0.2, "rate_hz": 4.0}
    assert min(column(run(scenario(*phases, firmware=keep)), "power_w")) < -20
    assert min(column(run(scenario(*phases, firmware=clip)), "power_w")) == 0


def test_counters_only_grow_until_the_machine_is_reset() -> None:
    fields = ["speed_kmh", "distance_m", "energy_kcal", "elapsed_s"]
    given = scenario(
        forward(60),
        stop(10),
        backward(50),
        firmware={"fields": fields},
        fault=[{"kind": "reset", "at_s": 90}],
    )
    events = run(given)
    for name in ("distance_m", "energy_kcal", "elapsed_s"):
        counts = column(events, name)
        falls = [i for i, (a, b) in enumerate(itertools.pairwise(counts)) if b < a]
        assert len(falls) == 1, name
        assert 88 <= falls[0] <= 91
        assert counts[falls[0] + 1] <= 10


def test_the_distance_is_the_integral_of_the_shown_speed() -> None:
    events = run(treadmill(walk(60, 6.0), stop(20), firmware={"rate_hz": 4.0}))
    speeds = column(events, "speed_kmh")
    assert column(events, "distance_m")[-1] == pytest.approx(sum(speeds) / 3.6 / 4, abs=1.5)
    assert max(speeds) == pytest.approx(6.0)
    assert speeds[-1] == 0.0


def test_time_stands_still_after_the_stop() -> None:
    elapsed = column(run(treadmill(walk(30), stop(40))), "elapsed_s")
    assert elapsed[-1] == elapsed[-10] == pytest.approx(39, abs=2)


def test_averages_outlive_the_motion() -> None:
    fields = ["speed_kmh", "avg_speed_kmh", "cadence_rpm", "avg_cadence_rpm", "avg_power_w"]
    events = run(scenario(forward(30), stop(30), firmware={"fields": fields}))
    last = [record.fields for _, record in decoded(events)][-1]
    assert last["cadence_rpm"] == 0
    assert last["avg_cadence_rpm"] == pytest.approx(67, abs=2)
    assert last["avg_power_w"] == pytest.approx(100, rel=0.4)


def test_climbing_adds_elevation_and_costs_energy() -> None:
    fields = ["speed_kmh", "incline_pct", "elev_gain_pos_m", "met", "energy_kcal"]
    steep = run(treadmill(walk(60, incline_pct=10), firmware={"fields": fields}))
    flat = run(treadmill(walk(60), firmware={"fields": fields}))
    assert column(steep, "incline_pct")[-1] == pytest.approx(10)
    assert column(steep, "elev_gain_pos_m")[-1] == pytest.approx(5.4, abs=0.3)
    assert column(flat, "elev_gain_pos_m")[-1] == 0
    assert column(steep, "met")[-1] > 1.8 * column(flat, "met")[-1]


def test_power_made_up_from_the_cadence_knows_no_coupling() -> None:
    firmware = {"power_source": "cadence", "speed_source": "cadence", "smoothing_s": 0.0}
    events = run(freewheel(forward(20, 60, resistance_pct=50), backward(20, 60), firmware=firmware))
    records = [
        values for at, r in decoded(events) if 10 < at < 19 or at > 30 for values in [r.fields]
    ]
    assert {values["power_w"] for values in records} == {72}
    assert {values["speed_kmh"] for values in records} == {18.0}


@pytest.mark.parametrize(("names", "shows_steps"), [([], False), (["step_count"], True)])
def test_a_belt_without_step_sensor_keeps_time_by_its_speed_alone(
    names: list[str], shows_steps: bool
) -> None:
    """The step rate differs backward: it must not show in the elapsed time."""
    fields = ["speed_kmh", "elapsed_s", *names]
    ends = set()
    for ratio in (0.5, 2.0):
        given = treadmill(
            walk(20, 0.8, "backward"),
            stop(40),
            rider={"wander": 0.0, "backward_step_ratio": ratio},
            firmware={"fields": fields, "smoothing_s": 5.0},
        )
        ends.add(column(run(given), "elapsed_s")[-1])
    assert (len(ends) == 2) == shows_steps
