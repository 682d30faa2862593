"""The whole screen: every machine, in the largest size in which all of them fit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from ftms_bridge.dashboard import palette
from ftms_bridge.dashboard.cells import label
from ftms_bridge.dashboard.lines import GAP, apart, fit, joined
from ftms_bridge.dashboard.panel import (
    COMPACT_LINES,
    FULL_COLUMNS,
    FULL_LINES,
    compact_panel,
    full_panel,
)
from ftms_bridge.dashboard.rows import row, row_labels
from ftms_bridge.dashboard.view import MachineView, View
from ftms_bridge.dashboard.words import unreadable_words

_FULL_LINES_AT_MOST: Final = 22
"""More lines would show nothing more."""
_BARS: Final = 2


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands around a view.

    address: of the broker, without a password. note: something to keep in sight, such as a command.
    """

    address: str
    note: str = ""


class Screen:
    """A view at one instant as a renderable that fills the terminal it is shown on."""

    def __init__(self, view: View, at: float, caption: Caption) -> None:
        self._view = view
        self._at = at
        self._caption = caption

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield as many lines as the terminal has."""
        lines = self.lines(options.max_width, options.height or console.height)
        yield from Text("\n").join(lines).render(console)

    def lines(self, width: int, height: int) -> list[Text]:
        """Return exactly ``height`` lines of exactly ``width`` columns."""
        room = max(height - _BARS, 0)
        body = self._body(width, room)[:room]
        body += [Text()] * (room - len(body))
        lines = [self._header(width), *body, self._footer(width)]
        return [fit(line, width) for line in lines[:height]]

    def _body(self, width: int, room: int) -> list[Text]:
        machines = self._view.shown
        if not machines:
            return self._nothing_yet(width)
        beside = min(max(width // FULL_COLUMNS, 1), len(machines))
        share = room // -(-len(machines) // beside)
        if share >= FULL_LINES and width >= FULL_COLUMNS:
            return self._panels(machines, beside, width, min(share, _FULL_LINES_AT_MOST))
        if share >= COMPACT_LINES:
            return self._panels(machines, beside, width, COMPACT_LINES)
        return self._rows(machines, width, room)

    def _panels(
        self, machines: list[MachineView], beside: int, width: int, height: int
    ) -> list[Text]:
        """Return panels of one size, so many of them side by side."""
        share, lines = width // beside, []
        for first in range(0, len(machines), beside):
            group = [
                self._panel(machine, share, height) for machine in machines[first : first + beside]
            ]
            blank = Text(" " * share)
            lines += [Text().join(parts) for parts in zip_longest(*group, fillvalue=blank)]
        return lines

    def _panel(self, machine: MachineView, width: int, height: int) -> list[Text]:
        standing = self._view.standing(machine, self._at)
        if height == COMPACT_LINES:
            return compact_panel(machine, standing, self._at, width=width)
        return full_panel(machine, standing, self._at, width=width, height=height)

    def _rows(self, machines: list[MachineView], width: int, room: int) -> list[Text]:
        shown = machines if len(machines) < room else machines[: max(room - 2, 0)]
        lines = [row_labels(width)]
        for machine in shown:
            standing = self._view.standing(machine, self._at)
            lines.append(row(machine, standing, self._at, width=width))
        hidden = len(machines) - len(shown)
        return [*lines, label(f" {hidden} more: a taller window shows them")] if hidden else lines

    def _nothing_yet(self, width: int) -> list[Text]:
        view = self._view
        if not view.connected:
            told = "Waiting for the broker."
        elif view.bridge_availability == "offline":
            told = "The bridge is not running. Start it with: ftms-bridge run"
        else:
            told = (
                f"Connected, but nothing is heard below {view.base}/ yet. Is the bridge running "
                "(ftms-bridge run), with the same base topic (--base)?"
            )
        return [Text(), *(Text(f"  {line}") for line in wrap(told, max(width - 4, 1)))]

    def _header(self, width: int) -> Text:
        view = self._view
        name = joined([Text(" ftms-bridge", palette.VALUE), Text(view.bridge_version or "")], gap=1)
        word = view.bridge_availability or "not heard yet"
        lamp = Text(f"● bridge {word}", palette.STANDING.get(word, palette.DOUBTFUL))
        if not view.connected:
            trouble = view.trouble or "connecting"
            lamp = Text(f"● no broker: {trouble}; trying again", palette.BAD)
        header = joined([name, lamp])
        note = label(f"{self._caption.note} ")
        room = width - note.cell_len - GAP
        return apart(header if header.cell_len <= room else lamp, note, width)

    def _footer(self, width: int) -> Text:
        view = self._view
        broker = Text(f" {self._caption.address}  {view.base}/")
        rate = Text(f"{view.rate.per_s(self._at):.1f} messages/s")
        unreadable = Text(unreadable_words(view.unreadable), palette.DOUBTFUL)
        footer = apart(broker, joined([rate, unreadable, Text("Ctrl-C ends ")]), width)
        footer.stylize_before(palette.LABEL)
        return footer
