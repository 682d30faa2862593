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
    """Return one machine."""
    direction = machine.direction(at).word
    speed, rhythm, power, heart, *_ = signal_cells(machine, at)
    elapsed, _, distance, *_ = session_cells(machine.session or NO_SESSION)
    start = [
        Text(machine.name, palette.VALUE),
        lamp(standing),
        Text(direction, palette.DIRECTION[direction]),
    ]
    return _line(start, list(map(bare, (speed, rhythm, power, heart, elapsed, distance))), width)


def _line(start: Sequence[Text], figures: Sequence[Text], width: int) -> Text:
    room = width - _STANDING - _DIRECTION - 2
    shown = figures[: max((room - _LEAST_NAME) // _FIGURE, 0)]
    name = max(room - len(shown) * _FIGURE, _LEAST_NAME)
    columns = (name, _STANDING, _DIRECTION)
    return chained(
        Text(" "),
        *(fit(text, column - 1) + Text(" ") for text, column in zip(start, columns, strict=True)),
        *(right(figure, _FIGURE) for figure in shown),
    )
