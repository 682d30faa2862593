"""Commands as values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.control.commands import (
    MINUTES_AT_MOST,
    READING_AT_MOST,
    Command,
    Verb,
    minutes_of,
    reading_of,
)


def test_a_verb_is_the_last_part_of_its_topic() -> None:
    assert [verb.value for verb in Verb] == [
        "lap", "pause", "resume", "end", "link", "declare",
    ]  # fmt: skip


def test_a_command_cannot_be_changed_on_its_way() -> None:
    command = Command("bike", Verb.LAP, "7")
    with pytest.raises(FrozenInstanceError):
        command.verb = Verb.END  # type: ignore[misc]
    assert command == Command("bike", Verb.LAP, "7")


@pytest.mark.parametrize("value", [0.5, 1, 30.0, MINUTES_AT_MOST])
def test_minutes_are_a_number_above_zero_and_at_most_a_week(value: float) -> None:
    assert minutes_of(value) == float(value)


@given(
    st.none() | st.booleans() | st.text() | st.lists(st.integers()) | st.floats(max_value=0.0)
    | st.floats(min_value=MINUTES_AT_MOST, exclude_min=True) | st.just(float("nan"))
    | st.integers(max_value=0) | st.integers(min_value=MINUTES_AT_MOST + 1)
)  # fmt: skip
def test_anything_else_is_no_time(value: object) -> None:
    assert minutes_of(value) is None


@given(st.floats(-READING_AT_MOST, READING_AT_MOST) | st.integers(-300, 300))
def test_a_reading_is_a_number_of_either_sign(value: float) -> None:
    assert reading_of(value) == float(value)


@given(
    st.none() | st.booleans() | st.text() | st.lists(st.integers())
    | st.dictionaries(st.text(), st.integers()) | st.integers(min_value=3001)
    | st.integers(max_value=-3001) | st.sampled_from([float("nan"), float("inf"), -float("inf")])
    | st.floats(min_value=READING_AT_MOST, exclude_min=True) | st.just(10**400)
)  # fmt: skip
def test_anything_else_is_no_reading(value: object) -> None:
    assert reading_of(value) is None
