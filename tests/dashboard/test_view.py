"""The view follows what is published and never shows what is not known."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.dashboard.reading import LINKS_AT_MOST, UNKNOWN_SESSION
from ftms_bridge.dashboard.view import (
    HAPPENINGS_KEPT,
    MACHINES_AT_MOST,
    NOT_HEARD,
    SHOWN_TOPICS,
    View,
)
from ftms_bridge.telemetry.topics import Flow
from tests.dashboard.build import (
    BIKE_SIGNALS,
    FORBIDDEN,
    METRICS,
    absent_view,
    each_evil_text,
    event,
    hear,
    info,
    known,
    link_row,
    links,
    live,
    result,
    riding_view,
    session,
    started_view,
    state,
    summary,
)


def test_a_machine_appears_with_the_name_and_kind_that_the_bridge_tells() -> None:
    view = started_view(("bike", "Bike in the cellar", "indoor_bike"), ("belt", "", "treadmill"))
    assert [(m.id, m.name, m.kind) for m in view.shown] == [
        ("bike", "Bike in the cellar", "indoor_bike"), ("belt", "belt", "treadmill"),
    ]  # fmt: skip
    assert view.bridge_version == "0.1.0"


def test_a_machine_appears_even_before_the_bridge_says_which_there_are() -> None:
    view = View("home/gym")
    hear(view, "live", live(), machine="bike")
    assert [machine.id for machine in view.shown] == ["bike"]


def test_live_values_are_shown_until_nothing_was_heard_for_three_seconds() -> None:
    view = riding_view(at=10.0)
    bike = view.machines["bike"]
    assert bike.signal("speed_kmh", 13.0) == 24.84
    assert bike.signal("speed_kmh", 13.1) is None
    assert bike.signal("incline_pct", 10.0) is None


def test_a_direction_is_unknown_when_nothing_was_heard_for_three_seconds() -> None:
    view = started_view()
    backward = live(direction=known())
    hear(view, "live", backward, at=10.0)
    bike = view.machines["bike"]
    assert bike.direction(12.0).word == "backward"
    late = bike.direction(13.5)
    assert (late.word, late.reason) == ("unknown", "evidence_stale")


def test_a_state_fills_in_while_no_live_document_comes() -> None:
    view = riding_view(at=10.0)
    bike = view.machines["bike"]
    hear(view, "state", state(speed_kmh=7.0), at=11.0)
    assert bike.signal("speed_kmh", 11.0) == 24.84
    hear(view, "state", state(speed_kmh=7.0), at=12.0)
    assert bike.signal("speed_kmh", 12.0) == 7.0


def test_values_of_a_retained_state_are_not_shown_as_current() -> None:
    view = started_view()
    hear(view, "availability", "online", retained=True)
    hear(view, "state", state(), retained=True)
    bike = view.machines["bike"]
    assert bike.signal("speed_kmh", 0.0) is None
    assert bike.session is not None
    assert bike.session.state == "paused"
    assert view.standing(bike, 0.0).word == "silent"


@pytest.mark.parametrize("word", ["online", "stale", "offline"])
def test_a_machine_stands_as_its_availability_says(word: str) -> None:
    view = riding_view(at=5.0)
    hear(view, "availability", word, at=5.0)
    standing = view.standing(view.machines["bike"], 6.0)
    assert (standing.word, standing.note, standing.is_current) == (word, "", word == "online")


def test_nothing_stands_as_online_without_broker_bridge_or_news() -> None:
    view = riding_view(at=5.0)
    bike = view.machines["bike"]
    assert view.standing(bike, 8.0).word == "online"
    assert view.standing(bike, 8.1).word == "silent"
    hear(view, "bridge", "offline")
    assert view.standing(bike, 6.0).word == "offline"
    assert view.standing(bike, 6.0).note == "the bridge is not running"
    view.lose("nothing listens there")
    assert view.standing(bike, 6.0).word == "no broker"
    assert view.trouble == "nothing listens there"
    view.connect()
    hear(view, "bridge", "online")
    assert view.standing(bike, 6.0).word == "online"


def test_nothing_old_is_told_while_the_bridge_does_not_run() -> None:
    view = riding_view()
    hear(view, "link", links(link_row("strap", "lost")))
    bike = view.machines["bike"]
    hear(view, "bridge", "offline")
    assert bike.signal("power_w", 0.0) is None
    assert bike.direction(0.0) == NOT_HEARD
    assert (bike.reading, bike.links, bike.session) == (None, (), UNKNOWN_SESSION)
    hear(view, "state", state(), machine="belt", retained=True)
    assert view.machines["belt"].session == UNKNOWN_SESSION
    hear(view, "bridge", "online")
    assert bike.session is not None
    assert bike.session.state == "active"


def test_a_machine_of_which_nothing_was_heard_is_called_so() -> None:
    view = started_view()
    assert view.standing(view.machines["bike"], 0.0).word == "unheard"


def test_the_last_session_is_shown_when_none_is_open() -> None:
    view = started_view()
    bike = view.machines["bike"]
    assert bike.session is None
    hear(view, "session", summary(), retained=True)
    assert bike.session is bike.last_session
    hear(view, "live", live(running=session(id=None, state="idle", elapsed_s=0.0)))
    assert bike.session is bike.last_session
    hear(view, "live", live())
    assert bike.session is not None
    assert (bike.session.state, bike.session.metrics["work_kj"]) == ("active", METRICS["work_kj"])


def test_before_the_first_motion_there_is_no_session() -> None:
    view = started_view()
    hear(view, "live", live(running=session(id=None, state="idle", elapsed_s=0.0)))
    assert view.machines["bike"].session is None


def test_a_session_that_ended_is_shown_even_before_its_summary_comes() -> None:
    view = started_view()
    hear(view, "live", live(running=session(id=None, state="ended", elapsed_s=0.0)))
    shown = view.machines["bike"].session
    assert shown is not None
    assert shown.state == "ended"


def test_traces_keep_power_and_speed() -> None:
    view = riding_view(at=30.0)
    hear(view, "live", live(signals={**BIKE_SIGNALS, "power_w": None}), at=31.0)
    traces = view.machines["bike"].traces
    assert traces["power_w"].values(30.0)[-1] == 152
    assert traces["speed_kmh"].values(31.0)[-2:] == [24.84, 24.84]


def test_events_and_rejections_are_kept_in_order_and_bounded() -> None:
    view = started_view()
    hear(view, "event", event("session_started", {}), at=1.0)
    hear(view, "result", result(None), at=2.0)
    hear(view, "result", result("no_session"), at=3.0)
    told = [(h.number, h.at, h.text) for h in view.machines["bike"].happenings]
    assert told == [(1, 1.0, "session started"), (2, 3.0, "lap was rejected: no session")]
    for _ in range(20):
        hear(view, "event", event("session_paused", {}), at=4.0)
    assert len(view.machines["bike"].happenings) == HAPPENINGS_KEPT


def test_leftovers_of_a_former_configuration_are_hidden_until_they_speak() -> None:
    view = View("ftms")
    hear(view, "state", state(), machine="old_bike", retained=True)
    assert [machine.id for machine in view.shown] == ["old_bike"]
    hear(view, "info", info(("bike", "Bike", "indoor_bike")))
    assert [machine.id for machine in view.shown] == ["bike"]
    hear(view, "state", state(), machine="old_bike")
    assert [machine.id for machine in view.shown] == ["old_bike", "bike"]


def test_a_machine_that_the_bridge_no_longer_lists_goes() -> None:
    view = started_view(("bike", "", "indoor_bike"), ("belt", "", "treadmill"))
    hear(view, "info", info(("belt", "", "treadmill")))
    assert [machine.id for machine in view.shown] == ["belt"]


def test_a_look_is_complete_when_every_machine_is_known() -> None:
    view = View("ftms")
    assert not view.complete()
    hear(view, "bridge", "online")
    assert not view.complete()
    hear(view, "info", info(("bike", "", "indoor_bike"), ("belt", "", "treadmill")))
    assert not view.complete()
    hear(view, "availability", "offline", machine="belt")
    hear(view, "availability", "online", machine="bike")
    hear(view, "state", state(), machine="bike", retained=True)
    assert not view.complete(), "a retained state of an online machine is not what it does now"
    hear(view, "live", live(), machine="bike")
    assert view.complete()


def test_a_look_at_a_bridge_that_does_not_run_waits_for_no_live_values() -> None:
    view = View("ftms")
    hear(view, "bridge", "offline", retained=True)
    hear(view, "info", info(("bike", "", "indoor_bike")), retained=True)
    hear(view, "availability", "online", retained=True)
    assert view.complete()


@pytest.mark.parametrize(
    ("what", "payload"),
    [
        ("live", b"not json"), ("live", b"[]"), ("state", b"{"), ("event", b"\xff"),
        ("session", b"3"), ("result", b'"x"'), ("availability", b"Online"), ("info", b"null"),
        ("bridge", b""), ("info", b'{"version":"2","machines":[{"id":"no such id"}]}'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_counted_and_changes_nothing(what: str, payload: bytes) -> None:
    view = riding_view()
    before = view.machines["bike"].reading
    hear(view, what, payload)
    assert view.unreadable == 1
    assert view.machines["bike"].reading is before
    assert view.bridge_version == "0.1.0"
    assert view.machines["bike"].name == "Bike in the cellar"


@pytest.mark.parametrize("owner", ["", "Bike", "../x", "b" * 33, "bike\x1b", "a b", "#"])
def test_an_id_that_no_machine_can_have_is_not_shown(owner: str) -> None:
    view = started_view()
    hear(view, "live", live(), machine=owner)
    assert list(view.machines) == ["bike"]
    assert view.unreadable == 1


def test_a_flood_of_machines_is_bounded() -> None:
    view = View("ftms")
    for number in range(200):
        hear(view, "live", live(), machine=f"m{number}")
    assert len(view.machines) == MACHINES_AT_MOST
    assert view.unreadable == 200 - MACHINES_AT_MOST


def test_topics_that_are_not_shown_are_passed_over() -> None:
    view = started_view()
    view.receive("ftms/bike/new_topic", b"x", 0.0)
    view.receive("ftms/bridge/health", b"{}", 0.0)
    assert view.unreadable == 0


@each_evil_text
def test_no_evil_text_enters_the_view(text: str) -> None:
    view = started_view(("bike", text, text))
    hear(view, "live", live(running=session(state=text), signals={text: 1}))
    hear(view, "event", event("link", {"source": text, "up": True, "reason": text}))
    hear(view, "event", json.dumps({"type": text}).encode())
    bike = view.machines["bike"]
    assert bike.reading is not None
    seen = [bike.name, bike.kind, bike.reading.session.state, *bike.reading.signals]
    seen += [told.text for told in bike.happenings]
    assert not FORBIDDEN & set("".join(seen))
    assert view.unreadable == 0


def test_only_messages_that_were_not_retained_count_for_the_rate() -> None:
    view = View("ftms")
    hear(view, "state", state(), at=1.0, retained=True)
    assert view.rate.per_s(1.0) == 0.0
    hear(view, "state", state(), at=1.0)
    assert view.rate.per_s(1.0) == 1.0


def test_a_view_subscribes_only_to_what_the_bridge_sends() -> None:
    assert {topic.flow for topic in SHOWN_TOPICS} == {Flow.OUT}


@given(
    st.sampled_from(["live", "state", "event", "result", "session", "availability", "info"]),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["signals", "sources", "direction", "session", "metrics", "machines",
                             "id", "type", "detail", "laps", "elapsed_s", "speed_kmh"]),
            inner, max_size=4,
        ),
        max_leaves=8,
    ),
)  # fmt: skip
def test_no_document_at_all_breaks_the_view(what: str, value: object) -> None:
    view = riding_view()
    hear(view, what, json.dumps(value, allow_nan=True).encode())
    assert view.unreadable in {0, 1}
    assert view.standing(view.machines["bike"], 0.0).word


def test_why_a_machine_is_absent_is_told_only_while_it_is() -> None:
    view = absent_view(link_row("bike", "not_seen"))
    bike = view.machines["bike"]
    assert view.standing(bike, 0.0).why.startswith("not seen")
    hear(view, "availability", "online")
    hear(view, "live", live())
    assert view.standing(bike, 0.0).why == ""
    view.lose("gone")
    assert view.standing(bike, 0.0).why == ""


HOSTILE_LINKS = [
    b'{"links":7}', b'{"links":[7,null,[]]}', b'{"links":[{}]}', b"{}",
    b'{"links":[{"source":"bike","up":"no","verdict":7,"reason":[]}]}',
]  # fmt: skip


@pytest.mark.parametrize("payload", HOSTILE_LINKS)
def test_a_hostile_report_of_links_says_nothing(payload: bytes) -> None:
    view = absent_view()
    hear(view, "link", payload)
    bike = view.machines["bike"]
    assert view.standing(bike, 0.0).why == ""
    assert all(link.up is None for link in bike.links)


@each_evil_text
def test_what_a_report_of_links_says_is_made_harmless(text: str) -> None:
    view = absent_view(link_row(text, None), link_row("bike", None, reason=text))
    bike = view.machines["bike"]
    shown = view.standing(bike, 0.0).why + "".join(link.source for link in bike.links)
    assert not FORBIDDEN & set(shown)


def test_no_more_links_are_kept_than_a_machine_can_have() -> None:
    view = absent_view(*(link_row(f"s{number}", None) for number in range(500)))
    assert len(view.machines["bike"].links) == LINKS_AT_MOST
