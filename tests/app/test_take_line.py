"""The line of a recording fits, whatever is in it."""

from __future__ import annotations

import pytest

from ftms_bridge.app.take_line import LEGEND, take_line, width
from ftms_bridge.app.taking import Taken

RIDE = Taken(
    seconds=12.4,
    records=34,
    label="forward",
    link="connected",
    signals={"speed_kmh": 23.4, "cadence_rpm": 78.2, "power_w": 104.0, "hr_bpm": 68.0},
)


def test_values_come_with_their_units_and_the_label_last() -> None:
    assert take_line(RIDE, 100) == (
        "12 s  34 records  connected  23.4 km/h  78 rpm  104 W  68 bpm  [forward]"
    )


def test_marks_and_the_wish_to_end_are_shown_before_the_label() -> None:
    taken = Taken(marks=2, may_end=True)
    line = take_line(taken, 80)
    assert line.endswith("searching  mark 2  q again ends  [no label]")


@pytest.mark.parametrize("link", ["connected", "not heard for 20 s " * 9, "見つからない" * 20])
@pytest.mark.parametrize("columns", [*range(10), 20, 40, 60, 80, 120])
def test_it_never_wraps(columns: int, link: str) -> None:
    ending = {"marks": 12, "may_end": True, "seconds": 86_400.0, "records": 999_999}
    for changes in ({}, ending):
        taken = Taken(label="backward", link=link, signals=RIDE.signals)
        for name, value in changes.items():
            setattr(taken, name, value)
        line = take_line(taken, columns)
        assert width(line) < max(columns, 1)
        if columns >= 40:
            assert line.endswith("[backward]")


def test_a_narrow_terminal_shows_as_many_values_as_fit() -> None:
    assert take_line(RIDE, 62) == ("12 s  34 records  23.4 km/h  78 rpm  104 W  68 bpm  [forward]")
    assert take_line(RIDE, 60) == "12 s  34  23.4 km/h  78 rpm  104 W  68 bpm  [forward]"
    assert take_line(RIDE, 40) == "12 s  34  23.4 km/h  78 rpm  [forward]"


def test_the_keys_fit_60_columns() -> None:
    assert all(len(line) < 60 for line in LEGEND)
