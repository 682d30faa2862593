"""Words and figures for people."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from ftms_bridge.dashboard.document import read_document
from ftms_bridge.dashboard.reading import DirectionReading, LinkReading, SourceReading
from ftms_bridge.dashboard.words import (
    KINDS,
    REASONS,
    absent_sensors,
    age,
    duration,
    figure,
    ground,
    happening,
    refusal,
    since,
    sources_words,
    unreadable_words,
    why_absent,
    why_down,
)
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.direction import Reason
from ftms_bridge.telemetry.blocks import Number, VerdictWord
from ftms_bridge.telemetry.messages import EventType
from tests.dashboard.build import event, result


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (None, 1, "—"), (0.0, 1, "0.0"), (24.84, 1, "24.8"), (152.4, 0, "152"), (-30.0, 0, "-30"),
        (-0.04, 1, "0.0"), (12.0, None, "12"), (12.5, None, "12.5"), (0, None, "0"),
    ],
)  # fmt: skip
def test_a_figure_is_rounded_and_absence_is_no_zero(
    value: float | None, digits: int | None, text: str
) -> None:
    assert figure(value, digits) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "—"), (0.0, "0:00"), (59.9, "0:59"), (754.0, "12:34"), (3754.0, "1:02:34"),
        (-1, "0:00"),
    ],
)  # fmt: skip
def test_a_duration_reads_like_a_clock(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-0.1, "0.0 s"), (0.24, "0.2 s"), (59.0, "59 s"), (600.0, "10 min"), (7200.0, "2 h")],
)
def test_an_age_is_as_short_as_it_is_meaningful(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_every_reason_and_every_kind_of_the_core_has_words() -> None:
    assert set(REASONS) == {reason.value for reason in Reason}
    assert set(KINDS) == {kind.value for kind in MachineKind}


def test_an_unknown_direction_says_why() -> None:
    no_channel = DirectionReading("unknown", "no_directional_channel")
    assert ground(no_channel) == "this machine sends nothing that tells direction"
    assert ground(DirectionReading("unknown", "some_new_reason")) == "some new reason"
    assert ground(DirectionReading("unknown")) == "no reason given"


def test_a_known_direction_says_what_it_rests_on() -> None:
    assert ground(DirectionReading("backward", basis="declared")) == "declared"
    sure = DirectionReading("backward", basis="measured", confidence=0.97, since_s=65.0)
    assert ground(sure) == "measured, 97 % sure"
    assert since(sure) == "for 1:05"
    assert since(DirectionReading("stopped")) == ""


DETAILS: dict[EventType, tuple[dict[str, Number | str | bool | None], str]] = {
    "session_started": ({}, "session started"),
    "session_paused": ({"cue": "still"}, "session paused"),
    "session_resumed": ({}, "session resumed"),
    "session_ended": ({"ended_by": "idle"}, "session ended by idle"),
    "lap": (
        {"lap": 1, "elapsed_s": 300.0, "distance_m": 2104, "avg_power_w": 149.6},
        "lap 1 took 5:00, 2104 m, 150 W",
    ),
    "gap": ({"duration_s": 4.25}, "nothing heard for 4.2 s"),
    "counter_reset": (
        {"source": "bike", "counter": "distance_m"}, "distance counter started again"
    ),
    "counter_decrease": ({"counter": "energy_kcal"}, "energy counter went backwards"),
    "counter_jump": ({"counter": "wheel_revs"}, "wheel revs counter jumped"),
    "source_changed": (
        {"quantity": "power_w", "before": "pedals", "now": "bike"}, "power now from bike"
    ),
    "machine_status": ({"op": "stopped_by_safety_key"}, "machine: stopped by safety key"),
    "link": ({"source": "strap", "up": False, "reason": "gone"}, "link to strap down: gone"),
}  # fmt: skip


@pytest.mark.parametrize("kind", get_args(EventType))
def test_every_event_of_the_contract_is_told_in_words(kind: EventType) -> None:
    detail, text = DETAILS[kind]
    document = read_document(json.dumps(event(kind, detail)).encode())
    assert happening(document) == text


def test_an_event_without_details_or_from_a_newer_bridge_is_told_too() -> None:
    assert happening(read_document(b'{"type":"lap"}')) == "lap — took —"
    assert happening(read_document(b'{"type":"plan_started"}')) == "plan started"
    assert happening(read_document(b"{}")) == "something unnamed"
    assert happening(read_document(b'{"type":"link","detail":5}')) == "link to the machine down"


def test_only_a_rejected_command_is_told() -> None:
    assert refusal(read_document(json.dumps(result(None)).encode())) == ""
    rejected = read_document(json.dumps(result("no_session")).encode())
    assert refusal(rejected) == "lap was rejected: no session"
    assert refusal(read_document(b'{"status":"rejected"}')) == (
        "a command was rejected: no reason given"
    )


def test_sources_are_told_when_it_is_not_the_machine_that_measures() -> None:
    rows = (
        SourceReading("bike", "measured", ("speed_kmh", "resistance")),
        SourceReading("pedals", "measured", ("power_w", "cadence_rpm")),
        SourceReading("strap", "measured", ("hr_bpm",)),
        SourceReading("bike", "derived", ("incline_pct",)),
        SourceReading("pod", "measured", ("stride_count",)),
    )
    told = "power, cadence from pedals · heart rate from strap · incline (derived)"
    assert sources_words("bike", rows) == told
    assert sources_words("bike", rows[:1]) == ""


def test_unreadable_messages_are_counted_in_words() -> None:
    assert unreadable_words(0) == ""
    assert unreadable_words(2) == "2 unreadable"


def test_every_verdict_has_plain_words() -> None:
    for verdict in get_args(VerdictWord):
        words = why_down(LinkReading("bike", up=False, verdict=verdict, reason="r"), "bike")
        assert words not in {"", "r"}
        assert "{" not in words


def test_who_released_a_machine_is_told_how_to_take_it_back() -> None:
    released = LinkReading("bike", up=False, verdict="released", reason=None)
    assert why_down(released, "my_bike").endswith("ftms-bridge link resume my_bike")


def test_a_verdict_of_a_newer_bridge_is_told_in_its_own_words() -> None:
    newer = LinkReading("bike", up=False, verdict="jammed_band", reason="the band is jammed")
    assert why_down(newer, "bike") == "the band is jammed"
    assert why_down(LinkReading("bike", False, "jammed_band", None), "bike") == "jammed band"
    assert why_down(LinkReading("bike", False, None, None), "bike") == ""


def test_a_machine_with_a_link_is_absent_because_it_sends_nothing() -> None:
    own = LinkReading("bike", up=True, verdict=None, reason=None)
    strap = LinkReading("strap", up=False, verdict="lost", reason=None)
    assert why_absent([own, strap], "bike") == "connected, but it sends nothing"
    assert why_absent([LinkReading("bike", None, None, None)], "bike") == ""
    assert why_absent([strap], "bike") == ""


def test_sensors_that_are_down_are_told_in_a_word() -> None:
    rows = [
        LinkReading("bike", up=False, verdict="lost", reason=None),
        LinkReading("strap", up=False, verdict="not_seen", reason=None),
        LinkReading("crank", up=False, verdict=None, reason=None),
        LinkReading("pod", up=True, verdict=None, reason=None),
        LinkReading("new", up=None, verdict=None, reason=None),
    ]
    assert absent_sensors(rows, "bike") == "strap: not seen · crank: link down"


def test_a_link_that_is_down_without_words_is_told_with_its_verdict() -> None:
    detail: dict[str, Number | str | bool | None] = {
        "source": "bike", "up": False, "verdict": "not_seen", "reason": "",
    }  # fmt: skip
    told = happening(read_document(json.dumps(event("link", detail)).encode()))
    assert told == "link to bike down: not seen"
