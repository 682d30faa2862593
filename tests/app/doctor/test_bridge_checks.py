"""What a running bridge says of its links becomes findings."""

from __future__ import annotations

import pytest

from ftms_bridge.app.doctor.bridge_checks import Report, check_reported
from ftms_bridge.app.doctor.findings import Finding, Severity
from ftms_bridge.app.doctor.radio_checks import Wanted
from ftms_bridge.ble.binding import Binding
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import MachineKind, SensorKind

BIKE = Wanted("bike", Binding(MachineKind.INDOOR_BIKE))
STRAP = Wanted("strap", Binding(SensorKind.HEART_RATE))


def finding(report: Report, wanted: Wanted = BIKE) -> Finding:
    [found] = check_reported([wanted], {wanted.id: report})
    return found


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_a_finding_with_the_reason(verdict: Verdict) -> None:
    found = finding(Report("bike", False, verdict, "so it is.", "2026-01-02T03:04:05Z"))
    waiting = verdict in {Verdict.SEARCHING, Verdict.RELEASED}
    assert (found.severity < Severity.WARNING) == waiting
    assert found.what == (
        f"The running bridge says {verdict.value}: so it is (since 2026-01-02T03:04:05Z)."
    )


def test_a_link_that_is_up_is_ok_unless_nothing_arrives() -> None:
    assert finding(Report("bike", True)).cause.word == "ok"
    updated = finding(Report("bike", True, Verdict.CHANGED_IDENTITY, "new firmware"))
    assert (updated.cause.word, updated.what) == (
        "ok",
        "The running bridge holds it: new firmware.",
    )
    mute = finding(Report("bike", True, Verdict.MUTE))
    assert mute.what == "The running bridge holds it, but says mute."


def test_a_sensor_that_is_not_seen_is_no_failure() -> None:
    found = finding(Report("bike", False, Verdict.NOT_SEEN), STRAP)
    assert (found.cause.word, found.cause.exit_code) == ("sensor_not_seen", 25)


def test_a_machine_that_was_given_away_can_be_taken_back() -> None:
    found = finding(Report("bike", False, Verdict.RELEASED), STRAP)
    assert found.remedy == "ftms-bridge link resume bike"


def test_a_bridge_that_says_nothing_yet_settles_nothing() -> None:
    assert finding(Report("bike", None)).what == "The running bridge says nothing of it yet."
    down = finding(Report("bike", False, None, "ended."))
    assert (down.cause.word, down.what) == (
        "not_checked",
        "The running bridge has no link to it: ended.",
    )


def test_of_others_it_says_nothing() -> None:
    assert check_reported([BIKE], {"rower": Report("rower", True)}) == []
