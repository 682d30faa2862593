"""Blocks of the documents."""

from __future__ import annotations

import pytest

from ftms_bridge.motion.direction import Direction
from ftms_bridge.pipeline.documents import lap_detail, lap_summary, tenths, thousandths
from tests.pipeline.tracking import ridden


@pytest.mark.parametrize(
    ("value", "rounded"), [(1.25, 1.3), (-1.25, -1.3), (0.04, 0.0), (None, None)]
)
def test_a_value_has_one_decimal(value: float | None, rounded: float | None) -> None:
    assert tenths(value) == rounded


def test_parts_have_three_decimals() -> None:
    assert [thousandths(value) for value in (1.2345, -1.2345, 0.0)] == [1.235, -1.235, 0.0]


def test_a_lap_is_told_per_direction_and_flat_in_its_event() -> None:
    lap = ridden((30, Direction.FORWARD), (15, Direction.BACKWARD)).lap(45.0)
    summary = lap_summary(lap)
    assert summary["by_direction"]["backward"] == {
        "time_s": 15.0, "distance_m": 150.0, "revolutions": 22.5, "work_kj": 3.0,
    }  # fmt: skip
    detail = lap_detail(lap)
    assert (detail["forward_s"], detail["backward_s"], detail["unknown_s"]) == (30.0, 15.0, 0.0)
    assert set(summary) - set(detail) == {"by_direction"}
    assert detail["work_kj"] == summary["work_kj"]


def test_what_was_never_known_in_a_lap_is_null() -> None:
    summary = lap_summary(ridden((30, Direction.FORWARD), power_w=None).lap(30.0))
    assert summary["by_direction"]["forward"]["work_kj"] is None
