"""Time constants read off stops and starts."""

from __future__ import annotations

from math import exp

import pytest

from ftms_bridge.motion.calibration_stops import Point, belt_smoothing, smoothing


def stop(tau_s: float, *, step_s: float = 1.0, top: float = 70.0) -> list[Point]:
    """Return values that keep level for 20 s and fall from then on."""
    count = int(60 / step_s)
    ats = [index * step_s for index in range(count)]
    return [(at, top * exp(-max(at - 20.0, 0.0) / tau_s)) for at in ats]


def start(tau_s: float, *, top: float = 2.0) -> list[Point]:
    """Return a belt that stands for 5 s and then goes to its speed."""
    ats = [float(at) for at in range(60)]
    return [(at, 0.0 if at <= 5 else top * (1.0 - exp(-(at - 5.0) / tau_s))) for at in ats]


@pytest.mark.parametrize("tau_s", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("step_s", [1.0, 0.25])
def test_a_stop_shows_the_time_constant(tau_s: float, step_s: float) -> None:
    assert smoothing(stop(tau_s, step_s=step_s)) == pytest.approx(tau_s, rel=0.2, abs=0.25)


@pytest.mark.parametrize(("tau_s", "found"), [(0.01, 0.3), (8.0, 6.0)])
def test_it_stays_within_what_firmware_does(tau_s: float, found: float) -> None:
    assert smoothing(stop(tau_s)) == found


def test_without_a_stop_it_is_assumed() -> None:
    assert smoothing([]) == 1.0
    assert smoothing([(float(at), 70.0) for at in range(60)]) == 1.0
    assert smoothing(stop(2.0, top=20.0)) == 1.0


def test_a_stop_that_is_cut_short_counts_when_it_got_far_enough() -> None:
    falling = stop(4.0)[:28]
    again = [(float(at), 70.0) for at in range(28, 40)]
    assert smoothing(falling + again) == pytest.approx(4.0, rel=0.2)
    assert smoothing(stop(4.0)[:25] + again) == 1.0


@pytest.mark.parametrize("tau_s", [1.0, 2.0, 4.0])
def test_a_belt_shows_it_when_it_starts(tau_s: float) -> None:
    assert belt_smoothing(start(tau_s), 0.8) == pytest.approx(tau_s, rel=0.2, abs=0.25)


def test_a_belt_that_shows_zero_at_once_is_not_believed_to_be_fast() -> None:
    points = [*start(3.0), (60.0, 0.0), (61.0, 0.0)]
    assert belt_smoothing(points, 0.8) == pytest.approx(3.0, rel=0.2)


def test_a_belt_whose_start_was_not_seen_is_judged_by_its_stop() -> None:
    assert belt_smoothing(stop(2.0, top=2.0), 0.8) == pytest.approx(2.0, rel=0.2)
