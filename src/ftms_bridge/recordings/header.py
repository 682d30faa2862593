"""The header of a recording: written, read, and worked out for a file that has none."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ftms_bridge.errors import DataError
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.recordings.fields import object_of, objects_of, text_of, texts_of
from ftms_bridge.recordings.format import MAX_LINE_BYTES, TIME_LIMIT_S, Entry, LineDamaged, with_sum
from ftms_bridge.recordings.profiles import profile_fields, read_profile
from ftms_bridge.telemetry.topics import MACHINE_ID
from ftms_bridge.workout.session import SessionRules

FORMAT: Final = "ftms-bridge-recording"
VERSION: Final = 1

LARGEST_WHEEL_M: Final = 10.0
"""House choice: no wheel of a bicycle comes near it."""

LONGEST_REASON: Final = 120
"""House choice: a reason may quote the file, but not all of it."""

SUFFIXES: Final = (".gz", ".ndjson", ".jsonl")
"""What is cut off a file's name before it becomes the id of a machine."""

RULES: Final = ("pause_after_s", "end_after_s")
"""The rules that can be configured, and so belong into a recording."""

RULE_LIMIT_S: Final = 1e7
"""House choice: a hundred days; what is longer was not meant."""

KIND_OF_DATA: Final[Mapping[int, MachineKind]] = {
    0x2ACD: MachineKind.TREADMILL,
    0x2ACE: MachineKind.CROSS_TRAINER,
    0x2ACF: MachineKind.STEP_CLIMBER,
    0x2AD0: MachineKind.STAIR_CLIMBER,
    0x2AD1: MachineKind.ROWER,
    0x2AD2: MachineKind.INDOOR_BIKE,
}
"""Data characteristics of the Fitness Machine Service; each belongs to one kind of machine."""

SENSOR_OF_DATA: Final[Mapping[int, SensorKind]] = {
    0x2A37: SensorKind.HEART_RATE,
    0x2A53: SensorKind.FOOT_POD,
    0x2A5B: SensorKind.SPEED_CADENCE,
    0x2A63: SensorKind.POWER_METER,
}
"""Measurement characteristics of the sensor services."""


@dataclass(frozen=True, slots=True)
class RecordingHeader:
    """What has to be known to replay a recording.

    wall_start: seconds since 1970 at time 0 of the recording, or None if unknown.
    run_id: the run of the daemon that wrote it.
    rules: when its sessions paused and ended; None is as the program does by default.
    profiles: by machine, what calibration had proven; nothing for a machine that is not named.
    """

    machines: tuple[MachineSpec, ...]
    wall_start: float | None = None
    software: str = ""
    run_id: str = ""
    rules: SessionRules | None = None
    profiles: Mapping[str, DirectionProfile] = field(default_factory=dict)


def share_clock(one: RecordingHeader, other: RecordingHeader) -> bool:
    """Tell whether two recordings, or two parts of one, are of the same run of the daemon."""
    return (
        one.wall_start is not None
        and one.run_id != ""
        and (one.run_id, one.wall_start) == (other.run_id, other.wall_start)
    )


def header_line(header: RecordingHeader) -> bytes:
    """Return the header as the line that opens a recording; ValueError if an id is unfit."""
    _check_ids(header.machines)
    if header.wall_start is not None:
        _check_wall(header.wall_start)
    fields = {
        "format": FORMAT,
        "version": VERSION,
        "machines": [_machine_fields(machine) for machine in header.machines],
        "clock": "monotonic",
        "wall_start": None if header.wall_start is None else _wall_text(header.wall_start),
        "software": header.software,
        "run_id": header.run_id,
    }
    if header.rules is not None:
        fields["rules"] = {key: getattr(header.rules, key) for key in RULES}
    if header.profiles:
        fields["profiles"] = {
            machine: profile_fields(profile) for machine, profile in header.profiles.items()
        }
    text = json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    line = with_sum(text[:-1].encode())
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("a header this long would not be read")
    return line


def _machine_fields(machine: MachineSpec) -> dict[str, object]:
    return {
        "id": machine.id,
        "kind": machine.kind.value,
        "name": machine.name,
        "quirk": machine.quirk,
        **({"auto_quirk": True} if machine.auto_quirk else {}),
        "sensors": [
            {"id": s.id, "kind": s.kind.value, "wheel_circumference_m": s.wheel_circumference_m}
            for s in machine.sensors
        ],
        "priority": {quantity: list(ids) for quantity, ids in machine.priority},
    }


def _wall_text(wall_start: float) -> str:
    wall = datetime.fromtimestamp(wall_start, UTC).isoformat(timespec="microseconds")
    return wall.replace("+00:00", "Z")


def is_header(fields: Mapping[str, object]) -> bool:
    """Tell whether a line's fields are meant as a header."""
    return fields.get("format") == FORMAT


def read_header(fields: Mapping[str, object]) -> RecordingHeader:
    """Return the header; raise DataError for a newer version, LineDamaged if it is unusable."""
    version = fields.get("version")
    if isinstance(version, bool) or not isinstance(version, int):
        raise LineDamaged("header without a version")
    if version > VERSION:
        raise DataError(
            f"The recording has format version {version}; this program reads up to {VERSION}.",
            hint="Update ftms-bridge, or replay it with the version that recorded it.",
        )
    try:
        machines = tuple(_read_machine(machine) for machine in objects_of(fields["machines"]))
        _check_ids(machines)
        return RecordingHeader(
            machines,
            wall_start=_read_wall(fields.get("wall_start")),
            software=text_of(fields.get("software", "")),
            run_id=text_of(fields.get("run_id", "")),
            rules=_read_rules(fields.get("rules")),
            profiles={
                machine: read_profile(object_of(profile))
                for machine, profile in object_of(fields.get("profiles", {})).items()
            },
        )
    except (KeyError, ValueError, OverflowError) as error:
        raise LineDamaged(f"header: {error}"[:LONGEST_REASON]) from error


def _read_rules(value: object) -> SessionRules | None:
    if value is None:
        return None
    rules = object_of(value)
    return SessionRules(
        pause_after_s=_seconds(rules.get("pause_after_s")),
        end_after_s=_seconds(rules.get("end_after_s")),
    )


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("rules are no seconds")  # noqa: TRY004 - foreign input
    if not 0 < value < RULE_LIMIT_S:
        raise ValueError("rules are no sensible seconds")
    return float(value)


def _read_machine(fields: Mapping[str, object]) -> MachineSpec:
    priority = fields.get("priority", {})
    quirk = fields.get("quirk")
    return MachineSpec(
        id=text_of(fields["id"]),
        kind=MachineKind(fields["kind"]),
        name=text_of(fields.get("name", "")),
        sensors=tuple(_read_sensor(sensor) for sensor in objects_of(fields.get("sensors", []))),
        priority=tuple((name, texts_of(ids)) for name, ids in object_of(priority).items()),
        quirk=None if quirk is None else text_of(quirk),
        auto_quirk=fields.get("auto_quirk") is True,
    )


def _read_sensor(fields: Mapping[str, object]) -> SensorSpec:
    wheel_m = fields.get("wheel_circumference_m")
    if wheel_m is not None:
        if isinstance(wheel_m, bool) or not isinstance(wheel_m, int | float):
            raise ValueError("wheel_circumference_m is not a number")
        if not 0 < wheel_m < LARGEST_WHEEL_M:
            raise ValueError("wheel_circumference_m is out of range")
    return SensorSpec(text_of(fields["id"]), SensorKind(fields["kind"]), wheel_m)


def _read_wall(value: object) -> float | None:
    if value is None:
        return None
    wall = datetime.fromisoformat(text_of(value))
    if wall.tzinfo is None:
        raise ValueError("wall_start has no time zone")
    _check_wall(wall.timestamp())
    return wall.timestamp()


def _check_wall(wall_start: float) -> None:
    if not 0 <= wall_start < TIME_LIMIT_S:
        raise ValueError("wall_start is before 1970 or after 2286")


def _check_ids(machines: Iterable[MachineSpec]) -> None:
    ids = [source for machine in machines for source in source_ids(machine)]
    if not ids:
        raise ValueError("no machine")
    for source in ids:
        if not MACHINE_ID.fullmatch(source) or ids.count(source) > 1:
            raise ValueError("an id of a machine or sensor is unfit or used twice")


def source_ids(machine: MachineSpec) -> list[str]:
    """Return the ids under which a machine and its sensors send."""
    return [machine.id, *(sensor.id for sensor in machine.sensors)]


def source_id_of(path: Path) -> str:
    """Return an id made from a file's name: ``my_bike`` from ``my-bike.ndjson.gz``."""
    name = path.name.lower()
    for suffix in SUFFIXES:
        name = name.removesuffix(suffix)
    return re.sub(r"[^a-z0-9]+", "_", name).strip("_")[:32] or "machine"


def choose_header(
    found: Iterable[Entry | RecordingHeader], default_source: str
) -> RecordingHeader | None:
    """Return the header that opens the recording, or one worked out; None if nothing is found.

    A header further on, of a part written after a restart, knows the machines too, but not the
    wall clock of the lines before it.
    """
    kinds: dict[str, MachineKind] = {}
    sensors: dict[str, SensorKind] = {}
    main = None
    for index, entry in enumerate(found):
        if isinstance(entry, RecordingHeader):
            return entry if index == 0 else replace(entry, wall_start=None)
        main = main or entry.source or default_source
        if isinstance(entry, Notification):
            if entry.characteristic in KIND_OF_DATA:
                kinds.setdefault(entry.source, KIND_OF_DATA[entry.characteristic])
            elif entry.characteristic in SENSOR_OF_DATA:
                sensors.setdefault(entry.source, SENSOR_OF_DATA[entry.characteristic])
    return None if main is None else RecordingHeader(_infer(kinds, sensors, main), software="")


def _infer(
    kinds: dict[str, MachineKind], sensors: dict[str, SensorKind], fallback: str
) -> tuple[MachineSpec, ...]:
    """Return a machine for each source that sends data of one; the others are its sensors.

    Where no machine speaks, the first sensor is taken for one: a foot pod for a treadmill,
    anything else for an indoor bike. Sensors belong to the first machine.
    """
    if not kinds:
        only = next(iter(sensors), fallback)
        on_foot = sensors.get(only) is SensorKind.FOOT_POD
        kinds = {only: MachineKind.TREADMILL if on_foot else MachineKind.INDOOR_BIKE}
    specs = tuple(
        SensorSpec(source, kind) for source, kind in sensors.items() if source not in kinds
    )
    machines = [MachineSpec(source, kind) for source, kind in kinds.items()]
    return (replace(machines[0], sensors=specs), *machines[1:])
