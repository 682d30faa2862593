"""The last minute, second by second, and the rate of messages."""

from __future__ import annotations

import pytest

from ftms_bridge.dashboard.trace import TRACE_S, Rate, Trace


def test_a_trace_has_one_value_per_second_and_blanks_where_nothing_was_heard() -> None:
    trace = Trace()
    assert trace.values(100.0) == [None] * TRACE_S
    trace.add(10.0, 100.2)
    trace.add(11.0, 100.9)
    values = trace.values(101.0)
    assert values[-3:] == [None, 11.0, 11.0]
    assert len(values) == TRACE_S


def test_a_value_is_held_for_three_seconds_and_no_longer() -> None:
    trace = Trace()
    trace.add(10.0, 100.0)
    assert trace.values(106.0)[-7:] == [10.0, 10.0, 10.0, None, None, None, None]


def test_a_trace_forgets_what_is_older_than_a_minute() -> None:
    trace = Trace()
    for second in range(1000):
        trace.add(float(second), float(second))
    assert trace.values(999.0) == [float(second) for second in range(940, 1000)]
    assert trace.values(2000.0) == [None] * TRACE_S


def test_a_rate_is_zero_before_the_first_message() -> None:
    assert Rate().per_s(5.0) == 0.0


def test_a_rate_counts_the_last_five_seconds() -> None:
    rate = Rate()
    for quarter in range(100):
        rate.count(quarter / 4)
    assert rate.per_s(24.8) == pytest.approx(4.0)
    assert rate.per_s(40.0) == 0.0


def test_a_rate_does_not_wait_for_five_seconds() -> None:
    rate = Rate()
    for quarter in range(8):
        rate.count(quarter / 4)
    assert rate.per_s(2.0) == pytest.approx(4.0)
