"""The one line that shows how a recording goes; it never gets wider than the terminal."""

from __future__ import annotations

from typing import Final

from ftms_bridge.app.taking import CONNECTED, Taken

LEGEND: Final = (
    "keys: f forward  b backward  s stopped  u unknown",
    "      c coast: legs still   g ghost: pedal without driving",
    "      o other: side shuffle, or beside the belt",
    "      space: mark this moment  q twice: end",
)
"""Lines to show once, above; each fits a terminal of 60 columns."""

UNITS: Final = (
    ("speed_kmh", "km/h", 1),
    ("cadence_rpm", "rpm", 0),
    ("step_rate_spm", "spm", 0),
    ("power_w", "W", 0),
    ("hr_bpm", "bpm", 0),
)
"""What is shown of the newest values: name, unit, decimals."""

LEAST_LINK: Final = 12
"""Columns that a reason keeps before values are left out for it; house choice."""


def take_line(taken: Taken, columns: int) -> str:
    """Return the line, narrower than so many columns; the label is the last and stays.

    When room gets short, first goes what values show anyhow (that there is a link), then values,
    the last of them first. The cursor has a place behind the line, so nothing wraps.
    """
    room = max(columns - 1, 0)
    values = [_value(taken.signals[name], unit, places) for name, unit, places in UNITS
              if taken.signals.get(name) is not None]  # fmt: skip
    link, records = taken.link, f"{taken.records} records"

    def line(shown: str) -> str:
        parts = [f"{taken.seconds:.0f} s", records, shown, *values, *_ending(taken)]
        return "  ".join(part for part in parts if part)

    if values and link == CONNECTED and width(line(link)) > room:
        link = ""
    if values and width(line(link)) > room:
        records = str(taken.records)
    while values and width(line(_cut(link, LEAST_LINK))) > room:
        values.pop()
    fitting = line(_cut(link, max(room - width(line("")) - len("  "), 0)))
    if width(fitting) > room:
        fitting = "  ".join(_ending(taken))
    return _cut(fitting, room)


def width(text: str) -> int:
    """Return how many columns a text takes at most; foreign letters may take two."""
    return sum(1 if letter.isascii() else 2 for letter in text)


def _ending(taken: Taken) -> list[str]:
    marks = [f"mark {taken.marks}"] if taken.marks else []
    notice = ["q again ends"] if taken.may_end else []
    return [*marks, *notice, f"[{taken.label or 'no label'}]"]


def _value(value: float | None, unit: str, places: int) -> str:
    return f"{value:.{places}f} {unit}"


def _cut(text: str, room: int) -> str:
    while width(text) > room:
        text = text[:-1]
    return text
