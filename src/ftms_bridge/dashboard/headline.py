"""Which way, in big letters; beside it why not, since when and on what ground."""

from __future__ import annotations

from textwrap import wrap
from typing import Final

from rich.text import Text

from ftms_bridge.dashboard import palette
from ftms_bridge.dashboard.banner import LINES, banner
from ftms_bridge.dashboard.cells import label
from ftms_bridge.dashboard.lines import chained, fit, joined
from ftms_bridge.dashboard.reading import DirectionReading
from ftms_bridge.dashboard.ways import ground, since

_GAP: Final = 3


def headline(
    direction: DirectionReading, width: int, *, why: str = "", evidence: str = "", times: str = ""
) -> list[Text]:
    """Return the direction as three lines; ``why`` tells instead why the machine is not there.

    evidence: told where the ground leaves a line. times: told where there is room.
    """
    style = palette.DIRECTION[direction.word]
    letters = banner(direction.word)
    room = width - len(letters[0]) - _GAP
    if why:
        notes = [Text(line, palette.DOUBTFUL) for line in wrap(why, room)[:LINES]]
    else:
        notes = [Text(line) for line in wrap(ground(direction), room)[: LINES - 1]]
        if evidence and len(notes) < LINES - 1:
            notes.append(Text(evidence, palette.LABEL))
        last = joined([Text(since(direction)), Text(times)])
        notes.append(label((last if last.cell_len <= room else Text(since(direction))).plain))
    notes += [Text()] * (LINES - len(notes))
    return [
        chained(fit(Text(line, style), len(letters[0]) + _GAP), note)
        for line, note in zip(letters, notes, strict=True)
    ]


def one_line(direction: DirectionReading, *, why: str = "") -> Text:
    """Return the direction, or why there is none, as one line of plain size."""
    word = Text(direction.word, palette.DIRECTION[direction.word] + palette.VALUE)
    if why:
        return joined([word, Text(why, palette.DOUBTFUL)])
    return joined([word, Text(ground(direction)), Text(since(direction), palette.LABEL)])
