"""Counters count whole turns, with the instant of the last one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.simulator.counters import POWER_WHEEL_TICKS_PER_S, RevolutionCounter

DT = 0.025


def turn(counter: RevolutionCounter, speeds_per_s: list[float], seconds_each: float = 1.0) -> float:
    """Turn the shaft at these speeds one after the other; return the angle at the end."""
    turns, at = 0.0, 0.0
    for speed in speeds_per_s:
        for _ in range(round(seconds_each / DT)):
            turns += speed * DT
            at += DT
            counter.observe(turns, at, DT)
    return turns


@given(st.floats(0.1, 3.0), st.integers(1, 60))
def test_the_count_is_the_number_of_whole_turns(speed: float, seconds: int) -> None:
    counter = RevolutionCounter()
    turns = turn(counter, [speed], seconds)
    assert counter.count == int(turns)


def test_the_event_time_is_the_instant_of_the_last_turn() -> None:
    counter = RevolutionCounter()
    turn(counter, [1.25], 10.0)
    assert counter.count == 12
    assert counter.event == pytest.approx(12 / 1.25 * 1024, abs=1)


def test_the_wheel_counter_of_a_power_meter_ticks_twice_as_fast() -> None:
    counter = RevolutionCounter(bits=32, ticks_per_s=POWER_WHEEL_TICKS_PER_S)
    turn(counter, [1.25], 10.0)
    assert counter.event == pytest.approx(12 / 1.25 * 2048, abs=1)


def test_sixteen_bits_roll_over_and_so_does_the_event_time() -> None:
    counter = RevolutionCounter(first=0xFFFE)
    turn(counter, [1.515], 100.0)
    assert counter.count == 0xFFFE + 151 - 0x10000
    assert counter.event == pytest.approx(151 / 1.515 * 1024 - 0x10000, abs=1)


def test_thirty_two_bits_roll_over() -> None:
    counter = RevolutionCounter(first=0xFFFFFFFF, bits=32)
    turn(counter, [1.1], 3.0)
    assert counter.count == 2


def test_a_plain_magnet_counts_passes_either_way() -> None:
    counter = RevolutionCounter()
    turns = turn(counter, [1.05, -1.05], 10.0)
    assert turns == pytest.approx(0, abs=1e-9)
    assert counter.count in (20, 21)


def test_a_counter_that_knows_the_way_falls_back_but_never_below_zero() -> None:
    counter = RevolutionCounter(bits=32, signed=True)
    turn(counter, [1.05], 10.0)
    assert counter.count == 10
    turn_back = RevolutionCounter(bits=32, signed=True)
    turn(turn_back, [1.05, -1.05, -1.05], 10.0)
    assert turn_back.count == 0


def test_a_reset_starts_the_count_at_zero() -> None:
    counter = RevolutionCounter(first=500)
    turn(counter, [1.5], 10.0)
    counter.reset()
    assert counter.count == 0
