"""Runs one rig session through calibration and core, and scores it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ftms_bridge.app.evaluating.intervals import interval_errors
from ftms_bridge.app.evaluating.listening import Listener
from ftms_bridge.app.evaluating.onsets import onsets
from ftms_bridge.app.evaluating.parts import (
    calibrated,
    events_of,
    make_core,
    mixed_events,
    uncalibrated,
)
from ftms_bridge.app.evaluating.reasons import Setting, reasons
from ftms_bridge.app.evaluating.samples import Scored, transition_window_s
from ftms_bridge.app.evaluating.score import score
from ftms_bridge.app.evaluating.tally import Tally
from ftms_bridge.app.evaluating.wrong import contradictions, spoil
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain
from ftms_bridge.simulator.rigs import RIGS, RigSession, rig_session
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.sensor_tables import DirectionTable, HeartRate, PowerMeter
from ftms_bridge.simulator.simulation import Event

NULL = "null"


@dataclass(frozen=True, slots=True)
class Task:
    """One ride to be evaluated: rig, seed, minutes; wrong: a case of `wrong.CASES`, or None."""

    rig: str
    seed: int
    minutes: float = 15.0
    is_calibrated: bool = True
    wrong: str | None = None


def evaluate(task: Task) -> Tally:
    """Return the counts of one ride."""
    session = rig_session(task.rig, task.seed, minutes=task.minutes)
    profile = profile_of(task, session)
    events = events_of(session.ride)
    if task.wrong == "mixed_sensors":
        events = mixed_events(session, _next_of(task))
    listener = _listen(session, profile, events, with_evidence=task.wrong is not None)
    samples, rate_hz = listener.samples, rate_of(session.ride)
    found, held = onsets(samples, rate_hz)
    return Tally(
        score=score(samples, rate_hz),
        onsets=found,
        held=held,
        interval_errors_s=interval_errors(samples),
        reasons=reasons(samples, setting_of(task, session.ride, profile)),
        contradictions=(
            None if task.wrong is None else contradictions(samples, transition_window_s(rate_hz))
        ),
        sums_error=listener.sums_error,
        notifications=listener.notifications,
        core_s=listener.core_s,
    )


def ride_timeline(
    session: RigSession, profile: DirectionProfile, *, with_evidence: bool = False
) -> list[Scored]:
    """Return truth and word of one ride, instant by instant: to look at it closely."""
    events = events_of(session.ride)
    return _listen(session, profile, events, with_evidence=with_evidence).samples


def profile_of(task: Task, session: RigSession) -> DirectionProfile:
    """Return what the bridge believes to be proven in this ride."""
    if not task.is_calibrated:
        return uncalibrated(session)
    profile = calibrated(session)
    if task.wrong is None:
        return profile
    needs_other = task.wrong == "swapped_sensor"
    return spoil(profile, task.wrong, calibrated(_next_of(task)) if needs_other else profile)


def _next_of(task: Task) -> RigSession:
    """Return another machine of the same rig."""
    return rig_session(task.rig, task.seed + 1, minutes=task.minutes)


def rate_of(scenario: Scenario) -> float:
    """Return records per second of what shows the way: the slowest of those that must agree."""
    for sensor in scenario.sensors:
        if isinstance(sensor, DirectionTable):
            return sensor.rate_hz
    rates = [one.rate_hz for one in scenario.sensors if not isinstance(one, HeartRate)]
    return min([scenario.firmware.rate_hz, *rates])


def angle_rate_of(scenario: Scenario) -> float | None:
    """Return packets per second of a meter that sends crank angles; None without one."""
    for sensor in scenario.sensors:
        if isinstance(sensor, PowerMeter) and sensor.vector:
            return sensor.rate_hz
    return None


def setting_of(task: Task, scenario: Scenario, profile: DirectionProfile) -> Setting:
    """Return what decides which reasons are right beside the instant itself."""
    return Setting(
        is_null=RIGS[task.rig].expects == NULL or not task.is_calibrated,
        is_unproven=not profile.channels,
        drivetrain=_drivetrain(scenario),
        angle_rate_hz=angle_rate_of(scenario),
    )


def _drivetrain(scenario: Scenario) -> Drivetrain:
    if scenario.machine.kind is MachineKind.TREADMILL:
        return Drivetrain.REVERSIBLE_BELT if scenario.belt.reversible else Drivetrain.BELT
    is_free = scenario.drivetrain.coupling == "freewheel"
    return Drivetrain.FREEWHEEL if is_free else Drivetrain.FIXED


def _listen(
    session: RigSession, profile: DirectionProfile, events: Iterable[Event], *, with_evidence: bool
) -> Listener:
    machine = session.ride.machine
    core = make_core(machine, profile)
    listener = Listener(
        core,
        core.machine(machine.id).state.direction,
        session.ride.faults,
        angle_rate_hz=angle_rate_of(session.ride),
        with_evidence=with_evidence,
    )
    listener.listen(events)
    return listener
