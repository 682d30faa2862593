"""Every setting with its type, its limits, its default and one line that explains it.

These models are the single source of the sample file's test, of `config schema` and of the table
in docs/configuration.md. Limits without another source are house choices: wide enough for any
sensible use, narrow enough to catch a wrong unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from ftms_bridge.config.bindings import Bound, doubly_bound
from ftms_bridge.config.bluetooth import BluetoothLink, BluetoothSettings, SensorLink
from ftms_bridge.config.checks import (
    check_base_topic,
    check_file,
    check_quantity,
    check_quirk,
    check_secret_file,
    check_source_id,
    default_recording_directory,
)
from ftms_bridge.config.section import Section
from ftms_bridge.measurement.sources import MachineKind, SensorKind

ExistingFile = Annotated[Path, AfterValidator(check_file)]
SourceId = Annotated[str, AfterValidator(check_source_id)]


class TlsSettings(Section):
    """Encryption to the broker; the certificate of the broker is always verified."""

    ca_file: ExistingFile | None = Field(
        None, description="certificate authority that signed the broker's certificate (PEM); "
        "without it the system's authorities are trusted",
    )  # fmt: skip
    cert_file: ExistingFile | None = Field(
        None, description="certificate of this client (PEM); needs `key_file`"
    )
    key_file: ExistingFile | None = Field(
        None, description="private key of this client (PEM); needs `cert_file`"
    )

    @model_validator(mode="after")
    def _certificate_has_a_key(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise PydanticCustomError("pair", "needs cert_file and key_file together, or neither")
        return self


class MqttSettings(Section):
    """The broker and the topics."""

    host: str = Field("localhost", min_length=1, description="name or address of the broker")
    port: int = Field(1883, ge=1, le=65535, description="port of the broker; 8883 is usual for TLS")
    username: str | None = Field(None, min_length=1, description="user name at the broker")
    password: SecretStr | None = Field(
        None, description="password; better in `password_file`, the environment or a secrets folder"
    )
    password_file: Annotated[Path, AfterValidator(check_secret_file)] | None = Field(
        None, description="file whose content is the password; unused when `password` is given"
    )
    base: Annotated[str, AfterValidator(check_base_topic)] = Field(
        "ftms", description="first part of every topic, such as `ftms` or `home/gym`"
    )
    client_id: str | None = Field(
        None, min_length=1, max_length=64,
        description="client id at the broker; without it a new one is made at each start",
    )  # fmt: skip
    protocol: Literal["auto", "5", "3.1.1"] = Field(
        "auto", description="MQTT version; `auto` tries 5, then 3.1.1"
    )
    tls: TlsSettings | None = Field(
        None, description="encrypt the connection; an empty table is enough"
    )

    @model_validator(mode="after")
    def _password_has_a_user(self) -> Self:
        if (self.password or self.password_file) and self.username is None:
            raise PydanticCustomError("pair", "has a password but no username; set both")
        return self


class TelemetrySettings(Section):
    """How often values are published."""

    live_per_s: float = Field(
        4.0, ge=0.2, le=20, description="upper limit of `live` documents per second and machine"
    )
    health_every_s: float = Field(
        30.0, ge=1, le=3600, description="seconds between two `bridge/health` documents"
    )


class SessionSettings(Section):
    """When a session pauses and ends by itself."""

    pause_after_s: float = Field(
        3.0, ge=1, le=60, description="seconds of standing still after which a session pauses"
    )
    end_after_s: float = Field(
        300.0, ge=10, le=86400, description="seconds of standing still after which a session ends"
    )

    @model_validator(mode="after")
    def _pause_comes_first(self) -> Self:
        if self.end_after_s <= self.pause_after_s:
            raise PydanticCustomError("order", "must have end_after_s above pause_after_s")
        return self


class RecordingSettings(Section):
    """Recordings of the raw notifications, made while the bridge runs."""

    enabled: bool = Field(default=True, description="record everything that machines send")
    directory: Path = Field(
        default_factory=default_recording_directory,
        description="where recordings go; without it `recordings` in the user's data folder",
    )
    keep_days: int = Field(
        30, ge=0, le=3650, description="days after which a recording is deleted; 0 keeps all"
    )


class LogSettings(Section):
    """What the program says about itself."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="the least important entries that are written"
    )
    format: Literal["auto", "text", "json"] = Field(
        "auto", description="`auto` is text on a terminal and JSON lines otherwise"
    )


class SensorSettings(Section):
    """One sensor that feeds a machine."""

    id: SourceId = Field(description="name of the sensor in recordings and `priority`")
    kind: SensorKind = Field(description="what it measures")
    wheel_circumference_m: float | None = Field(
        None, ge=0.5, le=4, description="metres per wheel turn; turns wheel counts into a speed"
    )
    link: SensorLink | None = Field(
        None, description="which device it is, for a machine over Bluetooth; without it the only "
        "one of its kind in reach",
    )  # fmt: skip


class SimulatorLink(Section):
    """Notifications come from a virtual rider on a virtual machine."""

    type: Literal["simulator"] = Field(description="a virtual machine")
    scenario: str = Field(
        min_length=1, description="name of a built-in scenario, or path of a scenario file"
    )
    seed: int = Field(
        1, ge=0, le=2**32 - 1, description="source of all randomness: same seed, same ride"
    )  # fmt: skip


class RecordingLink(Section):
    """Notifications come from a recording."""

    type: Literal["recording"] = Field(description="a recording, played as if it happened now")
    file: ExistingFile = Field(description="the recording: `.ndjson` or `.ndjson.gz`")
    speed: float = Field(1.0, gt=0, le=1000, description="1 is as recorded, 10 is ten times faster")
    loop: bool = Field(default=False, description="start again at the end")


LinkSettings = Annotated[BluetoothLink | SimulatorLink | RecordingLink, Field(discriminator="type")]


class MachineSettings(Section):
    """One machine, where its notifications come from and what else feeds it."""

    id: SourceId = Field(description="name of the machine in topics: a-z, 0-9 and _, at most 32")
    name: str = Field("", max_length=100, description="name for people; any text")
    kind: MachineKind = Field(description="kind of machine")
    quirk: Annotated[str, AfterValidator(check_quirk)] = Field(
        "auto",
        description="name of a profile of corrections for machines that break the rules; "
        "`auto` goes by what the machine says about itself, `none` takes every byte as specified",
    )
    link: LinkSettings = Field(description="where the notifications come from")
    sensor: tuple[SensorSettings, ...] = Field((), description="sensors that feed this machine")
    priority: dict[Annotated[str, AfterValidator(check_quantity)], tuple[SourceId, ...]] = Field(
        default_factory=dict,
        description="per quantity the ids of machine and sensors, most believed first",
    )

    @model_validator(mode="after")
    def _sensors_are_linked_like_the_machine(self) -> Self:
        if not isinstance(self.link, BluetoothLink):
            for index, sensor in enumerate(self.sensor):
                if sensor.link is not None:
                    raise PydanticCustomError(
                        "sensor_link",
                        "must not have sensor[{index}].link: only the sensors of a machine over "
                        "Bluetooth have a link of their own",
                        {"index": index},
                    )
        return self

    @model_validator(mode="after")
    def _priority_names_own_sources(self) -> Self:
        own = {self.id, *(sensor.id for sensor in self.sensor)}
        for quantity, sources in self.priority.items():
            for source in sources:
                if source not in own:
                    raise PydanticCustomError(
                        "priority",
                        "has priority.{quantity} with '{source}', which is neither this machine "
                        "nor one of its sensors ({own})",
                        {"quantity": quantity, "source": source, "own": ", ".join(sorted(own))},
                    )
        return self


class Settings(Section):
    """The whole configuration; `config.loading` fills it from file, secrets and environment."""

    mqtt: MqttSettings = Field(default_factory=MqttSettings, description="broker and topics")
    telemetry: TelemetrySettings = Field(
        default_factory=TelemetrySettings, description="how often values are published"
    )
    session: SessionSettings = Field(
        default_factory=SessionSettings, description="when a session pauses and ends"
    )
    recording: RecordingSettings = Field(
        default_factory=RecordingSettings, description="recordings of raw notifications"
    )
    log: LogSettings = Field(default_factory=LogSettings, description="what is logged, and how")
    bluetooth: BluetoothSettings = Field(
        default_factory=BluetoothSettings, description="the radio, and what to do when it fails"
    )
    machine: tuple[MachineSettings, ...] = Field(
        description="the machines, one `[[machine]]` table each"
    )

    @field_validator("machine")
    @classmethod
    def _ids_are_unique(cls, machines: tuple[MachineSettings, ...]) -> tuple[MachineSettings, ...]:
        if not machines:
            raise PydanticCustomError("none", "must have at least one entry")
        seen: set[str] = set()
        for machine in machines:
            for source in (machine.id, *(sensor.id for sensor in machine.sensor)):
                if source in seen:
                    raise PydanticCustomError(
                        "unique", "must not use the id '{id}' twice", {"id": source}
                    )
                seen.add(source)
        return machines

    @field_validator("machine")
    @classmethod
    def _nothing_is_bound_twice(
        cls, machines: tuple[MachineSettings, ...]
    ) -> tuple[MachineSettings, ...]:
        if problem := doubly_bound(_bound(machines)):
            raise PydanticCustomError("bound", "must {problem}", {"problem": problem})
        return machines


def _bound(machines: tuple[MachineSettings, ...]) -> Iterator[Bound]:
    """Yield everything that is bound over Bluetooth."""
    for index, machine in enumerate(machines):
        if isinstance(machine.link, BluetoothLink):
            key = f"machine[{index}]"
            yield Bound(key, machine.kind, machine.link)
            for number, sensor in enumerate(machine.sensor):
                link = sensor.link or SensorLink()
                yield Bound(f"{key}.sensor[{number}]", sensor.kind, link)
