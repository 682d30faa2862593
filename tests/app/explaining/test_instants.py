"""Seconds, a clock, or a label: all are the same instant."""

from __future__ import annotations

import pytest

from ftms_bridge.app.explaining.instants import instant
from ftms_bridge.errors import UsageError

WALL = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("750", 750.0), ("12.5", 12.5), ("1e2", 100.0), ("-3", -3.0),
        ("12:30", 750.0), ("0:07.5", 7.5), ("90:00", 5400.0), ("1:02:03", 3723.0),
        ("2023-11-14T22:14:20.000Z", 60.0), ("2023-11-14T23:14:20+01:00", 60.0),
    ],
)  # fmt: skip
def test_an_instant_can_be_written_in_several_ways(text: str, seconds: float) -> None:
    assert instant(text, WALL) == seconds


@pytest.mark.parametrize(
    "text", ["", "soon", "nan", "inf", "1:75", "2023-11-14T22:14:20", "1:2:3:4"]
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match="is no time") as raised:
        instant(text, WALL)
    assert "12:30" in raised.value.hint


def test_a_label_needs_a_recording_that_knows_its_date() -> None:
    with pytest.raises(UsageError, match="does not say when"):
        instant("2023-11-14T22:14:20Z", None)
