"""The script says at each instant what rider and console want."""

from __future__ import annotations

import pytest

from ftms_bridge.simulator.script import FIRST_RESISTANCE_PCT, Script
from tests.simulator.build import backward, forward, freewheel, scenario, stop, treadmill, walk


def test_the_pace_ramps_from_the_phase_before() -> None:
    script = Script(scenario(forward(10, 80, ramp_s=4), backward(10, 60, ramp_s=5)))
    paces = [script.wish(at).pace for at in (0, 2, 4, 9.9, 10, 12.5, 15, 19)]
    assert paces == pytest.approx([0, 40, 80, 80, 80, 10, -60, -60])


def test_what_a_phase_does_not_set_stays_as_it_was() -> None:
    script = Script(
        freewheel(
            forward(10, 80, resistance_pct=60, gear=3.0),
            {"duration_s": 10, "direction": "backward", "ramp_s": 0},
        )
    )
    wish = script.wish(11)
    assert (wish.pace, wish.resistance_pct, wish.gear) == (-80, 60, 3.0)


def test_movement_after_a_stop_takes_up_the_last_pace() -> None:
    again = {"duration_s": 10, "direction": "backward", "ramp_s": 0}
    script = Script(scenario(forward(10, 75), stop(5, ramp_s=0), again))
    assert [script.wish(at).pace for at in (9, 12, 20)] == [75, 0, -75]


def test_constant_power_ramps_and_a_brake_level_ends_it() -> None:
    script = Script(
        scenario(
            forward(10, 80, power_w=100),
            forward(10, 80, power_w=200, ramp_s=4),
            forward(10, 80, resistance_pct=20),
        )
    )
    assert script.wish(1).power_w == 100
    assert script.wish(12).power_w == pytest.approx(150)
    assert script.wish(19).power_w == 200
    wish = script.wish(21)
    assert (wish.power_w, wish.resistance_pct) == (None, 20)


def test_the_brake_has_a_level_before_any_phase_sets_one() -> None:
    assert Script(scenario(forward())).wish(1).resistance_pct == FIRST_RESISTANCE_PCT


def test_a_normal_belt_is_never_asked_to_run_backward() -> None:
    phases = walk(10, 3.0, "backward", ramp_s=0)
    assert Script(treadmill(phases)).wish(5).pace == 3.0
    assert Script(treadmill(phases, belt={"reversible": True})).wish(5).pace == -3.0


def test_a_looping_script_begins_again_where_it_stood() -> None:
    script = Script(scenario(forward(10, 80, ramp_s=0), backward(10, 60, ramp_s=4), loop=True))
    assert script.wish(19).pace == -60
    assert script.wish(20.0).pace == 80
    assert script.wish(1_000_012).pace == pytest.approx(10)


def test_a_script_that_does_not_loop_stays_in_its_last_phase() -> None:
    script = Script(scenario(forward(10), stop(5, ramp_s=0)))
    assert script.wish(500).phase.direction == "stop"


def test_motor_and_step_ratio_stay_until_they_are_changed() -> None:
    script = Script(freewheel(forward(10, motor_kmh=20.0), forward(10), forward(10, motor_kmh=0.0)))
    assert [script.wish(at).motor_kmh for at in (5, 15, 25)] == [20, 20, 0]
    script = Script(treadmill(walk(10), walk(10, step_ratio=0.9), walk(10)))
    assert [script.wish(at).step_ratio for at in (5, 15, 25)] == [1, 0.9, 0.9]
