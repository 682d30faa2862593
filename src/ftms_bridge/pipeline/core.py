"""The whole core as one object: one synchronous call chain per notification, time as an argument.

A driver (the daemon, a replay) calls ``begin``; then for each arrival ``handle_timer(d)`` as long
as ``d = deadline()`` is not later, and hands the arrival over; at the end it calls ``finish``. It
gives all effects to whoever publishes them. That order is what makes a replay bit-exact.
"""

from __future__ import annotations

from dataclasses import dataclass

from ftms_bridge.control.commands import Command
from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
from ftms_bridge.measurement.source import Source
from ftms_bridge.pipeline.machine import NEVER, MachineTrack
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.telemetry.blocks import AvailabilityWord
from ftms_bridge.telemetry.publish import Publish

_NOTHING: list[Publish] = []


@dataclass(slots=True)
class Counters:
    """What went through the core since its start, and what was wrong with it."""

    notifications: int = 0
    damaged: int = 0
    unknown: int = 0
    partial: int = 0


class Pipeline:
    """Decode, measurement, session, metrics and telemetry of all machines of one bridge."""

    def __init__(self, settings: PipelineSettings) -> None:
        self._machines = {spec.id: MachineTrack(spec, settings) for spec in settings.machines}
        self._tracks = tuple(self._machines.values())
        self._route = {
            name: (track, source)
            for track in self._machines.values()
            for name, source in track.sources.items()
        }
        self._notifications = 0
        self._strangers = 0
        self._wake_at = NEVER

    def begin(self, at: float) -> list[Publish]:
        """Start the run: every machine is offline until it is heard."""
        effects: list[Publish] = []
        for track in self._machines.values():
            effects += track.begin(at)
        return effects

    def receive(self, notification: Notification) -> list[Publish]:
        """Take one notification; return what is to be published because of it.

        A notification from a source that is not configured is counted as unknown.
        """
        self._notifications += 1
        route = self._route.get(notification.source)
        if route is None:
            self._strangers += 1
            return _NOTHING
        track, source = route
        effects = track.receive(
            source, notification.characteristic, notification.data, notification.at
        )
        if track.wake_at < self._wake_at:
            self._wake_at = track.wake_at
        return effects

    def change_link(self, change: LinkChange) -> list[Publish]:
        """Take note that the link of a machine or sensor went up or down."""
        route = self._route.get(change.source)
        if route is None:
            return _NOTHING
        track, _ = route
        effects = track.change_link(change)
        self._wake_at = min(self._wake_at, track.wake_at)
        return effects

    def command(self, command: Command, at: float) -> list[Publish]:
        """Carry out a command for a configured machine; its result is among the effects.

        Raises KeyError for a machine that is not configured: the shell has checked that.
        """
        track = self._machines[command.machine]
        effects = track.command(command, at)
        self._wake_at = min(self._wake_at, track.wake_at)
        return effects

    def sense(self, reading: DirectionReading) -> list[Publish]:
        """Take a reading of a direction sensor; return what is to be published because of it.

        Raises KeyError for a machine that is not configured: the shell has checked that.
        """
        track = self._machines[reading.machine]
        effects = track.sense(reading.value, reading.at)
        self._wake_at = min(self._wake_at, track.wake_at)
        return effects

    def deadline(self) -> float | None:
        """Return when ``handle_timer`` must be called next, or None while nothing is waited for."""
        return None if self._wake_at == NEVER else self._wake_at

    def handle_timer(self, at: float) -> list[Publish]:
        """Do everything that is due by now; return what is to be published because of it."""
        effects: list[Publish] = []
        wake_at = NEVER
        for track in self._tracks:
            if track.wake_at <= at:
                effects += track.handle_timer(at)
            if track.wake_at < wake_at:
                wake_at = track.wake_at
        self._wake_at = wake_at
        return effects

    def finish(self, at: float) -> list[Publish]:
        """End every session and take every machine offline: the run is over."""
        effects: list[Publish] = []
        for track in self._machines.values():
            effects += track.finish(at)
        self._wake_at = NEVER
        return effects

    @property
    def counters(self) -> Counters:
        """Return the counters, summed over all sources."""
        sources: list[Source] = [
            source for track in self._machines.values() for source in track.sources.values()
        ]
        return Counters(
            notifications=self._notifications,
            damaged=sum(source.damaged for source in sources),
            unknown=self._strangers + sum(source.unknown for source in sources),
            partial=sum(source.partial for source in sources),
        )

    @property
    def availability(self) -> dict[str, AvailabilityWord]:
        """Return the availability of every machine."""
        return {machine: track.state.availability for machine, track in self._machines.items()}

    def machine(self, machine: str) -> MachineTrack:
        """Return everything that is known about one machine, to look at.

        Raises KeyError for a machine that is not configured.
        """
        return self._machines[machine]

    @property
    def busy(self) -> bool:
        """Say whether a session is open on any machine."""
        return any(track.state.ride is not None for track in self._machines.values())
