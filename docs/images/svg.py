"""Turns lines of styled text into an SVG picture of a terminal.

rich can export SVG too, but it draws frames and charts as letters: they fall apart between the
lines in most renderers, and it loads a font from the network. Here they are shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

CELL_W, CELL_H = 10.0, 20.0
BASELINE = 15.0
MARGIN, TITLE = 18.0, 40.0
BACKGROUND, FOREGROUND, EDGE = "#181d24", "#d6dce2", "#39424e"

HEAD = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">
<title>{title}</title>
<style>text {{ font: 16.6px "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre }}
.b {{ font-weight: bold }}</style>
<rect x="0.5" y="0.5" width="{inner_width:g}" height="{inner_height:g}" rx="9" fill="{back}" stroke="{edge}"/>
<circle cx="24" cy="21" r="6" fill="#d9776c"/><circle cx="44" cy="21" r="6" fill="#d3a04d"/>
<circle cx="64" cy="21" r="6" fill="#5fb38a"/>
<text x="{middle:g}" y="26" text-anchor="middle" fill="#84919e">{title}</text>
"""  # noqa: E501

BLOCKS = dict(zip("▁▂▃▄▅▆▇█", range(1, 9), strict=True))
"""Filled from below, in eighths of a cell."""

LINES = {"─": "M0 10H10", "│": "M5 0V20", "╭": "M5 20V16Q5 10 10 10", "╮": "M5 20V16Q5 10 0 10",
         "╰": "M5 0V4Q5 10 10 10", "╯": "M5 0V4Q5 10 0 10"}  # fmt: skip
"""Frame characters as paths in a cell of 10 by 20."""


def draw(lines: Sequence[Text], title: str) -> str:
    """Return the picture."""
    columns = max(line.cell_len for line in lines)
    width, height = columns * CELL_W + 2 * MARGIN, len(lines) * CELL_H + TITLE + MARGIN
    head = HEAD.format(
        width=width, height=height, inner_width=width - 1, inner_height=height - 1,
        middle=width / 2, title=escape(title), back=BACKGROUND, edge=EDGE,
    )  # fmt: skip
    console = Console(width=columns, color_system="truecolor", force_terminal=True)
    body = [
        shape
        for row, line in enumerate(lines)
        for shape in _line(line.render(console), TITLE + row * CELL_H)
    ]
    return head + "\n".join(body) + "\n</svg>\n"


def _line(segments: Iterator[Segment] | Sequence[Segment], y: float) -> Iterator[str]:
    x = MARGIN
    for segment in segments:
        style = segment.style or Style()
        color = FOREGROUND if style.color is None else style.color.get_truecolor().hex
        words = ""
        for character in segment.text:
            shape = _shape(character, x + cell_len(words) * CELL_W, y, color)
            if shape is None:
                words += character
                continue
            yield from _words(words, x, y, color, bold=bool(style.bold))
            yield shape
            x, words = x + (cell_len(words) + 1) * CELL_W, ""
        yield from _words(words, x, y, color, bold=bool(style.bold))
        x += cell_len(words) * CELL_W


def _words(text: str, x: float, y: float, color: str, *, bold: bool) -> Iterator[str]:
    """Yield runs of text; blanks only move on, so that no renderer can lose them."""
    for word in text.split(" "):
        if word:
            weight = ' class="b"' if bold else ""
            yield (
                f'<text x="{x:g}" y="{y + BASELINE:g}" textLength="{cell_len(word) * CELL_W:g}" '
                f'fill="{color}"{weight}>{escape(word)}</text>'
            )
        x += (cell_len(word) + 1) * CELL_W


def _shape(character: str, x: float, y: float, color: str) -> str | None:
    if character in LINES:
        return (
            f'<path transform="translate({x:g} {y:g})" d="{LINES[character]}" '
            f'fill="none" stroke="{color}" stroke-width="1.3"/>'
        )
    if character == "▀":
        return _rect(x, y, CELL_H / 2, color)
    eighths = BLOCKS.get(character)
    if eighths is None:
        return None
    filled = eighths * CELL_H / 8
    return _rect(x, y + CELL_H - filled, filled, color)


def _rect(x: float, y: float, height: float, color: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{CELL_W:g}" height="{height:g}" fill="{color}" '
        'shape-rendering="crispEdges"/>'
    )
