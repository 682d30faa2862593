"""A recording written on good and on failing disks."""

from __future__ import annotations

import errno
import gzip
import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from ftms_bridge.errors import OutputFailed, UsageError
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.lines import MEMBER_START
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.writer import RecordingWriter
from tests.recordings.disks import Disk
from tests.recordings.samples import BIKE, HEADER, number_in, record, recordings, ride

SUFFIXES = ("ndjson", "ndjson.gz")


@pytest.fixture(params=SUFFIXES)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"ride.{request.param}"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return tmp_path / "ride.ndjson"


def read(path: Path) -> list[Entry]:
    return list(RecordingReader(path))


def numbers(path: Path) -> list[int]:
    return [number_in(entry) for entry in read(path) if isinstance(entry, Notification)]


def gaps(path: Path) -> list[Marker]:
    return [entry for entry in read(path) if isinstance(entry, Marker)]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(recordings)
def test_what_was_written_is_read(path: Path, entries: list[Entry]) -> None:
    path.unlink(missing_ok=True)
    reader = RecordingReader(record(path, entries))
    assert reader.header == HEADER
    assert list(reader) == entries
    assert (reader.damaged, reader.reordered) == (0, 0)


def test_times_are_kept_to_the_microsecond(path: Path) -> None:
    record(path, [Notification(1.23456789, "bike", 0x2AD2, b"")])
    assert read(path) == [Notification(1.234568, "bike", 0x2AD2, b"")]


def test_a_recording_is_readable_by_its_owner_alone(path: Path) -> None:
    record(path, ride(1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_line_is_in_the_file_when_write_returns(plain: Path) -> None:
    with RecordingWriter(plain, HEADER) as writer:
        for i, notification in enumerate(ride(20)):
            writer.write(notification)
            assert numbers(plain) == list(range(i + 1))


def test_compressed_lines_are_in_the_file_after_a_second(tmp_path: Path) -> None:
    path = tmp_path / "ride.ndjson.gz"
    with RecordingWriter(path, HEADER) as writer:
        for notification in ride(41):
            writer.write(notification)
            missing = number_in(notification) + 1 - len(numbers(path))
            assert 0 <= missing <= 4
        writer.sync()
        assert numbers(path) == list(range(41))


def test_a_compressed_recording_has_a_section_a_minute_and_every_gzip_reads_it(
    tmp_path: Path,
) -> None:
    path = record(tmp_path / "ride.ndjson.gz", ride(4 * 200))
    content = path.read_bytes()
    sections = ["header", "first line", "up to 60 s", "120 s", "180 s", "200 s"]
    assert content.count(MEMBER_START) == len(sections)
    assert gzip.decompress(content).count(b"\n") == 801
    assert len(content) < 0.25 * len(gzip.decompress(content))


def test_a_recording_is_continued_by_a_writer_started_again(path: Path) -> None:
    record(path, ride(4))
    later = RecordingHeader((BIKE,), wall_start=1_750_000_100.25, run_id="run-2")
    record(path, ride(4), later)
    entries = read(path)
    assert [e.at for e in entries] == [0, 0.25, 0.5, 0.75, 0.75, 100, 100.25, 100.5, 100.75]
    assert entries[4] == Marker(0.75, "gap", detail={"reason": "restart"})


def test_a_torn_last_line_does_not_tear_the_next_one(plain: Path) -> None:
    record(plain, ride(4))
    plain.write_bytes(plain.read_bytes()[:-20])
    record(plain, ride(2), RecordingHeader((BIKE,), run_id="run-2"))
    reader = RecordingReader(plain)
    assert [number_in(e) for e in reader if isinstance(e, Notification)] == [0, 1, 2, 0, 1]
    assert reader.damage == ("line 5: not JSON, torn or damaged",)


def test_a_torn_header_does_not_spoil_the_recording(plain: Path) -> None:
    record(plain, [])
    plain.write_bytes(plain.read_bytes()[:30])
    record(plain, ride(3))
    reader = RecordingReader(plain)
    assert reader.header == HEADER
    assert len(list(reader)) == 3
    assert reader.damaged == 1


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed, match="No such file or directory.*Check that its folder"):
        RecordingWriter(tmp_path / "nowhere" / "a.ndjson", HEADER)


def test_a_header_that_cannot_be_written_is_said_at_once(plain: Path) -> None:
    with pytest.raises(UsageError, match="Ids of machines"):
        RecordingWriter(plain, RecordingHeader(()))
    assert not plain.exists()


def test_what_cannot_be_written_is_counted_and_hurts_nobody(path: Path) -> None:
    first, second = ride(2)
    with RecordingWriter(path, HEADER) as writer:
        writer.write(first)
        writer.write(Notification(float("nan"), "bike", 0x2AD2, b""))
        writer.write(Notification(0.1, "My Bike", 0x2AD2, b""))
        writer.mark(Marker(0.1, "party"))
        writer.mark(Marker(0.1, "label", None, {"x": object()}))  # type: ignore[dict-item]
        writer.write(second)
        assert (writer.lost, writer.state) == (4, "on")
    assert numbers(path) == [0, 1]


def test_a_full_disk_is_counted_and_the_recording_goes_on_by_itself(path: Path) -> None:
    disk = Disk()
    writer = RecordingWriter(path, HEADER, write=disk.write)
    notifications = ride(200)
    for i, notification in enumerate(notifications):
        if i == 40:
            disk.room = 30
        if i == 120:
            disk.room = None
        writer.write(notification)
        if i == 60:
            assert (writer.state, writer.reason) == ("failed", "No space left on device")
    assert writer.state == "on"
    lost = writer.lost
    assert 80 - 4 <= lost <= 80 + 8  # a second of 4 Hz until it is tried, one more in the packer
    writer.close()
    stored = numbers(path)
    assert stored == sorted(set(stored))
    assert set(stored) >= {*range(37), *range(125, 200)}
    assert (
        200 - lost <= len(stored) <= 200 - lost + 4
    )  # a part of the last second may have gone out
    detail = {"reason": "No space left on device", "lost": lost}
    assert [gap.detail for gap in gaps(path)] == [detail]


def test_a_failing_disk_is_tried_once_a_second(path: Path) -> None:
    disk = Disk()
    writer = RecordingWriter(path, HEADER, write=disk.write)
    writer.write(ride(1)[0])
    disk.room, disk.calls = 0, 0
    for notification in ride(400, start_at=1.0):
        writer.write(notification)
    assert 99 <= disk.calls <= 101
    writer.close()


def test_a_disk_full_from_the_start_gets_its_header_later(path: Path) -> None:
    disk = Disk(room=0)
    with RecordingWriter(path, HEADER, write=disk.write) as writer:
        assert (writer.state, writer.lost) == ("failed", 0)
        writer.write(ride(1)[0])
        assert writer.lost == 1
        disk.room = None
        for notification in ride(3, start_at=5.0):
            writer.write(notification)
        assert (writer.state, writer.lost) == ("on", 1)
    assert RecordingReader(path).header == HEADER
    assert numbers(path) == [0, 1, 2]


@pytest.mark.parametrize("error", [errno.EIO, errno.EROFS, errno.EDQUOT])
def test_every_error_of_a_disk_is_survived(path: Path, error: int) -> None:
    disk = Disk()
    with RecordingWriter(path, HEADER, write=disk.write) as writer:
        for i, notification in enumerate(ride(20, step_s=2.0)):
            disk.room, disk.error = (0 if i in {5, 6, 12} else None), error
            writer.write(notification)
        assert writer.state == "on"
    stored = numbers(path)
    assert set(range(20)) - set(stored) <= {4, 5, 6, 11, 12}
    assert len(stored) == 20 - writer.lost
    assert len(gaps(path)) == 2


def test_short_writes_tear_nothing(path: Path) -> None:
    disk = Disk(most=7)
    with RecordingWriter(path, HEADER, write=disk.write) as writer:
        for notification in ride(30):
            writer.write(notification)
    assert numbers(path) == list(range(30))


def test_a_line_cut_by_a_full_disk_costs_that_line_only(plain: Path) -> None:
    notifications = ride(30, step_s=2.0)
    for room in range(250):
        plain.unlink(missing_ok=True)
        disk = Disk()
        with RecordingWriter(plain, HEADER, write=disk.write) as writer:
            for i, notification in enumerate(notifications):
                if i == 10:
                    disk.room = room
                if i == 20:
                    disk.room = None
                writer.write(notification)
        reader = RecordingReader(plain)
        stored = [number_in(e) for e in reader if isinstance(e, Notification)]
        assert set(stored) >= {*range(10), *range(20, 30)}
        assert len(stored) - (30 - writer.lost) in {0, 1}  # whole but for its line end
        assert reader.damaged <= 1


@contextmanager
def file_size_limit(limit: int) -> Iterator[None]:
    """Let the kernel refuse to grow files: real short writes, a real error (EFBIG)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_limit_of_the_kernel_is_survived_like_a_full_disk(path: Path) -> None:
    notifications = ride(600)
    with RecordingWriter(path, HEADER) as writer:
        for notification in notifications[:200]:
            writer.write(notification)
        with file_size_limit(path.stat().st_size + 150):
            for notification in notifications[200:400]:
                writer.write(notification)
            assert (writer.state, writer.reason) == ("failed", "File too large")
        for notification in notifications[400:]:
            writer.write(notification)
        assert writer.state == "on"
    stored = numbers(path)
    assert set(stored) >= {*range(196), *range(404, 600)}
    assert len(stored) == 600 - writer.lost


def test_a_device_that_is_always_full_is_survived(tmp_path: Path) -> None:
    path = tmp_path / "ride.ndjson"
    path.symlink_to("/dev/full")
    with RecordingWriter(path, HEADER) as writer:
        for notification in ride(20):
            writer.write(notification)
        writer.sync()
        assert (writer.state, writer.lost) == ("failed", 20)


def test_a_recording_that_was_deleted_begins_anew_after_the_next_failure(plain: Path) -> None:
    disk = Disk()
    with RecordingWriter(plain, HEADER, write=disk.write) as writer:
        for i, notification in enumerate(ride(20, step_s=2.0)):
            if i == 10:
                plain.unlink()
            disk.room = 0 if i == 10 else None
            writer.write(notification)
    assert RecordingReader(plain).header == HEADER
    assert numbers(plain) == list(range(11, 20))


def test_a_failing_sync_is_noted_and_survived(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    first, second, third = ride(3)
    with RecordingWriter(path, HEADER) as writer:
        writer.write(first)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", fail)
            writer.sync()
        assert (writer.state, writer.reason) == ("failed", "Input/output error")
        writer.write(second)
        assert writer.state == "on"
        writer.write(third)
    assert numbers(path) == [0, 1, 2]
    assert [gap.detail["reason"] for gap in gaps(path)] == ["Input/output error"]


def test_a_sync_that_meets_a_full_disk_is_survived(tmp_path: Path) -> None:
    path = tmp_path / "ride.ndjson.gz"
    disk = Disk()
    with RecordingWriter(path, HEADER, write=disk.write) as writer:
        for notification in ride(4):
            writer.write(notification)
        disk.room = 0
        writer.sync()
        assert (writer.state, writer.lost) == ("failed", 3)
        disk.room = None
        for notification in ride(3, start_at=5.0):
            writer.write(notification)
        assert (writer.state, writer.lost) == ("on", 3)
    assert numbers(path) == [0, 0, 1, 2]


def test_a_slow_sync_does_not_hold_up_the_writing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, leave = threading.Event(), threading.Event()

    def slow(_fd: int) -> None:
        entered.set()
        assert leave.wait(10)

    with RecordingWriter(path, HEADER) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", slow)
            thread = threading.Thread(target=writer.sync)
            thread.start()
            assert entered.wait(10)
            for notification in ride(20):
                writer.write(notification)  # would never return if it waited for the disk
            leave.set()
            thread.join(10)
        writer.sync()
        assert numbers(path) == list(range(20))


def test_syncing_all_the_time_in_a_thread_disturbs_nothing(path: Path) -> None:
    stop = threading.Event()

    def sync() -> None:
        while not stop.is_set():
            writer.sync()

    writer = RecordingWriter(path, HEADER)
    thread = threading.Thread(target=sync)
    thread.start()
    for notification in ride(3000):
        writer.write(notification)
    writer.close()
    stop.set()
    thread.join(10)
    assert numbers(path) == list(range(3000))
    assert (writer.lost, writer.state) == (0, "on")


def test_after_close_everything_is_lost_and_nothing_raises(path: Path) -> None:
    writer = RecordingWriter(path, HEADER)
    writer.close()
    writer.write(ride(1)[0])
    writer.sync()
    writer.close()
    assert writer.lost == 1
    assert read(path) == []


def test_a_disk_that_fails_at_the_end_is_counted(path: Path) -> None:
    disk = Disk()
    with RecordingWriter(path, HEADER, write=disk.write) as writer:
        for notification in ride(3):
            writer.write(notification)
        disk.room = 0
    stored = numbers(path)
    assert len(stored) == 3 - writer.lost
    assert stored == list(range(len(stored)))


def test_no_descriptor_is_left_open(path: Path) -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = open_files()
    disk = Disk()
    with RecordingWriter(path, HEADER, write=disk.write) as writer:
        for i, notification in enumerate(ride(400, step_s=1.0)):
            disk.room = 0 if i % 3 else None
            writer.write(notification)
            writer.sync()
    assert open_files() == before
