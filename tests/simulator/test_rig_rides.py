"""Blocks of a ride on a bike hold what their names say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from ftms_bridge.simulator import rig_rides
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.rig_parts import Draw, Setup, Tables
from ftms_bridge.simulator.rig_setups import heavy_freewheel, spin_bike
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.simulation import Simulation

FREE = heavy_freewheel(Draw("free"))
FIXED = spin_bike(Draw("fixed"))


def ridden(block: rig_rides.Block, setup: Setup, seed: int = 1) -> list[Truth]:
    phases = block(Draw(f"block {seed}"), setup)
    scenario = Scenario.model_validate(setup.tables | {"phase": phases})
    events = Simulation(scenario, truth_every_s=0.25).events()
    return [event for event in events if isinstance(event, Truth)]


def share(labels: list[Truth], judge: Callable[[Truth], bool]) -> float:
    return sum(map(judge, labels)) / len(labels)


def test_a_coast_rolls_over_still_cranks() -> None:
    assert share(ridden(rig_rides.coast, FREE), lambda label: label.row == "other") > 0.05


def test_ghost_pedalling_is_forward_without_evidence() -> None:
    labels = ridden(rig_rides.ghost, FREE)
    assert {label.row for label in labels} <= {"stopped", "forward"}
    assert share(labels, lambda label: label.row == "forward" and not label.evident) > 0.1


def test_a_motor_makes_speed_over_still_cranks_and_under_backward_ones() -> None:
    labels = ridden(rig_rides.motor_downhill, FREE)
    assert share(labels, lambda label: label.row == "other" and label.speed_kmh > 12) > 0.05
    assert share(labels, lambda label: label.row == "backward" and label.speed_kmh > 12) > 0.05


@pytest.mark.parametrize("block", [rig_rides.fast_reversal, rig_rides.slow_reversal])
def test_a_reversal_takes_about_its_time(block: rig_rides.Block) -> None:
    labels = ridden(block, FIXED)
    ways = [label.row for label in labels if label.row != "stopped"]
    assert sum(a != b for a, b in pairwise(ways)) == 3


def test_a_stop_without_reversal_goes_on_the_same_way() -> None:
    labels = ridden(rig_rides.stop_without_reversal, FIXED)
    order: list[str] = []
    for label in labels:
        if not order or order[-1] != label.row:
            order.append(label.row)
    way, other = order[1], "forward" if order[1] == "backward" else "backward"
    assert order == ["stopped", way, "stopped", way, "stopped", other, "stopped", other]


def test_a_gear_change_stays_near_and_mostly_returns() -> None:
    ends: list[object] = []
    for seed in range(40):
        phases: list[Tables] = rig_rides.gear_change(Draw(str(seed)), FREE)
        gears = [phase["gear"] for phase in phases if "gear" in phase]
        assert all(isinstance(g, float) and 0.75 < g / FREE.gear < 1.3 for g in gears)
        ends.append(gears[-1])
    assert 18 < ends.count(FREE.gear) < 38


def test_a_fixed_drive_has_no_blocks_of_a_freewheel() -> None:
    assert not {"coast", "ghost", "gear_change", "motor_downhill"} & set(
        rig_rides.blocks_for(FIXED)
    )
    assert {"coast", "ghost"} < set(rig_rides.blocks_for(FREE))
