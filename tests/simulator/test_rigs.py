"""Rigs: every class of machine, any seed, physically possible and as blind as it should be."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from itertools import pairwise
from typing import get_args

import pytest

from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.codec import Status, decode
from ftms_bridge.gatt.notification import DirectionReading, Notification
from ftms_bridge.simulator.motion import TrueDirection
from ftms_bridge.simulator.rigs import RIGS, Expectation, Rig, RigSession, rig_session
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.scenario_file import contradictions
from ftms_bridge.simulator.simulation import Event, Simulation
from tests.simulator.build import notifications, truths

SEEDS = 50

NAMES = tuple(RIGS)
FIXED = ("elliptical_bit", "spin_bike", "air_bike", "crank_vector", "signed_counters")
BELTS = ("treadmill", "treadmill_pod", "reversible_signed", "reversible_silent")
BLIND = ("spin_bike", "air_bike", "treadmill", "reversible_silent")

SHARED = ("machine_table", "drivetrain", "belt", "rider", "firmware", "radio", "sensors")


@pytest.fixture(scope="module")
def sessions() -> dict[str, list[RigSession]]:
    """Every rig with every seed."""
    return {name: [rig_session(name, seed) for seed in range(SEEDS)] for name in NAMES}


def events_of(scenario: Scenario, until_s: float | None = None) -> list[Event]:
    return list(Simulation(scenario, truth_every_s=0.25).events(until_s))


def test_there_is_a_rig_for_every_class_and_every_expectation() -> None:
    assert len(RIGS) == 17
    assert {rig.expects for rig in RIGS.values()} == set(get_args(Expectation))
    letters = {letter for rig in RIGS.values() for letter in rig.letter.split("/")}
    assert letters == set("ABCEGHIJL")
    assert all(name == rig.name and isinstance(rig, Rig) for name, rig in RIGS.items())


@pytest.mark.parametrize("name", NAMES)
def test_every_seed_draws_a_scenario_without_contradiction(
    name: str, sessions: dict[str, list[RigSession]]
) -> None:
    for session in sessions[name]:
        assert list(contradictions(session.calibration)) == []
        assert list(contradictions(session.ride)) == []
        assert session.ride.script_s == pytest.approx(900)
        assert 60 < session.calibration.script_s < 260
        assert session.calibration.faults == ()
        assert session.kind.value == session.ride.machine_table.kind


@pytest.mark.parametrize("name", NAMES)
def test_calibration_and_ride_share_everything_but_script_and_seed(
    name: str, sessions: dict[str, list[RigSession]]
) -> None:
    for session in sessions[name]:
        for key in SHARED:
            assert getattr(session.calibration, key) == getattr(session.ride, key)
        assert session.calibration.seed != session.ride.seed


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_draws_the_same_and_another_one_another_machine(name: str) -> None:
    assert rig_session(name, 3) == rig_session(name, 3)
    assert rig_session(name, 3).ride.rider != rig_session(name, 4).ride.rider


GOLDEN = {
    "freewheel_heavy": "16c62b0eeb64b004",
    "crank_vector": "3bf7d420d47980bb",
    "treadmill_pod": "875f0eda9424b288",
    "direction_sensor": "4dfdeaa292370477",
}
"""Two minutes of seed 3: changes only when rigs, physics or firmware are changed."""


@pytest.mark.parametrize("name", GOLDEN)
def test_a_rig_rides_the_same_on_every_python(name: str) -> None:
    lines = map(repr, events_of(rig_session(name, 3, minutes=2).ride))
    assert sha256("\n".join(lines).encode()).hexdigest()[:16] == GOLDEN[name]


@pytest.mark.parametrize("name", ["freewheel_light", "treadmill_pod", "direction_sensor"])
def test_the_same_seed_gives_the_same_events(name: str) -> None:
    ride = rig_session(name, 5, minutes=2).ride
    assert events_of(ride) == events_of(ride)


def test_all_blocks_and_faults_come_up(sessions: dict[str, list[RigSession]]) -> None:
    blocks: dict[str, set[str]] = defaultdict(set)
    faults: dict[str, set[str]] = defaultdict(set)
    for name, drawn in sessions.items():
        for session in drawn:
            blocks[name].update(session.blocks)
            faults[name].update(fault.kind for fault in session.ride.faults)
    common = {"alternation", "stop_without_reversal"}
    crank = common | {"fast_reversal", "slow_reversal", "sprint"}
    free = crank | {"coast", "ghost", "erg_step", "gear_change"}
    belt = common | {
        "quick_turns", "speed_ramps", "side_shuffle", "step_off", "rail_holding", "safety_key",
        "incline",
    }  # fmt: skip
    wanted = dict.fromkeys(FIXED, crank) | dict.fromkeys(BELTS, belt)
    wanted["elliptical_bit"] = crank | {"erg_step"}
    wanted |= dict.fromkeys(("freewheel_light", "freewheel_heavy"), free | {"motor_downhill"})
    wanted["wheel_on"] = free
    wanted["reversible_signed"] = belt - {"side_shuffle", "step_off"}
    assert {name: blocks[name] for name in wanted} == wanted
    kinds = {
        "zero_blip", "all_ones", "garbage", "truncate", "disconnect", "gap", "duplicate", "reset",
    }  # fmt: skip
    assert set(map(frozenset, faults.values())) == {frozenset(kinds)}


def test_alternation_takes_most_of_the_time(sessions: dict[str, list[RigSession]]) -> None:
    backward = forward = total = 0.0
    for drawn in sessions.values():
        for session in drawn:
            for phase in session.ride.phases:
                total += phase.duration_s
                long = phase.duration_s >= 50
                forward += phase.duration_s * (long and phase.direction == "forward")
                backward += phase.duration_s * (long and phase.direction == "backward")
    assert 0.5 < (forward + backward) / total < 0.8
    assert 0.7 < forward / backward < 1.6


def test_the_step_ratio_of_some_is_hardly_a_difference(
    sessions: dict[str, list[RigSession]],
) -> None:
    ratios = [session.ride.rider.backward_step_ratio for session in sessions["treadmill_pod"]]
    assert sum(ratios) / SEEDS == pytest.approx(1.10, abs=0.04)
    assert min(ratios) < 1.03
    assert max(ratios) > 1.2


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", NAMES)
def test_the_truth_tells_the_parts_of_the_calibration_apart(name: str, seed: int) -> None:
    session = rig_session(name, seed)
    rows: list[str] = []
    lengths: list[float] = []
    for before, after in pairwise(truths(events_of(session.calibration))):
        if not rows or rows[-1] != before.row:
            rows.append(before.row)
            lengths.append(0.0)
        lengths[-1] += after.at - before.at
    clear = [(row, s) for row, s in zip(rows, lengths, strict=True) if s > 4 and row != "other"]
    parts = ["stopped", "forward", "stopped", "backward", "stopped"]
    if session.kind.value != "treadmill":
        parts.append("forward")
    clear = clear[: len(parts)]
    assert [row for row, _ in clear] == parts
    assert min(s for row, s in clear if row == "stopped") >= 4.9
    longest = 55 if session.kind.value == "treadmill" else 19
    assert {row for row, s in clear if s > longest} >= {"forward", "backward"}


@pytest.mark.parametrize("name", ["freewheel_heavy", "freewheel_light"])
def test_a_freewheel_coasts_in_the_calibration(name: str) -> None:
    labels = truths(events_of(rig_session(name, 2).calibration))
    coasting = [label for label in labels if label.row == "other"]
    assert coasting
    assert not any(label.evident or label.driving for label in coasting)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", [*FIXED, *BELTS[2:]])
def test_what_must_pass_zero_does(name: str, seed: int) -> None:
    labels = truths(events_of(rig_session(name, seed, minutes=5).ride))
    turning = {TrueDirection.FORWARD, TrueDirection.BACKWARD}
    ways = [label.direction for label in labels]
    jumps = [(a, b) for a, b in pairwise(ways) if {a, b} == turning]
    assert jumps == []
    assert set(ways) & turning


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["freewheel_light", "freewheel_heavy", "wheel_on"])
def test_the_wheel_of_a_freewheel_rig_never_turns_backward(name: str, seed: int) -> None:
    labels = truths(events_of(rig_session(name, seed, minutes=5).ride))
    assert min(label.speed_kmh for label in labels) >= 0
    assert min(label.cadence_per_min for label in labels) < -25


def mirrored(scenario: Scenario) -> Scenario:
    """Return the scenario with forward and backward exchanged, and a rider who steps alike."""
    other = {"forward": "backward", "backward": "forward"}
    phases = tuple(
        phase.model_copy(update={"direction": other.get(phase.direction, phase.direction)})
        for phase in scenario.phases
    )
    rider = scenario.rider.model_copy(update={"turn_s": 0.0})
    return scenario.model_copy(update={"phases": phases, "rider": rider})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", BLIND)
def test_the_machine_of_a_null_rig_sends_the_same_bytes_for_the_mirrored_ride(
    name: str, seed: int
) -> None:
    ride = rig_session(name, seed, minutes=4).ride
    here, there = (events_of(one) for one in (ride, mirrored(ride)))
    assert notifications(here) == notifications(there)
    assert truths(here) != truths(there)


@pytest.mark.parametrize("name", ["elliptical_bit", "reversible_signed", "signed_counters"])
def test_an_explicit_rig_does_not(name: str) -> None:
    ride = rig_session(name, 1, minutes=4).ride
    here, there = (
        [e for e in events_of(one) if isinstance(e, Notification)] for one in (ride, mirrored(ride))
    )
    assert here != there


def test_a_trainer_that_guesses_shows_no_cadence_under_a_backward_crank() -> None:
    session = rig_session("guessed_cadence", 1, minutes=4)
    events = events_of(session.calibration)
    labels = truths(events)
    start = next(label.at for label in labels if label.row == "backward")
    shown = [
        decode(n.characteristic, n.data).fields.get("cadence_rpm")
        for n in notifications(events)
        if start < n.at < start + 18 and n.characteristic == 0x2AD2
    ]
    assert {cadence for cadence in shown if cadence is not None} == {0.0}


@pytest.mark.parametrize("name", NAMES)
def test_without_faults_nothing_is_broken_but_what_is_cut(name: str) -> None:
    session = rig_session(name, 1)
    events = events_of(session.calibration)
    sent = [event for event in events if isinstance(event, Notification)]
    states = {decode(n.characteristic, n.data).status for n in sent}
    cut = session.ride.firmware.oversize == "truncate"
    assert states <= ({Status.OK, Status.TRUNCATED} if cut else {Status.OK})
    assert any(isinstance(e, DirectionReading) for e in events) == (name == "direction_sensor")


def test_unknown_rigs_and_short_rides_are_told() -> None:
    with pytest.raises(UsageError, match="no rig 'rower'") as caught:
        rig_session("rower", 1)
    assert "spin_bike" in caught.value.hint
    with pytest.raises(UsageError, match="a minute at least"):
        rig_session("spin_bike", 1, minutes=0.5)
