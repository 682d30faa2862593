"""``ftms-bridge config``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from ftms_bridge.cli.config import command
from ftms_bridge.config.loading import packaged_file
from ftms_bridge.errors import ConfigError
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


def test_check_finds_scenarios_that_do_not_exist(write: Writer) -> None:
    file = write(Writer.MACHINE.replace("demo_bike", "demo_bikes"))
    with pytest.raises(ConfigError, match=r"machine\[0\].link.scenario: .*demo_bikes.*demo_bike"):
        output("check", "--config", file)


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


def test_sample_prints_a_file_to_start_from(write: Writer) -> None:
    assert "correct" in output("check", "--config", write(output("sample")))
