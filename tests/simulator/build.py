"""Short scenarios for tests, and their notifications decoded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ftms_bridge.gatt.codec import Decoded, decode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.simulation import Event, Simulation

Tables = dict[str, Any]

QUIET = {"jitter_s": 0.0}
STEADY = {"wander": 0.0}


def forward(seconds: float = 30, cadence_rpm: float = 80, **keys: Any) -> Tables:
    return {"duration_s": seconds, "direction": "forward", "cadence_rpm": cadence_rpm, **keys}


def backward(seconds: float = 30, cadence_rpm: float = 60, **keys: Any) -> Tables:
    return {"duration_s": seconds, "direction": "backward", "cadence_rpm": cadence_rpm, **keys}


def walk(seconds: float = 30, speed_kmh: float = 4.0, way: str = "forward", **keys: Any) -> Tables:
    return {"duration_s": seconds, "direction": way, "speed_kmh": speed_kmh, **keys}


def stop(seconds: float = 20, **keys: Any) -> Tables:
    return {"duration_s": seconds, "direction": "stop", **keys}


def scenario(*phases: Tables, kind: str = "indoor_bike", **tables: Any) -> Scenario:
    """Return a scenario without jitter and wander, unless its tables say otherwise."""
    tables.setdefault("radio", QUIET)
    tables.setdefault("rider", STEADY)
    machine = {"id": "machine", "kind": kind}
    return Scenario.model_validate({"machine": machine, "phase": list(phases), **tables})


def freewheel(*phases: Tables, **tables: Any) -> Scenario:
    tables.setdefault("drivetrain", {"coupling": "freewheel"})
    return scenario(*phases, **tables)


def treadmill(*phases: Tables, **tables: Any) -> Scenario:
    return scenario(*phases, kind="treadmill", **tables)


def run(given: Scenario, until_s: float | None = None) -> list[Event]:
    return list(Simulation(given).events(until_s))


def notifications(events: Iterable[Event], source: str = "machine") -> list[Notification]:
    return [e for e in events if isinstance(e, Notification) and e.source == source]


def truths(events: Iterable[Event]) -> list[Truth]:
    return [event for event in events if isinstance(event, Truth)]


def decoded(
    events: Iterable[Event], source: str = "machine", characteristic: int | None = None
) -> Iterator[tuple[float, Decoded]]:
    """Yield (time, decoded) of the notifications of one source."""
    for notification in notifications(events, source):
        if characteristic in (None, notification.characteristic):
            yield notification.at, decode(notification.characteristic, notification.data)


def fields(
    events: Iterable[Event], source: str = "machine", characteristic: int | None = None
) -> list[Tables]:
    """Return the fields of each notification, as loosely typed as tests like them."""
    return [record.fields for _, record in decoded(events, source, characteristic)]


def column(events: Iterable[Event], name: str, source: str = "machine") -> list[Any]:
    """Return one field over time, from those notifications that have it."""
    return [values[name] for values in fields(events, source) if name in values]
