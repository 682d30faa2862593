"""Steps per minute on a belt, against the walker's own ways of walking."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.direction import Direction, Reason
from ftms_bridge.motion.profile import DirectionProfile, GaitBaseline
from tests.motion.bench import BACKWARD, FOOT_POD, FORWARD, POD, UNKNOWN, Bench, proof, proven

BELT = MachineKind.TREADMILL
BASE = GaitBaseline("pod", speed_kmh=3.0, forward_spm=90.0, backward_spm=104.0, scatter=0.02)
WALKER = proven(proof("gait_ratio", "pod"), gait=BASE)


class Walker:
    """A walker with a pod on a belt; one record a second."""

    def __init__(self, profile: DirectionProfile = WALKER) -> None:
        self.bench = Bench(BELT, profile, FOOT_POD)
        self.at = 0.0

    @property
    def llr(self) -> float:
        return self.bench.channel("gait_ratio").llr

    @property
    def reason(self) -> Reason | None:
        return self.bench.tracker.estimate.reason

    def walk(self, seconds: int, spm: int, speed_kmh: float = 3.0) -> list[Direction]:
        start, self.at = self.at, self.at + seconds

        def step(at: float) -> None:
            self.bench.sensor("pod", at, POD, speed_kmh=speed_kmh, cadence_spm=spm, running=False)

        return self.bench.ride(start, seconds, step, speed_kmh=speed_kmh)


@pytest.mark.parametrize(("spm", "way"), [(90, FORWARD), (104, BACKWARD)])
def test_a_walker_is_known_by_the_own_step_rates(spm: int, way: Direction) -> None:
    said = Walker().walk(90, spm)
    assert said[-1] is way
    assert set(said) == {UNKNOWN, way}


def test_the_step_rate_is_compared_at_the_same_speed() -> None:
    faster = round(104 * (3.6 / 3.0) ** 0.5)
    assert Walker().walk(120, faster, 3.6)[-1] in (BACKWARD, UNKNOWN)
    assert FORWARD not in Walker().walk(120, faster, 3.6)


@pytest.mark.parametrize("spm", [60, 130, 200])
def test_another_gait_is_neither(spm: int) -> None:
    walker = Walker()
    assert set(walker.walk(30, spm)) == {UNKNOWN}
    assert (walker.reason, walker.llr) == (Reason.GAIT_OTHER, 0.0)


def test_a_walker_who_changes_to_another_gait_is_known_no_longer() -> None:
    walker = Walker()
    assert walker.walk(90, 90)[-1] is FORWARD
    assert walker.walk(12, 130)[-1] is UNKNOWN
    assert walker.reason is Reason.GAIT_OTHER


def test_who_steps_off_the_belt_is_known_no_longer() -> None:
    walker = Walker()
    assert walker.walk(90, 90)[-1] is FORWARD
    assert walker.walk(6, 0)[-1] is UNKNOWN
    assert walker.reason is Reason.GAIT_OTHER
    assert walker.llr == 0.0


def test_stepping_off_is_seen_without_any_proof() -> None:
    walker = Walker(DirectionProfile())
    walker.walk(20, 90)
    assert set(walker.walk(6, 0)) == {UNKNOWN}
    assert walker.reason is Reason.GAIT_OTHER


@pytest.mark.parametrize(("first", "then", "way"), [(90, 104, BACKWARD), (104, 90, FORWARD)])
def test_who_turns_round_is_doubted_at_once_and_followed_later(
    first: int, then: int, way: Direction
) -> None:
    walker = Walker()
    walker.walk(90, first)
    said = walker.walk(90, then)
    assert UNKNOWN in said[:4]
    assert said[-1] is way
    assert walker.bench.tracker.estimate.since == pytest.approx(90.0, abs=4.0)


@pytest.mark.parametrize(
    "profile",
    [
        DirectionProfile(),
        DirectionProfile(gait=BASE),
        proven(proof("gait_ratio", "pod")),
        proven(proof("gait_ratio", "pod"), gait=replace(BASE, backward_spm=None)),
        proven(proof("gait_ratio", "pod"), gait=replace(BASE, source="another")),
        proven(proof("gait_ratio", "pod"), gait=replace(BASE, backward_spm=91.0)),
    ],
)
def test_without_both_ways_of_this_walker_it_never_decides(profile: DirectionProfile) -> None:
    walker = Walker(profile)
    for spm in (90, 104, 91):
        assert set(walker.walk(60, spm)) == {UNKNOWN}
        assert walker.llr == 0.0


def test_far_from_the_calibrated_speed_the_ways_cannot_be_told_apart() -> None:
    assert set(Walker().walk(120, 128, 6.0)) == {UNKNOWN}


def test_a_belt_that_stands_is_no_walking() -> None:
    walker = Walker()
    walker.walk(60, 90, 0.4)
    assert walker.llr == 0.0


@settings(max_examples=20)
@given(rates=st.lists(st.sampled_from([0, 60, 90, 97, 104, 130]), min_size=1, max_size=12))
def test_one_step_rate_never_turns_a_known_walker(rates: list[int]) -> None:
    walker = Walker()
    assert walker.walk(60, 90)[-1] is FORWARD
    for spm in rates:
        assert walker.walk(1, spm)[-1] is not BACKWARD
        assert BACKWARD not in walker.walk(3, 90)
        assert abs(walker.llr) <= 6.0
