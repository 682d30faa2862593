"""The crank's angle from packet to packet, and the angle of its largest torque."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.channels.crank_angle import LONGEST_PAIR_S, Rhythm, wrapped
from ftms_bridge.motion.direction import Direction, Reason
from ftms_bridge.motion.evidence import DECIDES
from ftms_bridge.motion.profile import UNPROVEN, DirectionProfile, Drivetrain
from tests.motion.bench import (
    BACKWARD,
    CPS,
    FORWARD,
    METER,
    MIRRORED,
    UNKNOWN,
    VECTOR,
    Bench,
    proof,
    proven,
)

BIKE = MachineKind.INDOOR_BIKE
FREEWHEEL = DirectionProfile(drivetrain=Drivetrain.FREEWHEEL)


class Crank:
    """A crank with a meter that sends its angle; it turns at one pace, one way or the other."""

    def __init__(
        self, profile: DirectionProfile = FREEWHEEL, *, packets_per_s: float = 1.0
    ) -> None:
        self.bench = Bench(BIKE, profile, METER)
        self.at = 0.0
        self._apart_s = 1.0 / packets_per_s
        self._angle_deg = 0.0
        self._turned = 0.0

    def turn(self, seconds: float, rpm: float, *, says_rpm: float | None = None) -> list[Direction]:
        """Turn at a pace, negative backward; return what is said. says_rpm: a wrong count."""
        said = []
        for _ in range(int(seconds / self._apart_s)):
            self.at += self._apart_s
            self._angle_deg += 6.0 * rpm * self._apart_s
            pace = abs(rpm) if says_rpm is None else says_rpm
            self._turned += pace / 60.0 * self._apart_s
            passed_at = self.at - (self._turned % 1.0) * 60.0 / pace
            self.bench.sensor(
                "meter", self.at, VECTOR,
                crank_revs=int(self._turned) + 100,
                crank_event=int(passed_at * 1024) % 65536,
                first_angle_deg=int(self._angle_deg % 360.0),
            )  # fmt: skip
            said.append(self.bench.record(self.at, speed_kmh=25.0, cadence_rpm=pace).direction)
        return said

    @property
    def llr(self) -> float:
        return self.bench.channel("crank_angle").llr


@pytest.mark.parametrize("rpm", [45.0, 70.0, 80.0, 105.0])
@pytest.mark.parametrize("profile", [UNPROVEN, FREEWHEEL], ids=["unproven", "freewheel"])
def test_the_angle_grows_forward_and_falls_backward(rpm: float, profile: DirectionProfile) -> None:
    assert Crank(profile).turn(20, rpm)[-1] is FORWARD
    assert Crank(profile).turn(20, -rpm)[-1] is BACKWARD


@pytest.mark.parametrize(("packets_per_s", "rpm"), [(2.0, 80.0), (4.0, 70.0), (4.0, 90.0)])
def test_more_packets_see_it_too(packets_per_s: float, rpm: float) -> None:
    assert Crank(packets_per_s=packets_per_s).turn(15, rpm)[-1] is FORWARD
    assert Crank(packets_per_s=packets_per_s).turn(15, -rpm)[-1] is BACKWARD


@pytest.mark.parametrize(
    ("packets_per_s", "rpm"), [(1.0, 30.0), (1.0, 60.0), (1.0, 90.0), (2.0, 60.0), (4.0, 120.0)]
)
@pytest.mark.parametrize("sign", [1, -1])
def test_at_a_blind_cadence_it_is_silent_and_says_so(
    packets_per_s: float, rpm: float, sign: int
) -> None:
    crank = Crank(packets_per_s=packets_per_s)
    assert set(crank.turn(20, sign * rpm)) == {UNKNOWN}
    assert crank.llr == 0.0
    assert crank.bench.tracker.estimate.reason is Reason.BLIND_CADENCE


@pytest.mark.parametrize("rpm", [72.0, -72.0])
def test_a_cadence_that_fits_neither_way_says_nothing(rpm: float) -> None:
    crank = Crank()
    assert set(crank.turn(20, rpm, says_rpm=80.0)) == {UNKNOWN}
    assert crank.llr == 0.0


@settings(max_examples=25)
@given(rpm=st.floats(25.0, 115.0), packets_per_s=st.sampled_from([1.0, 2.0, 4.0]))
def test_it_says_the_same_of_both_ways_at_any_cadence_and_nothing_wrong(
    rpm: float, packets_per_s: float
) -> None:
    forth = Crank(packets_per_s=packets_per_s).turn(12, rpm)
    back = Crank(packets_per_s=packets_per_s).turn(12, -rpm)
    assert BACKWARD not in forth
    assert FORWARD not in back
    if FORWARD in forth:  # angles are cut to whole degrees, which is not the same both ways
        assert back[-1] in (MIRRORED[forth[-1]], UNKNOWN)


def test_a_rider_who_turns_round_is_followed() -> None:
    crank = Crank()
    assert crank.turn(15, 75.0)[-1] is FORWARD
    assert crank.turn(8, -75.0)[-1] is BACKWARD


def test_an_inverted_meter_is_read_as_calibrated() -> None:
    profile = proven(proof("crank_angle", "meter", polarity=-1))
    assert Crank(profile).turn(12, 75.0)[-1] is BACKWARD


def test_one_wrong_angle_turns_nothing() -> None:
    crank = Crank()
    crank.turn(15, 75.0)
    crank._angle_deg += 180.0
    assert BACKWARD not in crank.turn(10, 75.0)


def test_without_an_angle_or_a_pace_it_says_nothing() -> None:
    crank = Crank()
    for at in range(10):
        crank.bench.sensor("meter", float(at), VECTOR, crank_revs=at, crank_event=at * 800)
        crank.bench.record(float(at), speed_kmh=25.0, cadence_rpm=75.0)
    assert crank.llr == 0.0
    for at in range(10, 20):
        crank.bench.sensor("meter", float(at), VECTOR, first_angle_deg=at * 17 % 360)
        crank.bench.record(float(at), speed_kmh=25.0)
    assert crank.llr == 0.0


def test_angles_too_far_apart_are_no_pair() -> None:
    crank = Crank(packets_per_s=1.0 / (LONGEST_PAIR_S + 0.5))
    assert set(crank.turn(60, 75.0)) == {UNKNOWN}
    assert crank.llr == 0.0


def test_the_rhythm_of_sending_is_known_behind_the_jitter_of_arriving() -> None:
    rhythm = Rhythm()
    rhythm.receive(60.0)
    for n in range(40):
        apart_s = rhythm.receive(1.0 + (0.15 if n % 2 else -0.15))
    assert apart_s == pytest.approx(1.0, abs=0.1)
    assert rhythm.receive(2.1) == pytest.approx(2.0, abs=0.2)


@given(angle_deg=st.floats(-1e4, 1e4))
def test_a_wrapped_angle_is_the_same_one_within_half_a_turn(angle_deg: float) -> None:
    assert -180.0 <= wrapped(angle_deg) <= 180.0
    turns = (angle_deg - wrapped(angle_deg)) / 360.0
    assert turns == pytest.approx(round(turns), abs=1e-9)


def extreme(angle_deg: int, profile: DirectionProfile = UNPROVEN, seconds: int = 30) -> Bench:
    bench = Bench(BIKE, profile, METER)
    for at in range(seconds):
        bench.sensor(
            "meter", float(at), CPS, power_w=120, max_angle_deg=angle_deg, min_angle_deg=10
        )
        bench.record(float(at), speed_kmh=25.0, cadence_rpm=75.0)
    return bench


@pytest.mark.parametrize(("angle_deg", "sign"), [(90, -1), (40, -1), (270, 1), (310, 1)])
def test_the_largest_torque_leans_to_a_way_and_decides_only_if_proven(
    angle_deg: int, sign: int
) -> None:
    guess = extreme(angle_deg)
    assert 0.0 < guess.channel("extreme_angles").llr * sign < DECIDES
    assert guess.tracker.estimate.direction is UNKNOWN
    sure = extreme(angle_deg, proven(proof("extreme_angles", "meter")))
    assert sure.tracker.estimate.direction is (BACKWARD if sign > 0 else FORWARD)


@pytest.mark.parametrize("angle_deg", [0, 10, 180, 350])
def test_a_largest_torque_near_the_dead_spots_says_nothing(angle_deg: int) -> None:
    profile = proven(proof("extreme_angles", "meter"))
    assert extreme(angle_deg, profile).channel("extreme_angles").llr == 0.0


def test_a_largest_torque_on_the_other_side_takes_back_what_was_believed_first() -> None:
    bench = extreme(90, proven(proof("extreme_angles", "meter")))
    bench.sensor("meter", 31.0, CPS, power_w=120, max_angle_deg=270, min_angle_deg=10)
    assert 0.0 < bench.channel("extreme_angles").llr < DECIDES
