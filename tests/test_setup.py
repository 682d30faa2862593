"""What a fresh machine relies on: pinned requirements, the Makefile's targets, the CI script."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())

REQUIREMENTS = {
    "requirements.txt": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["demo"],
    ],
    "requirements-dev.txt": PROJECT["dependency-groups"]["dev"],
    "requirements-bench.txt": PROJECT["dependency-groups"]["bench"],
}

PIN = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)
PIN_WITH_MARKER = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)( ; [^\\]+?)? \\$", re.MULTILINE)
"""With what the pin holds for: some packages have another version for older interpreters."""


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_declared_dependency_is_pinned(name: str) -> None:
    pinned = {package for package, _ in PIN.findall((TOP / name).read_text())}
    declared = {re.split(r"[^a-z0-9-]", line)[0] for line in REQUIREMENTS[name]}
    assert declared <= pinned, "run `make lock`"


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_pin_has_a_hash_and_no_line_names_a_place(name: str) -> None:
    text = (TOP / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert "index" not in text


def test_the_pins_of_all_files_agree() -> None:
    seen: dict[str, set[str]] = {}
    for name in REQUIREMENTS:
        here: dict[str, set[str]] = {}
        for package, version, marker in PIN_WITH_MARKER.findall((TOP / name).read_text()):
            here.setdefault(package, set()).add(version)
            assert marker or len(here[package]) == 1, package
        for package, versions in here.items():
            assert seen.setdefault(package, versions) == versions, package


@pytest.mark.parametrize(
    "target", ["demo", "test", "check", "lint", "docs", "esphome", "e2e", "e2e-faults", "bench"]
)
def test_the_makefile_knows_the_target(target: str) -> None:
    result = subprocess.run(
        ["make", "--dry-run", target], cwd=TOP, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_the_ci_script_lints_and_runs_the_readmes_test_command() -> None:
    script = TOP / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = [line for line in script.read_text().splitlines() if line.startswith("make ")]
    assert commands == ["make lint", "make test", "make esphome", "make e2e"]
