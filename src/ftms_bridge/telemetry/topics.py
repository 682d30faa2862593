"""Every MQTT topic of this program, in one table: direction, QoS, retain, payload type and rate.

The documentation, ``ftms-bridge topics`` and the publisher all read this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

DEFAULT_BASE: Final = "ftms"

MACHINE_ID: Final = re.compile(r"[a-z0-9_]{1,32}")
"""What machines and sensors are called in topics and recordings: no radio name, no address."""


class Flow(Enum):
    """Who sends on a topic."""

    OUT = "out"
    IN = "in"


class Delivery(Enum):
    """What happens to a message while the broker is away."""

    LATEST = "latest"
    """One slot per topic: the newest value is sent on reconnection (retained topics)."""
    DROP = "drop"
    """Nothing is kept: an old sample is worthless (live values)."""
    QUEUE = "queue"
    """Kept in order, bounded, sent on reconnection (events and results)."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One row of the contract.

    template: path below the base; ``{machine}`` and ``{verb}`` are placeholders.
    payload: name of the payload type in ``telemetry.messages``, or ``text`` for plain words.
    """

    name: str
    template: str
    flow: Flow
    qos: int
    retain: bool
    payload: str
    rate: str
    delivery: Delivery
    purpose: str

    def path(self, base: str, *, machine: str = "", verb: str = "") -> str:
        """Return the full topic, such as ``ftms/bike/live``."""
        return f"{base}/{self.template.format(machine=machine, verb=verb)}"


BRIDGE_AVAILABILITY: Final = Topic(
    "bridge_availability", "bridge/availability", Flow.OUT, 1, True, "text", "on change",
    Delivery.LATEST,
    "`online` while the daemon is connected; `offline` on every exit (also the last will)",
)  # fmt: skip
BRIDGE_INFO: Final = Topic(
    "bridge_info", "bridge/info", Flow.OUT, 1, True, "BridgeInfo", "at start",
    Delivery.LATEST, "version, contract version, machines and their sensors",
)  # fmt: skip
BRIDGE_HEALTH: Final = Topic(
    "bridge_health", "bridge/health", Flow.OUT, 0, True, "BridgeHealth", "every 30 s",
    Delivery.LATEST,
    "memory, CPU, reconnections, counters of everything that was dropped or damaged",
)  # fmt: skip
AVAILABILITY: Final = Topic(
    "availability", "{machine}/availability", Flow.OUT, 1, True, "text", "on change",
    Delivery.LATEST, "`online`, `stale` (no record for 3 s) or `offline` (10 s, or link down)",
)  # fmt: skip
LINK: Final = Topic(
    "link", "{machine}/link", Flow.OUT, 1, True, "LinkReport", "on change",
    Delivery.LATEST, "which links of the machine and its sensors are up, and why not",
)  # fmt: skip
LIVE: Final = Topic(
    "live", "{machine}/live", Flow.OUT, 0, False, "Live",
    "with each record, at most 4 per second", Delivery.DROP, "everything known now, one document",
)  # fmt: skip
STATE: Final = Topic(
    "state", "{machine}/state", Flow.OUT, 1, True, "State", "1 Hz during a session, else on change",
    Delivery.LATEST, "flat values for Home Assistant and for newcomers",
)  # fmt: skip
EVENT: Final = Topic(
    "event", "{machine}/event", Flow.OUT, 1, False, "Event", "when it happens",
    Delivery.QUEUE, "session, lap, gap, counter and source changes",
)  # fmt: skip
SESSION_LAST: Final = Topic(
    "session_last", "{machine}/session/last", Flow.OUT, 1, True, "SessionSummary",
    "when a session ends", Delivery.LATEST, "the summary of the last finished session",
)  # fmt: skip
SET: Final = Topic(
    "set", "{machine}/set/{verb}", Flow.IN, 1, False, "CommandRequest", "when you send it",
    Delivery.DROP, "commands; never send them retained: retained commands are refused",
)  # fmt: skip
SENSOR_DIRECTION: Final = Topic(
    "sensor_direction", "{machine}/sensor/direction", Flow.IN, 1, False, "SensorReading",
    "at most 50 per second", Delivery.DROP,
    "a direction sensor of your own: a number, or an object with one",
)  # fmt: skip
RESULT: Final = Topic(
    "result", "{machine}/result", Flow.OUT, 1, False, "CommandResult", "one per command",
    Delivery.QUEUE, "what became of a command",
)  # fmt: skip

TOPICS: Final = (
    BRIDGE_AVAILABILITY, BRIDGE_INFO, BRIDGE_HEALTH,
    AVAILABILITY, LINK, LIVE, STATE, EVENT, SESSION_LAST, SET, SENSOR_DIRECTION, RESULT,
)  # fmt: skip
