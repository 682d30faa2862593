"""A speed that is meant as negative."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.measurement.signals import Number
from ftms_bridge.measurement.speed_sign import SpeedSign

NOT_AVAILABLE = 655.35


def received(*speeds: float | None) -> tuple[SpeedSign, list[Number | None]]:
    """Return the sign after these speeds, and what each is taken for."""
    sign, taken = SpeedSign(), list[Number | None]()
    for speed in speeds:
        values: list[Number | None] = [99, speed]
        sign.receive(speed, values, 1)
        assert values[0] == 99
        taken.append(values[1])
    return sign, taken


def negative(speed_kmh: float) -> float:
    return round(655.36 - speed_kmh, 2)


def test_a_plain_speed_is_positive_and_left_alone() -> None:
    sign, taken = received(8.0)
    assert (sign.sign, taken) == (1, [8.0])


def test_a_belt_that_stands_has_no_sign() -> None:
    assert received(8.0, 0.0)[0].sign == 0


def test_the_second_negative_speed_in_a_row_is_taken_by_its_size() -> None:
    sign, taken = received(negative(3.0), negative(3.2), negative(3.1))
    assert (sign.sign, taken) == (-1, [negative(3.0), 3.2, 3.1])


def test_a_single_one_stays_the_impossible_speed_that_it_is() -> None:
    sign, taken = received(negative(3.0), 3.0, negative(3.0), 3.0)
    assert (sign.sign, taken) == (1, [negative(3.0), 3.0, negative(3.0), 3.0])


def test_who_has_sent_two_is_believed_from_the_first_one_on_also_when_slow() -> None:
    sign, taken = received(negative(3.0), negative(3.0), 2.0, negative(3.0), negative(0.1))
    assert taken[2:] == [2.0, 3.0, 0.1]
    assert sign.sign == 0


@pytest.mark.parametrize("speed", [None, NOT_AVAILABLE, 400.0, 639.0, negative(0.2)])
def test_other_large_speeds_are_garbage_and_break_the_row(speed: float | None) -> None:
    sign, taken = received(speed, speed, speed)
    assert (sign.sign, taken) == (0, [speed] * 3)
    sign, taken = received(negative(3.0), speed, negative(3.0))
    assert taken[2] == negative(3.0)


def test_it_counts_how_many_speeds_there_were() -> None:
    sign, _ = received(3.0, None, negative(3.0))
    assert sign.heard == 3


@settings(max_examples=60)
@given(
    speeds=st.lists(
        st.one_of(st.none(), st.integers(0, 65535).map(lambda raw: raw / 100)), max_size=12
    )
)
def test_it_never_makes_a_speed_that_nobody_runs_and_keeps_those_that_are_sent(
    speeds: list[float | None],
) -> None:
    _, taken = received(*speeds)
    for sent, kept in zip(speeds, taken, strict=True):
        assert kept == sent or (kept is not None and sent is not None and 0.0 < kept <= 16.0)
        assert kept == sent or sent is None or sent > 327.67
