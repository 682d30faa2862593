"""Blocks of whole lines out of any file."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.recordings.format import CANONICAL, MAX_LINE_BYTES, with_sum
from ftms_bridge.recordings.lines import (
    CHUNK_BYTES,
    MEMBER_START,
    DamageLog,
    is_packed,
    read_blocks,
)


def lines_of(content: bytes, *, packed: bool = False) -> tuple[list[bytes], DamageLog]:
    log = DamageLog()
    blocks = read_blocks(io.BytesIO(content), log, packed=packed)
    return [line for block in blocks for line in block.split(b"\n")], log


def member(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(content) + packer.flush()


def unfinished_member(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)


NUMBERS = b"".join(b"line %d\n" % i for i in range(2000))


@given(st.binary(max_size=300))
def test_a_plain_file_gives_its_lines(content: bytes) -> None:
    lines, log = lines_of(content)
    expected = content.split(b"\n")
    assert lines == (expected if expected[-1] else expected[:-1])
    assert log.count == 0


@given(
    st.lists(st.sampled_from([b"\n", b"a", b'"', b"\r", b'{"t":1.000000,"src":"'])).map(b"".join)
)
def test_the_pattern_sees_as_many_lines_as_there_are(block: bytes) -> None:
    rows = CANONICAL.findall(block)
    assert [row[-1] for row in rows] == block.split(b"\n")


def test_lines_across_chunks_stay_whole() -> None:
    content = b"".join(b"%0200d\n" % i for i in range(3 * CHUNK_BYTES // 200))
    assert lines_of(content)[0] == content.splitlines()


def test_a_giant_line_costs_no_memory_and_no_other_line() -> None:
    content = b"first\n" + b"x" * 10_000_000 + b"\nlast\n"
    first, giant, last = lines_of(content)[0]
    assert (first, last) == (b"first", b"last")
    assert MAX_LINE_BYTES < len(giant) <= MAX_LINE_BYTES + 2 * CHUNK_BYTES


def test_a_giant_line_in_gzip_costs_no_memory_either() -> None:
    content = b"first\n" + b"x" * 50_000_000 + b"\nlast\n"
    first, giant, last = lines_of(member(content), packed=True)[0]
    assert (first, last) == (b"first", b"last")
    assert len(giant) < 10_000_000


def test_a_disk_that_fails_ends_the_reading() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= CHUNK_BYTES:
                raise OSError(5, "Input/output error")
            return super().read(size)

    log = DamageLog()
    blocks = list(read_blocks(Failing(b"line\n" * CHUNK_BYTES), log, packed=False))
    assert len(blocks) >= 1
    assert log.first == ["file: cannot be read further: Input/output error"]


def test_gzip_members_one_after_another_are_one_text() -> None:
    packed = gzip.compress(b"a\nb") + member(b"c\n") + gzip.compress(b"") + member(b"d\n")
    lines, log = lines_of(packed, packed=True)
    assert lines == [b"a", b"bc", b"d"]
    assert log.count == 0


def test_a_cut_gzip_file_gives_every_line_before_the_cut() -> None:
    packed = unfinished_member(NUMBERS[:8000])
    lines, log = lines_of(packed, packed=True)
    assert b"\n".join(lines).startswith(NUMBERS[:8000])
    assert log.first == ["gzip member at byte 0: torn, damaged or not yet finished"]


def test_a_gzip_file_cut_anywhere_gives_a_start_of_its_text() -> None:
    packed = member(NUMBERS)
    for cut in range(1, len(packed), 7):
        lines, log = lines_of(packed[:cut], packed=True)
        text = b"\n".join(lines).rstrip(b"\n")
        assert NUMBERS.startswith(text)
        assert log.count == 1


def test_a_writer_started_again_behind_a_torn_member_is_read() -> None:
    torn = unfinished_member(b"one\ntwo\nthr") + member(b"four\n")
    lines, log = lines_of(torn, packed=True)
    assert [line for line in lines if line] == [b"one", b"two", b"thr", b"four"]
    assert log.count == 1


@pytest.mark.parametrize("cut", [1, 9, 12, 500, 2000])
def test_the_next_member_is_found_behind_one_cut_anywhere(cut: int) -> None:
    lines, log = lines_of(member(NUMBERS)[:cut] + member(b"next\n"), packed=True)
    assert lines[-1] == b"next"
    assert log.count == 1


def test_no_flipped_bit_in_gzip_costs_the_next_member() -> None:
    first, second = member(NUMBERS[: NUMBERS.index(b"line 99")]), member(b"next\n")
    for i in range(len(first)):
        packed = bytearray(first + second)
        packed[i] ^= 1 << i % 8
        lines, _ = lines_of(bytes(packed), packed=True)
        assert lines[-1] == b"next"


def test_a_member_is_found_across_the_border_of_two_chunks() -> None:
    for border in range(len(MEMBER_START) + 1):
        junk = b"\x1f\x8b\x08\xff" + b"j" * (CHUNK_BYTES - 4 - border + 1)
        lines, _ = lines_of(junk + member(b"found\n"), packed=True)
        assert lines[-1] == b"found"


@given(st.binary(max_size=200))
def test_no_bytes_raise_when_taken_for_gzip(content: bytes) -> None:
    _, log = lines_of(MEMBER_START + content, packed=True)
    assert log.count >= 1


@pytest.mark.parametrize(
    ("start", "name", "packed"),
    [
        (b"\x1f\x8b\x08", "ride.ndjson", True),
        (b"\x1f\x8b\x08", "ride.ndjson.gz", True),
        (b"\x1e\x8b\x08", "ride.ndjson.gz", True),
        (b'{"t":1}', "ride.ndjson.gz", False),
        (b'{"t":1}', "ride.ndjson", False),
        (b"", "ride.ndjson", False),
    ],
)
def test_gzip_is_known_by_its_bytes_and_if_they_are_damaged_by_its_name(
    start: bytes, name: str, packed: bool
) -> None:
    file = io.BytesIO(start)
    assert is_packed(file, name) is packed
    assert file.tell() == 0


def test_all_damage_is_counted_and_the_first_of_it_described() -> None:
    log = DamageLog()
    for i in range(1, 31):
        log.note(f"line {i}", "torn")
    assert log.count == 30
    assert log.first == [f"line {i}: torn" for i in range(1, 21)]


def test_what_a_broken_member_repeats_behind_the_damage_is_not_read() -> None:
    good, late = with_sum(b'{"t":1.000000'), with_sum(b'{"t":2.000000')
    torn = good + b"\n" + late + b"torn" + good + late
    lines, log = lines_of(unfinished_member(torn) + member(b"next\n"), packed=True)
    assert lines == [good.rstrip(), b"", late.rstrip(), b"next"]
    assert log.count == 1


def test_a_damaged_line_in_a_whole_member_is_left_to_the_reader() -> None:
    good = with_sum(b'{"t":1.000000')
    lines, log = lines_of(member(good + b"torn\n" + good), packed=True)
    assert lines == [good.rstrip(), b"torn", good.rstrip()]
    assert log.count == 0
