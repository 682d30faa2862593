"""Profiles of rigs, as the tests of calibration need them."""

from __future__ import annotations

from functools import cache

from ftms_bridge.app.calibrating import calibrate_events
from ftms_bridge.app.calibrating_rider import obedient
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.simulator.rigs import rig_session
from ftms_bridge.simulator.simulation import Simulation


@cache
def rig_profile(rig: str, seed: int) -> DirectionProfile:
    """Return what the calibration of a drawn rig teaches."""
    scenario = rig_session(rig, seed).calibration
    return calibrate_events(scenario.machine, Simulation(scenario).events())


def lengthened(rig: str, seed: int) -> DirectionProfile:
    """Return the same for a rider who does what the wizard asks for."""
    scenario = obedient(rig_session(rig, seed).calibration)
    return calibrate_events(scenario.machine, Simulation(scenario).events())
