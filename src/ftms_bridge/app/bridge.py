"""Joins links, recorder, pipeline and sink, and arms the one timer that the core asks for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from ftms_bridge.control.commands import NO_RADIO, Command, Verb
from ftms_bridge.gatt.notification import Arrival, DirectionReading, Notification
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.ports import TelemetrySink
from ftms_bridge.telemetry.publish import Publish

log = logging.getLogger(__name__)

Clock = Callable[[], float]
"""Seconds since the start of this run, from the monotonic clock."""


class Journal(Protocol):
    """What keeps the raw arrivals; must not raise and must not block."""

    def write(self, arrival: Arrival) -> None:
        """Keep one notification, change of a link, or reading of a direction sensor."""

    def write_command(self, command: Command, at: float) -> None:
        """Keep a command, so that a replay of the recording obeys it too."""

    def write_end(self, at: float) -> None:
        """Note when the run ended."""


class LinkSwitch(Protocol):
    """What can give a machine's links away and take them back."""

    def obey(self, command: Command) -> str | None:
        """Do at once, without blocking, what a command of the verb ``link`` asks.

        Return None, or as one word why it cannot be done.
        """


class Bridge:
    """The only place where arrivals become telemetry.

    Everything is recorded before the core sees it, so nothing is ever published that was not
    recorded. Timers are handled with the instant at which they were due, not the later one at
    which the event loop came round: a replay of the recording then gives the same numbers.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        sink: TelemetrySink,
        clock: Clock,
        journal: Journal | None = None,
        *,
        links: LinkSwitch | None = None,
    ) -> None:
        self.pipeline = pipeline
        self.failures = 0
        self._sink = sink
        self._clock = clock
        self._journal = journal
        self._links = links
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for: float | None = None
        self._last_at = 0.0

    def begin(self) -> None:
        """Say that every machine is offline until it is heard."""
        self._guarded(partial(self.pipeline.begin, self._clock()), "begin")

    def deliver(self, arrival: Arrival) -> None:
        """Take one arrival from a link or a direction sensor; never raises.

        What waited in an inbox while a timer was handled counts as arriving after that timer: a
        replay of the recording must come to the same order.
        """
        if arrival.at < self._last_at:
            arrival = replace(arrival, at=self._last_at)
        if self._journal is not None:
            self._journal.write(arrival)
        self._catch_up(arrival.at)
        if isinstance(arrival, Notification):
            self._guarded(partial(self.pipeline.receive, arrival), arrival)
        elif isinstance(arrival, DirectionReading):
            self._guarded(partial(self.pipeline.sense, arrival), arrival)
        else:
            self._guarded(partial(self.pipeline.change_link, arrival), arrival)
        self._arm()

    def sense(self, reading: DirectionReading) -> None:
        """Take one reading of a direction sensor, in its turn among the arrivals; never raises."""
        self.deliver(reading)

    def obey(self, command: Command) -> None:
        """Carry out a command from a person or dashboard; never raises.

        A command about a link is carried out first and recorded with what came of it.
        """
        if command.verb is Verb.LINK:
            command = replace(command, refusal=self._switch(command))
        at = max(self._clock(), self._last_at)
        if self._journal is not None:
            self._journal.write_command(command, at)
        self._catch_up(at)
        self._guarded(partial(self.pipeline.command, command, at), command)
        self._arm()

    def finish(self) -> None:
        """End every session; the machines go offline."""
        if self._timer is not None:
            self._timer.cancel()
        at = max(self._clock(), self._last_at)
        if self._journal is not None:
            self._journal.write_end(at)
        self._catch_up(at)
        self._guarded(partial(self.pipeline.finish, at), "finish")

    def _switch(self, command: Command) -> str | None:
        """Let the links obey; return why they do not, or None."""
        if self._links is None:
            return NO_RADIO
        try:
            return self._links.obey(command)
        except Exception:
            # who asked must get an answer whatever is wrong; the fault is logged whole and counted
            self.failures += 1
            log.exception("the links failed on %r", command)
            return "internal_error"

    def _catch_up(self, at: float) -> None:
        """Handle what was due before this instant, each at its own time."""
        self._last_at = max(self._last_at, at)
        failures = self.failures
        while (due := self.pipeline.deadline()) is not None and due <= at:
            self._guarded(partial(self.pipeline.handle_timer, due), "timer")
            if self.failures != failures:  # it would be due again at once, for ever
                return

    def _guarded(
        self, step: Callable[[], Sequence[Publish]], cause: Arrival | Command | str
    ) -> None:
        """Publish what a step of the core returns; a fault in it costs that step only."""
        try:
            for effect in step():
                self._sink.publish(effect)
        except Exception:
            # A fault of ours must not end a rider's session; it is logged whole and counted.
            self.failures += 1
            log.exception("the core failed on %r; this one is lost, the bridge goes on", cause)

    def _arm(self) -> None:
        """Set the timer to the core's deadline, unless it is set to it already."""
        due = self.pipeline.deadline()
        if due == self._armed_for:
            return
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._armed_for = due
        if due is not None:
            wait_s = max(due - self._clock(), 0.0)
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._ring)

    def _ring(self) -> None:
        self._timer = self._armed_for = None
        failures = self.failures
        self._catch_up(self._clock())
        if self.failures == failures:
            self._arm()
        # after a fault the next arrival arms it again, so a broken timer cannot spin
