"""The result for people, as a table that is Markdown too, and for programs, as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from bench.peers import peer_versions
from bench.processes import find_mosquitto, mosquitto_version
from bench.rows import Row

COLUMNS = ("id", "what", "ours", "reference", "ratio", "bar", "")


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table with their notes below it."""
    cells = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(COLUMNS))]
    rule = tuple("-" * width for width in widths)
    lines = [_line(line, widths) for line in (cells[0], rule, *cells[1:])]
    notes = [f"- {row.note}" for row in rows if row.note and row.ours is not None]
    return "\n".join([*lines, "", *notes])


def surroundings() -> dict[str, object]:
    """Return what the figures depend on, and nothing that says whose computer this is."""
    mosquitto = find_mosquitto()
    return {
        "python": platform.python_version(),
        "built_with": platform.python_compiler(),
        "system": platform.system(),
        "machine": platform.machine(),
        "processor": _processor(),
        "processors": os.cpu_count(),
        "mosquitto": None if mosquitto is None else mosquitto_version(mosquitto),
        "packages": peer_versions(),
    }


def as_json(rows: Sequence[Row]) -> dict[str, object]:
    """Return everything that was measured."""
    return {"surroundings": surroundings(), "rows": [row.as_json() for row in rows]}


def _cells(row: Row) -> tuple[str, ...]:
    reference = _number(row.reference, row.unit)
    if row.against:
        reference = f"{reference} ({row.against})"
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}x"
    bar = "" if row.bar is None else row.bar.text(row.unit)
    verdict = row.verdict if row.ours is not None else f"not run: {row.note}"
    return row.id, row.what, _number(row.ours, row.unit), reference, ratio, bar, verdict


def _number(number: float | None, unit: str) -> str:
    if number is None:
        return ""
    digits = 0 if number >= 100 or number == int(number) else 2
    return f"{number:,.{digits}f} {unit}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _processor() -> str:
    """Return the model of the processor, where Linux tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.processor()
