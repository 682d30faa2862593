"""Findings in words and as an object."""

from __future__ import annotations

import json

from ftms_bridge.app.doctor.findings import CAUSES, NO_DBUS, NOT_CHECKED, OK, WEAK_SIGNAL, Finding
from ftms_bridge.app.doctor.report import (
    WIDTH,
    examination,
    exit_code,
    finding_lines,
    summary_line,
)

FINE = Finding("clock", OK, "It is right.")
WEAK = Finding("bike", WEAK_SIGNAL, "Faint.")
NO_BUS = Finding("bluetooth", NO_DBUS, "No bus.")


def test_what_is_in_order_takes_one_line() -> None:
    assert list(finding_lines(FINE)) == ["ok       clock: It is right."]


def test_a_cause_is_told_with_its_meaning_and_its_remedy() -> None:
    lines = list(finding_lines(NO_BUS))
    assert lines[0] == "failure  bluetooth [no_dbus]: No bus."
    assert "no program can reach Bluetooth" in lines[1]
    assert any("what to do: sudo apt install dbus" in line for line in lines)


def test_a_line_that_says_it_itself_is_not_followed_by_filler() -> None:
    lines = list(finding_lines(Finding("broker", NOT_CHECKED, "This needs a configuration.")))
    assert lines == ["note     broker [not_checked]: This needs a configuration."]


def test_no_line_is_wide_and_no_option_is_broken() -> None:
    for cause in CAUSES:
        lines = list(finding_lines(Finding("check", cause, "word " * 60)))
        assert all(len(line) <= WIDTH for line in lines)
        joined = " ".join(" ".join(line.split()) for line in lines)
        if cause.severity:
            assert " ".join(cause.remedy.split()) in joined


def test_the_summary_names_where_to_begin() -> None:
    assert summary_line([FINE]) == "1 ok. Nothing stands in the way."
    told = summary_line([FINE, WEAK, NO_BUS, FINE])
    assert told == "1 failure, 1 warning, 2 ok. Begin with: bluetooth [no_dbus], exit code 10."


def test_the_exit_code_is_that_of_the_gravest() -> None:
    assert exit_code([]) == exit_code([FINE]) == 0
    assert exit_code([WEAK, NO_BUS]) == NO_DBUS.exit_code
    assert exit_code([WEAK, FINE]) == WEAK_SIGNAL.exit_code


def test_programs_get_everything() -> None:
    told = json.loads(json.dumps(examination([FINE, NO_BUS])))
    assert (told["verdict"], told["exit_code"]) == ("no_dbus", 10)
    assert told["findings"][1] == {
        "check": "bluetooth",
        "severity": "failure",
        "code": "no_dbus",
        "exit_code": 10,
        "what": "No bus.",
        "meaning": NO_DBUS.meaning,
        "remedy": NO_DBUS.remedy,
    }
    assert examination([FINE])["verdict"] == "ok"
