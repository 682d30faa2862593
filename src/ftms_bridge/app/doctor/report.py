"""Findings as lines for people and as one object for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, TypedDict

from ftms_bridge.app.doctor.findings import (
    BLUETOOTH_OFF,
    CONFIG_MISSING,
    NOT_CHECKED,
    Finding,
    Severity,
    gravest,
)
from ftms_bridge.app.doctor.oddities import NO_RECORDS, TOO_SHORT
from ftms_bridge.app.doctor.recording import Diagnosis, Proposal

WIDTH: Final = 96
"""House choice: fits a terminal of 100 columns."""

INDENT: Final = " " * 9

FIELD_PLACE: Final = 3
"""Words in the place of an oddity of one field: source, characteristic, field."""


_PLAIN: Final = frozenset({NOT_CHECKED, BLUETOOTH_OFF, CONFIG_MISSING, NO_RECORDS, TOO_SHORT})
"""Causes whose line says already what they mean."""


class FindingRow(TypedDict):
    """One finding for programs; the keys are those of ``Finding`` and its cause."""

    check: str
    severity: str
    code: str
    exit_code: int
    what: str
    meaning: str
    remedy: str


class Examination(TypedDict):
    """All findings, the word of the gravest ("ok" when there is nothing to do), the exit code."""

    verdict: str
    exit_code: int
    findings: list[FindingRow]


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield a line with what was found; below it what it means and what to do, if anything."""
    cause = finding.cause
    word = cause.severity.name.lower()
    named = f"{finding.check} [{cause.word}]" if cause.severity else finding.check
    yield from _wrapped(f"{word:<8} {named}: {finding.what}")
    if cause.severity and cause not in _PLAIN:
        yield from _wrapped(f"{INDENT}{cause.meaning}")
    if cause.severity and finding.remedy:
        yield from _wrapped(f"{INDENT}what to do: {finding.remedy}")


def summary_line(findings: Sequence[Finding]) -> str:
    """Return how many of each there are, and which one to begin with."""
    told = _counts(findings)
    worst = gravest(findings)
    if worst is None or worst.severity < Severity.WARNING:
        return f"{told}. Nothing stands in the way."
    return (
        f"{told}. Begin with: {worst.check} [{worst.cause.word}], exit code {exit_code(findings)}."
    )


def _counts(findings: Sequence[Finding]) -> str:
    counts = dict.fromkeys(reversed(Severity), 0)
    for finding in findings:
        counts[finding.severity] += 1
    return ", ".join(
        f"{count} {severity.name.lower()}{'s' if count != 1 and severity else ''}"
        for severity, count in counts.items()
        if count
    )


def exit_code(findings: Sequence[Finding]) -> int:
    """Return the exit code of the gravest finding."""
    worst = gravest(findings)
    return 0 if worst is None else worst.cause.exit_code


def examination(findings: Sequence[Finding]) -> Examination:
    """Return all of it for programs."""
    worst = gravest(findings)
    graver = worst is not None and worst.severity > Severity.NOTE
    return {
        "verdict": worst.cause.word if worst is not None and graver else "ok",
        "exit_code": exit_code(findings),
        "findings": [_row(finding) for finding in findings],
    }


class OddityRow(FindingRow):
    """One oddity of a recording for programs: where it is, beside what a finding says."""

    source: str
    characteristic: str | None
    field: str


class RecordingExamination(TypedDict):
    """What came of a recording; ``proposals`` holds a profile as TOML by the machine's id."""

    verdict: str
    exit_code: int
    damaged_lines: int
    streams: list[dict[str, str | int | float | None]]
    findings: list[OddityRow]
    proposals: dict[str, str]
    shipped: dict[str, list[str]]


def diagnosis_lines(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield what there is, what is odd about it and what could be tried."""
    for one in diagnosis.extents:
        rate = f", every {one.interval_s:.2f} s" if one.interval_s else ""
        quirk = f", read with the quirk {one.quirk}" if one.quirk else ""
        place = f"{one.source} {one.characteristic:04x} {one.title}"
        yield f"{place}: {one.records} records in {one.span_s:.0f} s{rate}{quirk}"
    if diagnosis.damaged:
        yield f"{diagnosis.damaged} lines could not be read"
    findings = [one.finding for one in diagnosis.oddities]
    for finding in findings:
        yield from finding_lines(finding)
    for proposal in diagnosis.proposals:
        yield from _proposal_lines(proposal)
    yield from _wrapped(_outcome(findings))


def _outcome(findings: Sequence[Finding]) -> str:
    """Return the last line: what was not enough to judge is not called in order."""
    if not findings:
        return "Nothing odd was found."
    worst = gravest(findings)
    if worst is not None and worst.severity >= Severity.WARNING:
        return summary_line(findings)
    short = [one for one in findings if one.cause is TOO_SHORT]
    whole = [one for one in short if len(one.check.split()) < FIELD_PLACE]
    if short:
        missing = "; ".join(f"{one.check} ({one.what.rstrip('.')})" for one in whole or short)
        return f"{_counts(findings)}. Not judged for want of more: {missing}."
    return f"{_counts(findings)}. Nothing is wrong with it."


def diagnosis_object(diagnosis: Diagnosis) -> RecordingExamination:
    """Return all of it for programs."""
    whole = examination([one.finding for one in diagnosis.oddities])
    return {
        "verdict": whole["verdict"],
        "exit_code": whole["exit_code"],
        "damaged_lines": diagnosis.damaged,
        "streams": [
            {
                "source": one.source,
                "characteristic": f"{one.characteristic:04x}",
                "records": one.records,
                "span_s": round(one.span_s, 3),
                "interval_s": round(one.interval_s, 3),
                "quirk": one.quirk,
            }
            for one in diagnosis.extents
        ],
        "findings": [
            {
                **_row(one.finding),
                "source": one.source,
                "characteristic": _number(one.characteristic),
                "field": one.field,
            }
            for one in diagnosis.oddities
        ],
        "proposals": {one.source: one.toml for one in diagnosis.proposals},
        "shipped": {one.source: list(one.shipped) for one in diagnosis.proposals},
    }


def _number(characteristic: int | None) -> str | None:
    return None if characteristic is None else f"{characteristic:04x}"


def _proposal_lines(proposal: Proposal) -> Iterator[str]:
    yield ""
    if proposal.shipped:
        names = " or ".join(f'quirk = "{name}"' for name in proposal.shipped)
        yield f"A shipped profile does this: write {names} into [[machine]] {proposal.source}."
    yield f"A proposal for {proposal.source}, in the syntax of gatt/quirks.toml; check it first:"
    said = ", ".join(f"{key} {text!r}" for key, text in proposal.identity.items())
    if said:
        yield f"(the machine says of itself: {said})"
    yield ""
    yield from (f"    {line}".rstrip() for line in proposal.toml.splitlines())
    yield ""


def _row(finding: Finding) -> FindingRow:
    cause = finding.cause
    return {
        "check": finding.check,
        "severity": cause.severity.name.lower(),
        "code": cause.word,
        "exit_code": cause.exit_code,
        "what": finding.what,
        "meaning": cause.meaning,
        "remedy": finding.remedy,
    }


def _wrapped(text: str) -> Iterator[str]:
    """Yield the lines of a text, none of its commands broken at a hyphen."""
    for line in text.splitlines():
        yield from textwrap.wrap(
            line, WIDTH, subsequent_indent=INDENT, break_on_hyphens=False, break_long_words=False
        )
