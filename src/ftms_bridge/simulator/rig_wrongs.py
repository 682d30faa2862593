"""Rides on which something is not as it was at calibration: what must lead to no wrong answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import merge
from typing import Final

from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.notification import DirectionReading
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.rigs import RigSession
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.sensor_tables import DirectionTable, Sensor, SpeedCadence
from ftms_bridge.simulator.simulation import Event

OTHER_BIT: Final = {"set": "inverted", "inverted": "set", "never": "never"}


def inverted(session: RigSession) -> RigSession:
    """Return the session with the sign of its ride the other way than at calibration.

    Turns the direction bit of a cross trainer and the wires of a direction sensor. Raises
    UsageError when the rig has neither.
    """
    ride = session.ride
    sensors = tuple(
        one.model_copy(update={"inverted": not one.inverted})
        if isinstance(one, DirectionTable)
        else one
        for one in ride.sensors
    )
    firmware = ride.firmware
    if ride.machine_table.kind == "cross_trainer":
        firmware = firmware.model_copy(update={"direction_bit": OTHER_BIT[firmware.direction_bit]})
    return _with_ride(session, ride.model_copy(update={"firmware": firmware, "sensors": sensors}))


def swapped(session: RigSession) -> RigSession:
    """Return the session with wheel and crank wires of its sensor swapped for the ride.

    Raises UsageError when the rig has no speed and cadence sensor.
    """
    sensors: tuple[Sensor, ...] = tuple(
        one.model_copy(update={"swapped": not one.swapped})
        if isinstance(one, SpeedCadence)
        else one
        for one in session.ride.sensors
    )
    return _with_ride(session, session.ride.model_copy(update={"sensors": sensors}))


def with_sensors_of(own: Iterable[Event], other: Iterable[Event], machine: str) -> Iterator[Event]:
    """Yield machine and truth of one ride with the sensors of another, in order of time.

    That is what happens when two people in one room have mixed up their sensors. machine: its id,
    the same in both rides, as in two sessions of one rig.
    """
    kept = (event for event in own if _is_machines(event, machine))
    taken = (event for event in other if not _is_machines(event, machine))
    yield from merge(kept, taken, key=_instant)


def _is_machines(event: Event, machine: str) -> bool:
    if isinstance(event, DirectionReading):
        return False
    return isinstance(event, Truth) or event.source == machine


def _instant(event: Event) -> float:
    return event.at


def _with_ride(session: RigSession, ride: Scenario) -> RigSession:
    if ride == session.ride:
        raise UsageError(
            f"The rig {session.rig.name} has nothing of that kind to be wrong.",
            hint="Take another rig or another seed.",
        )
    return replace(session, ride=ride)
