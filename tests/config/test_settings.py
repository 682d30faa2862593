"""The limits of the settings and the rules that join several of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ftms_bridge.config.settings import (
    LogSettings,
    MachineSettings,
    MqttSettings,
    RecordingLink,
    SessionSettings,
    Settings,
    SimulatorLink,
    TelemetrySettings,
    TlsSettings,
)

Values = dict[str, object]

BIKE: Values = {
    "id": "bike",
    "kind": "indoor_bike",
    "link": {"type": "simulator", "scenario": "demo_bike"},
}


def text_of(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return "; ".join(one["msg"] for one in error.value.errors())


@pytest.mark.parametrize(
    ("section", "values"),
    [
        (MqttSettings, {"port": 0}),
        (MqttSettings, {"port": 65536}),
        (MqttSettings, {"host": ""}),
        (MqttSettings, {"protocol": "4"}),
        (MqttSettings, {"client_id": "x" * 65}),
        (TelemetrySettings, {"live_per_s": 0.19}),
        (TelemetrySettings, {"live_per_s": 20.1}),
        (TelemetrySettings, {"live_per_s": float("nan")}),
        (TelemetrySettings, {"health_every_s": float("inf")}),
        (SessionSettings, {"pause_after_s": 0}),
        (LogSettings, {"level": "loud"}),
        (RecordingLink, {"type": "recording", "file": __file__, "speed": 0}),
        (SimulatorLink, {"type": "simulator", "scenario": "x", "seed": -1}),
        (SimulatorLink, {"type": "simulator", "scenario": ""}),
    ],
)
def test_a_value_outside_its_limits_is_refused(section: type[MqttSettings], values: Values) -> None:
    with pytest.raises(ValidationError):
        section.model_validate(values)


def test_a_session_cannot_end_before_it_pauses() -> None:
    with pytest.raises(ValidationError) as caught:
        SessionSettings(pause_after_s=60, end_after_s=60)
    assert "must have end_after_s above pause_after_s" in text_of(caught)


def test_a_password_needs_a_user_name() -> None:
    with pytest.raises(ValidationError) as caught:
        MqttSettings.model_validate({"password": "x"})
    assert "has a password but no username" in text_of(caught)


def test_a_client_certificate_needs_its_key() -> None:
    with pytest.raises(ValidationError) as caught:
        TlsSettings(cert_file=Path(__file__))
    assert "cert_file and key_file together" in text_of(caught)


def test_an_id_is_used_once_over_all_machines_and_sensors() -> None:
    strap = {"id": "bike", "kind": "heart_rate"}
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"machine": [BIKE, BIKE | {"id": "other", "sensor": [strap]}]})
    assert "must not use the id 'bike' twice" in text_of(caught)


def test_a_priority_names_only_the_machine_and_its_own_sensors() -> None:
    crank = {"id": "crank", "kind": "power_meter"}
    machine = BIKE | {"sensor": [crank], "priority": {"power_w": ["crank", "bike"]}}
    assert MachineSettings.model_validate(machine).priority == {"power_w": ("crank", "bike")}
    with pytest.raises(ValidationError) as caught:
        MachineSettings.model_validate(machine | {"priority": {"power_w": ["pedal"]}})
    assert "'pedal', which is neither this machine nor one of its sensors" in text_of(caught)


def test_the_type_of_a_link_decides_which_keys_it_has() -> None:
    link = {"type": "recording", "file": __file__, "loop": True}
    machine = MachineSettings.model_validate(BIKE | {"link": link})
    assert machine.link == RecordingLink(type="recording", file=Path(__file__), loop=True)
    with pytest.raises(ValidationError) as caught:
        MachineSettings.model_validate(BIKE | {"link": link | {"seed": 1}})
    assert caught.value.errors()[0]["loc"][-1] == "seed"


def test_settings_cannot_be_changed_after_the_check() -> None:
    with pytest.raises(ValidationError):
        MqttSettings().port = 1  # type: ignore[misc]
