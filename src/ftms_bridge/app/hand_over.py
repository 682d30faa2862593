"""Gives a machine's links away so that a phone can take it, and takes them back.

Most machines accept one connection only. A person asks for it, or the machine has been idle; it
comes back when asked for, after a time, or at a time of day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Protocol

from ftms_bridge.control.commands import Command

LOOK_EVERY_S: Final = 5.0
"""How often it is asked whether a machine is idle; minutes are what is configured."""

MINUTE_S: Final = 60.0

BY_COMMAND: Final = "given away on request; another app may connect"
WHEN_IDLE: Final = "given away because nobody used it; another app may connect"


class Links(Protocol):
    """What can give links away: the radio."""

    def release(self, machine: str, reason: str, minutes: float | None) -> bool:
        """Give the links of a machine away; False when it has none over this radio."""

    def resume(self, machine: str) -> bool:
        """Take the links of a machine back; False when it has none over this radio."""

    def is_up(self, machine: str) -> bool:
        """Return whether this radio holds a link to the machine itself."""

    def is_released(self, machine: str) -> bool:
        """Return whether the links of a machine are given away."""


@dataclass(frozen=True, slots=True)
class HandOverRules:
    """When one machine is given away and taken back by itself.

    idle_min: 0 is never. back_after_min: after an idle release; 0 is only on request. back_at:
    local times of day at which any release ends.
    """

    idle_min: float = 0.0
    back_after_min: float = 30.0
    back_at: tuple[time, ...] = ()


def minutes_until(times: Iterable[time], now: datetime) -> float | None:
    """Return the minutes to the next of these times of day; None when there are none.

    Across a change to or from summer time it may be off by that hour, once.
    """
    ahead = []
    for one in times:
        due = datetime.combine(now.date(), one, tzinfo=now.tzinfo)
        if due <= now:
            due += timedelta(days=1)
        ahead.append((due - now).total_seconds() / MINUTE_S)
    return min(ahead, default=None)


class HandOver:
    """Obeys commands about links, and watches for machines that nobody uses.

    idle_since: returns for a machine since when it has been idle on ``clock``, None while it is in
    use. now: returns the local date and time.
    """

    def __init__(
        self,
        links: Links,
        rules: Mapping[str, HandOverRules],
        idle_since: Callable[[str], float | None],
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._links = links
        self._rules = rules
        self._idle_since = idle_since
        self._clock = clock
        self._now = now
        self._held_since: dict[str, float] = {}

    def obey(self, command: Command) -> str | None:
        """Carry out a command about a link at once; return why not, as one word, or None."""
        if command.action == "resume":
            return None if self._links.resume(command.machine) else "no_radio"
        minutes = command.minutes
        rules = self._rules.get(command.machine, HandOverRules())
        if minutes is None:
            minutes = minutes_until(rules.back_at, self._now())
        done = self._links.release(command.machine, BY_COMMAND, minutes)
        return None if done else "no_radio"

    async def watch(self) -> None:
        """Give idle machines away, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for machine in self._rules:
                self.look_at(machine)

    def look_at(self, machine: str) -> None:
        """Give this machine away if it has been held idle for as long as its rules say."""
        rules, now = self._rules[machine], self._clock()
        if not rules.idle_min:
            return
        # what is not held cannot be given away: who switches it on would not be noticed
        if self._links.is_released(machine) or not self._links.is_up(machine):
            self._held_since.pop(machine, None)
            return
        held_since = self._held_since.setdefault(machine, now)
        idle_since = self._idle_since(machine)
        if idle_since is None:
            return
        if now - max(idle_since, held_since) >= rules.idle_min * MINUTE_S:
            self._links.release(machine, WHEN_IDLE, self._back_in(rules))

    def _back_in(self, rules: HandOverRules) -> float | None:
        waits = [minutes_until(rules.back_at, self._now()), rules.back_after_min or None]
        return min((wait for wait in waits if wait is not None), default=None)
