"""A live screen on a terminal, plain lines anywhere else."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from ftms_bridge.dashboard.display import choose_display, live_screen, plain_lines
from ftms_bridge.dashboard.screen import Caption
from tests.dashboard.build import event, hear, riding_view

CAPTION = Caption("mqtt://localhost:1883")


class Terminal(io.StringIO):
    """A stream that is a terminal of some character set."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return True


def shown_on(stream: io.StringIO, environment: dict[str, str]) -> str:
    console = Console(file=stream, width=80, height=24, _environ=environment)
    with choose_display(console)(riding_view(), CAPTION) as show:
        show(0.0)
    return stream.getvalue()


def test_a_terminal_gets_the_live_screen_and_is_given_back() -> None:
    text = shown_on(Terminal(), {"TERM": "xterm-256color"})
    assert text.startswith("\x1b[?1049h")
    assert "Bike in the cellar" in text
    assert "\x1b[?25h" in text.partition("\x1b[?25l")[2], "the cursor is back"
    assert text.endswith("\x1b[?1049l")


def test_the_terminal_is_given_back_after_a_failure_too() -> None:
    stream = Terminal()
    console = Console(file=stream, width=80, height=24, _environ={"TERM": "xterm"})
    with pytest.raises(RuntimeError), live_screen(console)(riding_view(), CAPTION):
        raise RuntimeError("planted")
    assert "\x1b[?1049l" in stream.getvalue()


def test_the_screen_is_drawn_over_and_never_erased() -> None:
    stream = Terminal()
    console = Console(file=stream, width=80, height=24, _environ={"TERM": "xterm"})
    with live_screen(console)(riding_view(), CAPTION) as show:
        show(0.0)
        stream.truncate(0)
        stream.seek(0)
        show(0.5)
        text = stream.getvalue()
    assert text.startswith("\x1b[H")
    assert "\x1b[2J" not in text
    assert "\x1b[K" not in text
    assert text.count("\n") == 23


@pytest.mark.parametrize(
    ("stream", "environment"),
    [
        (io.StringIO(), {}),
        (io.StringIO(), {"FORCE_COLOR": "1", "TERM": "xterm"}),
        (Terminal(), {"TERM": "dumb"}),
        (Terminal("iso8859-1"), {"TERM": "xterm"}),
    ],
)
def test_anything_else_gets_plain_lines(stream: io.StringIO, environment: dict[str, str]) -> None:
    text = shown_on(stream, environment)
    assert "\x1b" not in text
    assert text.splitlines()[0] == "broker connected"


def test_plain_lines_replace_what_the_character_set_does_not_have() -> None:
    stream = Terminal("ascii")
    view = riding_view()
    hear(view, "event", event("link", {"source": "自行车", "up": True}))
    with plain_lines(Console(file=stream))(view, CAPTION) as show:
        show(0.0)
    assert "link to ??? up" in stream.getvalue()
