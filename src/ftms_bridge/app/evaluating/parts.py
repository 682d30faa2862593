"""The parts of the bridge and of the simulator that are evaluated, put together here alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ftms_bridge.app.calibrating import calibrate_events
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.profile import UNPROVEN, DirectionProfile
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.simulator.rig_wrongs import with_sensors_of
from ftms_bridge.simulator.rigs import RigSession
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.simulation import Event, Simulation

TRUTH_EVERY_S: Final = 0.25
"""The truth is compared at least this often: every change of it is seen within one step."""

_SELDOM_S: Final = 1e9
"""No `live` documents: nobody reads them here, and they cost time."""


def make_core(spec: MachineSpec, profile: DirectionProfile) -> Pipeline:
    """Return the core of a bridge for one machine of which this much is proven."""
    return Pipeline(
        PipelineSettings(
            machines=(spec,),
            run_id="eval",
            live_interval_s=_SELDOM_S,
            profiles={spec.id: profile},
        )
    )


def events_of(scenario: Scenario) -> Iterable[Event]:
    """Return all events of a scenario with close labels, in order of time."""
    return Simulation(scenario, truth_every_s=TRUTH_EVERY_S).events()


def mixed_events(session: RigSession, other: RigSession) -> Iterable[Event]:
    """Return the ride of one session with the sensors of another: somebody mixed them up."""
    ride = session.ride
    return with_sensors_of(events_of(ride), events_of(other.ride), ride.machine.id)


def calibrated(session: RigSession) -> DirectionProfile:
    """Return what the real calibration learns from the session's calibration ride."""
    scenario = session.calibration
    return calibrate_events(scenario.machine, events_of(scenario))


def uncalibrated(_session: RigSession) -> DirectionProfile:
    """Return the profile of a machine that was never calibrated."""
    return UNPROVEN
