"""One time axis for a whole recording, on which time never goes back.

Three things disturb it. Several links write a little out of order: those entries are moved up to
the one before them. A recording may have several parts, each with a clock of its own: they are
laid end to end. And a line without a check sum may carry a wrong time: a step in time is believed
when the next entry confirms it, else it cost that one line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.recordings.header import RecordingHeader, share_clock
from ftms_bridge.recordings.lines import DamageLog

STEP_S: Final = 3.0
"""House choice: from here on silence is a gap; a smaller step, back or forth, is no surprise."""

LONELY_STEP_S: Final = 3600.0
"""House choice: a last entry further off than this has nobody to confirm it."""

UNKNOWN_GAP_S: Final = 60.0
"""House choice for a pause of unknown length: longer than any window that measures motion."""

LONGEST_GAP_S: Final = 7 * 86400.0
"""House choice: a longer pause by the wall clock is taken for a clock that was set."""


@dataclass(frozen=True, slots=True)
class _Suspect:
    """An entry whose time is a step away from the one before; it waits for the next one."""

    entry: Entry
    place: str


class Timeline:
    """Gives each entry its time on the one axis; what it does not believe it logs as damage.

    offset: what to add to a time of the current part.
    open_from: an entry vouched for by its sum, not earlier than this, needs no `place`; whoever
    takes this short way sets ``open_from`` to the entry's time.
    reordered: how many entries were moved up to the one before them.
    """

    def __init__(self, first: RecordingHeader, log: DamageLog) -> None:
        self.offset = 0.0
        self.open_from = -math.inf
        self.reordered = 0
        self._log = log
        self._first = first
        self._part = first
        self._part_is_new = False
        self._last = -math.inf
        self._suspect: _Suspect | None = None

    def place(self, entry: Entry, place: str, *, vouched: bool) -> list[Entry]:
        """Return the entries whose time is settled now: none, this one, or several."""
        settled = self._resume(entry.at)
        step_s = entry.at + self.offset - self._last
        if step_s < -STEP_S or (step_s > STEP_S and not vouched):
            self._suspect = _Suspect(entry, place)
            return settled
        if step_s < 0:
            self.reordered += 1
        settled.append(self._put(entry))
        self.open_from = self._last
        return settled

    def begin_part(self, header: RecordingHeader) -> list[Entry]:
        """Take what follows for a part with its own clock, unless the same run goes on."""
        if share_clock(header, self._part):
            return []
        settled = self.end()
        self._part, self._part_is_new = header, True
        return settled

    def end(self) -> list[Entry]:
        """Return the entry that still waits to be confirmed, if it can be believed as it is."""
        self._close_short_way()
        suspect, self._suspect = self._suspect, None
        if suspect is None:
            return []
        step_s = suspect.entry.at + self.offset - self._last
        if self._last >= 0 and not 0 <= step_s <= LONELY_STEP_S:
            self._log.note(suspect.place, "its time is far from the line before")
            return []
        return [self._put(suspect.entry)]

    def _resume(self, next_at: float) -> list[Entry]:
        """Settle what the next entry decides: a suspect, and how a new part joins on."""
        self._close_short_way()
        settled: list[Entry] = []
        if self._suspect is not None:
            settled += self._judge(self._suspect, next_at + self.offset)
            self._suspect = None
        if self._part_is_new:
            settled += self._join_part(next_at)
            self._part_is_new = False
        return settled

    def _close_short_way(self) -> None:
        if self.open_from < math.inf:
            self._last, self.open_from = self.open_from, math.inf

    def _judge(self, suspect: _Suspect, next_at: float) -> list[Entry]:
        at = suspect.entry.at + self.offset
        is_ahead = at > self._last
        follows_suspect = next_at >= at - STEP_S
        follows_last = next_at >= self._last - STEP_S
        if not follows_suspect or (follows_last and not is_ahead):
            self._log.note(suspect.place, "its time does not fit the lines around it")
            return []
        restart = [] if is_ahead else self._append_part(suspect.entry.at, "clock went back")
        return [*restart, self._put(suspect.entry)]

    def _join_part(self, at: float) -> list[Entry]:
        """Let a part begin where the wall clock says, if that can be believed."""
        if self._last < 0:
            return []
        starts = self._first.wall_start, self._part.wall_start
        if starts[0] is not None and starts[1] is not None:
            offset = starts[1] - starts[0]
            if 0 <= at + offset - self._last <= LONGEST_GAP_S:
                self.offset = offset
                return [self._gap("restart")]
        return self._append_part(at, "restart")

    def _append_part(self, at: float, reason: str) -> list[Entry]:
        self.offset = self._last + UNKNOWN_GAP_S - at
        return [self._gap(reason)]

    def _gap(self, reason: str) -> Marker:
        return Marker(self._last, "gap", detail={"reason": reason})

    def _put(self, entry: Entry) -> Entry:
        """Return the entry at its place on the axis."""
        at = max(entry.at + self.offset, self._last)
        self._last = at
        if at == entry.at:
            return entry
        if isinstance(entry, Notification):
            return Notification(at, entry.source, entry.characteristic, entry.data)
        return replace(entry, at=at)
