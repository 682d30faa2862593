"""What is near: listed for people and programs, and written as a configuration to start from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, TypedDict

from ftms_bridge.app.radios import SYSTEM
from ftms_bridge.ble.binding import FITNESS_SERVICES, Candidate, Kind
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.survey import survey
from ftms_bridge.errors import OutputFailed, RadioUnavailable
from ftms_bridge.gatt.uuids import FITNESS_MACHINE_SERVICE
from ftms_bridge.measurement.sources import MachineKind, SensorKind

LONGEST_ID: Final = 24
"""Leaves room for a number behind it; ids have 32 characters at most."""

SERVICE_NAMES: Final = {
    0x1826: "fitness machine",
    0x1818: "cycling power",
    0x1816: "cycling speed and cadence",
    0x1814: "running speed and cadence",
    0x180D: "heart rate",
}

SHORT_IDS: Final[dict[Kind, str]] = {
    MachineKind.INDOOR_BIKE: "bike",
    MachineKind.TREADMILL: "treadmill",
    SensorKind.HEART_RATE: "strap",
    SensorKind.FOOT_POD: "pod",
    SensorKind.POWER_METER: "power",
    SensorKind.SPEED_CADENCE: "cadence",
}
"""What people call them; other kinds keep their word."""


class FoundDevice(TypedDict):
    """One device that was heard.

    kinds: what it says it is; empty when it says no more than that it is a fitness machine.
    services: the fitness services it shows, as 16-bit numbers in hex.
    """

    address: str
    name: str
    rssi_dbm: int | None
    kinds: list[str]
    services: list[str]


async def scan(radio: Radio, seconds: float, where: str = SYSTEM) -> tuple[Candidate, ...]:
    """Return the fitness machines and sensors near, strongest first.

    where: what the radio was opened with.

    Raises RadioUnavailable when nothing can be heard at all.
    """
    heard = await survey(radio, seconds)
    if heard.trouble is not None:
        raise RadioUnavailable(
            f"Bluetooth cannot be used: {heard.trouble.reason} ({heard.trouble.verdict.value}).",
            hint=f"Find out why, and what to do: ftms-bridge doctor{_radio_option(where)}",
        )
    return tuple(one for one in heard.found if one.services & FITNESS_SERVICES)


def _radio_option(where: str) -> str:
    return "" if where == SYSTEM else f" --radio {where}"


def device_row(candidate: Candidate) -> FoundDevice:
    """Return what is known of a device, for programs."""
    return {
        "address": candidate.address,
        "name": candidate.name,
        "rssi_dbm": candidate.rssi_dbm,
        "kinds": sorted(kind.value for kind in candidate.kinds),
        "services": [f"{number:04x}" for number in sorted(candidate.services & FITNESS_SERVICES)],
    }


def what_it_is(candidate: Candidate) -> str:
    """Return in words what a device is."""
    kinds = sorted(kind.value.replace("_", " ") for kind in candidate.kinds)
    if FITNESS_MACHINE_SERVICE in candidate.services and not machine_kinds(candidate):
        kinds.insert(0, "fitness machine of a kind it does not say")
    return ", ".join(kinds)


def machine_kinds(candidate: Candidate) -> list[MachineKind]:
    """Return the kinds of machine that a device says it is, in the order of the standard."""
    return [kind for kind in MachineKind if kind in candidate.kinds]


def configuration(found: Sequence[Candidate], radio: str = SYSTEM) -> str:
    """Return a configuration that binds every machine found, and their sensors.

    radio: where they were found, if not with this computer's own.

    With one machine the sensors feed it; with several, nobody knows which rider wears the strap,
    so they are listed as comments.
    """
    machines = [one for one in found if FITNESS_MACHINE_SERVICE in one.services]
    sensors = [one for one in found if one not in machines]
    taken: set[str] = set()
    lines = [
        "# Made by: ftms-bridge scan. Every other setting: ftms-bridge config sample",
        "[mqtt]",
        'host = "localhost"           # your broker',
    ]
    if radio != SYSTEM:
        lines += ["", "[bluetooth]", f'radio = "{radio}"']
    for machine in machines:
        lines += ["", *_machine_lines(machine, taken)]
        if len(machines) == 1:
            for sensor in sensors:
                lines += ["", *_sensor_lines(sensor, taken)]
    if len(machines) > 1:
        lines += ["", "# Sensors that were heard; put each below the machine that it feeds."]
        for sensor in sensors:
            lines += ["", *(f"#{line}" for line in _sensor_lines(sensor, taken))]
    return "\n".join(lines) + "\n"


def check_is_new(file: Path) -> None:
    """Raise OutputFailed when the file is there already: better before a long look around."""
    if file.exists():
        raise OutputFailed(
            f"{file} is there already and is left as it is.", hint="Give another name."
        )


def write_configuration(file: Path, found: Sequence[Candidate], radio: str = SYSTEM) -> None:
    """Write a new file. Raises OutputFailed when it is there already or cannot be written."""
    check_is_new(file)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(configuration(found, radio))
    except OSError as error:
        raise OutputFailed(
            f"{file} cannot be written: {error.strerror}.", hint="Give another place."
        ) from error


def _machine_lines(machine: Candidate, taken: set[str]) -> list[str]:
    kinds: list[MachineKind] = machine_kinds(machine)
    kind = kinds[0] if kinds else MachineKind.INDOOR_BIKE
    note = ""
    if not kinds:
        note = "  # it does not say: indoor_bike, treadmill, cross_trainer, rower ...?"
    elif len(kinds) > 1:
        note = f"  # or {', '.join(other.value for other in kinds[1:])}"
    return [
        "[[machine]]",
        f'id = "{_free(SHORT_IDS.get(kind, kind.value), taken)}"',
        *_name_line(machine),
        f'kind = "{kind.value}"{note}',
        f'link = {{ type = "bluetooth", address = "{machine.address}" }}',
    ]


def _sensor_lines(sensor: Candidate, taken: set[str]) -> Iterable[str]:
    kind = next(kind for kind in SensorKind if kind in sensor.kinds)
    yield "[[machine.sensor]]"
    yield f'id = "{_free(SHORT_IDS[kind], taken)}"'
    yield f'kind = "{kind.value}"'
    yield f'link = {{ address = "{sensor.address}" }}'


def _name_line(machine: Candidate) -> list[str]:
    """Return the line with the name; the text may hold anything that can be printed."""
    escaped = machine.name.replace("\\", "\\\\").replace('"', '\\"')
    return [f'name = "{escaped}"'] if machine.name else []


def _free(wish: str, taken: set[str]) -> str:
    """Return an id that is not taken, and take it."""
    name = re.sub(r"[^a-z0-9_]+", "_", wish.casefold())[:LONGEST_ID]
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free
