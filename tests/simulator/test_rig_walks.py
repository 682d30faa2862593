"""Blocks of a session on a treadmill hold what their names say."""

from __future__ import annotations

import pytest

from ftms_bridge.simulator import rig_walks
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.rig_parts import Draw, Setup
from ftms_bridge.simulator.rig_setups import reversible_signed, treadmill
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.simulation import Simulation

NORMAL = treadmill(Draw("normal"))
BOTH_WAYS = reversible_signed(Draw("both"))


def walked(name: str, setup: Setup) -> list[Truth]:
    phases = rig_walks.BLOCKS[name](Draw("block"), setup)
    scenario = Scenario.model_validate(setup.tables | {"phase": phases})
    events = Simulation(scenario, truth_every_s=0.25).events()
    return [event for event in events if isinstance(event, Truth)]


@pytest.mark.parametrize("name", ["side_shuffle", "step_off"])
def test_what_is_neither_way_is_other(name: str) -> None:
    labels = walked(name, NORMAL)
    assert sum(label.row == "other" and label.speed_kmh > 0.5 for label in labels) > 20


def test_nobody_stands_beside_a_belt_that_would_have_to_reverse_for_it() -> None:
    for seed in range(20):
        phases = rig_walks.step_off(Draw(str(seed)), BOTH_WAYS)
        assert {phase["direction"] for phase in phases} == {"forward", "stop"}


def test_a_ramp_goes_up_to_a_run_and_back() -> None:
    labels = walked("speed_ramps", NORMAL)
    assert max(label.speed_kmh for label in labels) == pytest.approx(9.0)
    assert {label.row for label in labels} == {"stopped", "forward"}


def test_rails_change_the_steps_for_a_while() -> None:
    phases = rig_walks.rail_holding(Draw("rails"), NORMAL)
    ratios = [phase.get("step_ratio") for phase in phases]
    assert ratios[0] is None
    assert ratios[2] == 1.0
    assert isinstance(ratios[1], float)
    assert 0.85 <= ratios[1] <= 1.12


@pytest.mark.parametrize("name", ["stop_without_reversal", "safety_key"])
@pytest.mark.parametrize("setup", [NORMAL, BOTH_WAYS])
def test_the_belt_stands_in_between(name: str, setup: Setup) -> None:
    labels = walked(name, setup)
    assert sum(label.row == "stopped" and label.at > 20 for label in labels) > 4


def test_uphill_goes_both_ways() -> None:
    assert {label.row for label in walked("incline", NORMAL)} >= {"forward", "backward"}
