"""A recording read: whole, damaged, foreign, cut, flipped."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftms_bridge.errors import DataError, InputMissing
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.recordings.format import Entry, Marker, notification_line, with_sum
from ftms_bridge.recordings.header import RecordingHeader, header_line
from ftms_bridge.recordings.reader import RecordingReader, _Pass
from tests.recordings.samples import (
    BIKE,
    HEADER,
    notifications,
    number_in,
    record,
    ride,
)

HEADER_LINE = header_line(HEADER)
HEADER_WITHOUT_SUM = HEADER_LINE.rpartition(b',"sum":"')[0] + b"}\n"
RIDE = ride(12)
LINES = [notification_line(notification) for notification in RIDE]
WHOLE = HEADER_LINE + b"".join(LINES)

tmp_path_is_fine = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def reader_of(tmp_path: Path) -> Callable[[bytes], RecordingReader]:
    def make(content: bytes) -> RecordingReader:
        path = tmp_path / "my-ride.ndjson"
        path.write_bytes(content)
        return RecordingReader(path)

    return make


ReaderOf = Callable[[bytes], RecordingReader]


def test_a_whole_recording_gives_its_entries_as_often_as_asked(reader_of: ReaderOf) -> None:
    reader = reader_of(WHOLE)
    assert reader.header == HEADER
    assert list(reader) == RIDE
    assert list(reader) == RIDE
    assert (reader.damaged, reader.damage, reader.reordered) == (0, (), 0)


def test_two_iterations_at_once_do_not_disturb_each_other(reader_of: ReaderOf) -> None:
    reader = reader_of(WHOLE)
    assert [list(pair) for pair in zip(reader, reader, strict=True)] == [[n, n] for n in RIDE]


def test_markers_come_in_their_place(reader_of: ReaderOf, tmp_path: Path) -> None:
    label = Marker(0.25, "label", "bike", {"text": "lap"})
    entries: list[Entry] = [RIDE[0], RIDE[1], label, RIDE[2]]
    assert list(RecordingReader(record(tmp_path / "a.ndjson", entries))) == entries


@pytest.mark.parametrize("compress", [gzip.compress, lambda content: content])
@pytest.mark.parametrize("name", ["ride.ndjson", "ride.ndjson.gz", "ride"])
def test_gzip_is_read_whatever_the_name(
    tmp_path: Path, name: str, compress: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / name
    path.write_bytes(compress(WHOLE))
    reader = RecordingReader(path)
    assert (reader.header, list(reader), reader.damaged) == (HEADER, RIDE, 0)


def test_windows_line_ends_and_empty_lines_are_no_damage(reader_of: ReaderOf) -> None:
    reader = reader_of(b"\r\n\n" + WHOLE.replace(b"\n", b"\r\n") + b"\n\n")
    assert (reader.header, list(reader), reader.damaged) == (HEADER, RIDE, 0)


def test_a_last_line_without_a_line_end_counts(reader_of: ReaderOf) -> None:
    assert list(reader_of(WHOLE[:-1])) == RIDE


def test_a_header_alone_is_an_empty_recording(reader_of: ReaderOf) -> None:
    assert list(reader_of(HEADER_LINE)) == []


DAMAGE = {
    b'{"t":1,"char":"2ad2","hex":"44': "not JSON, torn or damaged",
    b"\x00" * 100: "not JSON, torn or damaged",
    b"\xff\xfe\xfd": "not JSON, torn or damaged",
    b"x" * 10_000_000: "longer than 65536 bytes",
    b'{"t":NaN,"char":"2ad2","hex":"44"}': "not JSON, torn or damaged",
    b'{"t":-5,"char":"2ad2","hex":"44"}': "time out of range",
    b'{"t":null,"char":"2ad2","hex":"44"}': "no time",
    b'{"t":1.25,"char":"zzzz","hex":"44"}': "char is not pairs of hex digits",
    b'{"t":1.25,"char":"2ad2","hex":"444"}': "hex is not pairs of hex digits",
    LINES[5][:-4] + b'0"}': "wrong check sum",
    LINES[5].rstrip().replace(b"1.25", b"1.26"): "wrong check sum",
    b'{"t":1.25,"char":"2ad2","hex":"44"}': "no check sum, unlike the lines before",
    with_sum(b'{"t":1.25,"char":"2ad2"').rstrip(): "no hex",
}


@pytest.mark.parametrize(("line", "why"), DAMAGE.items(), ids=range(len(DAMAGE)))
def test_a_damaged_line_costs_that_line_only_and_is_named(
    reader_of: ReaderOf, line: bytes, why: str
) -> None:
    reader = reader_of(HEADER_LINE + b"".join(LINES[:5]) + line + b"\n" + b"".join(LINES[5:]))
    assert list(reader) == RIDE
    assert reader.damage == (f"line 7: {why}",)
    assert reader.damaged == 1


def test_all_damage_is_counted_and_the_first_twenty_named(reader_of: ReaderOf) -> None:
    reader = reader_of(HEADER_LINE + b"junk\n" * 500 + b"".join(LINES))
    assert list(reader) == RIDE
    assert reader.damaged == 500
    assert reader.damage == tuple(f"line {i}: not JSON, torn or damaged" for i in range(2, 22))


def test_an_entry_behind_a_torn_line_is_read_if_its_sum_vouches_for_it(
    reader_of: ReaderOf,
) -> None:
    reader = reader_of(HEADER_LINE + LINES[0] + LINES[1][:40] + LINES[2] + LINES[3])
    assert [number_in(entry) for entry in reader] == [0, 2, 3]
    assert reader.damage == ("line 3: not JSON, torn or damaged",)


def test_an_entry_behind_a_torn_line_is_not_read_without_a_sum(reader_of: ReaderOf) -> None:
    plain = b'{"t":0.5,"char":"2ad2","hex":"44"}\n'
    reader = reader_of(HEADER_LINE + LINES[0] + b'{"t":0.2,"ch' + plain + LINES[3])
    assert [number_in(entry) for entry in reader] == [0, 3]


def test_two_torn_lines_in_one_are_one_damage(reader_of: ReaderOf) -> None:
    reader = reader_of(HEADER_LINE + LINES[0] + LINES[1][:40] + LINES[2][:50] + b"\n" + LINES[3])
    assert [number_in(entry) for entry in reader] == [0, 3]
    assert reader.damage == ("line 3: not JSON, torn or damaged",)


def test_a_torn_line_that_looks_like_two_in_one_costs_no_other(reader_of: ReaderOf) -> None:
    """The pattern of the fast lane spans such lines; each still has its own number."""
    torn = b'{"t":0.500000,"src":"bi\nke","char":"2ad2","hex":"44","sum":"00000000"}\n'
    reader = reader_of(HEADER_LINE + LINES[0] + LINES[1] + torn + LINES[2] + b"junk\n" + LINES[3])
    assert list(reader) == RIDE[:4]
    assert [text.split(":")[0] for text in reader.damage] == ["line 4", "line 5", "line 7"]


def test_lines_are_numbered_across_chunks(reader_of: ReaderOf) -> None:
    many = ride(5000)
    lines = [notification_line(notification) for notification in many]
    lines[4000] = b"junk\n"
    reader = reader_of(HEADER_LINE + b"".join(lines))
    assert list(reader) == many[:4000] + many[4001:]
    assert reader.damage == ("line 4002: not JSON, torn or damaged",)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"a\.ndjson cannot be read: No such file"):
        RecordingReader(tmp_path / "a.ndjson")


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="Is a directory"):
        RecordingReader(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"hello\nworld\n",
        b'{"t":null,"char":"2ad2","hex":"44"}\n',
        gzip.compress(b"x"),
    ],
)
def test_a_file_without_a_usable_line_is_refused_with_a_hint(
    reader_of: ReaderOf, content: bytes
) -> None:
    with pytest.raises(DataError, match="no usable line.*t .seconds., char and hex"):
        reader_of(content)


def test_a_newer_version_is_refused_with_a_hint(reader_of: ReaderOf) -> None:
    with pytest.raises(DataError, match="version 2.*Update"):
        reader_of(with_sum(b'{"format":"ftms-bridge-recording","version":2,"crew":[]'))


def test_a_newer_part_behind_ours_is_damage(reader_of: ReaderOf) -> None:
    newer = b'{"format":"ftms-bridge-recording","version":2}\n'
    reader = reader_of(HEADER_LINE + LINES[0] + newer + LINES[1])
    assert list(reader) == RIDE[:2]
    assert reader.damage[0].startswith("line 3: The recording has format version 2")


def test_a_damaged_header_is_worked_out_from_the_lines(reader_of: ReaderOf) -> None:
    reader = reader_of(WHOLE.replace(b'"version":1', b'"version":7'))
    assert reader.header == RecordingHeader((BIKE,))
    assert list(reader) == RIDE
    assert reader.damage == ("line 1: wrong check sum",)


def test_sources_without_a_name_are_the_first_machine(reader_of: ReaderOf) -> None:
    line = b'{"t":1,"char":"2ad2","hex":"44"}\n'
    assert list(reader_of(HEADER_WITHOUT_SUM + line)) == [
        Notification(1.0, "bike", 0x2AD2, b"\x44")
    ]
    assert list(reader_of(line)) == [Notification(1.0, "my_ride", 0x2AD2, b"\x44")]


def test_a_wrong_time_without_a_sum_costs_that_line_only(reader_of: ReaderOf) -> None:
    lines = [b'{"t":%d,"char":"2ad2","hex":"%02x"}\n' % (t, t % 256) for t in (1, 2, 9000, 3, 4)]
    reader = reader_of(HEADER_WITHOUT_SUM + b"".join(lines))
    assert [entry.at for entry in reader] == [1, 2, 3, 4]
    assert reader.damage == ("line 4: its time does not fit the lines around it",)


def test_sums_are_not_asked_for_where_the_header_has_none(reader_of: ReaderOf) -> None:
    lines = [line.rpartition(b',"sum":"')[0] + b"}\n" for line in LINES]
    reader = reader_of(HEADER_WITHOUT_SUM + b"".join(lines))
    assert (reader.header, list(reader), reader.damaged) == (HEADER, RIDE, 0)


def test_small_disorder_is_counted(reader_of: ReaderOf) -> None:
    reader = reader_of(HEADER_LINE + LINES[1] + LINES[0] + LINES[2])
    assert [(entry.at, number_in(entry)) for entry in reader] == [(0.25, 1), (0.25, 0), (0.5, 2)]
    assert reader.reordered == 1


def test_memory_does_not_grow_with_the_file(reader_of: ReaderOf) -> None:
    junk = b'{"t":1,"char":"2ad2","hex":"zz"}\n' * 20_000 + b"x" * 20_000_000 + b"\n"
    reader = reader_of(HEADER_LINE + junk + b"".join(map(notification_line, ride(50_000))))
    tracemalloc.start()
    try:
        assert sum(1 for _ in reader) == 50_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


# Cuts and flips


def test_a_recording_cut_at_any_byte_gives_every_whole_line(reader_of: ReaderOf) -> None:
    ends = [len(HEADER_LINE)]
    for line in LINES:
        ends.append(ends[-1] + len(line))
    for cut in range(len(WHOLE) + 1):
        whole_lines = sum(end - 1 <= cut for end in ends)
        if whole_lines == 0:
            with pytest.raises(DataError):
                reader_of(WHOLE[:cut])
            continue
        reader = reader_of(WHOLE[:cut])
        assert reader.header == HEADER
        assert list(reader) == RIDE[: whole_lines - 1]
        assert reader.damaged == (0 if cut in ends or cut + 1 in ends else 1)


def test_no_flipped_bit_delivers_a_wrong_notification_or_costs_another_line(
    reader_of: ReaderOf,
) -> None:
    few = 4
    content = HEADER_LINE + b"".join(LINES[:few])
    line_of = [i for i, line in enumerate(content.splitlines(keepends=True)) for _ in line]
    for place, bit in ((place, bit) for place in range(len(content)) for bit in range(8)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << bit
        reader = reader_of(bytes(flipped))
        stored = list(reader)
        others = [n for i, n in enumerate(RIDE[:few], 1) if i != line_of[place]]
        assert stored in (others, RIDE[:few])
        assert stored == RIDE[:few] or reader.damaged == 1


def test_no_flipped_bit_in_gzip_delivers_a_wrong_notification(tmp_path: Path) -> None:
    path = record(tmp_path / "ride.ndjson.gz", RIDE)
    content = path.read_bytes()
    first_member = content.index(b"\x1f\x8b\x08", 1)
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        stored = list(RecordingReader(path))
        assert [entry for entry in stored if entry not in RIDE] == []
        if place < first_member:
            assert stored == RIDE  # the header is a section of its own


def test_a_compressed_recording_cut_anywhere_gives_a_start_of_it(tmp_path: Path) -> None:
    path = record(tmp_path / "ride.ndjson.gz", ride(400))
    content = path.read_bytes()
    begin = content.index(b"\x1f\x8b\x08", 1)
    for cut in range(begin, len(content), 5):
        path.write_bytes(content[:cut])
        reader = RecordingReader(path)
        stored = list(reader)
        assert stored == ride(len(stored))
        assert reader.damaged <= 2


# The two lanes


class Forgetful(dict[bytes, tuple[str, int]]):
    """Never knows a middle, so every line takes the slow lane."""

    def get(self, _key: bytes, _default: Any = None) -> Any:
        return None


def read_both_ways(reader: RecordingReader) -> list[tuple[list[Entry], tuple[str, ...], int]]:
    outcomes = []
    for known_middles in (dict[bytes, tuple[str, int]](), Forgetful()):
        one_pass = _Pass(reader.header)
        one_pass._known_middles = known_middles
        entries = list(one_pass.entries(reader._blocks(one_pass.log)))
        assert known_middles
        outcomes.append((entries, tuple(one_pass.log.first), one_pass.timeline.reordered))
    return outcomes


@tmp_path_is_fine
@given(
    st.lists(notifications, min_size=1, max_size=8),
    st.lists(
        st.tuples(st.integers(0, 10**6), st.sampled_from([b'"', b"\n", b"\\", b"0", b"A", b""])),
        max_size=4,
    ),
    st.booleans(),
)  # fmt: skip
def test_both_lanes_read_canonical_and_mutated_lines_alike(
    reader_of: ReaderOf,
    written: list[Notification],
    mutations: list[tuple[int, bytes]],
    resummed: bool,
) -> None:
    text = bytearray(b"".join(map(notification_line, written)))
    for place, replacement in mutations:
        at = place % len(text)
        text[at : at + 1] = replacement
    lines = bytes(text)
    if resummed:  # sums that are right again: only the form of the line can be refused
        parts = [line.rpartition(b',"sum":"')[0] for line in lines.split(b"\n")]
        lines = b"".join(map(with_sum, filter(None, parts)))
    known = b"".join(map(notification_line, written))
    fast, slow = read_both_ways(reader_of(HEADER_LINE + known + lines))
    assert fast == slow


@pytest.mark.parametrize(
    "text",
    [
        b'{"t":01.000000,"src":"bike","char":"2ad2","hex":"44"',
        b'{"t":1.000000,"src":"bike","char":"2ad2","hex":"444"',
        b'{"t":1.000000,"src":"bike","char":"2ad2","hex":"4g"',
        b'{"t":1.000000,"src":"bike","char":"2ad2","hex":"\\u0034\\u0034"',
        b'{"t":1.000000,"src":"bike","char":"2AD2","hex":"4F"',
        b'{"t":9999999999.999999,"src":"bike","char":"2ad2","hex":"44"',
        b'{"t":1.000000,"src":"b\\u0069ke","char":"2ad2","hex":"44"',
    ],
)
def test_both_lanes_read_odd_lines_with_right_sums_alike(reader_of: ReaderOf, text: bytes) -> None:
    fast, slow = read_both_ways(reader_of(HEADER_LINE + LINES[0] + with_sum(text) * 2))
    assert fast == slow


# What others recorded


def test_the_ride_of_a_real_bike_replays_as_it_is(corpus: Path) -> None:
    reader = RecordingReader(corpus / "bike-elite-direto-xr-ride.ndjson")
    entries = list(reader)
    machine = reader.header.machines[0]
    assert (machine.id, machine.kind) == ("bike_elite_direto_xr_ride", MachineKind.INDOOR_BIKE)
    assert (len(entries), reader.damaged, reader.reordered) == (965, 0, 0)
    assert [e.kind for e in entries if isinstance(e, Marker)] == ["written"] * 184
    data = [e for e in entries if isinstance(e, Notification) and e.characteristic == 0x2AD2]
    assert len(data) == 387


def test_the_walk_on_a_real_treadmill_replays_as_it_is(corpus: Path) -> None:
    reader = RecordingReader(corpus / "treadmill-urevo-e1l-walk.ndjson")
    entries = list(reader)
    assert reader.header.machines[0].kind is MachineKind.TREADMILL
    assert reader.damage == ("line 177: no time",)
    data = [e for e in entries if isinstance(e, Notification) and e.characteristic == 0x2ACD]
    assert len(data) == 135
    assert entries[-1].at == 81.511


def test_every_line_of_the_corpus_with_a_time_is_read(corpus: Path) -> None:
    for path in sorted(corpus.glob("*.ndjson")):
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        timed = [line for line in lines if line["t"] is not None]
        if not timed:
            with pytest.raises(DataError, match="Lines without a time"):
                RecordingReader(path)
            continue
        reader = RecordingReader(path)
        read = [e for e in reader if not (isinstance(e, Marker) and e.kind == "gap")]
        assert len(read) == len(timed)
        assert reader.damaged == len(lines) - len(timed)
        sent = [bytes.fromhex(line["hex"]) for line in timed if line["dir"] != "w"]
        assert [e.data for e in read if isinstance(e, Notification)] == sent
