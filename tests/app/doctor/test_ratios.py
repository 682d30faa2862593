"""Ratios of two witnesses: their middle, their spread and what may be concluded."""

from __future__ import annotations

import pytest

from ftms_bridge.app.doctor.ratios import growth_over_rate, ratio_of, smallest_step
from tests.app.doctor.rides import spoiled, stream_of


def test_the_middle_is_not_moved_by_single_wild_ones() -> None:
    ratio = ratio_of([1.6, 1.61, 1.62, 1.6, 1.61, 50.0])
    assert ratio.middle == pytest.approx(1.61, abs=0.01)
    assert ratio.is_near(1.609344) or not ratio.is_steady


def test_what_varies_is_near_nothing() -> None:
    ratio = ratio_of([1.2, 1.4, 1.6, 1.8, 2.0])
    assert not ratio.is_steady
    assert not ratio.is_near(1.609344)


def test_agreement_has_a_margin() -> None:
    assert ratio_of([1.07] * 5).agrees
    assert not ratio_of([1.1] * 5).agrees


def test_an_honest_distance_grows_as_its_speed_says() -> None:
    stream = stream_of(spoiled(lambda _: {}, seconds=600))
    ratios = growth_over_rate(
        stream, stream.tracks["distance_m"], stream.tracks["speed_kmh"], 1 / 3.6
    )
    assert len(ratios) > 20
    assert ratio_of(ratios).middle == pytest.approx(1.0, abs=0.02)


def test_a_step_is_the_smallest_growth() -> None:
    coarse = spoiled(lambda fields: {"distance_m": int(fields["distance_m"] or 0) // 10 * 10})
    assert smallest_step(stream_of(coarse).tracks["distance_m"]) == 10
