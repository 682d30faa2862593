"""Where a view is shown: a live screen on a terminal, plain lines anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live

from ftms_bridge.dashboard.plain import PlainLines
from ftms_bridge.dashboard.screen import Caption, Screen
from ftms_bridge.dashboard.view import View

REFRESH_EVERY_S: Final = 0.5
"""Twice per second: figures can be read, and drawing costs a few milliseconds; house choice."""

Show = Callable[[float], None]
"""Shows what the view knows at an instant."""

Display = Callable[[View, Caption], AbstractContextManager[Show]]
"""Opens a place to show a view; plain lines have no caption."""


def choose_display(console: Console) -> Display:
    """Return the live screen when there is a terminal that can show it, else plain lines."""
    stream = console.file
    capable = stream.isatty() and not console.is_dumb_terminal and _speaks_unicode(console)
    return live_screen(console) if capable else plain_lines(console)


def live_screen(console: Console) -> Display:
    """Return a display that fills the terminal and gives it back as it was."""

    @contextmanager
    def display(view: View, caption: Caption) -> Iterator[Show]:
        # the second screen of the terminal is drawn over in place: nothing is erased or flickers
        with Live(console=console, screen=True, auto_refresh=False) as live:
            yield lambda at: live.update(Screen(view, at, caption), refresh=True)

    return display


def plain_lines(console: Console) -> Display:
    """Return a display that prints a line for each change."""

    @contextmanager
    def display(view: View, caption: Caption) -> Iterator[Show]:
        lines = PlainLines(view)
        stream = console.file

        def show(at: float) -> None:
            news = lines.take(at)
            if news:
                text = "".join(f"{line}\n" for line in news)
                # a name may hold what the terminal's character set does not
                stream.write(text.encode(console.encoding, "replace").decode(console.encoding))
                stream.flush()

        yield show

    return display


def _speaks_unicode(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")
