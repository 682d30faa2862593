"""Which way the rider moves: never more than the evidence, taken back in time, declared apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.declaration import HOLDS_S
from ftms_bridge.motion.direction import Direction, Reason
from ftms_bridge.motion.evidence import DECIDES
from ftms_bridge.motion.profile import UNPROVEN, DirectionProfile, Drivetrain
from tests.motion.bench import (
    BACKWARD,
    CPS,
    DECLARED,
    FOOT_POD,
    FORWARD,
    MEASURED,
    METER,
    MIRRORED,
    POD,
    STOPPED,
    UNKNOWN,
    Bench,
    proof,
    proven,
)

BIKE, BELT, CROSS = MachineKind.INDOOR_BIKE, MachineKind.TREADMILL, MachineKind.CROSS_TRAINER
BIT = proven(proof("movement_direction_bit"))
SENSOR = proof("direction_sensor", "direction_sensor")
GATED = [Drivetrain.FIXED, Drivetrain.REVERSIBLE_BELT]

SPEED = st.one_of(st.none(), st.sampled_from([0.0, 3.0, 25.0, 60.0, 200.0]))
CADENCE = st.one_of(st.none(), st.sampled_from([0.0, 15.0, 60.0, 90.0, 255.0, 3000.0]))
POWER = st.one_of(st.none(), st.sampled_from([-400, -20, 0, 10, 30, 150, 900, 5000]))
WAIT_S = st.sampled_from([0.25, 1.0, 1.5, 3.0, 12.0])


def given_of(**fields: float | None) -> dict[str, float]:
    """Return the fields that are sent; the speed always is."""
    sent = {name: value for name, value in fields.items() if value is not None}
    return sent if "speed_kmh" in sent else {"speed_kmh": 655.35} | sent


def is_silent(bench: Bench) -> bool:
    return bench.tracker.estimate.direction in (UNKNOWN, STOPPED)


@settings(max_examples=60)
@given(
    drivetrain=st.sampled_from(list(Drivetrain)),
    records=st.lists(
        st.tuples(WAIT_S, SPEED, CADENCE, POWER, st.sampled_from([None, -20, 0, 3, 120])),
        max_size=20,
    ),
)
def test_an_unproven_bike_with_a_meter_never_says_a_direction(
    drivetrain: Drivetrain,
    records: list[tuple[float, float | None, float | None, int | None, int | None]],
) -> None:
    bench, at = Bench(BIKE, DirectionProfile(drivetrain=drivetrain), METER), 0.0
    for wait_s, speed, cadence, power, meter in records:
        at += wait_s
        if meter is not None:
            bench.sensor("meter", at, CPS, power_w=meter)
        bench.record(at, **given_of(speed_kmh=speed, cadence_rpm=cadence, power_w=power))
        assert is_silent(bench)
        assert abs(bench.tracker.posterior.fusion.total) < DECIDES


@settings(max_examples=60)
@given(
    records=st.lists(
        st.tuples(
            WAIT_S,
            SPEED,
            st.sampled_from([-3.0, 0.0, 12.0]),
            st.integers(0, 400),
            st.sampled_from([None, 0, 40, 110, 180]),
        ),
        max_size=20,
    )
)
def test_an_unproven_treadmill_with_a_pod_never_says_a_direction(
    records: list[tuple[float, float | None, float, int, int | None]],
) -> None:
    bench, at, climbed_m = Bench(BELT, UNPROVEN, FOOT_POD), 0.0, 0
    for wait_s, speed, incline, metres, steps in records:
        at += wait_s
        climbed_m += metres
        if steps is not None:
            bench.sensor("pod", at, POD, speed_kmh=4.0, cadence_spm=steps, running=False)
        bench.record(
            at, **given_of(speed_kmh=speed), distance_m=climbed_m, incline_pct=incline, ramp_deg=0.0
        )
        assert is_silent(bench)


@settings(max_examples=40)
@given(
    senses=st.lists(
        st.tuples(st.sampled_from([-1.0, 0.0, 1.0]), st.sampled_from([0.0, 4.0, 9.0])),
        max_size=20,
    ),
    drivetrain=st.sampled_from(list(Drivetrain)),
    is_proven=st.booleans(),
)
def test_a_mirrored_sensor_gives_the_mirrored_estimate(
    senses: list[tuple[float, float]], drivetrain: Drivetrain, is_proven: bool
) -> None:
    profile = DirectionProfile(drivetrain=drivetrain, channels=(SENSOR,) if is_proven else ())
    one, other = Bench(BELT, profile), Bench(BELT, profile)
    for at, (value, speed) in enumerate(senses):
        one.record(float(at), speed_kmh=speed)
        other.record(float(at), speed_kmh=speed)
        said, mirrored = one.sense(value, at + 0.3), other.sense(-value, at + 0.3)
        assert mirrored.direction is MIRRORED[said.direction]
        assert (mirrored.since, mirrored.confidence) == (said.since, said.confidence)
        assert mirrored.reason is said.reason


@settings(max_examples=40)
@given(
    records=st.lists(
        st.tuples(WAIT_S, st.booleans(), st.sampled_from([0.0, 1.0, 8.0, 8.1])), max_size=25
    ),
    is_proven=st.booleans(),
)
def test_the_estimate_is_replaced_only_when_it_changes(
    records: list[tuple[float, bool, float]], is_proven: bool
) -> None:
    bench, at = Bench(CROSS, BIT if is_proven else UNPROVEN), 0.0
    before = bench.tracker.estimate
    for wait_s, backward, speed in records:
        at += wait_s
        now = bench.record(at, speed_kmh=speed, backward=backward)
        assert (now is before) == (now == before)
        before = now


def crossing(bench: Bench, start: float, seconds: int, *, backward: bool) -> list[Direction]:
    return bench.run(start, seconds, speed_kmh=8.0, backward=backward)


@pytest.mark.parametrize("profile", [UNPROVEN, BIT], ids=["unproven", "proven"])
def test_one_garbage_record_never_flips_a_known_direction_and_two_do(
    profile: DirectionProfile,
) -> None:
    bench = Bench(CROSS, profile)
    assert crossing(bench, 0.0, 20, backward=True)[-1] is BACKWARD
    for at in range(20, 40, 4):
        assert FORWARD not in crossing(bench, float(at), 1, backward=False)
        assert crossing(bench, at + 1.0, 3, backward=True)[-1] is BACKWARD
    assert crossing(bench, 40.0, 2, backward=False)[-1] is FORWARD


def test_a_record_that_cannot_be_believed_takes_it_back_and_turns_nothing() -> None:
    bench = Bench(CROSS, BIT)
    crossing(bench, 0.0, 20, backward=True)
    estimate = bench.record(20.0, speed_kmh=655.0, backward=False)
    assert (estimate.direction, estimate.reason) == (UNKNOWN, Reason.PARSE_UNCERTAIN)
    assert FORWARD not in crossing(bench, 21.0, 10, backward=True)


def known(drivetrain: Drivetrain, *, speed_kmh: float = 8.0) -> Bench:
    """Return a machine of which an external sensor has just said backward."""
    bench = Bench(BELT, proven(SENSOR, drivetrain=drivetrain))
    bench.ride(0.0, 30, lambda at: bench.sense(-1.0, at), speed_kmh=speed_kmh)
    assert bench.tracker.estimate.direction is BACKWARD
    return bench


def test_a_sensor_that_turns_is_believed_where_the_machine_shows_nothing() -> None:
    bench = known(Drivetrain.FREEWHEEL)
    said = bench.ride(30.0, 20, lambda at: bench.sense(-1.0, at), speed_kmh=0.0)
    assert said[-1] is BACKWARD
    assert STOPPED not in said
    assert bench.run(50.0, 6, speed_kmh=0.0)[-1] is STOPPED


@pytest.mark.parametrize("drivetrain", list(Drivetrain))
def test_a_stop_is_said_after_a_while_and_takes_a_known_direction_back(
    drivetrain: Drivetrain,
) -> None:
    bench = known(drivetrain)
    bench.sense(0.0, 30.0)
    said = bench.run(30.0, 4, speed_kmh=0.0)
    assert (said[0], said[1], said[-1]) == (UNKNOWN, UNKNOWN, STOPPED)
    assert (bench.tracker.estimate.since, bench.tracker.estimate.basis) == (30.0, MEASURED)
    assert set(bench.run(34.0, 10, speed_kmh=8.0)) == {UNKNOWN}


@pytest.mark.parametrize("drivetrain", list(Drivetrain))
def test_a_gap_takes_a_known_direction_back(drivetrain: Drivetrain) -> None:
    bench = known(drivetrain)
    assert bench.record(30.9, speed_kmh=8.0).direction is BACKWARD
    assert bench.record(33.5, speed_kmh=8.0).direction is UNKNOWN
    assert set(bench.run(35.0, 10, speed_kmh=8.0)) == {UNKNOWN}


@pytest.mark.parametrize("drivetrain", list(Drivetrain))
def test_a_lost_link_takes_a_known_direction_back(drivetrain: Drivetrain) -> None:
    bench = known(drivetrain)
    bench.tracker.lose(30.0)
    estimate = bench.tracker.estimate
    assert (estimate.direction, estimate.reason) == (UNKNOWN, Reason.EVIDENCE_STALE)
    bench.tracker.lose(36.0)
    assert bench.tracker.estimate is estimate
    assert set(bench.run(40.0, 10, speed_kmh=8.0)) == {UNKNOWN}


@pytest.mark.parametrize("drivetrain", GATED)
def test_on_a_drive_that_must_stop_to_turn_round_it_persists_until_a_dip(
    drivetrain: Drivetrain,
) -> None:
    bench = known(drivetrain)
    assert set(bench.run(30.0, 120, speed_kmh=8.0)) == {BACKWARD}
    confidence = bench.tracker.estimate.confidence
    assert confidence is not None
    assert confidence <= 0.9
    assert set(bench.run(150.0, 3, speed_kmh=2.0)) == {UNKNOWN}
    assert set(bench.run(153.0, 10, speed_kmh=8.0)) == {UNKNOWN}


@pytest.mark.parametrize("drivetrain", [Drivetrain.FREEWHEEL, Drivetrain.BELT])
def test_on_a_drive_that_turns_round_freely_it_goes_stale(drivetrain: Drivetrain) -> None:
    bench = known(drivetrain)
    assert bench.run(30.0, 3, speed_kmh=8.0)[-1] is UNKNOWN
    assert bench.tracker.estimate.reason is Reason.EVIDENCE_STALE


@pytest.mark.parametrize(
    ("drivetrain", "way"), [(Drivetrain.FIXED, UNKNOWN), (Drivetrain.BELT, BACKWARD)]
)
def test_a_dip_takes_it_back_on_a_fixed_drive_and_not_on_a_plain_belt(
    drivetrain: Drivetrain, way: Direction
) -> None:
    bench = known(drivetrain)
    bench.record(30.0, speed_kmh=8.0)
    assert bench.record(30.9, speed_kmh=2.0).direction is way


def test_it_counts_from_when_the_rider_set_off_or_turned_round() -> None:
    bench = Bench(BELT, proven(SENSOR, drivetrain=Drivetrain.REVERSIBLE_BELT))
    bench.run(0.0, 4, speed_kmh=8.0)
    estimate = bench.sense(-1.0, 3.2)
    assert (estimate.direction, estimate.since) == (BACKWARD, 0.0)
    assert estimate.onset_uncertainty_s == 2.0
    bench.ride(4.0, 20, lambda at: bench.sense(-1.0, at), speed_kmh=8.0)
    for at, speed in ((24.0, 6.0), (25.0, 3.0), (26.0, 3.0), (27.0, 6.0)):
        bench.record(at, speed_kmh=speed)
    assert bench.tracker.estimate.direction is UNKNOWN
    assert bench.tracker.posterior.onset_at == 25.0
    for at in range(28, 32):
        bench.record(float(at), speed_kmh=8.0)
        bench.sense(1.0, at + 0.1)
    assert bench.tracker.estimate.direction is FORWARD
    assert bench.tracker.estimate.since == 25.0


def test_two_proven_sensors_that_contradict_each_other_leave_it_unknown() -> None:
    profile = proven(proof("movement_direction_bit", polarity=-1), SENSOR)
    bench = Bench(CROSS, profile)
    said, reasons = [], []
    for at in range(20):
        bench.sense(-1.0, float(at))
        said.append(bench.record(float(at), speed_kmh=8.0, backward=True).direction)
        reasons.append(bench.tracker.estimate.reason)
    assert set(said[1:]) == {UNKNOWN}
    assert reasons[3] is not Reason.CONFLICTING_EVIDENCE
    assert set(reasons[5:]) == {Reason.CONFLICTING_EVIDENCE}


def test_a_sensor_that_is_read_at_rest_says_it_when_the_rider_sets_off() -> None:
    bench = Bench(BELT, proven(SENSOR))
    bench.run(0.0, 5, speed_kmh=0.0)
    for at in (5.0, 5.5):
        assert bench.sense(-1.0, at).direction is STOPPED
    assert bench.record(6.0, speed_kmh=3.0).direction is BACKWARD


def test_the_evidence_names_the_channel_and_its_age() -> None:
    bench = known(Drivetrain.BELT)
    (row,) = bench.tracker.evidence(31.0)
    assert (row.channel, row.source, row.value) == ("direction_sensor", "direction_sensor", -1.0)
    assert (row.proven, row.age_s) == (True, 2.0)
    assert row.llr >= DECIDES


@pytest.mark.parametrize("drivetrain", GATED)
def test_a_declaration_holds_until_the_next_dip_on_gated_drives(drivetrain: Drivetrain) -> None:
    bench = Bench(BELT, DirectionProfile(drivetrain=drivetrain))
    bench.run(0.0, 30, speed_kmh=8.0)
    bench.tracker.declare(BACKWARD, 29.5)
    estimate = bench.tracker.estimate
    assert (estimate.direction, estimate.basis, estimate.since) == (BACKWARD, DECLARED, 29.5)
    assert bench.tracker.declaration.expires_at is None
    assert set(bench.run(30.0, 300, speed_kmh=8.0)) == {BACKWARD}
    assert bench.tracker.estimate is estimate
    bench.record(330.0, speed_kmh=2.0)
    assert bench.tracker.declaration.estimate is None
    assert bench.tracker.estimate.reason is Reason.DECLARATION_EXPIRED


@pytest.mark.parametrize("drivetrain", [Drivetrain.FREEWHEEL, Drivetrain.BELT])
def test_a_declaration_holds_for_two_minutes_elsewhere(drivetrain: Drivetrain) -> None:
    bench = Bench(BELT, DirectionProfile(drivetrain=drivetrain))
    bench.run(0.0, 5, speed_kmh=8.0)
    bench.tracker.declare(FORWARD, 4.5)
    assert bench.tracker.declaration.expires_at == 4.5 + HOLDS_S
    assert bench.run(5.0, 2, speed_kmh=2.0)[-1] is FORWARD
    bench.tracker.expire_declaration()
    estimate = bench.tracker.estimate
    assert (estimate.direction, estimate.reason) == (UNKNOWN, Reason.DECLARATION_EXPIRED)
    assert bench.record(7.0, speed_kmh=8.0) is estimate


def declared(*, moving: bool = True) -> Bench:
    bench = Bench(BELT, proven(SENSOR))
    bench.run(0.0, 5, speed_kmh=4.0 if moving else 0.0)
    bench.tracker.declare(FORWARD, 4.5)
    return bench


def test_a_declaration_ends_with_a_stop_and_with_a_lost_link() -> None:
    stopped, lost = declared(), declared()
    stopped.run(5.0, 4, speed_kmh=0.0)
    lost.tracker.lose(5.0)
    assert stopped.tracker.declaration.estimate is None
    assert lost.tracker.declaration.estimate is not None, "a moment of silence ends nothing"
    assert stopped.tracker.estimate.direction is STOPPED
    assert lost.tracker.measured.reason is Reason.EVIDENCE_STALE


def test_what_is_declared_at_rest_is_said_when_the_rider_sets_off() -> None:
    bench = declared(moving=False)
    assert bench.tracker.estimate.direction is STOPPED
    assert bench.record(5.0, speed_kmh=4.0).direction is FORWARD
    assert bench.tracker.estimate.basis is DECLARED


def test_measured_and_declared_never_mix_and_measured_wins() -> None:
    bench = declared()
    assert bench.tracker.measured.direction is UNKNOWN
    assert bench.tracker.evidence(5.0) == []
    for at in (5.0, 5.5, 6.0):
        bench.sense(-1.0, at)
    estimate = bench.tracker.estimate
    assert (estimate.direction, estimate.basis) == (BACKWARD, MEASURED)
    assert bench.tracker.declaration.estimate is not None
    assert bench.tracker.declaration.estimate.direction is FORWARD


def test_a_declaration_that_is_taken_back_leaves_the_reason_of_the_machine() -> None:
    bench = declared()
    bench.tracker.declare(None, 5.0)
    assert bench.tracker.estimate is bench.tracker.measured
    bench.tracker.expire_declaration()
    assert bench.tracker.estimate is bench.tracker.measured


@settings(max_examples=30)
@given(words=st.lists(st.sampled_from([FORWARD, BACKWARD, STOPPED, None]), max_size=6))
def test_no_declaration_ever_makes_anything_measured(words: list[Direction | None]) -> None:
    bench = Bench(BELT)
    for at, word in enumerate(words):
        bench.record(float(at), speed_kmh=4.0)
        bench.tracker.declare(word, at + 0.5)
        assert bench.tracker.measured.direction is UNKNOWN
        assert bench.tracker.estimate.direction is (word or UNKNOWN)


def test_trust_that_is_taken_back_silences_what_was_proven() -> None:
    bench = Bench(CROSS, BIT)
    crossing(bench, 0.0, 5, backward=False)
    bench.tracker.trust(UNPROVEN)
    assert set(crossing(bench, 5.0, 20, backward=False)) == {UNKNOWN}


def test_the_sign_of_a_belt_is_known_unless_it_can_be_reversed() -> None:
    assert Bench(BIKE).tracker.belt_sign() is None
    assert Bench(BELT).tracker.belt_sign() is None, "nobody has looked whether it reverses"
    belt = DirectionProfile(drivetrain=Drivetrain.BELT)
    assert Bench(BELT, belt).tracker.belt_sign() == 1
    bench = Bench(BELT, DirectionProfile(drivetrain=Drivetrain.REVERSIBLE_BELT))
    assert bench.tracker.belt_sign() is None
    bench.run(0.0, 4, speed_kmh=655.36 - 3.0)
    assert bench.tracker.belt_sign() == -1
    bench.run(4.0, 4, speed_kmh=3.0)
    assert bench.tracker.belt_sign() == 1
