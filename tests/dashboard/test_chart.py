"""A minute of history in columns."""

from __future__ import annotations

from ftms_bridge.dashboard.chart import chart_lines, columns
from tests.dashboard.build import BIKE_SIGNALS, hear, live, plain, riding_view, started_view


def test_columns_fill_eighths_and_tell_zero_from_nothing() -> None:
    assert columns([None, 0.0, 50.0, 100.0, 200.0, -10.0], 100.0, 1) == [" ▁▄██▁"]


def test_higher_columns_go_over_several_lines() -> None:
    assert columns([25.0, 50.0, 75.0, 100.0], 100.0, 2) == ["  ▄█", "▄███"]


def test_the_chart_shows_power_with_its_scale() -> None:
    view = riding_view(at=60.0)
    line = chart_lines(view.machines["bike"], 60.0, width=76, height=1)[0].plain
    assert line == "power  " + " " * 59 + "█ 152 W"


def test_the_chart_shows_speed_when_there_is_no_power() -> None:
    view = started_view()
    hear(view, "live", live(signals={**BIKE_SIGNALS, "power_w": None}), at=60.0)
    lines = chart_lines(view.machines["bike"], 60.0, width=76, height=3)
    assert len(lines) == 3
    assert lines[0].plain.startswith("speed ")
    assert lines[0].plain.endswith("█ 24.8 km/h")


def test_a_chart_without_any_value_has_no_scale() -> None:
    view = started_view()
    assert plain(chart_lines(view.machines["bike"], 60.0, width=76, height=1)).strip() == "speed"


def test_a_narrow_chart_shows_the_newest_seconds() -> None:
    view = riding_view(at=60.0)
    line = chart_lines(view.machines["bike"], 60.0, width=26, height=1)[0]
    assert line.plain == "power  " + " " * 9 + "█ 152 W"
