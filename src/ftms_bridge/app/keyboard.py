"""Single key presses from a terminal, without waiting for Enter."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

try:
    import termios
    import tty
except ImportError:  # not a Unix: keys are not available there
    termios = None  # type: ignore[assignment]
    tty = None  # type: ignore[assignment]


@contextmanager
def key_presses(on_key: Callable[[str], None], stream: TextIO = sys.stdin) -> Iterator[bool]:
    """Call ``on_key`` with each key while this lasts; yield whether keys can be had at all.

    Must be entered inside a running event loop. The terminal is put back as it was, whatever
    happens. Without a terminal (a pipe, a service) nothing is read.
    """
    if termios is None or not stream.isatty():
        yield False
        return
    loop, file = asyncio.get_running_loop(), stream.fileno()
    before = termios.tcgetattr(file)

    def read() -> None:
        for key in os.read(file, 64).decode("utf-8", "replace"):
            on_key(key)

    tty.setcbreak(file)
    loop.add_reader(file, read)
    try:
        yield True
    finally:
        loop.remove_reader(file)
        termios.tcsetattr(file, termios.TCSADRAIN, before)
