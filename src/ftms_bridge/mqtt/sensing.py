"""What an external direction sensor sends, to a reading; nothing sent raises."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Final

from ftms_bridge.control.commands import READING_AT_MOST, reading_of
from ftms_bridge.gatt.notification import DirectionReading
from ftms_bridge.mqtt.encoding import decode
from ftms_bridge.mqtt.publisher import MqttStats
from ftms_bridge.mqtt.rate import Rate
from ftms_bridge.telemetry.topics import SENSOR_DIRECTION

log = logging.getLogger(__name__)

PAYLOAD_LIMIT_BYTES: Final = 64
"""House choice: a number, with its key if it must be."""

READINGS_PER_S: Final = 50.0
READINGS_AT_ONCE: Final = 50
"""Per machine: more than two Hall sensors can tell of a crank; house choices."""

TELL_EVERY_S: Final = 60.0
"""How often the log says that readings are refused; house choice."""


def read_value(payload: bytes) -> float | str:
    """Return the value of a reading, or in a few words why there is none; never raises."""
    if len(payload) > PAYLOAD_LIMIT_BYTES:
        return f"longer than {PAYLOAD_LIMIT_BYTES} bytes"
    try:
        body = decode(payload)
    except ValueError:
        return "neither a number nor JSON"
    if isinstance(body, dict):
        if body.keys() != {"value"}:
            return "an object whose only key is not value"
        body = body["value"]
    value = reading_of(body)
    return f"no number from -{READING_AT_MOST:g} to {READING_AT_MOST:g}" if value is None else value


class SensorInbox:
    """Takes what arrives on ``<base>/<machine>/sensor/direction``: readings go on.

    What is no reading is counted in ``stats.rejected`` and logged once a minute at most, as a
    sensor cannot be answered.
    """

    def __init__(
        self,
        base: str,
        machines: Iterable[str],
        stats: MqttStats,
        on_reading: Callable[[DirectionReading], None],
    ) -> None:
        self._machines = {SENSOR_DIRECTION.path(base, machine=name): name for name in machines}
        self._rates = {
            name: Rate(READINGS_PER_S, at_once=READINGS_AT_ONCE) for name in self._machines.values()
        }
        self._stats = stats
        self._on_reading = on_reading
        self._told_at: float | None = None

    def receive(self, topic: str, payload: bytes, *, retained: bool, at: float) -> None:
        """Take one message.

        retained: the broker had kept it, so it says how things were at some time in the past.
        """
        if retained and not payload:  # somebody clears a retained reading
            return
        machine = self._machines.get(topic)
        if machine is None:
            self._refuse(topic, "there is no such machine", at)
        elif retained:
            self._refuse(topic, "old: the broker had kept it", at)
        elif not self._rates[machine].allows(at):
            self._refuse(topic, f"more than {READINGS_PER_S:g} per second", at)
        elif isinstance(value := read_value(payload), str):
            self._refuse(topic, value, at)
        else:
            self._on_reading(DirectionReading(at, machine, value))

    def _refuse(self, topic: str, reason: str, at: float) -> None:
        self._stats.rejected += 1
        if self._told_at is None or at - self._told_at >= TELL_EVERY_S:
            self._told_at = at
            log.warning("Readings on %.100r are refused: %s.", topic, reason)
