"""A minute of history as columns of an eighth of a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from ftms_bridge.dashboard import palette
from ftms_bridge.dashboard.lines import chained, fit
from ftms_bridge.dashboard.tiles import POWER, SPEED, Tile
from ftms_bridge.dashboard.view import MachineView
from ftms_bridge.dashboard.words import figure

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_LEVELS: Final = 8
_LEFT: Final = 7
_RIGHT: Final = 9
"""Columns beside the chart: what it shows, and its scale."""


def columns(values: Sequence[float | None], top: float, height: int) -> list[str]:
    """Return values as columns over so many lines, the upper line first.

    A zero is a thin base line, nothing heard is a blank: the two are not the same.
    top: the value that fills all lines; above zero.
    """
    levels = height * _LEVELS
    filled = [
        0 if value is None else min(max(round(value / top * levels), 1), levels) for value in values
    ]
    return [
        "".join(_EIGHTHS[min(max(level - line * _LEVELS, 0), _LEVELS)] for level in filled)
        for line in reversed(range(height))
    ]


def chart_lines(machine: MachineView, at: float, *, width: int, height: int) -> list[Text]:
    """Return the last minute of a machine's power, or of its speed when it tells no power."""
    tile, values = _trace(machine, at)
    values = values[-max(width - _LEFT - _RIGHT, 1) :]
    top = max((value for value in values if value is not None), default=0.0)
    drawn = columns(values, top if top > 0.0 else 1.0, height)
    names = [tile.label, *[""] * (height - 1)]
    marks = [f" {figure(top, tile.digits)} {tile.unit}" if top > 0.0 else ""] + [""] * (height - 1)
    return [
        chained(
            fit(Text(name, palette.LABEL), _LEFT),
            Text(line, palette.TRACE),
            Text(mark, palette.LABEL),
        )
        for name, line, mark in zip(names, drawn, marks, strict=True)
    ]


def _trace(machine: MachineView, at: float) -> tuple[Tile, list[float | None]]:
    power = machine.traces[POWER.quantity].values(at)
    if any(value is not None for value in power):
        return POWER, power
    return SPEED, machine.traces[SPEED.quantity].values(at)
