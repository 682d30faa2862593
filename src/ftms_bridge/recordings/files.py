"""Append to a file, plain or gzip, so that what was appended survives the end of the process.

Every call may raise OSError; what to do then is the writer's decision.
"""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ftms_bridge.recordings.lines import GZIP_WINDOW

OWNER_ONLY: Final = 0o600
"""Recordings are health data: a new one is readable by its owner alone."""

WriteCall = Callable[[int, bytes], int]
"""`os.write`, or what a test puts in its place."""


class AppendFile:
    """A file that grows by lines; gzip if its name ends with ``.gz``.

    A plain line is given to the operating system by one call, so nothing waits in this process.
    Compressed lines wait for `flush`.

    is_empty: whether there was nothing when it was opened.
    at_line_start: whether what was there ends with a line end; a gzip member always starts a line.
    """

    def __init__(self, path: Path, write: WriteCall) -> None:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._fd = os.open(path, flags, OWNER_ONLY)
        self._write = write
        self._deflater: zlib._Compress | None = None
        self.is_packed = path.name.endswith(".gz")
        size = os.fstat(self._fd).st_size
        self.is_empty = size == 0
        self.at_line_start = (
            self.is_empty or self.is_packed or os.pread(self._fd, 1, size - 1) == b"\n"
        )

    def append(self, lines: bytes) -> None:
        """Take whole lines; those of a plain file are written at once."""
        if not self.is_packed:
            self._write_all(lines)
            return
        if self._deflater is None:
            self._deflater = zlib.compressobj(wbits=GZIP_WINDOW)
        self._write_all(self._deflater.compress(lines))

    def flush(self) -> None:
        """Write what waits in the compressor, to the end of the last line."""
        if self._deflater is not None:
            self._write_all(self._deflater.flush(zlib.Z_SYNC_FLUSH))

    def end_section(self) -> None:
        """Finish the gzip member, so that damage before this point ends here."""
        if self._deflater is not None:
            deflater, self._deflater = self._deflater, None
            self._write_all(deflater.flush())

    def fileno(self) -> int:
        """Return the descriptor, valid until `close`."""
        return self._fd

    def close(self) -> None:
        """Close without flushing."""
        os.close(self._fd)

    def _write_all(self, text: bytes) -> None:
        """Write everything; a short write is continued, or ends with the error that cut it."""
        while text:
            written = self._write(self._fd, text)
            if written <= 0:
                raise OSError(errno.EIO, "nothing was written")
            text = text[written:]


def sync_to_disk(fd: int) -> None:
    """Wait until the disk has what was written; a pipe has no disk, so nothing is waited for."""
    try:
        os.fdatasync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
