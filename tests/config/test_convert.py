"""Settings to the values that the core works with."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.config.convert import broker_password, machine_specs, pipeline_settings
from ftms_bridge.config.settings import MqttSettings, SessionSettings, Settings, TelemetrySettings
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.pipeline.settings import LIVE_INTERVAL_S
from ftms_bridge.workout.session import SessionRules

MACHINE: dict[str, object] = {
    "id": "bike",
    "name": "My bike",
    "kind": "indoor_bike",
    "link": {"type": "simulator", "scenario": "x"},
    "sensor": [
        {"id": "wheel", "kind": "speed_cadence", "wheel_circumference_m": 2.1},
        {"id": "strap", "kind": "heart_rate"},
    ],
    "priority": {"speed_kmh": ["wheel", "bike"]},
}


def settings(**changes: object) -> Settings:
    return Settings.model_validate({"machine": [MACHINE | changes]})


def test_a_machine_becomes_a_spec_with_its_sensors_and_priorities() -> None:
    assert machine_specs(settings()) == (
        MachineSpec(
            id="bike",
            kind=MachineKind.INDOOR_BIKE,
            name="My bike",
            sensors=(
                SensorSpec("wheel", SensorKind.SPEED_CADENCE, 2.1),
                SensorSpec("strap", SensorKind.HEART_RATE),
            ),
            priority=(("speed_kmh", ("wheel", "bike")),),
            quirk=None,
            auto_quirk=True,
        ),
    )


@pytest.mark.parametrize(
    ("word", "quirk", "is_auto"),
    [("auto", None, True), ("none", None, False), ("treadmill-mph", "treadmill-mph", False)],
)
def test_only_auto_leaves_the_quirk_to_what_the_machine_says(
    word: str, quirk: str | None, is_auto: bool
) -> None:
    (spec,) = machine_specs(settings(quirk=word))
    assert (spec.quirk, spec.auto_quirk) == (quirk, is_auto)


def test_the_pipeline_is_told_rates_and_rules() -> None:
    chosen = settings().model_copy(
        update={
            "telemetry": TelemetrySettings(live_per_s=2),
            "session": SessionSettings(pause_after_s=5, end_after_s=60),
        }
    )
    told = pipeline_settings(chosen, run_id="r", wall_zero=1.5)
    assert (told.run_id, told.wall_zero, told.live_interval_s) == ("r", 1.5, 0.5)
    assert told.rules == SessionRules(pause_after_s=5, end_after_s=60)


def test_the_defaults_of_the_settings_are_those_of_the_core() -> None:
    told = pipeline_settings(settings(), run_id="r", wall_zero=None)
    assert told.rules == SessionRules()
    assert told.live_interval_s == LIVE_INTERVAL_S


@pytest.mark.parametrize("content", ["secret", "secret\n", "secret\r\n"])
def test_a_password_file_may_end_with_a_line_break(content: str, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes(content.encode())
    file.chmod(0o600)
    assert broker_password(MqttSettings(username="u", password_file=file)) == "secret"


def test_a_given_password_wins_over_the_file_and_none_is_none(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from file")
    file.chmod(0o600)
    values = {"username": "u", "password": "given", "password_file": file}
    assert broker_password(MqttSettings.model_validate(values)) == "given"
    assert broker_password(MqttSettings()) is None
