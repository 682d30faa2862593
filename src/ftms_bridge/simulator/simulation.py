"""The whole virtual set-up: rider, machine, sensors and radio; events in order of time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush
from random import Random
from typing import Final

from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.simulator.direction_sensor import DirectionSensor, DirectionStation
from ftms_bridge.simulator.faults import Incident, Timetable
from ftms_bridge.simulator.machine import Machine
from ftms_bridge.simulator.motion import Motion, TrueDirection, Truth, label
from ftms_bridge.simulator.radio import Channel
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.sensor_tables import DirectionTable
from ftms_bridge.simulator.sensors import Source, sensor_source
from ftms_bridge.simulator.world import World

Event = Notification | LinkChange | DirectionReading | Truth

TICK_S: Final = 0.025
"""Step of the physics: 1/14 of the rider's reaction time, and a divisor of 1/4 s. House choice."""

TRUTH_EVERY_S: Final = 1.0
"""A label at least this often, and one at every change of direction."""


class Station:
    """One source with its radio, and when it speaks next."""

    def __init__(self, source: Source, channel: Channel, name: str, first_at: float) -> None:
        self.source = source
        self.channel = channel
        self.name = name
        self._first_at = first_at
        self._spoken = 0
        self.next_at = first_at

    def speak(self, motion: Motion, at: float, timetable: Timetable) -> list[Notification]:
        """Return what arrives of what the source says now."""
        self._spoken += 1
        self.next_at = self._first_at + self._spoken / self.source.rate_hz
        faults = tuple(timetable.active(self.source.id, at))
        payloads = self.source.payloads(motion, frozenset(fault.kind for fault in faults))
        return self.channel.send(payloads, at, faults)


class Simulation:
    """One scenario in motion; pure: no clock, no I/O, and the seed decides every random number.

    The same scenario and seed give the same bytes however the time is cut into steps. Only the
    four operations and square roots are used, so they are also the same on every platform.

    seed: None takes the scenario's own. ids: from ids of the scenario to ids of the bridge.
    truth_every_s: a label at least this often.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        ids: Mapping[str, str] | None = None,
        truth_every_s: float = TRUTH_EVERY_S,
    ) -> None:
        self._scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self._ids = dict(ids or {})
        self._world = World(scenario, self._random("rider"))
        self._timetable = Timetable(scenario)
        self._incidents = self._timetable.incidents()
        self._incident = next(self._incidents, None)
        self._stations = self._all_stations()
        self._ends_at = None if scenario.loop else scenario.script_s
        self._queue: list[tuple[float, int, Event]] = []
        self._queued = 0
        self._down: set[str] = set()
        self._is_ended = False
        self._ticks = 0
        self._owed_s = 0.0
        self._labelled = TrueDirection.STOPPED
        self._truth_every_s = truth_every_s
        self._label_due_at = truth_every_s
        self._start()

    @property
    def machine(self) -> MachineSpec:
        """Return the machine with its sensors, under the ids of the bridge."""
        return self._scenario.machine_as(self._ids)

    @property
    def at(self) -> float:
        """Return the simulated time in seconds since the start."""
        return self._ticks * TICK_S

    @property
    def is_over(self) -> bool:
        """Return whether the script has ended and everything was handed out."""
        return self._is_ended and not self._queue

    def step(self, dt: float) -> list[Event]:
        """Move on by ``dt`` seconds; return what arrived meanwhile, in order of time."""
        self._owed_s += dt
        events: list[Event] = []
        while self._owed_s >= TICK_S * 0.999 and not self.is_over:  # sums of floats fall short
            self._owed_s -= TICK_S
            self._tick()
            events.extend(self._arrived())
        return events

    def events(self, until_s: float | None = None) -> Iterator[Event]:
        """Yield what arrives up to this time; None: until the script is over, or for ever."""
        while not self.is_over and (until_s is None or self.at < until_s):
            self._tick()
            yield from self._arrived()

    def _random(self, name: str) -> Random:
        """Return a stream of its own for each part: a further sensor changes nothing elsewhere."""
        return Random(f"{self.seed}/{name}")  # noqa: S311 - not for secrets

    def _station(self, source: Source) -> Station:
        rng = self._random(source.id)
        name = self._ids.get(source.id, source.id)
        first_at = rng.random() / source.rate_hz
        return Station(source, Channel(name, self._scenario.radio, rng), name, first_at)

    def _all_stations(self) -> list[Station | DirectionStation]:
        """Return the machine, then the sensors in the order of the scenario."""
        scenario = self._scenario
        stations: list[Station | DirectionStation] = [self._station(Machine(scenario))]
        for spec in scenario.sensors:
            if isinstance(spec, DirectionTable):
                sensor = DirectionSensor(spec, walking=self._world.walking)
                stations.append(
                    DirectionStation(
                        sensor, scenario.radio, self._random(spec.id), machine=self.machine.id
                    )
                )
            else:
                stations.append(self._station(sensor_source(spec, self._random(f"{spec.id}/own"))))
        return stations

    def _start(self) -> None:
        for station in self._stations:
            if isinstance(station, Station):
                self._push(LinkChange(0.0, station.name, up=True, reason="simulated"))
        self._push(self._label())

    def _tick(self) -> None:
        self._ticks += 1
        at = self.at
        if self._ends_at is not None and at > self._ends_at:
            self._end(self._ends_at)
            return
        self._world.step(at, TICK_S)
        self._apply_incidents(at)
        motion = self._world.motion
        for station in self._stations:
            station.source.observe(motion, at, TICK_S)
            if at >= station.next_at:
                for event in station.speak(motion, at, self._timetable):
                    self._push(event)
        if motion.direction is not self._labelled or at >= self._label_due_at:
            self._push(self._label())

    def _apply_incidents(self, at: float) -> None:
        while self._incident is not None and self._incident.at <= at:
            self._apply(self._incident)
            self._incident = next(self._incidents, None)

    def _apply(self, incident: Incident) -> None:
        station = next(s for s in self._stations if s.source.id == incident.source)
        if incident.what == "reset":
            station.source.reset()
            return
        up = incident.what == "connect"
        if isinstance(station, DirectionStation):
            station.is_up = up
        else:
            self._push(LinkChange(incident.at, station.name, up=up, reason="scripted"))

    def _end(self, at: float) -> None:
        if not self._is_ended:
            for station in self._stations:
                if isinstance(station, Station):
                    self._push(LinkChange(at, station.name, up=False, reason="the script is over"))
        self._is_ended = True

    def _label(self) -> Truth:
        world = self._world
        self._labelled = world.motion.direction
        self._label_due_at = (self.at // self._truth_every_s + 1) * self._truth_every_s
        return label(world.motion, round(self.at, 6), self.machine.id, walking=world.walking)

    def _push(self, event: Event) -> None:
        self._queued += 1
        heappush(self._queue, (event.at, self._queued, event))

    def _arrived(self) -> Iterator[Event]:
        """Yield what is due; what was on its way when the link went down never arrives."""
        while self._queue and self._queue[0][0] <= self.at:
            event = heappop(self._queue)[2]
            if isinstance(event, LinkChange):
                (self._down.discard if event.up else self._down.add)(event.source)
            elif isinstance(event, Notification) and event.source in self._down:
                continue
            yield event
