"""The angle as a meter knows it: with scatter, and perhaps blind to the way round."""

from __future__ import annotations

from random import Random

import pytest

from ftms_bridge.simulator.crank_angle import CrankAngle, crank_angle_deg, scatter, whole_deg
from ftms_bridge.simulator.motion import Motion
from ftms_bridge.simulator.sensor_tables import PowerMeter


def turned(rpm: float, turns: float, **keys: object) -> CrankAngle:
    """Return a meter whose crank went to this angle in small steps at this cadence."""
    spec = PowerMeter.model_validate({"kind": "power_meter", "id": "meter", **keys})
    angle, motion = CrankAngle(spec, Random(1)), Motion(crank_rpm=rpm)
    for n in range(1, 101):
        motion.crank_turns = turns * n / 100
        angle.observe(motion)
    return angle


def test_the_angle_grows_forward_and_shrinks_backward() -> None:
    assert turned(80, 0.25).degrees() == 90
    assert turned(-80, -0.25).degrees() == 270


def test_a_meter_that_assumes_forward_lets_it_grow_either_way() -> None:
    assert turned(-80, -0.25, angle_sense="assumed_forward").degrees() == pytest.approx(90, abs=1)


def test_the_scatter_is_that_of_the_meter() -> None:
    angle = turned(80, 0.5, angle_noise_deg=8.0)
    errors = [angle.degrees() - 180 for _ in range(2000)]
    assert sum(errors) / 2000 == pytest.approx(-0.5, abs=0.7)
    assert (sum(e * e for e in errors) / 2000) ** 0.5 == pytest.approx(8, rel=0.1)


def test_the_hardest_push_is_mirrored_backward_and_the_dead_spots_follow_it() -> None:
    ahead, back = turned(80, 1.0).extremes(), turned(-80, -1.0).extremes()
    assert ahead["max_angle_deg"] == pytest.approx(90, abs=25)
    for name in ahead:
        one, other = ahead[name], back[name]
        assert isinstance(one, int)
        assert isinstance(other, int)
        assert (one + other) % 360 in (0, 359, 1)


def test_extremes_of_a_meter_that_assumes_forward_say_nothing() -> None:
    blind = {"angle_sense": "assumed_forward"}
    assert turned(-80, -1.0, **blind).extremes() == turned(80, 1.0, **blind).extremes()


def test_extremes_stay_while_the_crank_hardly_turns() -> None:
    assert turned(10, 1.0).extremes() == turned(80, 1.0).extremes()
    assert turned(-10, -1.0).extremes() == turned(80, 1.0).extremes()


def test_the_random_numbers_are_nearly_normal() -> None:
    numbers = [scatter(rng) for rng in [Random(3)] for _ in range(5000)]
    assert sum(numbers) / 5000 == pytest.approx(0, abs=0.05)
    assert sum(n * n for n in numbers) / 5000 == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize(("turns", "degrees"), [(0.0, 0), (1.5, 180), (-0.25, 270), (-3.0, 0)])
def test_angles_are_whole_degrees_of_one_turn(turns: float, degrees: int) -> None:
    assert crank_angle_deg(turns) == degrees
    assert whole_deg(turns * 360) == degrees
