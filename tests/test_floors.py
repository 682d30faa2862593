"""The import floors hold, and a planted violation of each contract breaks them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]

RUN = "from importlinter.cli import lint_imports_command as run; run()"

VIOLATIONS = {
    "floors": [
        ("gatt/codec.py", "ftms_bridge.measurement.sources"),
        ("mqtt/session.py", "ftms_bridge.config.loading"),
        ("errors.py", "ftms_bridge.units"),
    ],
    "pure-core": [
        ("gatt/codec.py", "time"),
        ("pipeline/core.py", "logging"),
        ("measurement/signals.py", "asyncio"),
        ("motion/direction.py", "random"),
        ("workout/session.py", "socket"),
    ],
    "core-uses-the-standard-library": [("telemetry/publish.py", "pydantic")],
    "one-broker-client": [("mqtt/publisher.py", "aiomqtt"), ("app/bridge.py", "paho")],
    "one-embedded-broker": [("app/bridge.py", "amqtt")],
    "radio-in-ble": [("app/bridge.py", "bleak"), ("mqtt/session.py", "dbus_fast")],
    "one-virtual-radio": [("app/bridge.py", "bumble"), ("simulator/world.py", "bumble")],
    "validation-at-the-edges": [("app/bridge.py", "pydantic")],
    "terminal-on-top": [("app/bridge.py", "rich"), ("mqtt/session.py", "click")],
}
"""By contract: file and the module that it must not import."""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Return the finished linter, run in a folder that holds `pyproject.toml` and `src`."""
    return subprocess.run(
        [sys.executable, "-c", RUN, "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(folder / "src"), "COLUMNS": "300", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def contracts() -> dict[str, str]:
    """Return name by id of every contract."""
    settings = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in settings["contracts"]}


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the linter says about a copy of the sources with every violation planted."""
    folder = tmp_path_factory.mktemp("floors")
    shutil.copy(TOP / "pyproject.toml", folder)
    package = folder / "src" / "ftms_bridge"
    shutil.copytree(
        TOP / "src" / "ftms_bridge", package, ignore=shutil.ignore_patterns("__pycache__")
    )
    (package / "undeclared.py").write_text("")
    for file, imported in (pair for pairs in VIOLATIONS.values() for pair in pairs):
        with (package / file).open("a") as source:
            source.write(f"\nimport {imported}\n")
    result = lint(folder)
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


def test_the_floors_hold() -> None:
    result = lint(TOP)
    assert result.returncode == 0, result.stdout
    assert f"Contracts: {len(contracts())} kept, 0 broken" in result.stdout


def test_each_contract_is_tried_with_a_violation() -> None:
    assert set(VIOLATIONS) == set(contracts())


@pytest.mark.parametrize(
    ("contract", "file", "imported"),
    [(contract, *pair) for contract, pairs in VIOLATIONS.items() for pair in pairs],
)
def test_a_planted_violation_is_found(
    contract: str, file: str, imported: str, broken_report: str
) -> None:
    heading = re.compile(rf"^{re.escape(contracts()[contract])}\n-+$", re.MULTILINE)
    _, section = heading.split(broken_report)
    section = re.split(r"^-+$", section, maxsplit=1, flags=re.MULTILINE)[0]
    importer = "ftms_bridge." + file.removesuffix(".py").replace("/", ".")
    assert f"{importer} -> {imported} " in section


def test_a_module_on_no_floor_is_found(broken_report: str) -> None:
    assert "undeclared" in broken_report
