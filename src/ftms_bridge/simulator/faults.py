"""When which fault is active: the ``[[fault]]`` tables on the time line of the script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ftms_bridge.simulator.scenario import Fault, Scenario

EVERYONE: Final = "*"


@dataclass(frozen=True, slots=True)
class Incident:
    """One source at one instant changes: ``what`` is ``reset``, ``disconnect`` or ``connect``."""

    at: float
    source: str
    what: str


class Timetable:
    """All faults of a scenario; a script that loops brings them again each time round."""

    def __init__(self, scenario: Scenario) -> None:
        self._machine = scenario.machine_table.id
        self._everyone = (self._machine, *(sensor.id for sensor in scenario.sensors))
        self._loop = scenario.loop
        self._script_s = scenario.script_s
        self._faults = scenario.faults
        self._lasting: dict[str, list[Fault]] = {source: [] for source in self._everyone}
        for fault in scenario.faults:
            if fault.duration_s > 0 and fault.kind != "disconnect":
                for source in self._sources(fault):
                    self._lasting[source].append(fault)

    def active(self, source: str, at: float) -> Iterator[Fault]:
        """Yield the faults that act on this source at this instant, in the order of the file."""
        faults = self._lasting[source]
        if faults:
            script_at = at % self._script_s if self._loop else at
            for fault in faults:
                if fault.at_s <= script_at < fault.at_s + fault.duration_s:
                    yield fault

    def incidents(self) -> Iterator[Incident]:
        """Yield resets and changes of the link in time order, for ever when the script loops."""
        once = sorted(self._incidents_of_one_round(), key=lambda incident: incident.at)
        rounds = 0
        while once:
            for incident in once:
                yield Incident(
                    incident.at + rounds * self._script_s, incident.source, incident.what
                )
            rounds += 1
            if not self._loop:
                return

    def _incidents_of_one_round(self) -> Iterator[Incident]:
        for fault in self._faults:
            for source in self._sources(fault):
                if fault.kind == "reset":
                    yield Incident(fault.at_s, source, "reset")
                elif fault.kind == "disconnect":
                    yield Incident(fault.at_s, source, "disconnect")
                    yield Incident(fault.at_s + fault.duration_s, source, "connect")

    def _sources(self, fault: Fault) -> Iterable[str]:
        if fault.source == EVERYONE:
            return self._everyone
        return (fault.source or self._machine,)
