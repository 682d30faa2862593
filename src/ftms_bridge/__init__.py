"""Bring fitness machines to MQTT; say which way the rider moves, or that it cannot be known.

These names are the public surface. Each is imported on first use, so that the command line starts
without loading what it does not need.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftms_bridge.gatt.codec import decode, encode
    from ftms_bridge.gatt.notification import LinkChange, Notification
    from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
    from ftms_bridge.pipeline import Pipeline, PipelineSettings
    from ftms_bridge.recordings.reader import RecordingReader
    from ftms_bridge.recordings.writer import RecordingWriter

__all__ = [
    "LinkChange",
    "MachineKind",
    "MachineSpec",
    "Notification",
    "Pipeline",
    "PipelineSettings",
    "RecordingReader",
    "RecordingWriter",
    "SensorKind",
    "SensorSpec",
    "decode",
    "encode",
]

_HOMES = {
    "LinkChange": "gatt.notification",
    "MachineKind": "measurement.sources",
    "MachineSpec": "measurement.sources",
    "Notification": "gatt.notification",
    "Pipeline": "pipeline",
    "PipelineSettings": "pipeline",
    "RecordingReader": "recordings.reader",
    "RecordingWriter": "recordings.writer",
    "SensorKind": "measurement.sources",
    "SensorSpec": "measurement.sources",
    "decode": "gatt.codec",
    "encode": "gatt.codec",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
