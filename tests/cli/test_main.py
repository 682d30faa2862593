"""The command group: fast help, errors in two lines, quiet ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
import rich_click as click
from click.testing import CliRunner

from ftms_bridge.cli import main as main_module
from ftms_bridge.cli.main import COMMANDS, load, main, root
from ftms_bridge.errors import ConfigError

HEAVY = ("bleak", "aiomqtt", "paho", "amqtt", "pydantic", "pydantic_settings")

HELP_LIMIT_S = 0.3
"""A person does not notice it as waiting (house choice)."""

ASK_FOR_HELP = """
import contextlib, io, sys
from ftms_bridge.cli.main import COMMANDS, root
heavy = set(sys.argv[1].split(","))
for words in [[], *([name] for name in COMMANDS), *(["config", sub] for sub in ("check", "show"))]:
    with contextlib.redirect_stdout(io.StringIO()) as text, contextlib.suppress(SystemExit):
        root([*words, "--help"], prog_name="ftms-bridge")
    print("Usage" in text.getvalue(), *words, *sorted(heavy & set(sys.modules)))
"""


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Return the finished program, started as a person starts it."""
    command = [sys.executable, "-m", "ftms_bridge", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_help_lists_every_command_with_its_summary() -> None:
    text = CliRunner(env={"COLUMNS": "200"}).invoke(root, ["--help"]).output
    for name, summary in COMMANDS.items():
        assert f" {name} " in text
        assert summary in text


def test_no_help_text_loads_the_libraries_for_radio_mqtt_and_validation() -> None:
    result = subprocess.run(
        [sys.executable, "-c", ASK_FOR_HELP, ",".join(HEAVY)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = result.stdout.splitlines()
    assert len(lines) == len(COMMANDS) + 3
    for line in lines:
        words = line.split()
        assert words[0] == "True", f"no help for: {line}"
        assert not set(words) & set(HEAVY), line


def test_help_takes_less_than_three_tenths_of_a_second() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        assert run("--help").returncode == 0
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < HELP_LIMIT_S


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_the_table_exists_and_explains_itself(name: str) -> None:
    assert load(name).help


def test_the_version_is_that_of_the_installed_package() -> None:
    assert run("--version").stdout.strip() == f"ftms-bridge, version {version('ftms-bridge')}"


def test_an_unknown_command_is_refused_with_its_name() -> None:
    result = run("decoed")
    assert result.returncode == 2
    assert "No such command 'decoed'" in result.stderr


def test_an_expected_error_is_two_lines_and_an_exit_code_of_its_own(tmp_path: Path) -> None:
    result = run("config", "check", "--config", str(tmp_path / "nope.toml"))
    assert result.returncode == ConfigError.exit_code == 78
    first, second = result.stderr.splitlines()
    assert first.startswith("ftms-bridge: ")
    assert "nope.toml: cannot be read" in first
    assert second.startswith("  what to do: ")
    assert result.stdout == ""


def test_ctrl_c_ends_quietly_with_the_shells_code(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main_module, "load", lambda _name: interrupted)
    result = CliRunner().invoke(root, ["run"])
    assert result.exit_code == 130
    assert result.output == ""


def test_a_reader_that_goes_away_is_no_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "ftms_bridge", "topics"]
    result = subprocess.run(
        command, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write_end)
    assert result.stderr == ""
    assert result.returncode in (0, 1)


def test_an_error_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(main_module, "load", lambda _name: broken)
    monkeypatch.setattr(sys, "argv", ["ftms-bridge", "run"])
    with pytest.raises(ZeroDivisionError):
        main()


def test_completion_offers_commands_without_loading_them() -> None:
    environment = {
        "_FTMS_BRIDGE_COMPLETE": "bash_complete",
        "COMP_WORDS": "ftms-bridge re",
        "COMP_CWORD": "1",
    }
    result = subprocess.run(
        [sys.executable, "-m", "ftms_bridge"],
        env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.stdout.split() == ["plain,record", "plain,replay"]
