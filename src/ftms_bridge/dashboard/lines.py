"""Lines of exact width: fitting, placing side by side, framing. Foreign text is never markup."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from rich.style import Style
from rich.text import Text

GAP: Final = 2
"""Least distance in columns between two things on one line."""


def fit(text: Text, width: int) -> Text:
    """Return a text cut or filled to a width; what is cut ends in an ellipsis."""
    if width <= 0:
        return Text()
    fitted = text.copy()
    fitted.truncate(width, overflow="ellipsis", pad=True)
    return fitted


def right(text: Text, width: int) -> Text:
    """Return a text cut to a width, or moved to its right end."""
    return chained(Text(" " * (width - text.cell_len)), fit(text, min(text.cell_len, width)))


def chained(*texts: Text) -> Text:
    """Return texts one after the other, each in its own style.

    Adding them with ``+`` would put the style of the first under all others.
    """
    return Text.assemble(*texts)


def apart(left: Text, end: Text, width: int) -> Text:
    """Return two texts at the two ends of a line; the left one gives way."""
    room = width - end.cell_len - GAP
    if room <= 0:
        return fit(end, width)
    return chained(fit(left, room), Text(" " * GAP), end)


def spread(texts: Sequence[Text], width: int) -> Text:
    """Return texts in columns of equal width, with a blank after each."""
    ends = [-(-width * index // len(texts)) for index in range(len(texts) + 1)]
    columns = [end - start for start, end in pairwise(ends)]
    return fit(
        chained(
            *(
                fit(text, column - 1) + Text(" ")
                for text, column in zip(texts, columns, strict=True)
            )
        ),
        width,
    )


def joined(texts: Sequence[Text], gap: int = GAP) -> Text:
    """Return texts on one line with a gap between them; empty ones are left out."""
    return Text(" " * gap).join(text for text in texts if text.cell_len)


def framed(
    lines: Sequence[Text], *, top: tuple[Text, Text], bottom: tuple[Text, Text],
    width: int, style: Style,
) -> list[Text]:  # fmt: skip
    """Return lines in a frame that carries texts at both ends of its upper and lower edge."""
    side = Text("│", style)
    framed_lines = [chained(side, Text(" "), fit(t, width - 4), Text(" "), side) for t in lines]
    return [
        _edge("╭", top, "╮", width=width, style=style),
        *framed_lines,
        _edge("╰", bottom, "╯", width=width, style=style),
    ]


def _edge(start: str, texts: tuple[Text, Text], end: str, *, width: int, style: Style) -> Text:
    left, right = (_spaced(text) for text in texts)
    room = width - 4
    right = fit(right, min(right.cell_len, room))
    left = fit(left, min(left.cell_len, max(room - right.cell_len - 1, 0)))
    rule = Text("─" * (room - left.cell_len - right.cell_len), style)
    return chained(Text(f"{start}─", style), left, rule, right, Text(f"─{end}", style))


def _spaced(text: Text) -> Text:
    return chained(Text(" "), text, Text(" ")) if text.cell_len else Text()
