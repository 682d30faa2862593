"""Streaming metrics against their batch references."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.workout.metrics import WINDOWS_S, Sample, SessionMetrics, Totals


def per_second(steps: list[tuple[float, float]]) -> list[float]:
    """Return the mean power of every full second: the batch reference."""
    seconds: list[float] = []
    filled_s, joules = 0.0, 0.0
    for dt_s, power_w in steps:
        left_s = dt_s
        while filled_s + left_s >= 1.0:
            part_s = 1.0 - filled_s
            seconds.append(joules + power_w * part_s)
            left_s -= part_s
            filled_s, joules = 0.0, 0.0
        filled_s += left_s
        joules += power_w * left_s
    return seconds


def ride(metrics: SessionMetrics, steps: list[tuple[float, float | None]]) -> None:
    """Ride with each power for its time."""
    for dt_s, power_w in steps:
        sample = Sample(moving=True, speed_kmh=20.0, power_w=power_w)
        metrics.step(0.0, sample)
        metrics.step(dt_s, sample)


@given(
    st.lists(st.tuples(st.sampled_from([0.25, 0.5, 1.0, 1.25, 2.5]), st.integers(-200, 1500)),
             min_size=1, max_size=120)
)  # fmt: skip
def test_rolling_power_equals_the_mean_over_the_last_full_seconds(
    steps: list[tuple[float, int]],
) -> None:
    metrics = SessionMetrics()
    ride(metrics, [(dt_s, float(power_w)) for dt_s, power_w in steps])
    seconds = per_second([(dt_s, float(power_w)) for dt_s, power_w in steps])
    for window, length_s in enumerate(WINDOWS_S):
        mean_w = metrics.rolling.mean_w(window)
        if len(seconds) < length_s:
            assert mean_w is None
        else:
            assert mean_w == pytest.approx(sum(seconds[-length_s:]) / length_s, abs=0.001)


def test_rolling_power_does_not_drift_in_24_hours() -> None:
    metrics = SessionMetrics()
    source = random.Random(1)
    powers = [source.uniform(0.0, 900.0) for _ in range(24 * 3600)]
    for power_w in powers:
        metrics.step(1.0, Sample(moving=True, power_w=power_w))
    # the last value is held but not yet credited
    assert metrics.rolling.mean_w(2) == pytest.approx(sum(powers[-31:-1]) / 30, abs=1e-6)


def test_windows_are_empty_after_an_interruption() -> None:
    metrics = SessionMetrics()
    ride(metrics, [(1.0, 200.0)] * 40)
    metrics.interrupt()
    ride(metrics, [(2.0, 100.0)])
    assert metrics.rolling.mean_w(0) is None
    ride(metrics, [(1.0, 100.0)])
    assert metrics.rolling.mean_w(0) == 100.0


def test_windows_do_not_span_a_second_of_unknown_power() -> None:
    metrics = SessionMetrics()
    ride(metrics, [(1.0, 200.0)] * 5)
    assert metrics.rolling.mean_w(0) == 200.0
    ride(metrics, [(1.0, None)])
    assert metrics.rolling.mean_w(0) is None


def held(
    metrics: SessionMetrics, dt_s: float = 0.0, *, moving: bool = True, **values: float
) -> None:
    """Hold the given values for a time; the others are not known."""
    sample = Sample(moving, **values)
    metrics.step(0.0, sample)
    metrics.step(dt_s, sample)


def test_averages_are_weighted_by_time_not_by_records() -> None:
    metrics = SessionMetrics()
    held(metrics, 3.0, power_w=100.0, speed_kmh=36.0)
    held(metrics, 1.0, power_w=300.0, speed_kmh=36.0)
    assert metrics.totals.avg_power_w == 150.0
    assert metrics.totals.work_kj == 0.6
    assert metrics.totals.distance_m == 40.0


def test_an_average_over_nothing_is_no_number() -> None:
    metrics = SessionMetrics()
    held(metrics, 5.0, speed_kmh=10.0)
    assert metrics.totals.avg_power_w is None
    assert metrics.totals.work_kj is None


def test_an_unknown_value_neither_counts_as_zero_nor_as_time() -> None:
    metrics = SessionMetrics()
    held(metrics, 10.0, hr_bpm=120.0)
    held(metrics, 10.0)
    assert metrics.totals.avg_hr_bpm == 120.0


def test_standing_still_credits_no_moving_time() -> None:
    metrics = SessionMetrics()
    held(metrics, 7.0, moving=False, power_w=0.0, speed_kmh=0.0)
    assert (metrics.totals.credited_s, metrics.totals.moving_s) == (7.0, 0.0)
    assert metrics.totals.avg_speed_kmh is None


def test_maxima_are_kept() -> None:
    metrics = SessionMetrics()
    for power_w in (100.0, 420.0, 90.0):
        held(metrics, power_w=power_w, cadence_rpm=power_w / 4, speed_kmh=power_w / 10)
    assert (metrics.max_power_w, metrics.max_cadence_rpm, metrics.max_speed_kmh) == (420, 105, 42)
    assert metrics.max_hr_bpm is None


def test_a_lap_is_the_difference_of_two_totals() -> None:
    metrics = SessionMetrics()
    held(metrics, 10.0, power_w=100.0)
    start = metrics.totals.copy()
    held(metrics, 5.0, power_w=200.0)
    lap = metrics.totals.since(start)
    assert lap == Totals(credited_s=5.0, moving_s=5.0, power_known_s=5.0, power_j=1000.0)
