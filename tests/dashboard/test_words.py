"""Words and figures for people."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from ftms_bridge.dashboard.document import read_document
from ftms_bridge.dashboard.reading import LinkReading, SourceReading
from ftms_bridge.dashboard.words import (
    KINDS,
    absent_sensors,
    age,
    duration,
    figure,
    refusal,
    sources_words,
    unreadable_words,
    why_absent,
    why_down,
)
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.telemetry.blocks import VerdictWord
from tests.dashboard.build import result


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


def test_every_kind_of_the_core_has_words() -> None:
    assert set(KINDS) == {kind.value for kind in MachineKind}


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
