"""The screen as a person sees it: 80 columns, 24 lines, no colours."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from ftms_bridge.dashboard.banner import banner
from ftms_bridge.dashboard.screen import Caption, Screen
from ftms_bridge.dashboard.view import View
from ftms_bridge.telemetry.directions import DirectionBlock
from tests.dashboard.build import (
    FORBIDDEN,
    each_evil_text,
    event,
    evidence_row,
    hear,
    known,
    live,
    plain,
    result,
    riding_view,
    session,
    started_view,
    summary,
)

URL = "mqtt://localhost:1883"
CAPTION = Caption(URL)


def screen(
    view: View, at: float = 0.0, width: int = 80, height: int = 24, caption: Caption = CAPTION
) -> str:
    """Return the screen as text; checks that it fills the terminal exactly."""
    lines = Screen(view, at, caption).lines(width, height)
    assert [line.cell_len for line in lines] == [width] * height
    return plain(lines)


def printed(view: View, at: float = 0.0, *, colors: bool = True) -> str:
    """Return what rich sends to a terminal of 80 by 24."""
    out = io.StringIO()
    console = Console(
        file=out, width=80, height=24, force_terminal=True,
        color_system="truecolor" if colors else None,
    )  # fmt: skip
    console.print(Screen(view, at, CAPTION), end="", height=24)
    return out.getvalue()


def gym(count: int) -> View:
    machines = [(f"m{number}", f"Machine {number}", "indoor_bike") for number in range(count)]
    view = started_view(*machines)
    for machine, _, _ in machines:
        hear(view, "availability", "online", machine=machine)
        hear(view, "live", live(machine), machine=machine)
    return view


def assert_in_order(text: str, words: Sequence[str]) -> None:
    found = -1
    for word in words:
        found = text.find(word, found + 1)
        assert found >= 0, f"{word!r} is missing or out of order in:\n{text}"


def test_one_machine_shows_everything_the_bridge_says() -> None:
    view = riding_view()
    hear(view, "event", event("session_started", {}), at=0.0)
    text = screen(view, at=0.2)
    assert_in_order(text, [
        "ftms-bridge 0.1.0", "● bridge online",
        "Bike in the cellar", "indoor bike", "bike", "● online", "0.2 s ago",
        *banner("unknown")[:1], "this machine sends nothing that tells", "direction", "for 1:23",
        "speed", "cadence", "power", "heart rate", "incline", "resistance",
        "24.8 km/h", "84 rpm", "152 W", "131 bpm", "—", "12",
        "power", "█", "152 W",
        "session", "elapsed", "moving", "distance", "work", "lap",
        "active", "12:34", "12:10", "4.21 km", "98 kJ", "2",
        "power 3/10/30 s", "151 150 148 W", "average", "24.1 km/h", "82 rpm", "150 W",
        "session started",
        URL, "ftms/", " messages/s", "Ctrl-C ends",
    ])  # fmt: skip


def test_two_machines_fit_into_24_lines_in_full() -> None:
    text = screen(gym(2))
    assert text.count(banner("unknown")[1]) == 2
    assert text.count("24.8 km/h") == 2
    assert text.count("151 150 148 W") == 2


def test_three_machines_are_shown_smaller_but_with_the_same_values() -> None:
    text = screen(gym(3))
    assert banner("unknown")[1] not in text
    for number in range(3):
        assert f"Machine {number}" in text
    assert text.count("unknown  this machine sends nothing that tells direction") == 3
    assert text.count("24.8 km/h") == 3
    assert text.count("elapsed 12:34") == 3


def test_many_machines_become_a_table_that_says_what_is_hidden() -> None:
    text = screen(gym(30))
    assert_in_order(text, ["machine", "direction", "km/h", "/min", "W", "bpm", "time", "km"])
    assert "Machine 19" in text
    assert "Machine 20" not in text
    assert "10 more: a taller window shows them" in text
    assert "Machine 20" in screen(gym(21)), "what fits is shown"


def test_a_wide_terminal_shows_machines_side_by_side() -> None:
    text = screen(gym(2), width=160)
    line = next(line for line in text.splitlines() if "Machine 0" in line)
    assert "Machine 1" in line


def test_a_tall_terminal_shows_more_history() -> None:
    view = riding_view()
    for lap in (1, 2, 3):
        hear(view, "event", event("lap", {"lap": lap, "elapsed_s": 60.0}), at=float(lap))
    text = screen(view, at=30.0)
    assert_in_order(text, ["lap 3 took 1:00  27 s ago", "lap 2 took 1:00", "lap 1 took 1:00"])
    assert text.count("lap 3 took") == 1, "not on the edge of the frame as well"


def test_panels_side_by_side_have_the_same_height_whatever_happened() -> None:
    view = gym(2)
    before = screen(view, width=160, height=40).count("╰")
    hear(view, "event", event("session_paused", {}), machine="m0")
    lines = screen(view, width=160, height=40).splitlines()
    assert before == 2
    assert [line.count("╰") for line in lines if "╰" in line] == [2]


KNOWN: list[tuple[DirectionBlock, str]] = [
    (known(direction="forward", since_s=12.0, evidence=[]), "measured, 97 % sure"),
    (known(basis="declared", confidence=None, since_s=12.0, evidence=[]), "declared"),
    (known(direction="stopped", confidence=None, since_s=12.0, evidence=[]), "measured"),
]


@pytest.mark.parametrize(("direction", "ground"), KNOWN)
def test_a_known_direction_is_big_and_says_what_it_rests_on(
    direction: DirectionBlock, ground: str
) -> None:
    view = riding_view()
    hear(view, "live", live(direction=direction))
    text = screen(view)
    for line in banner(direction["direction"]):
        assert line.rstrip() in text
    assert_in_order(text, [ground, "for 0:12"])


def test_a_machine_that_fell_silent_shows_dashes_instead_of_old_values() -> None:
    view = riding_view()
    text = screen(view, at=10.0)
    assert_in_order(text, ["● silent", "called online, but nothing comes"])
    assert "24.8 km/h" not in text
    assert "nothing recent to tell it by" in text
    assert "4.21 km" in text, "what the session amounts to is still true"


@pytest.mark.parametrize("height", [24, 8])
def test_a_bridge_that_stopped_leaves_dashes_instead_of_old_values(height: int) -> None:
    view = riding_view()
    hear(view, "bridge", "offline")
    shown = screen(view, height=height)
    assert "the bridge is not running" in shown
    for old in ("24.8", "131", "12:34", "active"):
        assert old not in shown


def test_a_broker_that_is_away_is_said_with_the_reason() -> None:
    view = View("ftms")
    assert "no broker: connecting" in screen(view)
    assert "Waiting for the broker." in screen(view)
    view = riding_view()
    view.lose("nothing listens there")
    text = screen(view)
    assert "● no broker: nothing listens there; trying again" in text
    assert "● no broker  what is shown is old" in text


def test_an_empty_screen_says_what_to_do() -> None:
    view = View("home/gym")
    view.connect()
    assert_in_order(screen(view), ["bridge not heard yet", "nothing is heard below home/gym/",
                                   "ftms-bridge run", "--base"])  # fmt: skip
    hear(view, "bridge", "offline")
    assert_in_order(screen(view), ["● bridge offline", "The bridge is not running."])


def test_sources_other_than_the_machine_stand_below_the_values() -> None:
    view = riding_view()
    hear(view, "live", live(sources=[
        {"source": "bike", "basis": "measured", "age_s": 0.1, "signals": ["speed_kmh"]},
        {"source": "pedals", "basis": "measured", "age_s": 0.1, "signals": ["power_w"]},
    ]))  # fmt: skip
    assert "╰─ power from pedals ─" in screen(view)


def test_the_last_session_is_called_so() -> None:
    view = riding_view()
    hear(view, "session", summary())
    hear(view, "live", live(running=session(id=None, state="ended", elapsed_s=0.0)))
    assert_in_order(screen(view), ["last session", "ended", "30:00"])


def test_a_machine_without_any_session_says_so() -> None:
    view = started_view()
    assert_in_order(screen(view), ["● unheard", "no word about it yet", "none yet"])


def test_a_rejected_command_is_told() -> None:
    view = riding_view()
    hear(view, "result", result("no_session"))
    assert "lap was rejected: no session" in screen(view)


def test_messages_that_cannot_be_read_are_counted_and_the_view_goes_on() -> None:
    view = riding_view()
    hear(view, "live", b"{broken")
    text = screen(view)
    assert "1 unreadable" in text
    assert "24.8 km/h" in text


@each_evil_text
def test_an_evil_name_is_shown_harmless_in_every_size(text: str) -> None:
    for count, size in ((1, (80, 24)), (1, (80, 10)), (1, (80, 6)), (1, (160, 40))):
        view = started_view(*[(f"m{number}", text, text) for number in range(count)])
        hear(view, "availability", "online", machine="m0")
        evil_source = known(
            direction="unknown", reason=text, evidence=[evidence_row(channel=text, value=text)]
        )
        hear(view, "live", live(
            "m0", direction=evil_source, running=session(state=text),
            sources=[{"source": text, "basis": "measured", "age_s": 0.0, "signals": ["power_w"]}],
        ), machine="m0")  # fmt: skip
        hear(view, "event", event("link", {"source": text, "up": True}), machine="m0")
        shown = screen(view, width=size[0], height=size[1])
        assert not FORBIDDEN - {"\n"} & set(shown)


def test_markup_in_a_name_stays_text() -> None:
    view = started_view(("bike", "Bike [/x]", ""))
    assert "Bike [/x]" in screen(view)
    assert "Bike [/x]" in printed(view)


@each_evil_text
def test_the_only_control_codes_that_reach_the_terminal_are_our_colours(text: str) -> None:
    view = started_view(("bike", text, text))
    hear(view, "live", live(running=session(state=text)))
    plain_text = printed(view, colors=False)
    assert not FORBIDDEN - {"\n"} & set(plain_text)
    for code in printed(view).split("\x1b")[1:]:
        assert code[0] == "["
        assert code[1 : code.index("m")].replace(";", "").isdigit()


def test_what_rich_prints_is_the_screen_line_by_line() -> None:
    view = riding_view()
    assert printed(view, colors=False).splitlines() == screen(view).splitlines()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 12))
def test_no_size_of_terminal_breaks_the_screen(width: int, height: int, machines: int) -> None:
    view = gym(machines) if machines else View("ftms")
    assert screen(view, width=width, height=height)


def test_a_note_stays_in_sight_and_the_name_gives_way_to_it() -> None:
    short, long = (
        "mosquitto_sub -t 'ftms/#' -v",
        "mosquitto_sub -h 127.0.0.1 -p 1884 -t 'ftms/#' -v",
    )
    text = screen(riding_view(), caption=Caption(URL, short))
    assert_in_order(text, ["ftms-bridge 0.1.0", "● bridge online", short, "Bike in the cellar"])
    text = screen(riding_view(), caption=Caption(URL, long))
    assert_in_order(text, ["● bridge online", long, "Bike in the cellar"])
