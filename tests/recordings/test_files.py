"""Appending to a plain or gzip file."""

from __future__ import annotations

import gzip
import os
import stat
from pathlib import Path

import pytest

from ftms_bridge.recordings.files import AppendFile, sync_to_disk
from tests.recordings.disks import Disk


def test_a_new_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        AppendFile(tmp_path / "a.ndjson", os.write).close()
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a.ndjson").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "is_empty", "at_line_start"),
    [(b"", True, True), (b"one\n", False, True), (b"one\ntw", False, False)],
)
def test_it_says_what_was_there(
    tmp_path: Path, content: bytes, is_empty: bool, at_line_start: bool
) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(content)
    file = AppendFile(path, os.write)
    assert (file.is_empty, file.at_line_start) == (is_empty, at_line_start)
    file.close()
    assert path.read_bytes() == content


def test_a_line_is_one_write_and_there_at_once(tmp_path: Path) -> None:
    disk = Disk()
    file = AppendFile(tmp_path / "a.ndjson", disk.write)
    for i in range(3):
        file.append(b"line\n")
        assert disk.calls == i + 1
        assert (tmp_path / "a.ndjson").read_bytes() == b"line\n" * (i + 1)
    file.close()


def test_short_writes_are_continued(tmp_path: Path) -> None:
    file = AppendFile(tmp_path / "a.ndjson", Disk(most=2).write)
    file.append(b"line one\n")
    file.append(b"line two\n")
    file.close()
    assert (tmp_path / "a.ndjson").read_bytes() == b"line one\nline two\n"


def test_a_write_that_takes_nothing_is_an_error_and_no_endless_loop(tmp_path: Path) -> None:
    file = AppendFile(tmp_path / "a.ndjson", lambda _fd, _text: 0)
    with pytest.raises(OSError, match="nothing was written"):
        file.append(b"line\n")
    file.close()


def test_flushed_gzip_lines_are_readable_while_the_file_is_open(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson.gz"
    file = AppendFile(path, os.write)
    file.append(b"one\n")
    file.flush()
    with gzip.open(path) as reading:
        assert reading.readline() == b"one\n"
    file.close()


def test_sections_make_a_file_that_every_gzip_program_reads(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson.gz"
    file = AppendFile(path, os.write)
    for line in (b"one\n", b"two\n"):
        file.append(line)
        file.end_section()
        file.end_section()
        file.flush()
    file.close()
    assert gzip.decompress(path.read_bytes()) == b"one\ntwo\n"


def test_a_pipe_needs_no_disk() -> None:
    reading, writing = os.pipe()
    sync_to_disk(writing)
    os.close(reading)
    os.close(writing)
    with pytest.raises(OSError, match="Bad file descriptor"):
        sync_to_disk(writing)
