"""Sensors report the true movement, each in its own way."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ftms_bridge.simulator.crank_angle import crank_angle_deg
from tests.simulator.build import (
    Tables,
    backward,
    column,
    fields,
    forward,
    freewheel,
    run,
    scenario,
    treadmill,
    truths,
    walk,
)


def sensor(kind: str, **keys: object) -> list[Tables]:
    return [{"kind": kind, "id": "sensor", **keys}]


def test_crank_counts_and_event_times_give_the_true_cadence() -> None:
    events = run(scenario(forward(60, 80), sensor=sensor("speed_cadence")))
    records = fields(events, "sensor")
    for before, after in pairwise(records[10:]):
        revs = after["crank_revs"] - before["crank_revs"]
        ticks = (after["crank_event"] - before["crank_event"]) % 0x10000
        assert revs * 60 * 1024 / ticks == pytest.approx(80, abs=0.2)


def test_counts_agree_with_the_true_turns_across_the_roll_over() -> None:
    keys = {"first_crank_revs": 65_500, "first_wheel_revs": 4_294_967_290}
    events = run(scenario(forward(60, 80, ramp_s=0), sensor=sensor("speed_cadence", **keys)))
    cranks = column(events, "crank_revs", "sensor")
    wheels = column(events, "wheel_revs", "sensor")
    assert max(cranks) > 65_500 > cranks[-1]
    turned = (cranks[-1] - 65_500) % 0x10000
    assert turned == pytest.approx(59 / 60 * 80, abs=1.5)
    assert (wheels[-1] - 4_294_967_290) % 0x100000000 == pytest.approx(turned * 2.4, abs=3)


def test_a_magnet_counts_up_while_the_crank_turns_backward() -> None:
    cranks = column(
        run(scenario(backward(30), sensor=sensor("speed_cadence"))), "crank_revs", "sensor"
    )
    assert cranks == sorted(cranks)
    assert cranks[-1] > 20


def test_a_counter_of_turns_falls_while_the_wheel_turns_backward() -> None:
    keys = {"counts": "turns", "first_wheel_revs": 1000, "first_crank_revs": 1000}
    events = run(scenario(backward(30), sensor=sensor("speed_cadence", **keys)))
    wheels = column(events, "wheel_revs", "sensor")
    assert wheels == sorted(wheels, reverse=True)
    assert wheels[-1] < 960


def test_the_counts_of_a_power_meter_fall_too_if_it_counts_turns() -> None:
    keys = {"counts": "turns", "wheel": True, "first_wheel_revs": 500, "first_crank_revs": 500}
    events = run(scenario(backward(30), sensor=sensor("power_meter", **keys)))
    for name in ("crank_revs", "wheel_revs"):
        counts = column(events, name, "sensor")
        assert counts == sorted(counts, reverse=True)
        assert counts[-1] < 480


def test_swapped_wires_count_the_wheel_as_crank() -> None:
    given = scenario(forward(20), sensor=sensor("speed_cadence"))
    wrong = scenario(forward(20), sensor=sensor("speed_cadence", swapped=True))
    assert column(run(given), "wheel_revs", "sensor") == column(run(wrong), "crank_revs", "sensor")
    assert column(run(given), "crank_revs", "sensor") == column(run(wrong), "wheel_revs", "sensor")


def test_the_wheel_of_a_freewheel_stays_where_it_was_under_a_backward_crank() -> None:
    events = run(freewheel(backward(30), sensor=sensor("speed_cadence")))
    assert set(column(events, "wheel_revs", "sensor")) == {0}
    assert column(events, "crank_revs", "sensor")[-1] > 20


@pytest.mark.parametrize(
    ("keys", "negative"),
    [
        ({"negative_power": "keep"}, True),
        ({"negative_power": "clip"}, False),
        ({"negative_power": "abs"}, False),
        ({"negative_power": "keep", "senses_rotation": True}, False),
    ],
)
def test_a_pedal_meter_on_a_fixed_drive_judges_backward_power_by_its_rules(
    keys: Tables, negative: bool
) -> None:
    events = run(scenario(backward(30, 60), sensor=sensor("power_meter", **keys)))
    power_w = column(events, "power_w", "sensor")[-1]
    assert (power_w < -20) is negative
    if keys["negative_power"] == "clip":
        assert power_w == 0
    elif not negative:
        assert power_w > 20


def test_pedals_and_machine_agree_forward_and_part_backward() -> None:
    spec: Tables = {"drivetrain": {"coupling": "fixed"}, "firmware": {"power_source": "brake"}}
    events = run(scenario(forward(30, 60), backward(30, 60), sensor=sensor("power_meter"), **spec))
    machine, pedals = column(events, "power_w"), column(events, "power_w", "sensor")
    assert pedals[25] == pytest.approx(machine[25], rel=0.05)
    assert machine[-1] > 30
    assert pedals[-1] == 0


def test_a_hub_meter_with_calibration_error_is_off_by_that_factor() -> None:
    keys = {"place": "hub", "power_scale": 1.1}
    events = run(freewheel(forward(40, 70), sensor=sensor("power_meter", **keys)))
    true_w = truths(events)[-1].power_w
    assert true_w is not None
    assert column(events, "power_w", "sensor")[-1] == pytest.approx(true_w * 1.1, rel=0.02)


def test_the_wheel_time_of_a_power_meter_has_half_the_tick() -> None:
    events = run(scenario(forward(40, 60), sensor=sensor("power_meter", wheel=True)))
    first, second = fields(events, "sensor")[-2:]
    ticks = (second["wheel_event"] - first["wheel_event"]) % 0x10000
    wheel_hz = (second["wheel_revs"] - first["wheel_revs"]) / (ticks / 2048)
    assert wheel_hz == pytest.approx(60 / 60 * 2.4, rel=0.01)


@pytest.mark.parametrize(("phase", "sign"), [(forward(20, 50), 1), (backward(20, 50), -1)])
def test_the_crank_angle_grows_forward_and_shrinks_backward(phase: Tables, sign: int) -> None:
    meter = sensor("power_meter", vector=True, rate_hz=4.0)
    events = run(scenario(phase, sensor=meter))
    angles = [values["first_angle_deg"] for values in fields(events, "sensor", 0x2A64)]
    steps = {(b - a + 180) % 360 - 180 for a, b in pairwise(angles[-20:])}
    # 50 turns per minute are 75 degrees in a quarter of a second, whole degrees and ticks aside
    assert all(step * sign == pytest.approx(75, abs=2) for step in steps)


def test_the_crank_angle_is_a_whole_degree_of_one_turn() -> None:
    assert [crank_angle_deg(turns) for turns in (0.0, 0.25, 1.5, -0.25, -1e-18)] == [
        0, 90, 180, 270, 0
    ]  # fmt: skip


@pytest.mark.parametrize(("counts", "expected"), [("steps", 104), ("strides", 52)])
def test_a_foot_pod_counts_steps_or_strides(counts: str, expected: int) -> None:
    events = run(treadmill(walk(40), sensor=sensor("foot_pod", counts=counts)))
    assert column(events, "cadence_spm", "sensor")[-1] == pytest.approx(expected, abs=1)
    assert column(events, "speed_kmh", "sensor")[-1] == pytest.approx(4.0, abs=0.05)
    assert column(events, "running", "sensor")[-1] is False


def test_a_foot_pod_stands_still_beside_the_running_belt() -> None:
    aside = {"duration_s": 30, "direction": "stop", "speed_kmh": 4.0}
    events = run(treadmill(walk(20), aside, sensor=sensor("foot_pod")))
    assert column(events, "cadence_spm", "sensor")[-1] == 0
    assert column(events, "speed_kmh")[-1] == pytest.approx(4.0)


def test_a_foot_pod_notices_running() -> None:
    events = run(treadmill(walk(40, 10.0), sensor=sensor("foot_pod")))
    assert column(events, "running", "sensor")[-1] is True


def test_the_heart_rate_rises_with_effort() -> None:
    events = run(scenario(forward(120, 85, power_w=250), sensor=sensor("heart_rate")))
    rates = column(events, "hr_bpm", "sensor")
    assert rates[0] == pytest.approx(60, abs=2)
    assert rates[-1] > 140
    assert all(after >= before for before, after in pairwise(rates))
