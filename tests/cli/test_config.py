"""``ftms-bridge config``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from ftms_bridge.cli.config import command
from ftms_bridge.cli.run import command as run_command
from ftms_bridge.config.loading import packaged_file
from ftms_bridge.errors import ConfigError, InputMissing
from tests.config.surroundings import Writer


def output(*arguments: str | Path) -> str:
    """Return what the command prints; its errors are raised."""
    result = CliRunner().invoke(command, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_check_says_what_a_correct_file_leads_to(write: Writer) -> None:
    file = write.with_bike('[mqtt]\nhost = "broker.local"\nbase = "gym"\n')
    lines = output("check", "--config", file).splitlines()
    assert lines[0] == f"{file}: correct"
    assert [line.split()[1] for line in lines[1:]] == ["bike", "broker.local:1883", "gym/..."]


def test_check_lists_the_problems_of_a_wrong_file(write: Writer) -> None:
    with pytest.raises(ConfigError, match="2 problems"):
        output("check", "--config", write("[mqtt]\nport = 0\n"))


def test_check_and_run_name_the_key_of_a_scenario_that_does_not_exist(write: Writer) -> None:
    file = write(Writer.MACHINE.replace("demo_bike", "demo_bikes"))
    for called, words in ((command, ["check"]), (run_command, [])):
        result = CliRunner().invoke(called, [*words, "--config", str(file)])
        assert isinstance(result.exception, ConfigError)
        start = f"{file}: machine[0].link.scenario: There is no scenario 'demo_bikes'"
        assert result.exception.what.startswith(start)
        assert "Did you mean demo_bike?" in result.exception.what


def test_check_finds_a_link_that_delivers_another_kind_of_machine(write: Writer) -> None:
    file = write(Writer.MACHINE.replace("indoor_bike", "treadmill"))
    with pytest.raises(ConfigError, match=r"machine\[0\].kind: is treadmill.*indoor_bike"):
        output("check", "--config", file)


@pytest.mark.parametrize("name", ["ftms-bridge.toml", "demo.toml"])
def test_the_shipped_files_pass_the_check(name: str) -> None:
    assert "correct" in output("check", "--config", packaged_file(name))


def test_show_prints_the_effective_settings_without_secrets(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTMS_BRIDGE_MQTT__USERNAME", "rider")
    monkeypatch.setenv("FTMS_BRIDGE_MQTT__PASSWORD", "hunter2")
    shown = output("show", "--config", write.with_bike())
    assert tomllib.loads(shown)["mqtt"]["username"] == "rider"
    assert "hunter2" not in shown


def test_schema_describes_every_section() -> None:
    schema = json.loads(output("schema"))
    assert {"mqtt", "machine", "recording"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_path_prints_the_file_that_is_read(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write.with_bike()
    monkeypatch.setenv("FTMS_BRIDGE_CONFIG", str(file))
    assert output("path") == f"{file}\n"


def test_path_reports_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"nope\.toml"):
        output("path", "--config", tmp_path / "nope.toml")


def test_sample_prints_a_file_to_start_from(write: Writer) -> None:
    assert "correct" in output("check", "--config", write(output("sample")))
