"""Plays entries of a recording through the core, in the recording's own time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from ftms_bridge.control.commands import NO_RADIO, Command, Verb
from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.recordings.replay import arrival_of, command_of
from ftms_bridge.telemetry.publish import Publish

Emit = Callable[[float, Publish], None]
"""Takes the instant and the effect."""


class Player:
    """Drives one pipeline with entries; the same entries give the same effects, always.

    last_at: the instant of the newest entry.
    """

    def __init__(self, pipeline: Pipeline, emit: Emit) -> None:
        self.last_at = 0.0
        self._pipeline = pipeline
        self._emit = emit

    def play(self, entries: Iterable[Entry]) -> None:
        """Play all entries as fast as possible, then finish."""
        pipeline, emit = self._pipeline, self._emit
        for entry in self._begun(entries):
            at = entry.at
            while (due := pipeline.deadline()) is not None and due <= at:
                for effect in pipeline.handle_timer(due):
                    emit(due, effect)
            if isinstance(entry, Notification):
                for effect in pipeline.receive(entry):
                    emit(at, effect)
            else:
                self.mark(entry)
            self.last_at = at
        self.finish()

    async def play_paced(
        self, entries: Iterable[Entry], wait_until: Callable[[float], Awaitable[None]]
    ) -> None:
        """Play all entries, each at its time; ``wait_until`` returns when that has come."""
        for entry in self._begun(entries):
            while (due := self._pipeline.deadline()) is not None and due <= entry.at:
                await wait_until(due)
                self._emit_all(due, self._pipeline.handle_timer(due))
            await wait_until(entry.at)
            self.last_at = entry.at
            if isinstance(entry, Notification):
                self._emit_all(entry.at, self._pipeline.receive(entry))
            else:
                self.mark(entry)
        self.finish()

    def mark(self, marker: Marker) -> None:
        """Do again what a marker says: a link that changed, a reading, a command that was given.

        What is said of a machine that is not there is passed over.
        """
        arrival = arrival_of(marker)
        if isinstance(arrival, LinkChange):
            self._emit_all(marker.at, self._pipeline.change_link(arrival))
            return
        if isinstance(arrival, DirectionReading):
            if arrival.machine in self._pipeline.availability:
                self._emit_all(marker.at, self._pipeline.sense(arrival))
            return
        command = command_of(marker)
        if command is not None and command.machine in self._pipeline.availability:
            self._emit_all(marker.at, self._pipeline.command(command, marker.at))

    def obey(self, command: Command) -> None:
        """Carry out a command that arrives while a recording is played.

        There is no radio then whose links could be given away.
        """
        if command.verb is Verb.LINK:
            command = replace(command, refusal=NO_RADIO)
        self._emit_all(self.last_at, self._pipeline.command(command, self.last_at))

    def finish(self) -> None:
        """End the run: sessions are summed up."""
        self._emit_all(self.last_at, self._pipeline.finish(self.last_at))

    def _begun(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Begin the run at the first entry; return all entries."""
        rest = iter(entries)
        first = next(rest, None)
        if first is None:
            return rest
        self._emit_all(first.at, self._pipeline.begin(first.at))
        return chain((first,), rest)

    def _emit_all(self, at: float, effects: list[Publish]) -> None:
        for effect in effects:
            self._emit(at, effect)
