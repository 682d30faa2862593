"""What the daemon says of itself: memory, processor time, loop lag, and every counter."""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, Protocol

from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.telemetry.blocks import LinkHealth, RadioHealth
from ftms_bridge.telemetry.messages import CONTRACT_VERSION, BridgeHealth, BridgeInfo
from ftms_bridge.telemetry.wall import WallLabel

_STATM: Final = Path("/proc/self/statm")


class BrokerCounts(Protocol):
    """What the MQTT connection counts."""

    connected: bool
    connections: int
    reconnections: int
    published: int
    dropped: int
    failed: int
    queue: int
    rejected: int


class RecorderCounts(Protocol):
    """What the recorder counts."""

    @property
    def status(self) -> Literal["off", "on", "failed"]:
        """Return whether notifications reach the disk."""

    @property
    def lost(self) -> int:
        """Return how many notifications could not be written."""


class NoRecorder:
    """Stands in where nothing is recorded."""

    @property
    def status(self) -> Literal["off", "on", "failed"]:
        """Return ``off``."""
        return "off"

    @property
    def lost(self) -> int:
        """Return 0."""
        return 0


class RadioCounts(Protocol):
    """What the radio counts."""

    def links(self) -> dict[str, LinkHealth]:
        """Return how each link over the radio is, by the id of its source."""

    def radio(self) -> RadioHealth | None:
        """Return how the radio is, or None when there is none."""


class NoRadio:
    """Stands in where no machine is linked over a radio."""

    def links(self) -> dict[str, LinkHealth]:
        """Return nothing."""
        return {}

    def radio(self) -> RadioHealth | None:
        """Return None."""
        return None


def rss_mb() -> float:
    """Return the resident memory of this process in MB; its peak where the kernel tells no more."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:  # not Linux
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def bridge_info(
    *, version: str, run_id: str, base: str, started: str | None, machines: tuple[MachineSpec, ...]
) -> BridgeInfo:
    """Return who is publishing."""
    return {
        "schema": CONTRACT_VERSION,
        "version": version,
        "contract": CONTRACT_VERSION,
        "python": platform.python_version(),
        "run_id": run_id,
        "started": started,
        "base": base,
        "machines": [
            {
                "id": spec.id,
                "name": spec.name or spec.id,
                "kind": spec.kind.value,
                "sensors": [sensor.id for sensor in spec.sensors],
            }
            for spec in machines
        ],
    }


class HealthMeter:
    """Builds ``bridge/health``; processor time is that since the last document."""

    def __init__(
        self,
        pipeline: Pipeline,
        broker: BrokerCounts,
        recorder: RecorderCounts,
        *,
        wall: WallLabel,
        clock: Callable[[], float],
        radio: RadioCounts | None = None,
    ) -> None:
        self.loop_lag_s = 0.0
        self._pipeline = pipeline
        self._broker = broker
        self._recorder = recorder
        self._radio = radio or NoRadio()
        self._wall = wall
        self._clock = clock
        self._last_at = clock()
        self._last_cpu_s = time.process_time()

    def read(self) -> BridgeHealth:
        """Return the document for now."""
        now, cpu_s = self._clock(), time.process_time()
        elapsed_s = max(now - self._last_at, 1e-9)
        cpu_pct = (cpu_s - self._last_cpu_s) / elapsed_s * 100.0
        self._last_at, self._last_cpu_s = now, cpu_s
        counters, broker = self._pipeline.counters, self._broker
        lag_ms, self.loop_lag_s = self.loop_lag_s * 1000.0, 0.0
        return {
            "schema": CONTRACT_VERSION,
            "time": self._wall.at(now),
            "uptime_s": round(now, 1),
            "rss_mb": round(rss_mb(), 1),
            "cpu_pct": round(cpu_pct, 2),
            "loop_lag_ms": round(lag_ms, 1),
            "mqtt_connected": broker.connected,
            "mqtt_connections": broker.connections,
            "mqtt_reconnections": broker.reconnections,
            "mqtt_published": broker.published,
            "mqtt_dropped": broker.dropped,
            "mqtt_failed": broker.failed,
            "mqtt_queue": broker.queue,
            "commands_rejected": broker.rejected,
            "notifications": counters.notifications,
            "notifications_damaged": counters.damaged,
            "notifications_unknown": counters.unknown,
            "records_partial": counters.partial,
            "recording": self._recorder.status,
            "recording_lost": self._recorder.lost,
            "machines": dict(self._pipeline.availability),
            "links": self._radio.links(),
            "radio": self._radio.radio(),
        }
