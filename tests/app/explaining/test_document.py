"""The explanation for programs is JSON, whatever is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ftms_bridge.app.explaining.document import document
from ftms_bridge.app.explaining.explain import explain
from tests.app.explaining.strides import PROVEN, firmware, strides, there_and_back, write


def encoded(file: Path, at: str | None) -> Any:
    return json.loads(json.dumps(document(explain(file, at=at)), allow_nan=False))


def test_a_moment_has_everything_that_the_words_say(tmp_path: Path) -> None:
    found = encoded(there_and_back(tmp_path / "ride.ndjson"), "60")
    assert (found["machine"], found["kind"], found["t_s"]) == ("trainer", "cross_trainer", 60.0)
    assert found["direction"]["direction"] == found["measured"]["direction"] == "backward"
    assert found["direction"]["basis"] == "measured"
    assert found["label"]["direction"] == "backward"
    assert found["declared"] is found["profile_void"] is None
    assert found["signals"]["speed_kmh"] == 5.0
    bit = found["channels"][0]
    assert (bit["channel"], bit["state"], bit["swapped"]) == (
        "movement_direction_bit", "proven", False,
    )  # fmt: skip
    assert found["log_odds"] >= 3.0
    assert found["needs"] == ["Nothing: it is known."]
    text = next(row for row in found["channels"] if row["channel"] == "status_text")
    assert (text["age_s"], text["fresh_s"]) == (None, None)


def test_a_timeline_has_changes_only(tmp_path: Path) -> None:
    found = encoded(there_and_back(tmp_path / "ride.ndjson"), None)
    assert set(found) == {"file", "machine", "kind", "changes"}
    assert {"t_s", "type", "detail", "label"} == set(found["changes"][-1])


def test_a_void_profile_says_what_it_expected(tmp_path: Path) -> None:
    entries = [firmware(0.0, "2.0"), *strides(0.5, 9)]
    found = encoded(write(tmp_path / "ride.ndjson", entries, profile=PROVEN), "8")
    assert found["profile_void"] == {"what": "firmware", "expected": "1.9", "found": "2.0"}
    assert found["calibrated"]
