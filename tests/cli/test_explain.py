"""``ftms-bridge explain`` as a person types it, on a simulated ride."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.cli.main import load
from ftms_bridge.errors import InputMissing, UsageError


def run(name: str, *words: str | Path) -> Result:
    return CliRunner().invoke(load(name), [str(word) for word in words])


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    """Two minutes and a half on a cross trainer with a direction bit, with the truth in it."""
    out = tmp_path / "ride.ndjson"
    result = run("simulate", "cross_trainer_bit15", "--seconds", "300", "--out", out)
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture
def profile(ride: Path, tmp_path: Path) -> Path:
    """What the labels of that ride teach."""
    config = tmp_path / "c.toml"
    config.write_text(
        f'[bluetooth]\nstate_directory = "{tmp_path}"\n'
        '[[machine]]\nid = "cross_trainer"\nkind = "cross_trainer"\n'
        'link = { type = "simulator", scenario = "cross_trainer_bit15" }\n'
    )
    result = run("calibrate", "cross_trainer", "--config", config, "--from", ride)
    assert result.exit_code == 0, result.output
    return tmp_path / "direction" / "cross_trainer.toml"


def test_simulate_calibrate_and_explain_fit_together(ride: Path, profile: Path) -> None:
    before = run("explain", ride, "--at", "1:00")
    assert before.exit_code == 0, before.output
    assert "It says UNKNOWN" in before.output
    assert "ftms-bridge calibrate cross_trainer" in before.output
    for at, word in (("1:00", "forward"), ("170", "backward")):
        after = run("explain", ride, "--at", at, "--profile", profile)
        assert f"It says {word.upper()}, measured" in after.output
        assert f"Really: {word} (truth of a simulation; the mechanics show it)." in after.output


def test_without_an_instant_it_lists_the_changes(ride: Path, profile: Path) -> None:
    result = run("explain", ride, "--profile", profile, "--machine", "cross_trainer")
    assert result.exit_code == 0
    assert max(map(len, result.output.splitlines())) < 80
    assert "movement_direction_bit" in result.output
    assert "- the rider: backward" in result.output


def test_programs_get_json(ride: Path, profile: Path) -> None:
    result = run("explain", ride, "--profile", profile, "--at", "60", "--json")
    found = json.loads(result.output)
    assert found["direction"]["direction"] == found["label"]["direction"] == "forward"
    assert found["label"]["evident"] is True


def test_errors_say_what_to_do(ride: Path, tmp_path: Path) -> None:
    late = run("explain", ride, "--at", "9:00").exception
    assert isinstance(late, UsageError)
    assert "--at" in late.hint
    stranger = run("explain", ride, "--machine", "bike").exception
    assert isinstance(stranger, UsageError)
    assert "cross_trainer" in stranger.hint
    assert isinstance(run("explain", tmp_path / "none.ndjson").exception, InputMissing)
