"""The lines of a file, plain or gzip, whatever has happened to it: bounded memory, no exception.

Lines come in blocks, because one pattern over a block is much faster than one call per line.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Generator, Iterable, Iterator
from typing import BinaryIO, Final

from ftms_bridge.recordings.format import MAX_LINE_BYTES, has_right_sum

CHUNK_BYTES: Final = 65536
"""House choice: some 700 lines, large enough that the work per chunk does not count."""

PACKED_CHUNK_BYTES: Final = 4096
"""House choice: deflate expands at most 1,032 times, so a chunk is 4 MiB of text at worst."""

GZIP_MAGIC: Final = b"\x1f\x8b"

MEMBER_START: Final = GZIP_MAGIC + b"\x08" + bytes(5)
"""How each gzip member of our writer begins: deflate, no flags, no time (RFC 1952, 2.3)."""

GZIP_WINDOW: Final = 31
"""zlib's ``wbits`` for the largest window (15) inside a gzip member (+16)."""

NAMED: Final = 20
"""House choice: so many damages are described; all are counted."""


class DamageLog:
    """Counts what could not be read and describes the first of it."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[str] = []

    def note(self, place: str, reason: str) -> None:
        """Count one damage; ``place`` says where, such as ``line 17``."""
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(f"{place}: {reason}")


def is_packed(file: BinaryIO, name: str) -> bool:
    """Tell whether a file is gzip: by its first bytes, or by its name if those are damaged."""
    start = file.read(2)
    file.seek(0)
    return start == GZIP_MAGIC or (name.endswith(".gz") and start[:1] != b"{")


def read_blocks(file: BinaryIO, log: DamageLog, *, packed: bool) -> Iterator[bytes]:
    """Yield blocks of whole lines without the last line end; log what cannot be read."""
    chunks = _unpacked_chunks(file, log) if packed else iter(lambda: file.read(CHUNK_BYTES), b"")
    try:
        yield from _whole_lines(chunks)
    except OSError as error:
        log.note("file", f"cannot be read further: {error.strerror}")


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        lines, line_end, tail = chunk.rpartition(b"\n")
        if line_end:
            yield rest + lines
            rest = b""
        # A line one byte too long is refused all the same; more of it need not be kept.
        rest = (rest + tail)[: MAX_LINE_BYTES + 1]
    if rest:
        yield rest


def _unpacked_chunks(file: BinaryIO, log: DamageLog) -> Iterator[bytes]:
    """Yield the text of all gzip members; after damage, go on where the next one begins.

    A member without an end is normal after a kill or a power cut; a writer started again appends
    another one behind it. Each member is unpacked twice: whether it is whole shows at its end.
    """
    size = file.seek(0, io.SEEK_END)
    start = 0
    while start < size:
        end = _end_of(_member(file, start))
        if end is None:
            log.note(f"gzip member at byte {start}", "torn, damaged or not yet finished")
            yield from _up_to_the_first_wrong_sum(_member(file, start))
            end = _find_member(file, start + 1)
        else:
            yield from _member(file, start)
        start = end


def _end_of(member: Generator[bytes, None, int | None]) -> int | None:
    while True:
        try:
            next(member)
        except StopIteration as stop:
            end: int | None = stop.value
            return end


def _up_to_the_first_wrong_sum(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the whole lines before the damage, if they have sums to tell it; else all lines.

    Behind the damage a broken member may hold its own earlier lines again, with sums that are
    right: that is how deflate works.
    """
    sums_are_due = False
    for block in _whole_lines(chunks):
        for line in block.split(b"\n"):
            is_right = has_right_sum(line)
            if line and sums_are_due and not is_right:
                return
            sums_are_due = sums_are_due or is_right
            yield line + b"\n"


def _member(file: BinaryIO, start: int) -> Generator[bytes, None, int | None]:
    """Yield the text of one member; return where it ends, None if that cannot be known."""
    file.seek(start)
    inflater = zlib.decompressobj(wbits=GZIP_WINDOW)
    while packed := file.read(PACKED_CHUNK_BYTES):
        before = inflater.copy()
        try:
            yield inflater.decompress(packed)
        except zlib.error:
            yield from _up_to_the_damage(before, packed)
            return None
        if inflater.eof:
            return file.tell() - len(inflater.unused_data)
    return None


def _up_to_the_damage(inflater: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    """Yield what one chunk held before it went wrong: zlib gives nothing at all for such a call."""
    for i in range(len(packed)):
        try:
            yield inflater.decompress(packed[i : i + 1])
        except zlib.error:
            return


def _find_member(file: BinaryIO, start: int) -> int:
    """Return where the next member of our writer begins, or the end of the file."""
    file.seek(start)
    seen = b""
    while chunk := file.read(CHUNK_BYTES):
        seen = seen[1 - len(MEMBER_START) :] + chunk
        found = seen.find(MEMBER_START)
        if found >= 0:
            return file.tell() - len(seen) + found
    return file.tell()
