"""Many machines as a table, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from ftms_bridge.dashboard import palette
from ftms_bridge.dashboard.cells import bare, label, lamp
from ftms_bridge.dashboard.lines import chained, fit, right
from ftms_bridge.dashboard.reading import NO_SESSION
from ftms_bridge.dashboard.tiles import session_cells, signal_cells
from ftms_bridge.dashboard.view import MachineView, Standing

_STANDING: Final = 12
_DIRECTION: Final = 10
_FIGURE: Final = 7
"""Columns of each; what is left is for the name."""

_LEAST_NAME: Final = 12
"""Columns that a name keeps: on a narrow terminal the last figures give way (house choice)."""

_UNITS: Final = ("km/h", "/min", "W", "bpm", "time", "km")


def row_labels(width: int) -> Text:
    """Return the line above the rows."""
    return _line([label("machine"), Text(), label("direction")], list(map(label, _UNITS)), width)


def row(machine: MachineView, standing: Standing, at: float, *, width: int) -> Text:
    """Return one machine: its figures, or why it is not there."""
    direction = machine.direction(at).word
    speed, rhythm, power, heart, *_ = signal_cells(machine, at)
    elapsed, _, distance, *_ = session_cells(machine.session or NO_SESSION)
    start = [
        Text(machine.name, palette.VALUE),
        lamp(standing),
        Text(direction, palette.DIRECTION[direction]),
    ]
    if standing.why:
        return _told(start[:2], Text(standing.why, palette.DOUBTFUL), width)
    return _line(start, list(map(bare, (speed, rhythm, power, heart, elapsed, distance))), width)


def _line(start: Sequence[Text], figures: Sequence[Text], width: int) -> Text:
    name, count = _room(width)
    return chained(
        _start(start, (name, _STANDING, _DIRECTION)),
        *(right(figure, _FIGURE) for figure in figures[:count]),
    )


def _told(start: Sequence[Text], why: Text, width: int) -> Text:
    """Return a line with words where the direction and the figures would be."""
    name, count = _room(width)
    return chained(_start(start, (name, _STANDING)), fit(why, _DIRECTION + count * _FIGURE))


def _start(texts: Sequence[Text], columns: Sequence[int]) -> Text:
    cells = zip(texts, columns, strict=True)
    return chained(Text(" "), *(fit(text, column - 1) + Text(" ") for text, column in cells))


def _room(width: int) -> tuple[int, int]:
    """Return the columns of the name, and how many figures there is room for."""
    room = width - _STANDING - _DIRECTION - 2
    count = min(max((room - _LEAST_NAME) // _FIGURE, 0), len(_UNITS))
    return max(room - count * _FIGURE, _LEAST_NAME), count
