"""``ftms-bridge doctor``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.app.doctor import facts
from ftms_bridge.cli.main import load
from ftms_bridge.errors import InputMissing, UsageError
from ftms_bridge.simulator.scenario_file import load_scenario
from tests.app.doctor.rides import simulated
from tests.brokers import free_port
from tests.config.surroundings import Writer
from tests.simulator.build import treadmill, walk


@pytest.fixture(autouse=True)
def no_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever Bluetooth this computer has, there is no bus that leads to it."""
    monkeypatch.setenv(facts.BUS_VARIABLE, f"unix:path={tmp_path / 'no-bus'}")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(load("doctor"), [str(one) for one in arguments])


def test_a_computer_without_a_bus_and_a_broker_is_told_so(write: Writer, tmp_path: Path) -> None:
    text = f'[mqtt]\nhost = "127.0.0.1"\nport = 1\n[recording]\ndirectory = "{tmp_path}"\n'
    result = run("--config", write.with_bike(text), "--seconds", "1")
    lines = result.output.splitlines()
    start = "failure  broker [broker_unreachable]: mqtt://127.0.0.1:1: nothing listens"
    assert any(line.startswith(start) for line in lines)
    assert any(line.startswith("failure  bluetooth [no_dbus]") for line in lines)
    assert lines[-1].endswith("Begin with: broker [broker_unreachable], exit code 30.")
    assert result.exit_code == 30


def test_without_a_configuration_the_rest_is_checked(home: Path) -> None:
    result = run("--json")
    told = json.loads(result.output)
    codes = {row["check"]: row["code"] for row in told["findings"]}
    assert codes["configuration"] == "config_missing"
    assert codes["bluetooth"] == "no_dbus"
    assert (told["verdict"], told["exit_code"], result.exit_code) == ("no_dbus", 10, 10)


def test_a_wrong_configuration_is_quoted(write: Writer) -> None:
    result = run("--config", write("[mqtt]\nport = 0\n"))
    assert "[config_wrong]: 2 problems in the configuration" in result.output
    assert "mqtt.port" in result.output
    assert result.exit_code == 78


def test_a_radio_that_cannot_be_is_a_wrong_option(write: Writer) -> None:
    assert isinstance(run("--radio", "nonsense").exception, UsageError)


def test_without_a_configuration_the_radio_of_the_environment_is_used(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTMS_BRIDGE_BLUETOOTH__RADIO", f"tcp:127.0.0.1:{free_port()}")
    told = json.loads(run("--json").output)
    codes = {row["check"]: row["code"] for row in told["findings"]}
    assert codes["bluetooth"] == "stack_trouble"
    missing = told["findings"][0]
    assert (missing["code"], missing["remedy"]) == (
        "config_missing",
        "ftms-bridge scan --save bridge.toml",
    )


def test_a_clean_recording(tmp_path: Path) -> None:
    file = simulated(load_scenario("demo_treadmill"), tmp_path / "ride.ndjson")
    result = run(file)
    assert result.output.endswith("Nothing odd was found.\n")
    assert result.exit_code == 0


def test_a_recording_in_miles(tmp_path: Path) -> None:
    fault = {"kind": "mph", "at_s": 0.0, "duration_s": 360.0}
    phases = [walk(120, 4.0), walk(120, 6.0), walk(120, 3.0)]
    file = simulated(treadmill(*phases, fault=[fault]), tmp_path / "walk.ndjson")
    result = run(file)
    assert "[miles]" in result.output
    assert 'quirk = "treadmill-mph"' in result.output
    assert "resolution = 0.01609344" in result.output
    assert result.exit_code == 50
    told = json.loads(run(file, "--json").output)
    assert told["verdict"] == "miles"
    assert list(told["proposals"]) == ["machine"]


def test_a_recording_needs_no_configuration_and_must_be_there(tmp_path: Path) -> None:
    assert isinstance(run("x.ndjson", "--config", "y.toml").exception, UsageError)
    assert isinstance(run(tmp_path / "nope.ndjson").exception, InputMissing)
