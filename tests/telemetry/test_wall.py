"""Wall time labels."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.telemetry.wall import WallLabel


def test_without_a_date_there_is_no_label() -> None:
    assert WallLabel(None).at(12.0) is None


def test_a_label_is_utc_to_the_millisecond() -> None:
    zero = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC).timestamp()
    label = WallLabel(zero)
    assert label.at(0.0) == "2026-11-21T23:59:59.000Z"
    assert label.at(1.2346) == "2026-11-22T00:00:00.235Z"


@given(st.floats(0, 4e9), st.floats(0, 1e6))
def test_a_label_reads_back_as_its_instant(zero: float, at: float) -> None:
    label = WallLabel(zero).at(at)
    assert label is not None
    assert abs(datetime.fromisoformat(label).timestamp() - (zero + at)) <= 0.0011
