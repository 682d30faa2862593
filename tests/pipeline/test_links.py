"""What the core makes of links: reports, reasons, and reasons that change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import LinkChange, Notification, Verdict
from ftms_bridge.measurement.sources import SensorKind, SensorSpec
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.pipeline.links import LinkState
from ftms_bridge.telemetry.publish import Publish
from tests.pipeline.rides import HEART_RATE, bike, bike_pipeline, drive, events, payloads, ride

RIDING = {"speed_kmh": 25.0, "cadence_rpm": 80.0, "power_w": 150, "distance_m": 100}
STRAP = SensorSpec("strap", SensorKind.HEART_RATE)


def begun(*sensors: SensorSpec) -> tuple[Pipeline, list[tuple[float, Publish]]]:
    pipeline = bike_pipeline(*sensors)
    return pipeline, [(0.0, effect) for effect in pipeline.begin(0.0)]


def down(at: float, verdict: Verdict | None, source: str = "bike", reason: str = "") -> LinkChange:
    return LinkChange(at, source, up=False, reason=reason, verdict=verdict)


def rows(effects: list[tuple[float, Publish]]) -> list[dict[str, Any]]:
    """Return the rows of the last report by their source."""
    links: list[dict[str, Any]] = payloads(effects, "link")[-1]["links"]
    return links


def reasons(effects: list[tuple[float, Publish]]) -> list[tuple[str, str | None]]:
    """Return availability and its reason in every state."""
    return [(s["availability"], s["availability_reason"]) for s in payloads(effects, "state")]


def test_at_the_start_no_link_has_said_anything() -> None:
    _, effects = begun(STRAP)
    unheard = {"up": None, "verdict": None, "reason": None, "since": None, "quirk": None}
    assert rows(effects) == [{"source": "bike", **unheard}, {"source": "strap", **unheard}]
    (report,) = payloads(effects, "link")
    assert (report["schema"], report["machine"]) == (1, "bike")
    assert report["time"] == "2023-11-14T22:13:20.000Z"
    assert reasons(effects) == [("offline", "silent")]


def test_every_change_of_a_link_is_an_event_and_a_report() -> None:
    pipeline, _ = begun(STRAP)
    effects = drive(
        pipeline,
        [
            down(1.0, Verdict.SEARCHING),
            down(2.0, Verdict.NOT_SEEN, "strap", "not heard for 30 s"),
            LinkChange(3.0, "bike", up=True),
        ],
    )
    told = [event["detail"] for event in payloads(effects, "event")]
    assert [(one["source"], one["up"], one["verdict"]) for one in told] == [
        ("bike", False, "searching"), ("strap", False, "not_seen"), ("bike", True, None),
    ]  # fmt: skip
    assert len(payloads(effects, "link")) == 3
    bike_row, strap_row = rows(effects)
    assert (bike_row["up"], bike_row["since"]) == (True, "2023-11-14T22:13:23.000Z")
    assert (strap_row["verdict"], strap_row["reason"]) == ("not_seen", "not heard for 30 s")


def test_since_is_that_of_the_verdict_and_not_of_other_words_for_it() -> None:
    link = LinkState("bike")
    link.take(down(1.0, Verdict.NO_ANSWER, reason="try 1"))
    link.take(down(5.0, Verdict.NO_ANSWER, reason="try 2"))
    assert (link.since, link.reason) == (1.0, "try 2")
    link.take(down(6.0, Verdict.NOT_SEEN))
    assert (link.since, link.reason) == (6.0, None)


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (LinkState("bike"), "silent"),
        (LinkState("bike", up=True), "silent"),
        (LinkState("bike", up=True, verdict="changed_identity"), "silent"),
        (LinkState("bike", up=False), "link_down"),
        (LinkState("bike", up=False, verdict="released"), "released"),
    ],
)
def test_the_reason_is_silence_or_the_verdict_of_the_own_link(link: LinkState, reason: str) -> None:
    assert link.reason_for("online") is None
    assert link.reason_for("stale") == link.reason_for("offline") == reason


def test_silence_has_a_reason_and_being_heard_has_none() -> None:
    pipeline, _ = begun()
    effects = drive(pipeline, ride(0.0, 3, **RIDING), until=20.0)
    lives = payloads(effects, "live")
    assert {(one["availability"], one["availability_reason"]) for one in lives} == {
        ("online", None), ("stale", "silent"),
    }  # fmt: skip
    assert reasons(effects)[-1] == ("offline", "silent")


def test_the_state_is_published_anew_when_the_reason_changes() -> None:
    pipeline, effects = begun()
    effects += drive(
        pipeline,
        [
            down(1.0, Verdict.SEARCHING),
            down(2.0, Verdict.SEARCHING, reason="in other words"),
            down(3.0, Verdict.NOT_SEEN),
            LinkChange(4.0, "bike", up=True, verdict=Verdict.CHANGED_IDENTITY),
            down(5.0, None),
        ],
    )
    words = ["silent", "searching", "not_seen", "silent", "link_down"]
    assert reasons(effects) == [("offline", word) for word in words]
    assert payloads(effects, "availability") == ["offline"]


def test_the_verdict_of_a_sensor_is_no_reason_of_the_machine() -> None:
    pipeline, _ = begun(STRAP)
    effects = drive(pipeline, [*ride(0.0, 2, **RIDING), down(1.5, Verdict.LOST, "strap")])
    assert payloads(effects, "availability") == ["online"]
    assert reasons(effects)[-1] == ("online", None)


def test_a_link_that_says_again_why_it_is_down_does_nothing_twice() -> None:
    pipeline, _ = begun()
    effects = drive(pipeline, [*ride(0.0, 10, **RIDING), down(10.0, Verdict.LOST)])
    assert events(effects) == ["session_started", "link", "session_paused"]
    again = drive(
        pipeline, [down(11.0, Verdict.SEARCHING), down(40.0, Verdict.NOT_SEEN)], until=60.0
    )
    assert events(again) == ["link", "link"]
    assert payloads(again, "availability") == []
    assert reasons(again) == [("offline", "searching"), ("offline", "not_seen")]
    back = drive(
        pipeline,
        [LinkChange(70.0, "bike", up=True, verdict=Verdict.CHANGED_IDENTITY),
         *ride(71.0, 5, **RIDING)],
    )  # fmt: skip
    assert events(back) == ["link", "session_resumed", "gap"]
    effects += again + back + [(80.0, effect) for effect in pipeline.finish(80.0)]
    (summary,) = payloads(effects, "session_last")
    assert summary["moving_s"] == pytest.approx(13.0, abs=0.5)


def test_a_machine_heard_without_a_word_of_its_link_goes_offline_with_the_next_one() -> None:
    pipeline, _ = begun()
    effects = drive(
        pipeline, [down(0.5, Verdict.LOST), bike(1.0, **RIDING), down(1.5, Verdict.LOST)]
    )
    assert payloads(effects, "availability") == ["online", "offline"]
    assert reasons(effects)[-1] == ("offline", "lost")


def test_a_sensor_that_says_again_why_it_is_down_shows_no_value() -> None:
    pipeline, _ = begun(STRAP)
    beat = Notification(1.2, "strap", HEART_RATE, encode(HEART_RATE, {"hr_bpm": 120}))
    effects = drive(
        pipeline,
        [bike(1.0, **RIDING), beat, bike(1.3, **RIDING), down(1.4, Verdict.LOST, "strap"),
         down(1.5, Verdict.SEARCHING, "strap"), bike(1.6, **RIDING)],
    )  # fmt: skip
    assert [live["signals"].get("hr_bpm") for live in payloads(effects, "live")] == [
        None, 120, None,
    ]  # fmt: skip


CHANGES = st.tuples(
    st.sampled_from(["bike", "strap"]), st.booleans(), st.sampled_from([None, *Verdict])
)


@given(st.lists(st.none() | CHANGES, max_size=40))
def test_whatever_links_say_the_last_report_and_state_agree_with_it(
    steps: list[tuple[str, bool, Verdict | None] | None],
) -> None:
    pipeline, effects = begun(STRAP)
    last: dict[str, tuple[bool | None, str | None]] = {"bike": (None, None), "strap": (None, None)}
    at = 0.0
    for step in steps:
        at += 0.5
        if step is None:
            effects += drive(pipeline, [bike(at, **RIDING)])
            continue
        source, says_up, verdict = step
        last[source] = says_up, None if verdict is None else verdict.value
        effects += drive(pipeline, [LinkChange(at, source, up=says_up, verdict=verdict)])
    assert {row["source"]: (row["up"], row["verdict"]) for row in rows(effects)} == last
    effects += drive(pipeline, [], until=at + 30.0)
    up, word = last["bike"]
    reason = (word or "link_down") if up is False else "silent"
    assert reasons(effects)[-1] == ("offline", reason)
