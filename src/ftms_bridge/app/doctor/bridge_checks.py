"""From what a running bridge tells of its links to findings; pure.

The bridge knows more than listening can: a machine that it holds does not advertise, and why one
cannot be reached it has tried already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ftms_bridge.app.doctor.findings import (
    ADAPTER_MISSING,
    AMBIGUOUS,
    BLUETOOTH_OFF,
    CHANGED_IDENTITY,
    LINK_LOST,
    MACHINE_MUTE,
    MACHINE_NOT_SEEN,
    NO_ANSWER,
    NOT_CHECKED,
    NOT_PERMITTED,
    OK,
    SENSOR_NOT_SEEN,
    SERVICE_DOWN,
    STACK_TROUBLE,
    WRONG_SERVICES,
    Cause,
    Finding,
)
from ftms_bridge.app.doctor.radio_checks import Wanted
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import SensorKind


@dataclass(frozen=True, slots=True)
class Report:
    """What the bridge says of one link; up, verdict and since are None when it does not say.

    machine: whose link it is. reason: in words, "" for none. since: ISO 8601.
    """

    machine: str
    up: bool | None
    verdict: Verdict | None = None
    reason: str = ""
    since: str | None = None


_CAUSES: Final[Mapping[Verdict, Cause]] = {
    Verdict.SEARCHING: NOT_CHECKED,
    Verdict.RELEASED: NOT_CHECKED,
    Verdict.NOT_SEEN: MACHINE_NOT_SEEN,
    Verdict.AMBIGUOUS: AMBIGUOUS,
    Verdict.NO_ANSWER: NO_ANSWER,
    Verdict.LOST: LINK_LOST,
    Verdict.MUTE: MACHINE_MUTE,
    Verdict.WRONG_SERVICES: WRONG_SERVICES,
    Verdict.CHANGED_IDENTITY: CHANGED_IDENTITY,
    Verdict.ADAPTER_MISSING: ADAPTER_MISSING,
    Verdict.BLUETOOTH_OFF: BLUETOOTH_OFF,
    Verdict.NOT_PERMITTED: NOT_PERMITTED,
    Verdict.SERVICE_DOWN: SERVICE_DOWN,
    Verdict.RADIO_FAULT: STACK_TROUBLE,
}


def check_reported(wanted: Sequence[Wanted], reports: Mapping[str, Report]) -> list[Finding]:
    """Return one finding per configured machine or sensor of which the bridge tells something."""
    return [_check(one, reports[one.id]) for one in wanted if one.id in reports]


def _check(wanted: Wanted, report: Report) -> Finding:
    if report.verdict is None:
        return _without_verdict(wanted.id, report)
    if report.up and report.verdict is not Verdict.MUTE:  # odd, but it works
        return Finding(wanted.id, OK, f"The running bridge holds it: {report.reason}.")
    cause = _CAUSES[report.verdict]
    if cause is MACHINE_NOT_SEEN and isinstance(wanted.binding.kind, SensorKind):
        cause = SENSOR_NOT_SEEN
    held = " holds it, but" if report.up else ""
    word, reason = report.verdict.value, report.reason.rstrip(".")
    said = f"{word}: {reason}" if reason not in ("", word) else word
    since = f" (since {report.since})" if report.since else ""
    what = f"The running bridge{held} says {said}{since}."
    return Finding(wanted.id, cause, what, _advice(report))


def _without_verdict(check: str, report: Report) -> Finding:
    if report.up:
        return Finding(check, OK, "The running bridge holds it.")
    said = "says nothing of it yet" if report.up is None else f"has no link to it: {report.reason}"
    return Finding(check, NOT_CHECKED, f"The running bridge {said.rstrip(': .')}.", _LATER)


def _advice(report: Report) -> str:
    if report.verdict is Verdict.RELEASED:
        return f"ftms-bridge link resume {report.machine}"
    return _LATER if report.verdict is Verdict.SEARCHING else ""


_LATER: Final = "Ask again in a minute."
