"""The libraries we are compared with; each may be missing, then there is a reason instead."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import version
from math import isclose
from typing import Any

from bench.rides import BIKE, TREADMILL
from ftms_bridge.gatt.codec import decode

PYFTMS_NAMES = {
    "speed_kmh": "speed_instant",
    "cadence_rpm": "cadence_instant",
    "distance_m": "distance_total",
    "resistance": "resistance_level",
    "power_w": "power_instant",
    "energy_kcal": "energy_total",
    "energy_per_hour_kcal": "energy_per_hour",
    "energy_per_min_kcal": "energy_per_minute",
    "hr_bpm": "heart_rate",
    "elapsed_s": "time_elapsed",
    "incline_pct": "inclination",
    "ramp_deg": "ramp_angle",
}
PYCYCLING_NAMES = {
    "speed_kmh": "instant_speed",
    "cadence_rpm": "instant_cadence",
    "distance_m": "total_distance",
    "resistance": "resistance_level",
    "power_w": "instant_power",
    "energy_kcal": "total_energy",
    "energy_per_hour_kcal": "energy_per_hour",
    "energy_per_min_kcal": "energy_per_minute",
    "hr_bpm": "heart_rate",
    "elapsed_s": "elapsed_time",
}


class Peer:
    """Another decoder: how it is called, and its names for our fields."""

    def __init__(
        self,
        parsers: dict[int, Callable[[Any], Any]],
        as_dict: Callable[[Any], dict[str, Any]],
        names: dict[str, str],
    ) -> None:
        self._parsers = parsers
        self._as_dict = as_dict
        self._names = names

    def parser(self, characteristic: int) -> Callable[[Any], Any] | None:
        """Return its decoder of a characteristic, or None when it has none."""
        return self._parsers.get(characteristic)

    def check(self, characteristic: int, data: bytes) -> None:
        """Raise AssertionError unless it reads the same values from these bytes as we do."""
        theirs = self._as_dict(self._parsers[characteristic](data))
        ours = decode(characteristic, data).fields
        for name, value in ours.items():
            assert isinstance(value, int | float)
            assert isclose(value, theirs[self._names[name]]), (name, ours, theirs)


@cache
def find_pyftms() -> Peer | str:
    """Return pyftms, or why it is not there."""
    try:
        models = import_module("pyftms.models")
        serializer = import_module("pyftms.serializer")
    except (ImportError, SyntaxError):
        return "pyftms is not installed; it needs Python 3.12 or 3.13"
    parsers = {
        BIKE: serializer.get_serializer(models.IndoorBikeData).deserialize,
        TREADMILL: serializer.get_serializer(models.TreadmillData).deserialize,
    }
    return Peer(parsers, lambda record: record._asdict(), PYFTMS_NAMES)


@cache
def find_pycycling() -> Peer | str:
    """Return pycycling, or why it is not there."""
    try:
        parsers = import_module("pycycling.ftms_parsers")
    except ImportError:
        return "pycycling is not installed"
    parse = parsers.parse_indoor_bike_data
    return Peer({BIKE: parse}, lambda record: record._asdict(), PYCYCLING_NAMES)


def pyftms_on_notify() -> Callable[[Any, bytearray], None] | str:
    """Return what pyftms runs for each notification of a bike, or why it cannot."""
    if isinstance(peer := find_pyftms(), str):
        return peer
    updater = import_module("pyftms.client.backends.updater")
    models = import_module("pyftms.models")
    handle: Callable[[Any, bytearray], None] = updater.DataUpdater(
        models.IndoorBikeData, lambda event: None
    )._on_notify
    return handle


def peer_versions() -> dict[str, str]:
    """Return the versions of the libraries that take part."""
    names = ("pyftms", "pycycling", "aiomqtt", "paho-mqtt", "pydantic-core")
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except ImportError:
            continue
    return found
