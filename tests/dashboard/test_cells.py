"""Figures look the same wherever they stand."""

from __future__ import annotations

import pytest

from ftms_bridge.dashboard import palette
from ftms_bridge.dashboard.cells import bare, inline, lamp, measured, table, upright
from ftms_bridge.dashboard.tiles import Cell
from ftms_bridge.dashboard.view import Standing
from tests.dashboard.build import plain


@pytest.mark.parametrize(
    ("figure", "expected"),
    [("7", "   7 km/h"), ("24.8", "24.8 km/h"), ("12345", "12345 km/h"), ("—", "   —")],
)
def test_units_stand_still_while_digits_come_and_go(figure: str, expected: str) -> None:
    assert upright(Cell("speed", figure, "km/h"))[1].plain == expected


def test_what_is_not_known_has_no_unit_and_does_not_stand_out() -> None:
    unknown = Cell("power", "—", "W")
    assert measured(unknown).plain == "—"
    assert bare(unknown).style == palette.LABEL
    assert bare(Cell("power", "0", "W")).style == palette.VALUE


def test_a_cell_fits_into_a_line_of_text() -> None:
    assert inline(Cell("work", "98", "kJ")).plain == "work 98 kJ"
    assert inline(Cell("lap", "2")).plain == "lap 2"


def test_a_table_has_the_figures_below_their_labels() -> None:
    lines = table(map(upright, [Cell("speed", "24.8", "km/h"), Cell("power", "152", "W")]), 24)
    assert plain(lines).splitlines() == ["speed       power       ", "24.8 km/h    152 W      "]


def test_a_lamp_says_its_colour_in_a_word() -> None:
    assert lamp(Standing("stale")).plain == "● stale"
