"""The simulated rider keeps pace with the wizard on every shipped machine."""

from __future__ import annotations

import pytest

from ftms_bridge.app.calibrating_live import Guide
from ftms_bridge.app.calibrating_rider import obedient
from ftms_bridge.motion.calibration import Part
from ftms_bridge.motion.calibration_wizard import Outcome
from ftms_bridge.simulator.motion import TrueDirection, Truth
from ftms_bridge.simulator.scenario_file import load_scenario, scenario_names
from ftms_bridge.simulator.simulation import Simulation

WORDS = {Part.FORWARD: TrueDirection.FORWARD, Part.BACKWARD: TrueDirection.BACKWARD}

DELAY_S = 2.0
"""So long what is shown, and with it the wizard, may be behind what is true."""


@pytest.mark.parametrize("name", scenario_names())
async def test_wizard_and_rider_come_to_the_end_together(name: str) -> None:
    simulation = Simulation(obedient(load_scenario(name)))
    now = 0.0
    guide = Guide(simulation.machine, lambda: now)
    guide.bridge.begin()
    moved, wrong = {Part.FORWARD: 0.0, Part.BACKWARD: 0.0}, 0.0
    for event in simulation.events():
        passed_s, now = event.at - now, event.at
        if isinstance(event, Truth):
            expected = WORDS.get(guide.wizard.part)
            moving = event.direction in WORDS.values()
            wrong += passed_s * (expected is not None and moving and event.direction != expected)
        else:
            guide.deliver(event)
        guide.tick()
        if guide.wizard.part in moved:
            moved[guide.wizard.part] += passed_s
        if guide.is_over:
            break
    guide.bridge.finish()
    assert guide.wizard.outcome is Outcome.DONE
    assert wrong <= DELAY_S
    assert min(moved.values()) >= 25.0


def test_the_machine_stays_as_it_is() -> None:
    scenario = load_scenario("faults_everything")
    made = obedient(scenario)
    assert made.machine == scenario.machine
    assert made.firmware == scenario.firmware
    assert made.sensors == scenario.sensors
    assert (made.faults, made.loop) == ((), False)
