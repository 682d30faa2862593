"""Counters: roll-over, reset, fall and jump, and revolution rates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.measurement.counters import (
    CRANK,
    DISTANCE_M,
    ELAPSED_S,
    WHEEL_CSC,
    Change,
    Counter,
    RevolutionRate,
)


def test_the_first_reading_credits_nothing() -> None:
    counter = Counter(DISTANCE_M)
    assert counter.receive(5000, 10.0) is Change.FIRST
    assert counter.total == 0


def test_growth_is_credited() -> None:
    counter = Counter(DISTANCE_M)
    counter.receive(100, 0.0)
    assert counter.receive(106, 1.0) is Change.GREW
    assert counter.total == 6


def test_a_roll_over_credits_the_way_across_the_edge() -> None:
    counter = Counter(ELAPSED_S)
    counter.receive(65535, 0.0)
    assert counter.receive(0, 1.0) is Change.ROLLED_OVER
    assert counter.total == 1


def test_a_reset_starts_anew_and_credits_what_was_counted_since() -> None:
    counter = Counter(DISTANCE_M)
    counter.receive(165, 0.0)
    assert counter.receive(2, 1.0) is Change.RESET
    assert (counter.total, counter.resets) == (2, 1)


def test_a_fall_is_kept_as_evidence_and_credits_nothing() -> None:
    counter = Counter(DISTANCE_M)
    counter.receive(500, 0.0)
    assert counter.receive(497, 1.0) is Change.FELL
    assert (counter.total, counter.falls, counter.fallen) == (0, 1, 3)


def test_a_jump_is_not_credited_and_the_next_step_is() -> None:
    counter = Counter(DISTANCE_M)
    counter.receive(100, 0.0)
    assert counter.receive(6_619_255, 1.0) is Change.JUMPED
    assert counter.receive(6_619_260, 2.0) is Change.GREW
    assert counter.total == 5


def test_nothing_is_credited_across_a_rebase() -> None:
    counter = Counter(DISTANCE_M)
    counter.receive(100, 0.0)
    counter.rebase()
    counter.receive(180, 20.0)
    assert counter.total == 0


@given(st.lists(st.integers(0, (1 << 24) - 1), min_size=2, max_size=50))
def test_the_total_never_falls_and_never_grows_beyond_belief(readings: list[int]) -> None:
    counter = Counter(DISTANCE_M)
    for second, reading in enumerate(readings):
        before = counter.total
        counter.receive(reading, float(second))
        assert 0 <= counter.total - before <= DISTANCE_M.max_rate + DISTANCE_M.slack


@given(start=st.integers(0, 65535), steps=st.lists(st.integers(0, 3), max_size=60))
def test_a_counter_that_rolls_over_credits_what_an_endless_one_would(
    start: int, steps: list[int]
) -> None:
    counter = Counter(ELAPSED_S)
    counter.receive(start, 0.0)
    reading = start
    for second, step in enumerate(steps, 1):
        reading = (reading + step) % 65536
        counter.receive(reading, float(second))
    assert counter.total == sum(steps)


def test_two_events_give_a_rate() -> None:
    # gatt.md vectors made here: 65535 -> 1 revolution in 1.5 s is +2, 80 rpm, not -65534.
    rate = RevolutionRate(CRANK)
    assert rate.receive(65535, 65000, 0.0) is None
    assert rate.receive(1, (65000 + 1536) % 65536, 1.5) == 80.0


def test_a_repeated_event_holds_the_rate_until_it_is_too_old() -> None:
    rate = RevolutionRate(CRANK)
    rate.receive(10, 0, 0.0)
    rate.receive(11, 1024, 1.0)
    assert rate.receive(11, 1024, 2.0) == 60.0
    assert rate.receive(11, 1024, 3.4) == 60.0
    assert rate.receive(11, 1024, 3.6) == 0.0


def test_a_decreasing_wheel_gives_a_magnitude_and_evidence() -> None:
    rate = RevolutionRate(WHEEL_CSC)
    rate.receive(100, 1024, 0.0)
    assert rate.receive(98, 2048, 1.0) == 120.0
    assert (rate.falls, rate.fallen) == (1, 2)


def test_a_reset_wheel_gives_no_rate_and_no_evidence() -> None:
    rate = RevolutionRate(WHEEL_CSC)
    rate.receive(100_000, 1024, 0.0)
    assert rate.receive(0, 2048, 1.0) is None
    assert (rate.falls, rate.resets) == (0, 1)


def test_events_without_time_between_them_give_no_rate() -> None:
    rate = RevolutionRate(CRANK)
    rate.receive(5, 700, 0.0)
    assert rate.receive(6, 700, 1.0) is None


def test_a_silence_longer_than_the_event_clock_gives_no_rate() -> None:
    rate = RevolutionRate(CRANK)
    rate.receive(5, 0, 0.0)
    assert rate.receive(6, 1024, 65.0) is None


@given(
    revs=st.integers(0, 65535),
    ticks=st.integers(0, 65535),
    readings=st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), max_size=30),
)
def test_a_crank_rate_is_never_beyond_belief(
    revs: int, ticks: int, readings: list[tuple[int, int]]
) -> None:
    rate = RevolutionRate(CRANK)
    rate.receive(revs, ticks, 0.0)
    for second, reading in enumerate(readings, 1):
        rpm = rate.receive(*reading, float(second))
        assert rpm is None or 0.0 <= rpm <= 60 * 1024 * (CRANK.max_revs_per_s + 1)


def test_a_spike_is_neither_credited_nor_taken_for_a_reset() -> None:
    counter = Counter(DISTANCE_M)
    readings = [100, 105, 16_000_000, 110, 115]
    changes = [counter.receive(reading, float(at)) for at, reading in enumerate(readings)]
    assert counter.total == 15
    assert changes.count(Change.JUMPED) == 1
    assert counter.resets == 0


def test_a_counter_kind_never_gives_back_distance() -> None:
    counter = Counter(DISTANCE_M)
    counter.receive(20_000_000, 0.0)
    counter.receive(100, 1.0)
    assert counter.total >= 0
