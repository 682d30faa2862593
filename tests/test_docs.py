"""The documents agree with the code, their links lead somewhere, and nothing private is in them."""

from __future__ import annotations

import inspect
import re
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from ftms_bridge import errors
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
        hidden = {".venv", ".venv-bench", ".git"}
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
