"""The rows: distinct, complete, and the same as in the document."""

from __future__ import annotations

from pathlib import Path

from ftms_bridge.app.doctor.findings import CAUSES, OK, Cause, Finding, Severity, gravest
from ftms_bridge.app.doctor.oddities import ODDITIES

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "doctor.md"


def row(cause: Cause) -> str:
    cells = (
        f"`{cause.word}`",
        cause.severity.name.lower(),
        str(cause.exit_code),
        cause.meaning,
        cause.remedy or "-",
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def test_words_are_unique_and_every_failure_has_an_exit_code_of_its_own() -> None:
    words = [cause.word for cause in (*CAUSES, *ODDITIES)]
    assert len(words) == len(set(words))
    codes = [cause.exit_code for cause in CAUSES if cause.severity >= Severity.WARNING]
    assert sorted(code for code in codes if code != 78) == sorted(set(codes) - {78})
    assert all(code not in (0, 1, 2) for code in codes)


def test_notes_never_fail_and_whatever_fails_has_a_remedy() -> None:
    for cause in (*CAUSES, *ODDITIES):
        assert (cause.exit_code == 0) == (cause.severity < Severity.WARNING)
        assert cause.remedy or cause.severity < Severity.WARNING


def test_the_document_has_every_row_as_it_is() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    missing = [row(cause) for cause in (*CAUSES, *ODDITIES) if row(cause) not in lines]
    assert missing == []
    told = [line.split("`")[1] for line in lines if line.startswith("| `")]
    assert told == [cause.word for cause in (*CAUSES, *ODDITIES)]


def test_the_gravest_is_the_first_among_equals() -> None:
    one, other = CAUSES[2], CAUSES[6]
    findings = [Finding("a", OK, ""), Finding("b", one, ""), Finding("c", other, "")]
    assert one.severity == other.severity == Severity.FAILURE
    worst = gravest(findings)
    assert worst is not None
    assert worst.check == "b"
    assert gravest([]) is None


def test_a_remedy_of_the_facts_goes_before_that_of_the_row() -> None:
    assert Finding("x", CAUSES[2], "").remedy == CAUSES[2].remedy
    assert Finding("x", CAUSES[2], "", "do this").remedy == "do this"
