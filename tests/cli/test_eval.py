"""``ftms-bridge eval direction`` prints a table, a document, bars or a trace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.app.evaluating import campaign, wrong
from ftms_bridge.app.evaluating.ride import Task
from ftms_bridge.app.evaluating.score import score
from ftms_bridge.app.evaluating.tally import Tally
from ftms_bridge.cli.eval import CASES, command
from ftms_bridge.errors import OutputFailed, UsageError
from ftms_bridge.simulator.rigs import RIGS
from tests.app.evaluating.made import ride

SHORT = ("--rig", "treadmill", "--seeds", "3", "--minutes", "1", "--jobs", "1")


def evaluate(*words: str) -> Result:
    return CliRunner().invoke(command, ["direction", *words], catch_exceptions=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Return the tasks that were asked for; every ride is one word too many for a null rig."""
    tasks: list[Task] = []

    def run(wanted: Sequence[Task], _jobs: int) -> Iterator[tuple[Task, Tally]]:
        tasks.extend(wanted)
        for task in wanted:
            yield task, Tally(score(ride("40f", "2? 38F"), 1.0))

    monkeypatch.setattr(campaign, "run", run)
    return tasks


def test_a_rig_is_scored_as_text() -> None:
    result = evaluate(*SHORT)
    assert result.exit_code == 0, result.output
    assert result.output.startswith(
        "treadmill: belt runs forward, the walker turns round (I, null)"
    )
    assert "1 rides, 0.02 h simulated" in result.output
    assert "All figures are from simulation" in result.output
    assert "met    " not in result.output


def test_a_rig_is_scored_for_programs() -> None:
    result = evaluate(*SHORT, "--json", "--gate")
    document = json.loads(result.output)
    assert document["simulated"] is True
    assert (document["seeds"], document["minutes"], document["wrong"]) == ([3, 4], 1.0, None)
    (rig,) = document["rigs"]
    assert (rig["rig"], rig["outputs"]) == ("treadmill", 0)
    assert all(bar["met"] for bar in document["bars"])
    assert result.exit_code == 0


def test_a_missed_bar_is_an_exit_code(asked: list[Task]) -> None:
    result = evaluate("--rig", "treadmill", "--gate")
    assert result.exit_code == 1
    assert "MISSED treadmill: measured forward or backward outputs 4, at most 0" in result.output
    assert evaluate("--rig", "treadmill").exit_code == 0
    assert len(asked) == 8


def test_all_rigs_are_the_default(asked: list[Task]) -> None:
    result = evaluate("--seeds", "7:9", "--json")
    assert result.exit_code == 0
    assert [(task.rig, task.seed) for task in asked] == [(rig, n) for rig in RIGS for n in (7, 8)]
    assert [one["rig"] for one in json.loads(result.output)["rigs"]] == list(RIGS)


def test_each_ride_can_have_a_line(asked: list[Task]) -> None:
    lines = evaluate("--rig", "treadmill", "--each").output.splitlines()
    assert [line[:15] for line in lines if line.startswith("  treadmill ")] == [
        f"  treadmill {task.seed}: " for task in asked
    ]


def test_hours_are_made_of_seeds(asked: list[Task]) -> None:
    evaluate("--rig", "treadmill", "--rig", "spin_bike", "--seeds", "100", "--hours", "1.1")
    assert [task.seed for task in asked] == [100, 101, 102, 103, 104] * 2
    assert {task.minutes for task in asked} == {15.0}


def test_profiles_can_be_missing_or_wrong(asked: list[Task]) -> None:
    evaluate("--rig", "treadmill", "--seeds", "1", "--uncalibrated")
    evaluate("--rig", "treadmill", "--seeds", "1", "--wrong", "ratio_high")
    assert [(task.is_calibrated, task.wrong) for task in asked] == [
        (False, None), (True, "ratio_high"),
    ]  # fmt: skip
    assert evaluate("--wrong", "nothing").exit_code == 2


def test_the_cases_are_those_of_the_evaluation() -> None:
    assert CASES == wrong.CASES


def test_a_trace_shows_one_ride() -> None:
    result = evaluate(*SHORT, "--trace")
    assert result.exit_code == 0
    head, first, *rest = result.output.splitlines()
    assert head.split()[:4] == ["s", "true", "evident", "said"]
    assert "unknown" in first
    assert rest


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--rig", "unicycle"), "no rig unicycle"),
        (("--seeds", "5:5"), "no range"),
        (("--seeds", "-1:5"), "no range"),
        (("--seeds", "few"), "no range"),
        (("--uncalibrated", "--wrong", "ratio_low"), "no profile to spoil"),
        (("--trace",), "one ride"),
    ],
)
def test_what_makes_no_sense_is_refused(words: tuple[str, ...], problem: str) -> None:
    error = evaluate(*words).exception
    assert isinstance(error, UsageError)
    assert problem in error.what


def test_the_object_goes_to_a_file_as_well(asked: list[Task], tmp_path: Path) -> None:
    file = tmp_path / "treadmill.json"
    result = evaluate("--rig", "treadmill", "--gate", "--out", str(file))
    assert result.exit_code == 1  # a bar was missed, and the file is there all the same
    assert json.loads(file.read_text())["bars"][0]["met"] is False
    assert result.output.startswith("treadmill: ")
    assert len(asked) == 4


def test_a_file_that_cannot_be_written_is_an_error(asked: list[Task], tmp_path: Path) -> None:
    result = evaluate("--rig", "treadmill", "--out", str(tmp_path / "nowhere" / "x.json"))
    assert isinstance(result.exception, OutputFailed)
    assert len(asked) == 4
