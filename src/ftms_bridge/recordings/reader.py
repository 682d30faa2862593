"""A recording opened for reading: its header, then its entries; damage costs the line it hit."""

from __future__ import annotations

from binascii import unhexlify
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zlib import crc32

from pydantic_core import from_json

from ftms_bridge.errors import DataError, InputMissing
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import (
    CANONICAL,
    Entry,
    LineDamaged,
    join_sum,
    read_entry,
    read_object,
)
from ftms_bridge.recordings.header import (
    RecordingHeader,
    choose_header,
    is_header,
    read_header,
    source_id_of,
)
from ftms_bridge.recordings.lines import DamageLog, is_packed, read_blocks
from ftms_bridge.recordings.timeline import Timeline

ENTRY_START: Final = b'{"t":'
"""How each entry of our writer begins; behind a torn line another one may hide."""

KNOWN_MIDDLES: Final = 1024
"""House choice: so many pairs of source and characteristic can take the fast lane."""


class RecordingReader:
    """Iterates over the entries of a recording in order of time, as often as asked.

    What is in the file never raises: a damaged line is counted and passed over. Raises InputMissing
    if there is no such file, DataError if nothing in it can be used or if a newer version wrote it.

    header: from the file, or worked out if it has none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header = self._find_header()
        self._latest = _Pass(self.header)

    @property
    def damaged(self) -> int:
        """How many damages the latest iteration has met so far."""
        return self._latest.log.count

    @property
    def damage(self) -> tuple[str, ...]:
        """The first 20 of them in words, such as ``line 17: wrong check sum``."""
        return tuple(self._latest.log.first)

    @property
    def reordered(self) -> int:
        """How many entries the latest iteration has moved up so that time does not go back."""
        return self._latest.timeline.reordered

    def __iter__(self) -> Iterator[Entry]:
        """Yield the entries; the counters begin anew."""
        self._latest = _Pass(self.header)
        return self._latest.entries(self._blocks(self._latest.log))

    def _find_header(self) -> RecordingHeader:
        source = source_id_of(self.path)
        header = choose_header(self._scan(source), source)
        if header is None:
            raise DataError(
                f"{self.path} holds no usable line of a recording.",
                hint="Each line must be a JSON object with t (seconds), char and hex. Lines without"
                " a time cannot be replayed; `ftms-bridge decode --ndjson` reads those.",
            )
        return header

    def _scan(self, source: str) -> Iterator[Entry | RecordingHeader]:
        for block in self._blocks(DamageLog()):
            for line in block.split(b"\n"):
                try:
                    yield _parse(line, source)[0]
                except LineDamaged:
                    continue  # logged when the entries are read

    def _blocks(self, log: DamageLog) -> Iterator[bytes]:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise InputMissing(
                f"{self.path} cannot be read: {error.strerror}.",
                hint="Check the name, and that you may read the file.",
            ) from error
        with file:
            yield from read_blocks(file, log, packed=is_packed(file, self.path.name))


class _Pass:
    """One pass over the lines of a recording.

    Lines of our own writer take the fast lane, once the slow lane has met their like; all other
    lines take the slow lane. Both read a line in the same way.
    """

    def __init__(self, header: RecordingHeader) -> None:
        self.log = DamageLog()
        self.timeline = Timeline(header, self.log)
        self._default_source = header.machines[0].id
        # What stands between time and data, with the source and characteristic it means.
        self._known_middles: dict[bytes, tuple[str, int]] = {}
        self._sums_are_due = False

    def entries(self, blocks: Iterator[bytes]) -> Iterator[Entry]:
        """Yield the entries of all lines."""
        timeline, known_middles, number = self.timeline, self._known_middles, 0
        for block in blocks:
            for text, time, middle, digits, checksum, line in CANONICAL.findall(block):
                number += 1
                known = known_middles.get(middle)
                if known is not None:
                    try:
                        if unhexlify(checksum) == crc32(text).to_bytes(4, "big"):
                            at = from_json(time) + timeline.offset
                            notification = Notification(at, known[0], known[1], unhexlify(digits))
                            if at >= timeline.open_from:
                                timeline.open_from = at
                                yield notification
                                continue
                    except ValueError:
                        pass  # the slow lane says what is wrong with it
                lines = join_sum(text, checksum) if text else line
                yield from self._read_slowly(lines, number, middle)
                number += lines.count(b"\n")
        yield from timeline.end()

    def _read_slowly(self, lines: bytes, number: int, middle: bytes) -> Iterator[Entry]:
        """Yield the entries that one line settles, or several that damage has made look like one.

        middle: of a canonical line, to be known to the fast lane from now on; else empty.
        """
        if b"\n" in lines:
            for place, line in enumerate(lines.split(b"\n"), number):
                yield from self._read_line(line, f"line {place}", b"")
        else:
            yield from self._read_line(lines, f"line {number}", middle)

    def _read_line(self, line: bytes, place: str, middle: bytes) -> list[Entry]:
        try:
            found, vouched = _parse(line, self._default_source)
        except LineDamaged as damage:
            if not line.strip():
                return []
            self.log.note(place, str(damage))
            return self._read_hidden(line, place)
        except DataError as newer:
            self.log.note(place, newer.what)
            return []
        if isinstance(found, RecordingHeader):
            self._sums_are_due = vouched
            return self.timeline.begin_part(found)
        if self._sums_are_due and not vouched:
            self.log.note(place, "no check sum, unlike the lines before")
            return []
        self._sums_are_due = vouched
        if middle and isinstance(found, Notification) and len(self._known_middles) < KNOWN_MIDDLES:
            self._known_middles[middle] = (found.source, found.characteristic)
        return self.timeline.place(found, place, vouched=vouched)

    def _read_hidden(self, line: bytes, place: str) -> list[Entry]:
        """Return the entry behind a torn one that lost its line end, if its sum vouches for it."""
        start = line.rfind(ENTRY_START)
        if start <= 0:
            return []
        try:
            fields, vouched = read_object(line[start:])
            entry = read_entry(fields, self._default_source)
        except LineDamaged:
            return []  # logged already, with the line that it is the end of
        return self.timeline.place(entry, place, vouched=True) if vouched else []


def _parse(line: bytes, default_source: str) -> tuple[Entry | RecordingHeader, bool]:
    """Return what a line says, and whether its check sum vouches for it."""
    fields, vouched = read_object(line)
    if is_header(fields):
        return read_header(fields), vouched
    return read_entry(fields, default_source), vouched
