"""How many messages pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.mqtt.rate import Rate


def test_a_flood_is_cut_to_so_many_per_second() -> None:
    rate = Rate(5.0, at_once=20)
    passed = sum(rate.allows(number / 2000) for number in range(20_000))
    assert passed == pytest.approx(20 + 10 * 5, abs=1)


def test_a_person_is_never_cut() -> None:
    rate = Rate(5.0, at_once=20)
    assert all(rate.allows(at / 2) for at in range(1000))


@given(st.lists(st.floats(0.0, 2.0), max_size=200), st.floats(0.1, 60.0), st.integers(1, 60))
def test_never_more_pass_than_the_rest_and_the_time_allow(
    waits_s: list[float], per_s: float, at_once: int
) -> None:
    rate, at, passed = Rate(per_s, at_once=at_once), 0.0, 0
    for wait_s in waits_s:
        at += wait_s
        passed += rate.allows(at)
        assert passed <= at_once + at * per_s + 1e-6
