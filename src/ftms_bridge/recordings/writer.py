"""Write a recording line by line, so that a kill loses at most the last line.

A full or failing disk stops the recording, not the program: nothing raises, what is lost is
counted, and the writer goes on when the disk does, with a gap marker where the hole is.
"""

from __future__ import annotations

import math
import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final, Literal, Self

from ftms_bridge.errors import OutputFailed, UsageError
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.files import AppendFile, WriteCall, sync_to_disk
from ftms_bridge.recordings.format import Marker, marker_line, notification_line
from ftms_bridge.recordings.header import RecordingHeader, header_line

RETRY_S: Final = 1.0
"""House choice: a failing disk is tried once per second of the notifications' time."""

FLUSH_S: Final = 1.0
"""House choice: so much of a compressed recording may be lost by a kill."""

SECTION_S: Final = 60.0
"""House choice: so much of a compressed recording may be lost by one damaged byte."""


class RecordingWriter:
    """Appends entries to a recording; `sync` may be called from another thread.

    write: stands for `os.write` where a test wants a disk that fails.
    state: ``failed`` while the disk refuses; ``reason`` is what it answered last.
    lost: how many entries may be missing in the file; a few of them may have got through.

    Raises UsageError if the header cannot be written down, OutputFailed if the file cannot be
    opened. From then on nothing raises.
    """

    def __init__(self, path: Path, header: RecordingHeader, *, write: WriteCall = os.write) -> None:
        self.path = path
        self.state: Literal["on", "failed"] = "on"
        self.reason = ""
        self.lost = 0
        self._lost_before_hole = 0
        self._waiting = 0
        self._flush_at = self._section_ends_at = self._retry_at = -math.inf
        self._header_is_stored = False
        self._write_call = write
        self._lock = Lock()
        self._file: AppendFile | None = None
        try:
            self._header = header_line(header)
            self._file, opening = self._open()
        except ValueError as error:
            raise UsageError(
                f"No recording can be made with this header: {error}.",
                hint="Ids of machines and sensors are 1 to 32 of a-z, 0-9 and _, each used once.",
            ) from error
        except OSError as error:
            raise OutputFailed(
                f"{path} cannot be written: {error.strerror}.",
                hint="Check that its folder exists and that you may write there.",
            ) from error
        self._store(opening, -math.inf, entries=0)

    def write(self, notification: Notification) -> None:
        """Store a notification."""
        try:
            line = notification_line(notification)
        except ValueError:
            self.lost += 1
            return
        self._store(line, notification.at)

    def mark(self, marker: Marker) -> None:
        """Store a marker."""
        try:
            line = marker_line(marker)
        except (ValueError, TypeError, RecursionError):
            self.lost += 1
            return
        self._store(line, marker.at)

    def sync(self) -> None:
        """Bring all of it to the disk; slow, so a thread should call it, about once per second."""
        with self._lock:
            if self._file is None:
                return
            try:
                self._file.flush()
                self._waiting = 0
                fd = os.dup(self._file.fileno())
            except OSError as error:
                self._fail(error)
                return
        try:
            sync_to_disk(fd)  # without the lock: the other thread goes on writing
        except OSError as error:
            with self._lock:
                if self._file is not None:
                    self._fail(error)
        finally:
            os.close(fd)

    def close(self) -> None:
        """Finish the file; entries given to the writer afterwards are lost."""
        with self._lock:
            try:
                if self._file is not None:
                    self._file.end_section()
                    self._waiting = 0
                    sync_to_disk(self._file.fileno())
            except OSError as error:
                self._fail(error)
            self._drop_file()
            self._retry_at = math.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _store(self, line: bytes, at: float, *, entries: int = 1) -> None:
        with self._lock:
            if at < self._retry_at:
                self.lost += entries
                return
            self._waiting += entries
            try:
                if self._file is None:
                    self._file, opening = self._open()
                    line = opening + self._gap_line(at) + line
                self._file.append(line)
                if at >= self._flush_at:
                    self._flush(self._file, at)
            except OSError as error:
                self._fail(error, retry_at=at + RETRY_S)

    def _open(self) -> tuple[AppendFile, bytes]:
        """Open the file; return it with what must stand before the next line."""
        file = AppendFile(self.path, self._write_call)
        if file.is_empty:
            self._header_is_stored = False
        line_end = b"" if file.at_line_start else b"\n"
        return file, line_end if self._header_is_stored else line_end + self._header

    def _gap_line(self, at: float) -> bytes:
        lost = self.lost - self._lost_before_hole
        return marker_line(Marker(at, "gap", detail={"reason": self.reason, "lost": lost}))

    def _flush(self, file: AppendFile, at: float) -> None:
        """Let nothing wait; everything given up to now survives a kill."""
        if at >= self._section_ends_at:
            file.end_section()
            self._section_ends_at = at + SECTION_S
        else:
            file.flush()
        self._flush_at = at + FLUSH_S if file.is_packed else -math.inf
        self._waiting = 0
        self._header_is_stored = True
        if self.state == "failed":
            self.state, self._retry_at, self._lost_before_hole = "on", -math.inf, self.lost

    def _fail(self, error: OSError, *, retry_at: float = -math.inf) -> None:
        """Give the file up until the next try; what waited in it is lost."""
        self.state, self.reason = "failed", error.strerror or str(error)
        self.lost += self._waiting
        self._waiting = 0
        self._retry_at, self._flush_at = retry_at, -math.inf
        self._drop_file()

    def _drop_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # it is given up: what its closing says changes nothing
                file.close()
