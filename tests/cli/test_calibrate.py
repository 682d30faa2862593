"""``ftms-bridge calibrate`` as a person types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.exceptions import Exit
from click.testing import CliRunner, Result

from ftms_bridge.app.calibrating_live import Finished, Scene
from ftms_bridge.app.calibrating_rider import obedient
from ftms_bridge.app.profiles import load_profile, profile_path, save_profile
from ftms_bridge.cli import calibrate
from ftms_bridge.cli.main import INTERRUPTED, load
from ftms_bridge.errors import BridgeError, ConfigError, RadioUnavailable, UsageError
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.calibration import CalibrationResult, Reading
from ftms_bridge.motion.calibration_wizard import Prompt
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.simulator.simulation import Simulation


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "c.toml"
    path.write_text(
        f'[bluetooth]\nstate_directory = "{tmp_path / "state"}"\n'
        '[[machine]]\nid = "bike"\nkind = "indoor_bike"\n'
        'link = { type = "simulator", scenario = "bike_freewheel_intervals" }\n'
    )
    return path


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    """An obedient ride on a freewheel, with the truth in it."""
    path = tmp_path / "ride.ndjson"
    simulation = Simulation(obedient(load_scenario("bike_freewheel_intervals")))
    header = RecordingHeader((simulation.machine,), software="test", run_id="x")
    with RecordingWriter(path, header) as writer:
        for event in simulation.events():
            if isinstance(event, Notification):
                writer.write(event)
            elif isinstance(event, Truth):
                detail = {"direction": event.direction.value, "driving": event.driving}
                shown = {"speed_kmh": event.speed_kmh, "cadence_per_min": event.cadence_per_min}
                writer.mark(Marker(event.at, "truth", "bike", {**detail, **shown}))
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(load("calibrate"), list(words))


def expect_error(result: Result, kind: type[BridgeError], words: str) -> None:
    assert isinstance(result.exception, kind)
    assert words in str(result.exception)


def test_a_recording_is_studied_and_the_profile_kept(
    config: Path, ride: Path, tmp_path: Path
) -> None:
    result = run("bike", "--config", str(config), "--from", str(ride))
    assert result.exit_code == 0, result.output
    assert "engagement_line" in result.output
    assert str(tmp_path / "state" / "direction" / "bike.toml") in result.output.replace("\n", "")
    profile = load_profile(tmp_path / "state", "bike")
    assert profile is not None
    assert profile.drivetrain is Drivetrain.FREEWHEEL


def test_a_dry_run_keeps_nothing(config: Path, ride: Path, tmp_path: Path) -> None:
    result = run("bike", "--config", str(config), "--from", str(ride), "--dry-run")
    assert "Nothing was saved" in result.output
    assert not (tmp_path / "state").exists()


def test_show_says_what_is_known(config: Path, tmp_path: Path) -> None:
    assert "never calibrated" in run("bike", "--config", str(config), "--show").output
    save_profile(tmp_path / "state", "bike", DirectionProfile(drivetrain=Drivetrain.BELT))
    assert "Which way you face" in run("bike", "--config", str(config), "--show").output


def test_forget_removes_it(config: Path, tmp_path: Path) -> None:
    save_profile(tmp_path / "state", "bike", DirectionProfile())
    assert "Forgotten" in run("bike", "--config", str(config), "--forget").output
    assert "Nothing was known" in run("bike", "--config", str(config), "--forget").output


def test_a_broken_profile_is_told(config: Path, tmp_path: Path) -> None:
    save_profile(tmp_path / "state", "bike", DirectionProfile()).write_text("nonsense")
    expect_error(run("bike", "--config", str(config), "--show"), ConfigError, "bike.toml")


def test_modes_exclude_each_other(config: Path) -> None:
    result = run("bike", "--config", str(config), "--show", "--forget")
    expect_error(result, UsageError, "exclude each other")


def test_an_id_that_is_none_is_refused(config: Path) -> None:
    result = run("../bike", "--config", str(config), "--show")
    expect_error(result, UsageError, "no id of a machine")


def test_a_machine_that_is_not_configured_is_refused(config: Path) -> None:
    expect_error(run("oven", "--config", str(config)), UsageError, "no machine 'oven'")


def test_in_a_pipe_each_step_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    screen = calibrate._Screen("bike", virtual=False)
    for left in (3.0, 2.0):
        prompt = Prompt("go", "Go.", "", count_s=3, left_s=left, counting=True, number=1, of=2)
        screen.show(Scene(prompt, Reading(0.0), "connected"))
    assert capsys.readouterr().out == "[1/2] Go.\n"


def test_on_a_terminal_the_screen_stays_in_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    screen = calibrate._Screen("bike", virtual=True)
    prompt = Prompt("go", "Go.", "Now.", count_s=9, left_s=3, counting=True, number=1, of=2)
    screen.show(Scene(prompt, Reading(0.0, 20.0), "connected", may_end=True))
    screen.show(Scene(prompt, Reading(0.0, 20.0), "connected"))
    shown = capsys.readouterr().out
    assert shown.count("\x1b[2J") == 1
    assert shown.count("\x1b[H") == 2
    assert shown.count("\n") <= 2 * 24
    assert "q again: give up" in shown


def finished(*, completed: bool, problem: str, readings: int) -> Finished:
    return Finished(
        CalibrationResult(DirectionProfile()), completed, problem, readings, "not seen yet"
    )


@pytest.mark.parametrize(
    ("problem", "readings", "raised", "said"),
    [
        ("", 0, RadioUnavailable, "not seen yet"),
        ("I see no movement.", 9, UsageError, "no movement"),
    ],
)
def test_what_did_not_come_to_its_end_keeps_nothing(
    tmp_path: Path, problem: str, readings: int, raised: type[BridgeError], said: str
) -> None:
    ended = finished(completed=False, problem=problem, readings=readings)
    with pytest.raises(raised, match=said):
        calibrate._conclude_live(MachineKind.INDOOR_BIKE, ended, tmp_path, "bike", save=True)
    assert not profile_path(tmp_path, "bike").exists()


def test_who_gives_up_is_told_that_nothing_was_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = finished(completed=False, problem="", readings=9)
    with pytest.raises(Exit) as raised:
        calibrate._conclude_live(MachineKind.INDOOR_BIKE, ended, tmp_path, "bike", save=True)
    assert raised.value.exit_code == INTERRUPTED
    assert "nothing was saved" in capsys.readouterr().out


def test_what_came_to_its_end_is_kept(tmp_path: Path) -> None:
    ended = finished(completed=True, problem="", readings=9)
    calibrate._conclude_live(MachineKind.INDOOR_BIKE, ended, tmp_path, "bike", save=True)
    assert load_profile(tmp_path, "bike") == DirectionProfile()
