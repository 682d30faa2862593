"""The view as plain lines, for pipes, logs and screen readers: one line per change."""

from __future__ import annotations

from ftms_bridge.dashboard.reading import NO_SESSION
from ftms_bridge.dashboard.tiles import Cell, session_cells, signal_cells
from ftms_bridge.dashboard.view import MachineView, View
from ftms_bridge.dashboard.ways import ground, share_words
from ftms_bridge.dashboard.words import absent_sensors, unreadable_words
from ftms_bridge.telemetry.pacing import Pace

LINE_EVERY_S = 1.0
"""At most one line of values per machine in this time; house choice, as fast as one can read."""


class PlainLines:
    """Knows what has been told, so that only news become lines."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._told: dict[str, str] = {}
        self._paces: dict[str, Pace] = {}
        self._happening = 0

    def take(self, at: float) -> list[str]:
        """Return the lines that are news now."""
        view = self._view
        lines = self._changed("broker", _broker(view))
        lines += self._changed("bridge", _bridge(view))
        lines += self._changed("unreadable", unreadable_words(view.unreadable))
        lines += self._happenings()
        for machine in view.shown:
            pace = self._paces.setdefault(machine.id, Pace(LINE_EVERY_S))
            text = machine_line(view, machine, at)
            if self._told.get(machine.id) != text and pace.take(at):
                lines += self._changed(machine.id, text)
        return lines

    def _changed(self, about: str, text: str) -> list[str]:
        if self._told.get(about, "") == text:
            return []
        self._told[about] = text
        return [text]

    def _happenings(self) -> list[str]:
        news = sorted(
            (happening.number, f"{machine.id}  {happening.text}")
            for machine in self._view.machines.values()
            for happening in machine.happenings
            if happening.number > self._happening
        )
        if news:
            self._happening = news[-1][0]
        return [text for _, text in news]


def machine_line(view: View, machine: MachineView, at: float) -> str:
    """Return everything about a machine on one line; its parts are two blanks apart."""
    direction = machine.direction(at)
    session = machine.session or NO_SESSION
    why = ground(direction)
    standing = view.standing(machine, at)
    parts = [machine.id, f"{standing.word} ({standing.why})" if standing.why else standing.word]
    parts.append(f"{direction.word} ({why})" if why else direction.word)
    parts += [_words(cell) for cell in signal_cells(machine, at) if cell.is_known]
    parts.append(f"session {session.state}")
    parts += [_words(cell) for cell in session_cells(session) if cell.is_known]
    shares = share_words(session.metrics)
    parts += [shares] if shares else []
    missing = absent_sensors(machine.links, machine.id)
    parts += [missing] if missing else []
    return "  ".join(parts)


def _broker(view: View) -> str:
    if view.connected:
        return "broker connected"
    return f"no broker: {view.trouble}; trying again" if view.trouble else ""


def _bridge(view: View) -> str:
    if view.bridge_availability is None:
        return ""
    return f"bridge {view.bridge_availability} {view.bridge_version or ''}".rstrip()


def _words(cell: Cell) -> str:
    return f"{cell.label} {cell.figure} {cell.unit}".rstrip()
