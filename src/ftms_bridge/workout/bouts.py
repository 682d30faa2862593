"""Bouts of a session: how often each direction was ridden, and for how long without another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ftms_bridge.motion.direction import Direction

COLUMNS: Final = (
    Direction.FORWARD, Direction.BACKWARD, Direction.STOPPED, Direction.UNKNOWN,
)  # fmt: skip
"""In the order in which they are kept and shown."""

BRIDGED_S: Final = 5.0
"""Longest time of unknown that does not end a bout, if the same direction comes after it. House
choice: a dip of one pedal stroke or one lost second is no rest, and evidence on freely reversing
drives counts as stale after as long."""


@dataclass(frozen=True, slots=True)
class Bouts:
    """The bouts so far, in the order of ``COLUMNS``; replaced when another direction is said.

    A bout begins at its onset and ends when another direction, or stopped, is said, or at a gap.
    Unknown of 5 s or less, with the same direction after it, does not end it, but counts as unknown
    all the same: the length of a bout is the time in its own column, without what was bridged.

    ended: how many ended. longest_s: the longest of them; 0 without any. switches: how often
    forward followed backward or the reverse, whatever was between them.

    direction: what is said now. bout: the way of the open bout, which unknown does not end at once;
    None when there is none. way: last of forward and backward. from_s: per column its time when its
    last bout began. unknown_at_s: all time as it stood when unknown was said.
    """

    direction: Direction | None = None
    bout: Direction | None = None
    way: Direction | None = None
    from_s: tuple[float, ...] = (0.0,) * 4
    unknown_at_s: float = 0.0
    ended: tuple[int, ...] = (0,) * 4
    longest_s: tuple[float, ...] = (0.0,) * 4
    switches: int = 0

    def turn(self, direction: Direction, times_s: list[float], credited_s: float) -> Bouts:
        """Return the bouts when a direction is said from now on."""
        bouts = self
        if self.direction is Direction.UNKNOWN:
            bouts = bouts.end(Direction.UNKNOWN, times_s)
        if direction is Direction.UNKNOWN:
            begun = bouts.begin(direction, times_s)
            return replace(begun, direction=direction, unknown_at_s=credited_s)
        if self.bout is not direction or not self._bridges(credited_s):
            if self.bout is not None:
                bouts = bouts.end(self.bout, times_s)
            bouts = replace(bouts.begin(direction, times_s), bout=direction)
        if direction is Direction.STOPPED:
            return replace(bouts, direction=direction)
        switched = self.way is not None and self.way is not direction
        return replace(
            bouts, direction=direction, way=direction, switches=self.switches + int(switched)
        )

    def begin(self, direction: Direction, times_s: list[float]) -> Bouts:
        """Return the bouts with a new one of a direction."""
        from_s, column = list(self.from_s), COLUMNS.index(direction)
        from_s[column] = times_s[column]
        return replace(self, from_s=tuple(from_s))

    def end(self, direction: Direction, times_s: list[float]) -> Bouts:
        """Return the bouts with the open one of a direction ended; one without time never was."""
        column = COLUMNS.index(direction)
        length_s = times_s[column] - self.from_s[column]
        if length_s <= 0.0:
            return self
        ended, longest_s = list(self.ended), list(self.longest_s)
        ended[column] += 1
        longest_s[column] = max(longest_s[column], length_s)
        return replace(self, ended=tuple(ended), longest_s=tuple(longest_s))

    def end_all(self, times_s: list[float]) -> Bouts:
        """Return the bouts with none open and nothing said."""
        bouts = self if self.bout is None else self.end(self.bout, times_s)
        if self.direction is Direction.UNKNOWN:
            bouts = bouts.end(Direction.UNKNOWN, times_s)
        return replace(bouts, direction=None, bout=None)

    def _bridges(self, credited_s: float) -> bool:
        """Say whether the open bout goes on when its own direction is said again."""
        return (
            self.direction is not Direction.UNKNOWN or credited_s - self.unknown_at_s <= BRIDGED_S
        )

    def so_far(self, column: int, time_s: float) -> tuple[int, float]:
        """Return how many bouts of a column there were, the open one included, and the longest."""
        direction = COLUMNS[column]
        count, longest_s = self.ended[column], self.longest_s[column]
        if direction is self.bout or direction is self.direction:
            length_s = time_s - self.from_s[column]
            if length_s > 0.0:
                return count + 1, max(longest_s, length_s)
        return count, longest_s
