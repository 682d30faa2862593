"""Made-up rides: records of a bike and a treadmill that change with every notification."""

from __future__ import annotations

from collections.abc import Iterator
from math import sin
from struct import Struct

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.pipeline import Pipeline, PipelineSettings

BIKE = 0x2AD2
TREADMILL = 0x2ACD
RATE_HZ = 4
BIKE_SPEC = MachineSpec("bike", MachineKind.INDOOR_BIKE)
NEVER_LIVE_S = 1e9
"""As interval of the live documents: the first one only, so that the 1 Hz state remains."""

RICH = Struct("<HHHHBhhHHBBH")
"""Bike record with flags 0x0B74: speed, cadence, distance, resistance, power, energy, heart rate,
elapsed time. 21 bytes; the floor of the whole-pipeline figures unpacks it."""

_WALK = Struct("<HHHBhhHHBBH")
_WALL_ZERO = 1_700_000_000.0


def bike_record(second: float) -> bytes:
    """Return what a bike sends at this second of a ride that never ends."""
    metres = int(7.0 * second) % (1 << 24)
    return RICH.pack(
        0x0B74,
        int(2500 + 400 * sin(second / 17)),
        int(160 + 20 * sin(second / 11)),
        metres & 0xFFFF,
        metres >> 16,
        12,
        int(190 + 60 * sin(second / 7)),
        int(second / 6) % 65536,
        600,
        10,
        int(135 + 20 * sin(second / 60)),
        int(second) % 65536,
    )


def walk_record(second: float, *, moving: bool = True) -> bytes:
    """Return what a treadmill sends: flags 0x058C, 19 bytes; standing still it sends zero speed."""
    metres = int(2.0 * second) % (1 << 24)
    return _WALK.pack(
        0x058C,
        int(720 + 60 * sin(second / 40)) if moving else 0,
        metres & 0xFFFF,
        metres >> 16,
        int(20 + 10 * sin(second / 90)),
        int(11 + 5 * sin(second / 90)),
        int(second / 9) % 65536,
        400,
        7,
        int(120 + 10 * sin(second / 60)),
        int(second) % 65536,
    )


def arrival_at(index: int) -> float:
    """Return when the notification with this index arrives: every 250 ms, up to 20 ms off."""
    return round(index / RATE_HZ + (index * 7919 % 41 - 20) / 1000 + 1.0, 6)


def ride(start_s: int, seconds: int) -> Iterator[Notification]:
    """Yield the notifications of this part of the ride."""
    for index in range(start_s * RATE_HZ, (start_s + seconds) * RATE_HZ):
        at = arrival_at(index)
        yield Notification(at, BIKE_SPEC.id, BIKE, bike_record(at))


def bike_pipeline(live_interval_s: float) -> Pipeline:
    """Return a pipeline for one bike."""
    return _pipeline(live_interval_s, BIKE_SPEC)


def two_machines(live_interval_s: float) -> Pipeline:
    """Return a pipeline for a bike and a treadmill."""
    return _pipeline(live_interval_s, BIKE_SPEC, MachineSpec("treadmill", MachineKind.TREADMILL))


def _pipeline(live_interval_s: float, *machines: MachineSpec) -> Pipeline:
    return Pipeline(
        PipelineSettings(
            machines, run_id="bench", wall_zero=_WALL_ZERO, live_interval_s=live_interval_s
        )
    )
