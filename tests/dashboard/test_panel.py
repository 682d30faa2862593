"""One machine in a frame of exactly the lines it was given."""

from __future__ import annotations

import pytest

from ftms_bridge.dashboard.panel import (
    COMPACT_LINES,
    FULL_COLUMNS,
    FULL_LINES,
    compact_panel,
    full_panel,
)
from ftms_bridge.dashboard.view import HAPPENINGS_KEPT, View
from tests.dashboard.build import (
    COLUMNS,
    absent_view,
    event,
    hear,
    known,
    link_row,
    live,
    plain,
    riding_view,
)


def full(view: View, height: int, at: float = 0.0) -> str:
    bike = view.machines["bike"]
    return plain(full_panel(bike, view.standing(bike, at), at, width=FULL_COLUMNS, height=height))


@pytest.mark.parametrize("height", range(FULL_LINES, 40))
def test_a_full_panel_never_takes_more_than_its_height(height: int) -> None:
    lines = full(riding_view(), height).splitlines()
    assert FULL_LINES <= len(lines) <= height
    assert {len(line) for line in lines} == {FULL_COLUMNS}


WITH_TIMES = FULL_LINES + 1
WITH_AIR = WITH_TIMES + 3


def test_more_height_buys_times_then_air_then_chart_then_history() -> None:
    view = riding_view()
    hear(view, "event", event("session_started", {}))
    assert full(view, FULL_LINES).count("█ 152 W") == 1
    assert len(full(view, WITH_TIMES).splitlines()) == WITH_TIMES
    assert len(full(view, WITH_AIR).splitlines()) == WITH_AIR
    tall = full(view, WITH_AIR + 3).splitlines()
    assert sum(line.rstrip("│ ").endswith("█") or "█ 152 W" in line for line in tall) >= 4
    assert "session started" in tall[-1], "the last event is on the frame as long as there is"
    with_history = full(view, WITH_AIR + 3 + 1 + HAPPENINGS_KEPT).splitlines()
    assert "session started" not in with_history[-1]
    assert any("session started" in line for line in with_history)


def test_a_panel_keeps_its_height_when_something_happens() -> None:
    view = riding_view()
    before = full(view, 22).count("\n")
    for _ in range(9):
        hear(view, "event", event("session_paused", {}))
    assert full(view, 22).count("\n") == before


def test_a_compact_panel_has_six_lines() -> None:
    view = riding_view()
    bike = view.machines["bike"]
    lines = plain(compact_panel(bike, view.standing(bike, 0.0), 0.0, width=80)).splitlines()
    assert len(lines) == COMPACT_LINES
    assert {len(line) for line in lines} == {80}


def test_an_event_is_told_with_its_age() -> None:
    view = riding_view()
    hear(view, "event", event("session_started", {}), at=0.0)
    assert "session started  2 min ago ─╯" in full(view, FULL_LINES, at=130.0)


def test_an_id_that_says_nothing_new_is_left_out() -> None:
    view = riding_view()
    bike = view.machines["bike"]
    assert full(view, FULL_LINES).startswith("╭─ Bike in the cellar  indoor bike  bike ─")
    bike.name = "bike"
    assert full(view, FULL_LINES).startswith("╭─ bike  indoor bike ─")


def test_both_sizes_say_why_a_machine_and_its_sensors_are_not_there() -> None:
    view = absent_view(link_row("bike", "bluetooth_off"), link_row("strap", "not_seen"))
    bike = view.machines["bike"]
    standing = view.standing(bike, 0.0)
    full = plain(full_panel(bike, standing, 0.0, width=80, height=11))
    compact = plain(compact_panel(bike, standing, 0.0, width=80))
    assert "Bluetooth is switched off" in full
    assert "Bluetooth is switched off on this computer" in compact
    for panel in (full, compact):
        assert "strap: not seen" in panel.splitlines()[-1]


def backward_view() -> View:
    view = riding_view()
    hear(view, "live", live(direction=known(), by_direction=COLUMNS))
    return view


def test_a_panel_with_room_shows_evidence_and_the_time_of_each_direction() -> None:
    text = full(backward_view(), WITH_AIR)
    assert "crank angle (rising) says backward · proven · log-odds 4.2 · 0.3 s ago" in text
    assert "forward 8:20  backward 3:10  stopped 0:24  unknown 0:40  4 switches" in text
    assert "forward 8:20" in full(backward_view(), WITH_TIMES)


def test_the_least_panel_shows_both_ways_beside_the_letters() -> None:
    lines = full(backward_view(), FULL_LINES).splitlines()
    assert "measured, 97 % sure" in lines[1]
    assert "crank angle says backward" in lines[2]
    assert "for 1:05  fwd 8:20  back 3:10" in lines[3]
