from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.mqtt.backoff import LONGEST_S, STABLE_S, BackOff


def steady() -> BackOff:
    """Return a back-off without chance."""
    return BackOff(lambda: 0.0)


def retries(back_off: BackOff, *, start: float, for_s: float) -> list[float]:
    """Return the instants of all attempts while a broker that refuses at once stays away."""
    attempts = [start]
    while attempts[-1] < start + for_s:
        attempts.append(attempts[-1] + back_off.wait_s(attempts[-1]))
    return attempts


def test_the_first_wait_is_a_second_and_the_longest_half_a_minute() -> None:
    attempts = retries(steady(), start=100.0, for_s=3600.0)
    waits = [later - earlier for earlier, later in pairwise(attempts)]
    assert waits[0] == 1.0
    assert waits[-1] == LONGEST_S
    assert waits == sorted(waits)


@given(st.floats(0.1, 59.0))
def test_after_an_outage_under_a_minute_the_next_attempt_comes_within_five_seconds(
    outage_s: float,
) -> None:
    attempts = retries(steady(), start=0.0, for_s=60.0)
    assert min(at for at in attempts if at >= outage_s) - outage_s <= 5.0


def test_chance_shortens_a_wait_by_up_to_a_quarter() -> None:
    assert BackOff(lambda: 1.0).wait_s(0.0) == 0.75


def test_a_stable_connection_ends_the_trouble() -> None:
    back_off = steady()
    at = retries(back_off, start=0.0, for_s=300.0)[-1]
    back_off.connected(at)
    assert back_off.wait_s(at + STABLE_S) == 1.0


def test_a_connection_that_breaks_early_does_not_end_the_trouble() -> None:
    back_off = steady()
    at = retries(back_off, start=0.0, for_s=600.0)[-1]
    back_off.connected(at)
    assert back_off.wait_s(at + STABLE_S - 1.0) == LONGEST_S
