"""Values out of foreign JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.recordings import fields
from tests.recordings.samples import json_values

READERS: dict[str, tuple[Callable[[object], object], object]] = {
    "text": (fields.text_of, "x"),
    "text or none": (fields.text_or_none, None),
    "texts": (fields.texts_of, ["x", "y"]),
    "list": (fields.list_of, [1, None]),
    "number": (fields.number_of, 7),
    "number or none": (fields.number_or_none, None),
    "object": (fields.object_of, {"x": 1}),
    "objects": (fields.objects_of, [{"x": 1}]),
}


@pytest.mark.parametrize("name", READERS)
def test_what_is_right_comes_back(name: str) -> None:
    read, value = READERS[name]
    result = read(value)
    assert (list(result) if isinstance(result, tuple) else result) == value


@given(value=json_values | st.floats())
@pytest.mark.parametrize("name", READERS)
def test_anything_else_is_a_value_error(name: str, value: object) -> None:
    read, _ = READERS[name]
    try:
        result = read(value)
    except ValueError:
        return
    assert (list(result) if isinstance(result, tuple) else result) == value


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf"), [1.0], 10**400])
def test_what_only_looks_like_a_number_is_none(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        fields.number_of(value)
