"""The documents agree with the code, their links lead somewhere, and nothing private is in them."""

from __future__ import annotations

import inspect
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import direction_tables
from direction_tables import CALIBRATED, UNCALIBRATED, Evaluation, evaluation
from ftms_bridge import errors
from ftms_bridge.app.evaluating.bars import Bar
from ftms_bridge.app.evaluating.figures import Title, WrongFigures, figures
from ftms_bridge.app.evaluating.tally import Tally
from ftms_bridge.app.evaluating.wrong import CASES
from ftms_bridge.motion.channels.table import CHANNELS
from ftms_bridge.motion.direction import Reason
from ftms_bridge.simulator.rigs import RIGS
from ftms_bridge.telemetry import messages
from generated_docs import PART, SECTIONS, TOP, documents, filled, meanings, payload_types

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"```.*?```", re.DOTALL)

TEXT_SUFFIXES = {".py", ".md", ".toml", ".txt", ".cfg", ".json", ".yml", ".yaml", ".sh", ".service"}
TEXT_NAMES = {"Makefile", "run", "LICENSE", ".gitignore"}

REGISTRY = re.compile(
    "|".join(("pyp" + "i[.]org", "python" + "hosted", "npm" + "js[.]", "/simp" + "le/"))
)
PLACE_ON_A_COMPUTER = re.compile(r"(?<![\w.~<>$])/(?:work|root|Users|home/[a-z])[/\w]")


def anchor(heading: str) -> str:
    """Return what a Markdown viewer makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(document: Path) -> set[str]:
    return {anchor(title) for title in HEADING.findall(CODE.sub("", document.read_text()))}


def repository_files() -> list[Path]:
    """Return the text files that belong to the project: what git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=TOP, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        found = [TOP / name for name in listed.stdout.splitlines()]
    else:  # an unpacked archive
        hidden = {".venv", ".venv-bench", ".venv-esphome", ".git"}
        found = [path for path in TOP.rglob("*") if not hidden & set(path.relative_to(TOP).parts)]
    return [
        path
        for path in found
        if path.is_file() and (path.suffix in TEXT_SUFFIXES or path.name in TEXT_NAMES)
    ]


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_the_generated_parts_are_up_to_date(document: Path) -> None:
    text = document.read_text()
    assert filled(text) == text, "out of date: run `make docs`"


@pytest.mark.parametrize("kind", list(payload_types()), ids=lambda kind: kind.__name__)
def test_every_field_of_a_payload_has_a_meaning(kind: type) -> None:
    assert all(meanings(kind).values())


def first_cells(table: str) -> list[str]:
    """Return the first column of a table, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [line.split(" | ")[0].strip("| `") for line in lines[2:]]


def test_every_channel_and_every_reason_has_its_row() -> None:
    names = [kind.name for kind in CHANNELS]
    assert first_cells(direction_tables.channels()) == names
    assert first_cells(direction_tables.channel_strengths()) == names
    assert first_cells(direction_tables.reasons()) == [reason.value for reason in Reason]


@pytest.mark.parametrize("name", [CALIBRATED, UNCALIBRATED])
def test_every_rig_was_evaluated(name: str) -> None:
    assert [one.rig for one in evaluation(name).rigs] == list(RIGS)


@pytest.mark.parametrize("case", CASES)
def test_every_wrong_profile_was_evaluated(case: str) -> None:
    found = evaluation(case)
    assert found.wrong == case
    assert all(one.wrong is not None for one in found.rigs)


def test_what_is_missed_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    one = figures(Title("treadmill", "I", "a belt", "null"), Tally())
    late = replace(one, wrong=WrongFigures(30.0, 4.0, 2, 26.0, 11.0, 26.0))
    bars = [Bar("treadmill", "words", 3.0, 0.0), Bar("treadmill", "p95 onset, s", None, 3.0)]
    made = Evaluation(True, (5, 9), 15.0, True, None, [late], bars)
    monkeypatch.setattr(direction_tables, "evaluation", lambda _name: made)
    assert direction_tables.bars().splitlines() == [
        "From simulation: seeds 5 to 8, 4 machines per rig, 15 min each. 0 of 2 bars are met.",
        "",
        "| rig | what | wanted | reached | met |",
        "| --- | --- | --- | --- | --- |",
        "| `treadmill` | words | at most 0 | 3 | **no** |",
        "| `treadmill` | p95 onset, s | at most 3 | never | **no** |",
    ]
    assert "| 30 | 4 | 2 | 11.0 | 26.0 | 26.0 | **no** |" in direction_tables.wrong()
    assert "| `treadmill` | 0.0 | - | - | - | - | - | 0 | 0 |" in direction_tables.said()


@pytest.mark.parametrize("event", get_args(messages.EventType))
def test_every_event_is_described(event: str) -> None:
    section = (TOP / "docs" / "mqtt.md").read_text().partition("## What events say")[2]
    assert f"`{event}`" in section.partition("## ")[0]


def test_every_generated_part_is_used_and_well_formed() -> None:
    texts = [document.read_text() for document in documents()]
    names = [name for text in texts for _, name, _ in PART.findall(text)]
    assert sorted(names) == sorted(SECTIONS)
    assert sum(text.count("<!-- generated: ") for text in texts) == len(names)


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    dead = []
    for target in LINK.findall(CODE.sub("", document.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, place = target.partition("#")
        goal = (document.parent / file).resolve() if file else document
        if not goal.exists() or (place and place not in anchors(goal)):
            dead.append(target)
    assert dead == []


def test_every_error_has_an_entry_in_troubleshooting() -> None:
    kinds = {
        name
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, errors.BridgeError)
    }
    entries = HEADING.findall((TOP / "docs" / "troubleshooting.md").read_text())
    assert kinds - {"BridgeError"} <= set(entries)


@pytest.mark.parametrize("pattern", [REGISTRY, PLACE_ON_A_COMPUTER], ids=["registry", "place"])
def test_no_file_names_a_registry_or_a_place_on_one_computer(pattern: re.Pattern[str]) -> None:
    files = repository_files()
    assert len(files) > 50
    found = [
        f"{path.relative_to(TOP)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_the_patterns_of_private_things_find_them() -> None:
    assert REGISTRY.search("https://" + "pyp" + "i.org/x")
    for place in ("root", "work", "home/anna"):
        assert PLACE_ON_A_COMPUTER.search(f"see /{place}/x")
    for harmless in ("~/work/x", "a/root/b", "/run/secrets", "$HOME/root/x"):
        assert not PLACE_ON_A_COMPUTER.search(harmless)
