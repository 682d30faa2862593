"""Checked settings to the plain values that the core works with."""

from __future__ import annotations

from ftms_bridge.config.settings import MachineSettings, MqttSettings, Settings
from ftms_bridge.measurement.sources import MachineSpec, SensorSpec
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.workout.session import SessionRules


def pipeline_settings(
    settings: Settings, *, run_id: str, wall_zero: float | None
) -> PipelineSettings:
    """Return what the pipeline is told at start; see `PipelineSettings` for the two arguments."""
    return PipelineSettings(
        machines=machine_specs(settings),
        run_id=run_id,
        wall_zero=wall_zero,
        rules=SessionRules(
            pause_after_s=settings.session.pause_after_s, end_after_s=settings.session.end_after_s
        ),
        live_interval_s=1 / settings.telemetry.live_per_s,
    )


def machine_specs(settings: Settings) -> tuple[MachineSpec, ...]:
    """Return the configured machines in the order of the file."""
    return tuple(machine_spec(machine) for machine in settings.machine)


def machine_spec(machine: MachineSettings) -> MachineSpec:
    """Return one machine with its sensors and who is believed for what."""
    return MachineSpec(
        id=machine.id,
        kind=machine.kind,
        name=machine.name,
        sensors=tuple(
            SensorSpec(sensor.id, sensor.kind, sensor.wheel_circumference_m)
            for sensor in machine.sensor
        ),
        priority=tuple(machine.priority.items()),
        quirk=None if machine.quirk in {"auto", "none"} else machine.quirk,
        auto_quirk=machine.quirk == "auto",
    )


def broker_password(mqtt: MqttSettings) -> str | None:
    """Return the password for the broker, read from its file if it stands in one."""
    if mqtt.password is not None:
        return mqtt.password.get_secret_value()
    if mqtt.password_file is not None:
        return mqtt.password_file.read_text(encoding="utf-8").rstrip("\r\n")
    return None
