"""Recordings made for tests: machines that are right, and machines with one planted defect."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ftms_bridge.app.doctor.oddities import Oddity
from ftms_bridge.app.doctor.recording import oddities
from ftms_bridge.app.doctor.tracks import Columns, Stream, read_columns
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.recordings.format import Entry
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.simulation import Simulation

Fields = dict[str, float | int | None]
Spoil = Callable[[Fields], Mapping[str, float | int | None]]

BIKE = MachineSpec("bike", MachineKind.INDOOR_BIKE)


def honest(seconds: float) -> Iterator[tuple[float, Fields]]:
    """Yield the records of a bike that measures everything, once per second."""
    distance_m = energy_kcal = 0.0
    for second in range(int(seconds)):
        cadence = 75.0 + 20.0 * math.sin(second / 17) + 5 * math.sin(second / 3.1)
        gear = 0.35 + 0.08 * math.sin(second / 41)
        speed = cadence * gear
        power = max(0.0, 160 + 110 * math.sin(second / 29))
        distance_m += speed / 3.6
        energy_kcal += power / 1000 / 0.24 / 4.184
        yield (
            float(second),
            {
                "speed_kmh": round(speed, 2),
                "cadence_rpm": round(cadence * 2) / 2,
                "distance_m": int(distance_m),
                "power_w": round(power),
                "energy_kcal": int(energy_kcal),
                "energy_per_hour_kcal": None,
                "energy_per_min_kcal": None,
                "hr_bpm": int(120 + 30 * math.sin(second / 61)),
                "elapsed_s": second,
            },
        )


def spoiled(spoil: Spoil, seconds: float = 300, characteristic: int = 0x2AD2) -> list[Entry]:
    """Return the honest records with one thing wrong; fields that are None there stay None."""
    entries: list[Entry] = []
    for at, fields in honest(seconds):
        values = {**fields, **spoil(fields)}
        entries.append(Notification(at, "bike", characteristic, encode(characteristic, values)))
    return entries


def columns_of(entries: Sequence[Entry]) -> Columns:
    return read_columns(entries, [BIKE])


def stream_of(entries: Sequence[Entry]) -> Stream:
    return columns_of(entries).streams[0]


def found(entries: Sequence[Entry]) -> dict[tuple[str, str], Oddity]:
    """Return what is odd, by word and field."""
    return {(one.cause.word, one.field): one for one in oddities(columns_of(entries))}


def simulated(scenario: Scenario, path: Path, seconds: float | None = None) -> Path:
    """Write a recording of the simulator."""
    simulation = Simulation(scenario)
    until_s = seconds or scenario.script_s
    with RecordingWriter(path, RecordingHeader((simulation.machine,))) as writer:
        for event in simulation.events(until_s):
            if isinstance(event, Notification):
                writer.write(event)
    return path
