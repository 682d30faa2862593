"""Faults of a ride lie within it and act on something that exists."""

from __future__ import annotations

import pytest

from ftms_bridge.simulator.rig_faults import LENGTHS_S, faults_for
from ftms_bridge.simulator.rig_parts import Draw
from ftms_bridge.simulator.rig_setups import spin_bike_meter
from ftms_bridge.simulator.scenario import Fault

SETUP = spin_bike_meter(Draw("bike"))


def drawn(length_s: float) -> list[Fault]:
    return [
        Fault.model_validate(fault)
        for seed in range(60)
        for fault in faults_for(Draw(str(seed)), SETUP, length_s)
    ]


@pytest.mark.parametrize("length_s", [60.0, 900.0])
def test_every_fault_lies_within_the_ride(length_s: float) -> None:
    for fault in drawn(length_s):
        assert fault.at_s >= 15
        assert fault.at_s + fault.duration_s <= length_s - 10


def test_every_kind_comes_with_its_length() -> None:
    faults = drawn(900)
    assert {fault.kind for fault in faults} == set(LENGTHS_S)
    for fault in faults:
        shortest, longest = LENGTHS_S[fault.kind]
        assert shortest <= fault.duration_s <= longest


def test_sensors_and_everybody_are_hit_but_only_the_machine_blips() -> None:
    faults = drawn(900)
    assert {fault.source for fault in faults} >= {"", "*", "meter"}
    assert {fault.source for fault in faults if fault.kind == "zero_blip"} == {""}
