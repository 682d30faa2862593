"""``ftms-bridge simulate`` writes recordings with truth labels and says what it wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.cli.simulate import command
from ftms_bridge.errors import ConfigError, InputMissing, OutputFailed, UsageError
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.simulator.scenario_file import load_scenario, scenario_names


def simulate(*words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=True)


def test_a_recording_holds_notifications_links_and_truth(tmp_path: Path) -> None:
    out = tmp_path / "ride.ndjson"
    result = simulate("bike_with_sensors", "--seed", "5", "--out", out, "--seconds", "20")
    assert result.exit_code == 0, result.output
    reader = RecordingReader(out)
    entries = list(reader)
    assert reader.damaged == 0
    assert reader.header.machines == (load_scenario("bike_with_sensors").machine,)
    sources = {entry.source for entry in entries if isinstance(entry, Notification)}
    assert sources == {"bike", "power", "cadence", "strap"}
    labels = [e for e in entries if isinstance(e, Marker) and e.kind == "truth"]
    assert len(labels) >= 20
    assert labels[-1].detail["direction"] == "forward"
    assert set(labels[-1].detail) == {
        "direction", "driving", "speed_kmh", "cadence_per_min", "power_w", "row", "evident",
    }  # fmt: skip
    links = [e.source for e in entries if isinstance(e, Marker) and e.kind == "connect"]
    assert sorted(filter(None, links)) == ["bike", "cadence", "power", "strap"]
    sent = sum(isinstance(entry, Notification) for entry in entries)
    assert f"{sent} notifications and {len(labels)} truth labels in 20 s (seed 5)" in result.output


def test_the_same_seed_writes_the_same_file(tmp_path: Path) -> None:
    one, two, other = (tmp_path / f"{name}.ndjson" for name in ("one", "two", "other"))
    simulate("faults_everything", "--seed", "3", "--seconds", "30", "--out", one)
    simulate("faults_everything", "--seed", "3", "--seconds", "30", "--out", two)
    simulate("faults_everything", "--seed", "4", "--seconds", "30", "--out", other)
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()


def test_without_seconds_the_script_runs_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[machine]\nid = "bike"\nkind = "indoor_bike"\n'
        '[[phase]]\nduration_s = 6\ndirection = "forward"\ncadence_rpm = 80\n',
        encoding="utf-8",
    )
    for loop in ("", "loop = true\n"):
        file.write_text(loop + file.read_text("utf-8"), encoding="utf-8")
        result = simulate(file, "--out", tmp_path / "ride.ndjson", "--force")
        assert "6 notifications and 8 truth labels in 6 s" in result.output


def test_the_list_names_every_shipped_scenario() -> None:
    result = simulate("--list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(scenario_names())
    assert "endless" in result.output


def test_a_file_that_holds_something_is_only_replaced_on_demand(tmp_path: Path) -> None:
    out = tmp_path / "ride.ndjson"
    out.write_text("precious", encoding="utf-8")
    words = ("demo_bike", "--seconds", "2", "--out", out)
    assert isinstance(simulate(*words).exception, OutputFailed)
    assert out.read_text("utf-8") == "precious"
    assert simulate(*words, "--force").exit_code == 0
    assert "precious" not in out.read_text("utf-8")


@pytest.mark.parametrize("words", [(), ("demo_bike",), ("--out", "x.ndjson")])
def test_a_scenario_and_a_file_are_both_needed(words: tuple[str, ...]) -> None:
    error = simulate(*words).exception
    assert isinstance(error, UsageError)
    assert "--out" in error.hint


def test_an_unknown_scenario_is_answered_with_the_list(tmp_path: Path) -> None:
    error = simulate("nothing", "--out", tmp_path / "x.ndjson").exception
    assert isinstance(error, InputMissing)
    assert "demo_bike" in error.hint
    assert not (tmp_path / "x.ndjson").exists()


def test_a_wrong_scenario_leaves_no_recording(tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('[machine]\nid = "bike"\n', encoding="utf-8")
    error = simulate(file, "--out", tmp_path / "x.ndjson").exception
    assert isinstance(error, ConfigError)
    assert "machine.kind" in error.what
    assert not (tmp_path / "x.ndjson").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    error = simulate("demo_bike", "--seconds", "2", "--out", tmp_path / "no" / "x.ndjson").exception
    assert isinstance(error, OutputFailed)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    full = tmp_path / "full.ndjson"
    full.symlink_to("/dev/full")
    error = simulate("demo_bike", "--seconds", "5", "--out", full).exception
    assert isinstance(error, OutputFailed)
    assert "not complete" in error.what
