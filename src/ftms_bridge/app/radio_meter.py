"""What the radio counts, in the words of `bridge/health`."""

from __future__ import annotations

from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.inbox import Gate
from ftms_bridge.ble.supervisor import Supervisor
from ftms_bridge.telemetry.blocks import LinkHealth, RadioHealth


class RadioMeter:
    """Reads the counters of every link and of the radio; an `app.health.RadioCounts`."""

    def __init__(self, bluetooth: Bluetooth) -> None:
        self._bluetooth = bluetooth

    def links(self) -> dict[str, LinkHealth]:
        """Return how each link is, by the id of its source."""
        return {
            one.target.source: _link_health(one, one.gate)
            for one in self._bluetooth.supervisors()
            if one.gate is not None
        }

    def radio(self) -> RadioHealth:
        """Return how the radio is."""
        scanner, radio = self._bluetooth.scanner, self._bluetooth.radio
        return {
            "adapter": scanner.adapter or None,
            "trouble": None if scanner.trouble is None else scanner.trouble.verdict.value,
            "scan_restarts": scanner.restarts,
            "recoveries": self._bluetooth.recovery.recoveries,
            "adverts": scanner.adverts,
            "hung": radio.calls.hung,
            "overflow": self._bluetooth.overflow,
        }


def _link_health(one: Supervisor, gate: Gate) -> LinkHealth:
    return {
        "up": one.is_up,
        "verdict": None if one.verdict is None else one.verdict.value,
        "connections": gate.connections,
        "reconnections": max(gate.connections - 1, 0),
        "notifications": gate.taken,
        "late": gate.late,
        "duplicates": gate.duplicates,
        "rssi_dbm": one.rssi_dbm,
    }
