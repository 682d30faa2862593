"""Figures with label and unit as styled text: the same look wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.text import Text

from ftms_bridge.dashboard import palette
from ftms_bridge.dashboard.lines import chained, joined, spread
from ftms_bridge.dashboard.tiles import Cell
from ftms_bridge.dashboard.view import Standing

_FIGURE: Final = 4
"""Columns of a figure, so that its unit stands still while digits come and go."""


def label(text: str) -> Text:
    """Return a text that only explains."""
    return Text(text, palette.LABEL)


def lamp(standing: Standing) -> Text:
    """Return the word for how a machine stands, with a lamp in its colour."""
    return Text(f"● {standing.word}", palette.STANDING[standing.word])


def bare(cell: Cell) -> Text:
    """Return the figure alone."""
    return Text(cell.figure, palette.VALUE if cell.is_known else palette.LABEL)


def measured(cell: Cell) -> Text:
    """Return figure and unit; what is not known has none."""
    return joined([bare(cell), label(cell.unit if cell.is_known else "")], gap=1)


def inline(cell: Cell) -> Text:
    """Return label, figure and unit on one line."""
    return joined([label(cell.label), measured(cell)], gap=1)


def upright(cell: Cell) -> tuple[Text, Text]:
    """Return the label, and what stands below it."""
    indent = Text(" " * (_FIGURE - len(cell.figure)))
    return label(cell.label), chained(indent, measured(cell))


def table(pairs: Iterable[tuple[Text, Text]], width: int) -> list[Text]:
    """Return two lines: the labels, and under each what belongs to it."""
    return [spread(texts, width) for texts in zip(*pairs, strict=True)]
