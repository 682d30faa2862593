"""Every event of the contract in words."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from ftms_bridge.dashboard.document import read_document
from ftms_bridge.dashboard.tellings import happening
from ftms_bridge.telemetry.blocks import Number
from ftms_bridge.telemetry.messages import EventType
from tests.dashboard.build import event

DETAILS: dict[EventType, tuple[dict[str, Number | str | bool | None], str]] = {
    "session_started": ({}, "session started"),
    "session_paused": ({"cue": "still"}, "session paused"),
    "session_resumed": ({}, "session resumed"),
    "session_ended": ({"ended_by": "idle"}, "session ended by idle"),
    "lap": (
        {"lap": 1, "elapsed_s": 300.0, "distance_m": 2104, "avg_power_w": 149.6},
        "lap 1 took 5:00, 2104 m, 150 W",
    ),
    "profile_void": (
        {"what": "firmware", "expected": "1.0", "found": "2.0"},
        "calibration does not count: firmware is 2.0, not 1.0",
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
    "direction_changed": (
        {"from": "unknown", "to": "backward", "basis": "measured", "confidence": 0.97,
         "reason": None, "onset": None, "onset_t_s": 3.5, "onset_uncertainty_s": 0.5,
         "channel": "crank_angle"},
        "backward: measured, by crank angle, 97 % sure",
    ),
    "direction_conflict": (
        {"forward": "crank_counter", "backward": "crank_angle", "count": 1},
        "crank counter says forward, crank angle backward",
    ),
    "direction_declared": (
        {"direction": "backward", "expires_s": 120.0}, "declared backward for 2 min"
    ),
    "declaration_expired": (
        {"direction": "backward", "cause": "stop"},
        "declared backward no longer holds: the machine stopped or slowed down",
    ),
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


def test_a_link_that_is_down_without_words_is_told_with_its_verdict() -> None:
    detail: dict[str, Number | str | bool | None] = {
        "source": "bike", "up": False, "verdict": "not_seen", "reason": "",
    }  # fmt: skip
    told = happening(read_document(json.dumps(event("link", detail)).encode()))
    assert told == "link to bike down: not seen"


@pytest.mark.parametrize(
    ("kind", "detail", "text"),
    [
        ("direction_changed", {"to": "unknown", "reason": "not_driving"},
         "direction unknown: the cranks do not drive the wheel now"),
        ("direction_changed", {"to": "stopped", "basis": "measured"}, "stopped: measured"),
        ("direction_changed", {}, "direction unknown: no reason given"),
        ("direction_conflict", {}, "nothing says forward, nothing backward"),
        ("direction_declared", {"direction": "stopped", "expires_s": None}, "declared stopped"),
        ("direction_declared", {"direction": None}, "declaration taken back"),
        ("declaration_expired", {"cause": "something_new"},
         "declared direction no longer holds: something new"),
    ],
)  # fmt: skip
def test_an_event_about_the_direction_is_told_with_what_it_has(
    kind: EventType, detail: dict[str, Number | str | bool | None], text: str
) -> None:
    assert happening(read_document(json.dumps(event(kind, detail)).encode())) == text
