"""The rider's heart follows the effort late, and the pace scatters as asked."""

from __future__ import annotations

from random import Random

import pytest

from ftms_bridge.simulator.rider import Heart, Wander, cycling_vo2, step_rate_spm, walking_vo2
from ftms_bridge.simulator.scenario import Rider
from ftms_bridge.units import mps_from_kmh


@pytest.mark.parametrize(
    ("speed_kmh", "incline_pct", "expected"),
    [(4.0, 0, 10.1), (4.0, 5, 16.0 + 0.1), (6.44, 0, 14.2)],
)
def test_walking_costs_what_the_acsm_equation_says(
    speed_kmh: float, incline_pct: float, expected: float
) -> None:
    assert walking_vo2(mps_from_kmh(speed_kmh), incline_pct) == pytest.approx(expected, abs=0.1)


def test_cycling_costs_what_the_acsm_equation_says() -> None:
    assert cycling_vo2(150, 80, 75) == pytest.approx(7 + 10.8 * 150 / 75)
    assert cycling_vo2(0, 0, 75) == 3.5


def test_the_heart_covers_two_thirds_of_the_way_in_its_time_constant() -> None:
    rider = Rider(heart_lag_s=40)
    heart = Heart(rider)
    half_effort = 3.5 + (rider.vo2_max - 3.5) / 2
    for _ in range(round(40 / 0.025)):
        heart.step(half_effort, 0.025)
    target = (rider.resting_bpm + rider.max_bpm) / 2
    covered = (heart.rate_bpm - rider.resting_bpm) / (target - rider.resting_bpm)
    assert covered == pytest.approx(0.632, abs=0.005)


def test_the_heart_never_beats_faster_than_its_maximum() -> None:
    heart = Heart(Rider())
    for _ in range(2000):
        heart.step(200, 1.0)
    assert heart.rate_bpm == pytest.approx(Rider().max_bpm)


def test_the_wander_has_the_asked_scatter_around_one() -> None:
    wander = Wander(0.05, Random(1))
    factors = [wander.step(0.025) for _ in range(200_000)]
    mean = sum(factors) / len(factors)
    variance = sum((factor - mean) ** 2 for factor in factors) / len(factors)
    assert mean == pytest.approx(1.0, abs=0.01)
    assert variance**0.5 == pytest.approx(0.05, rel=0.15)


def test_faster_walking_takes_more_steps() -> None:
    assert step_rate_spm(mps_from_kmh(4)) == pytest.approx(104)
    assert step_rate_spm(mps_from_kmh(6)) == pytest.approx(127, abs=1)
    assert step_rate_spm(0.0) == 0.0
