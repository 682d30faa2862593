"""Many machines as a table."""

from __future__ import annotations

import pytest

from ftms_bridge.dashboard.rows import row, row_labels
from tests.dashboard.build import absent_view, link_row, riding_view


def test_a_row_has_its_figures_below_their_units() -> None:
    view = riding_view()
    bike = view.machines["bike"]
    bike.name = "Bike"
    line = row(bike, view.standing(bike, 0.0), 0.0, width=80).plain
    labels = row_labels(80).plain
    assert labels.split() == ["machine", "direction", "km/h", "/min", "W", "bpm", "time", "km"]
    assert line.split() == [
        "Bike", "●", "online", "unknown", "24.8", "84", "152", "131", "12:34", "4.21",
    ]  # fmt: skip
    for unit, figure in (("km/h", "24.8"), ("W", "152"), ("time", "12:34"), ("km ", "4.21 ")):
        end = f"{labels} ".rindex(unit) + len(unit)
        assert f"{line} ".rindex(figure) + len(figure) == end


@pytest.mark.parametrize("width", [30, 46, 60, 69, 79])
def test_the_name_stays_when_the_window_is_narrow(width: int) -> None:
    view = riding_view()
    bike = view.machines["bike"]
    bike.name = "Bike by door"
    line = row(bike, view.standing(bike, 0.0), 0.0, width=width).plain
    assert line.startswith(" Bike by do")
    assert len(line) == len(row_labels(width).plain) <= max(width, 36)
    if width >= 46:
        assert "24.8" in line


def test_a_machine_that_is_silent_has_dashes() -> None:
    view = riding_view()
    bike = view.machines["bike"]
    line = row(bike, view.standing(bike, 9.0), 9.0, width=80).plain
    assert line.split()[-6:] == ["—", "—", "—", "—", "12:34", "4.21"]
    assert "● silent" in line


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_a_machine_that_is_not_there_has_a_reason_in_place_of_figures(width: int) -> None:
    view = absent_view(link_row("bike", "not_seen"))
    bike = view.machines["bike"]
    line = row(bike, view.standing(bike, 0.0), 0.0, width=width).plain
    assert len(line) == len(row_labels(width).plain)
    assert "● offline" in line
    if width >= 80:
        assert "not seen: switched off, out of reach, or held" in line
