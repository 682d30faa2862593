"""One plain line per change, for pipes and screen readers."""

from __future__ import annotations

from ftms_bridge.dashboard.plain import PlainLines
from ftms_bridge.dashboard.view import View
from tests.dashboard.build import (
    COLUMNS,
    FORBIDDEN,
    absent_view,
    each_evil_text,
    event,
    hear,
    link_row,
    links,
    live,
    result,
    riding_view,
    session,
    started_view,
)

RIDING = (
    "bike  online  unknown (this machine sends nothing that tells direction)  speed 24.8 km/h  "
    "cadence 84 rpm  power 152 W  heart rate 131 bpm  resistance 12  session active  "
    "elapsed 12:34  moving 12:10  distance 4.21 km  work 98 kJ  lap 2"
)


def test_a_line_says_everything_that_is_known() -> None:
    lines = PlainLines(riding_view()).take(0.0)
    assert lines == ["broker connected", "bridge online 0.1.0", RIDING]


def test_without_news_there_is_no_line() -> None:
    plain = PlainLines(riding_view())
    plain.take(0.0)
    assert plain.take(2.0) == []


def test_a_machine_that_changes_all_the_time_gets_one_line_per_second() -> None:
    view = riding_view()
    plain = PlainLines(view)
    told = 0
    for quarter in range(41):
        at = quarter / 4
        hear(view, "live", live(running=session(elapsed_s=at)), at=at)
        told += sum(line.startswith("bike") for line in plain.take(at))
    assert told == 11


def test_a_machine_that_falls_silent_gets_a_line_that_says_so() -> None:
    plain = PlainLines(riding_view())
    plain.take(0.0)
    assert plain.take(3.5) == [
        "bike  silent  unknown (nothing recent to tell it by)  session active  elapsed 12:34  "
        "moving 12:10  distance 4.21 km  work 98 kJ  lap 2"
    ]


def test_the_time_of_each_direction_is_told_when_it_is_known() -> None:
    view = riding_view()
    hear(view, "live", live(by_direction=COLUMNS))
    line = PlainLines(view).take(0.0)[-1]
    assert line.endswith("lap 2  forward 8:20  backward 3:10  stopped 0:24  unknown 0:40")


def test_events_of_all_machines_are_told_once_and_in_order() -> None:
    view = started_view(("bike", "", ""), ("belt", "", ""))
    plain = PlainLines(view)
    plain.take(0.0)
    hear(view, "event", event("session_started", {}), machine="belt")
    hear(view, "event", event("session_started", {}), machine="bike")
    hear(view, "result", result("no_session"), machine="belt")
    assert plain.take(0.1) == [
        "belt  session started", "bike  session started", "belt  lap was rejected: no session",
    ]  # fmt: skip
    assert plain.take(0.2) == []


def test_the_way_to_the_bridge_is_told_when_it_changes() -> None:
    view = View("ftms")
    plain = PlainLines(view)
    assert plain.take(0.0) == []
    view.lose("nothing listens there")
    assert plain.take(1.0) == ["no broker: nothing listens there; trying again"]
    assert plain.take(2.0) == []
    view.connect()
    hear(view, "bridge", "offline")
    assert plain.take(3.0) == ["broker connected", "bridge offline"]


def test_messages_that_cannot_be_read_are_told() -> None:
    view = riding_view()
    plain = PlainLines(view)
    plain.take(0.0)
    hear(view, "live", b"{")
    assert plain.take(0.1) == ["1 unreadable"]


@each_evil_text
def test_no_evil_text_reaches_a_line(text: str) -> None:
    view = started_view(("bike", text, text))
    hear(view, "live", live(running=session(state=text)))
    hear(view, "event", event("link", {"source": text, "up": False, "reason": text}))
    lines = PlainLines(view).take(0.0)
    assert len(lines) == 4
    assert not FORBIDDEN & set("".join(lines))


def test_why_a_machine_and_its_sensors_are_not_there_is_told_when_it_changes() -> None:
    view = absent_view(link_row("bike", "not_seen"), link_row("strap", "lost"))
    plain = PlainLines(view)
    assert plain.take(0.0)[-1] == (
        "bike  offline (not seen: switched off, out of reach, or held by another app?)  "
        "unknown (nothing recent to tell it by)  session none yet  strap: lost"
    )
    hear(view, "link", links(link_row("bike", "bluetooth_off")))
    assert plain.take(2.0)[0].startswith("bike  offline (Bluetooth is switched off")
