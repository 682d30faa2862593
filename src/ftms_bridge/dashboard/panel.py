"""One machine in a frame, in two sizes: full, with big letters and a chart, and compact."""

from __future__ import annotations

from typing import Final

from rich.style import Style
from rich.text import Text

from ftms_bridge.dashboard import palette
from ftms_bridge.dashboard.cells import bare, inline, label, lamp, measured, table, upright
from ftms_bridge.dashboard.chart import chart_lines
from ftms_bridge.dashboard.headline import headline, one_line
from ftms_bridge.dashboard.lines import chained, framed, joined, spread
from ftms_bridge.dashboard.reading import NO_SESSION, SessionReading
from ftms_bridge.dashboard.tiles import (
    average_cells,
    rolling_cells,
    session_cells,
    signal_cells,
)
from ftms_bridge.dashboard.view import HAPPENINGS_KEPT, Happening, MachineView, Standing
from ftms_bridge.dashboard.ways import WAYS, bout_words, proof, proof_at_length
from ftms_bridge.dashboard.words import KINDS, absent_sensors, age, duration, sources_words

FULL_LINES: Final = 11
"""Lines of the least full panel: two of them fit into a terminal of 24."""
FULL_COLUMNS: Final = 78
COMPACT_LINES: Final = 6

_FRAME_COLUMNS: Final = 4
_AIR_LINES: Final = 3
_CHART_GROWS_BY: Final = 3
_NEWS_S: Final = 10.0
"""Seconds for which something that happened stands out; house choice."""


def full_panel(
    machine: MachineView, standing: Standing, at: float, *, width: int, height: int
) -> list[Text]:
    """Return the whole panel; more lines buy times, evidence and air, chart, then history."""
    inner, spare = width - _FRAME_COLUMNS, height - FULL_LINES
    times = [_times(machine, inner)] if spare > 0 else []
    spare -= len(times)
    air = [Text()] if spare >= _AIR_LINES else []
    grown = min(max(spare - _AIR_LINES, 0), _CHART_GROWS_BY)
    past = min(max(spare - _AIR_LINES - grown - 1, 0), HAPPENINGS_KEPT)
    direction = machine.direction(at)
    lines = headline(
        direction,
        inner,
        why=standing.why,
        evidence="" if air else proof(direction),
        times="" if times else _short_times(machine),
    )
    lines += [label(proof_at_length(direction))] if air else []
    lines += [*table(map(upright, signal_cells(machine, at)), inner), *air]
    lines += [*chart_lines(machine, at, width=inner, height=1 + grown), *air]
    lines += [*_totals(machine, standing, inner), *times]
    lines += [*air, *_history(machine, at, past)] if past else []
    last = None if past else _last(machine)
    return _framed(lines, machine, standing, at, width=width, last=last)


def compact_panel(machine: MachineView, standing: Standing, at: float, *, width: int) -> list[Text]:
    """Return the panel in six lines, for a terminal with several machines."""
    session = machine.session or NO_SESSION
    lines = [
        one_line(machine.direction(at), why=standing.why),
        spread(list(map(measured, signal_cells(machine, at))), width - _FRAME_COLUMNS),
        joined([_state(session, standing), *map(inline, session_cells(session))]),
        _powers(session),
    ]
    return _framed(lines, machine, standing, at, width=width, last=_last(machine))


def _framed(
    lines: list[Text],
    machine: MachineView,
    standing: Standing,
    at: float,
    *,
    width: int,
    last: Happening | None,
) -> list[Text]:
    return framed(
        lines,
        top=(_title(machine), _freshness(machine, standing, at)),
        bottom=(
            _feeds(machine),
            Text() if last is None else _told(last, at),
        ),
        width=width,
        style=palette.FRAME,
    )


def _title(machine: MachineView) -> Text:
    kind = KINDS.get(machine.kind, machine.kind)
    machine_id = "" if machine.id in {machine.name, kind} else machine.id
    return joined([Text(machine.name, palette.VALUE), label(kind), label(machine_id)])


def _freshness(machine: MachineView, standing: Standing, at: float) -> Text:
    heard = "" if machine.heard_at is None else f"{age(at - machine.heard_at)} ago"
    return joined([lamp(standing), label(standing.note or heard)])


def _feeds(machine: MachineView) -> Text:
    """Return which sensors are missing, and what comes from elsewhere than the machine."""
    sources = () if machine.reading is None else machine.reading.sources
    missing = Text(absent_sensors(machine.links, machine.id), palette.DOUBTFUL)
    return joined([missing, label(sources_words(machine.id, sources))])


def _times(machine: MachineView, width: int) -> Text:
    """Return how long each direction was ridden, and of its bouts what there is room for."""
    metrics = (machine.session or NO_SESSION).metrics
    line = joined(
        [
            chained(label(f"{way} "), Text(duration(time_s), palette.DIRECTION[way]))
            for way in WAYS
            if (time_s := metrics.get(f"{way}_s")) is not None
        ]
    )
    for told in bout_words(metrics):
        longer = joined([line, label(told)])
        line = longer if longer.cell_len <= width else line
    return line


def _short_times(machine: MachineView) -> str:
    """Return how long forward and backward were ridden, if backward was ridden at all."""
    metrics = (machine.session or NO_SESSION).metrics
    if not metrics.get("backward_s"):
        return ""
    forward, backward = duration(metrics.get("forward_s")), duration(metrics.get("backward_s"))
    return f"fwd {forward}  back {backward}"


def _totals(machine: MachineView, standing: Standing, width: int) -> list[Text]:
    session = machine.session or NO_SESSION
    word = "last session" if session is machine.last_session else "session"
    pairs = [(label(word), _state(session, standing)), *map(upright, session_cells(session))]
    return [*table(pairs, width), _powers(session)]


def _state(session: SessionReading, standing: Standing) -> Text:
    """Return the word; without colour when nobody knows whether it still holds."""
    current = palette.SESSION.get(session.state) if standing.is_current else None
    return Text(session.state, current or palette.LABEL)


def _powers(session: SessionReading) -> Text:
    """Return the power of the last seconds and the averages, as far as there are any."""
    rolling, averages = rolling_cells(session), average_cells(session)
    known = [measured(cell) for cell in averages if cell.is_known]
    parts = []
    if any(cell.is_known for cell in rolling):
        figures = joined([*map(bare, rolling), label(rolling[0].unit)], gap=1)
        parts += [label("power 3/10/30 s"), figures]
    if known:
        parts += [label("average"), *known]
    return joined(parts)


def _history(machine: MachineView, at: float, count: int) -> list[Text]:
    """Return always so many lines, newest event first: nothing jumps when one comes."""
    told = [_told(happening, at) for happening in reversed(machine.happenings)][:count]
    return told + [Text()] * (count - len(told))


def _last(machine: MachineView) -> Happening | None:
    return machine.happenings[-1] if machine.happenings else None


def _told(happening: Happening, at: float) -> Text:
    ago_s = at - happening.at
    news = Style() if ago_s < _NEWS_S else palette.LABEL
    return joined([Text(happening.text, news), label(f"{age(ago_s)} ago")])
