from __future__ import annotations

import asyncio
import io
import os
import pty
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import pytest

from ftms_bridge.app import keyboard
from ftms_bridge.app.keyboard import key_presses


@contextmanager
def terminal() -> Iterator[tuple[int, TextIO]]:
    """Yield the person's end of a terminal, and the program's."""
    person, program = pty.openpty()
    with os.fdopen(program, "r") as stream:
        try:
            yield person, stream
        finally:
            os.close(person)


async def until(pressed: list[str], count: int) -> None:
    async with asyncio.timeout(5.0):
        while len(pressed) < count:
            await asyncio.sleep(0.001)


async def test_keys_come_one_by_one_without_enter_whatever_they_are() -> None:
    pressed: list[str] = []
    with terminal() as (person, stream), key_presses(pressed.append, stream) as has_keys:
        assert has_keys
        os.write(person, "fB \u00e9".encode())
        await until(pressed, 4)
        os.write(person, b"\xff")
        await until(pressed, 5)
    assert pressed == ["f", "B", " ", "\u00e9", "\ufffd"]


def break_down(fails: bool) -> None:
    if fails:
        raise RuntimeError("a fault of ours")


@pytest.mark.parametrize("fails", [False, True])
async def test_the_terminal_is_put_back_whatever_happens(fails: bool) -> None:
    pressed: list[str] = []
    with terminal() as (person, stream):
        before = termios.tcgetattr(stream)
        try:
            with key_presses(pressed.append, stream):
                assert not termios.tcgetattr(stream)[3] & termios.ICANON
                assert termios.tcgetattr(stream)[3] & termios.ISIG  # Ctrl-C still ends it
                break_down(fails)
        except RuntimeError:
            assert fails
        assert termios.tcgetattr(stream) == before
        os.write(person, b"f\n")
        await asyncio.sleep(0.01)
        assert pressed == []


async def test_without_a_terminal_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.StringIO("f")
    with key_presses(lambda _: None, pipe) as has_keys:
        assert not has_keys
    assert pipe.read() == "f"
    monkeypatch.setattr(keyboard, "termios", None)
    with terminal() as (_, stream), key_presses(lambda _: None, stream) as has_keys:
        assert not has_keys
