"""Disks that fail, in the place of `os.write`."""

from __future__ import annotations

import errno
import os


class Disk:
    """Writes to the real file until it is told to fail.

    room: how many bytes it takes before it is full; None for as many as come.
    error: what it answers when it does not take any more.
    most: how many bytes it takes at a time: a short write.
    """

    def __init__(self, *, room: int | None = None, most: int | None = None) -> None:
        self.room = room
        self.most = most
        self.error = errno.ENOSPC
        self.calls = 0

    def write(self, fd: int, text: bytes) -> int:
        self.calls += 1
        if self.room is not None:
            if self.room <= 0:
                raise OSError(self.error, os.strerror(self.error))
            text = text[: self.room]
        written = os.write(fd, text[: self.most])
        if self.room is not None:
            self.room -= written
        return written
