"""Paced topics: at once, then not more often than the interval."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.telemetry.pacing import Pace


def test_the_first_document_goes_out_at_once() -> None:
    assert Pace(1.0).take(123.4)


def test_jitter_does_not_halve_the_rate() -> None:
    pace = Pace(0.25)
    taken = sum(pace.take(n * 0.25 + (0.01 if n % 2 else -0.01)) for n in range(400))
    assert taken >= 396


def test_a_record_after_a_rest_goes_out_at_once() -> None:
    pace = Pace(0.25)
    pace.take(0.0)
    assert pace.take(100.0)
    assert not pace.take(100.1)


def test_interval_zero_allows_every_record() -> None:
    pace = Pace(0.0)
    assert all(pace.take(n / 100) for n in range(50))


@given(st.lists(st.floats(0.001, 2.0), min_size=1, max_size=200))
def test_no_more_than_the_contract_allows_in_any_second(steps: list[float]) -> None:
    pace, at, taken = Pace(0.25), 0.0, []
    for step in steps:
        at += step
        if pace.take(at):
            taken.append(at)
    for start in taken:
        assert sum(start <= other < start + 1.0 for other in taken) <= 5
