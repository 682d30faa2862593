"""The documentation of the format is true."""

from __future__ import annotations

import re
from pathlib import Path

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import MARK_KINDS, MAX_LINE_BYTES, Marker
from ftms_bridge.recordings.lines import NAMED
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.timeline import LONELY_STEP_S, LONGEST_GAP_S, STEP_S, UNKNOWN_GAP_S
from ftms_bridge.recordings.writer import FLUSH_S, RETRY_S, SECTION_S
from tests.recordings.samples import record

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "recordings.md").read_text()


def example() -> str:
    [block] = re.findall(r"```ndjson\n(.*?)```", TEXT, re.DOTALL)
    assert isinstance(block, str)
    return block


def test_the_example_is_a_whole_recording(tmp_path: Path) -> None:
    path = tmp_path / "example.ndjson"
    path.write_text(example())
    reader = RecordingReader(path)
    assert [entry.at for entry in reader] == [0.8125, 1.5, 1.62, 9.25, 31.0]
    assert reader.damaged == 0
    assert reader.header.machines[0].sensors[0].wheel_circumference_m == 2.105


def test_the_example_is_what_the_writer_writes(tmp_path: Path) -> None:
    path = tmp_path / "example.ndjson"
    path.write_text(example())
    reader = RecordingReader(path)
    again = record(tmp_path / "again.ndjson", reader, reader.header)
    assert again.read_text() == example()


def test_the_command_for_editing_removes_the_sums(tmp_path: Path) -> None:
    [pattern] = re.findall(r"sed 's/(.*)\$/}/'", TEXT)
    without = re.sub(pattern + "$", "}", example(), flags=re.MULTILINE)
    assert "sum" not in without
    path = tmp_path / "edited.ndjson"
    path.write_text(without.replace("1.620000", "1.75"))
    reader = RecordingReader(path)
    entries = list(reader)
    assert reader.damaged == 0
    assert isinstance(entries[2], Notification)
    assert entries[2].at == 1.75


def test_every_mark_is_described() -> None:
    table = TEXT.partition("<!-- marks -->")[2].partition("###")[0]
    described = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) - {"mark"}
    assert described == MARK_KINDS
    assert all(Marker(0.0, kind).kind in MARK_KINDS for kind in described)


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{MAX_LINE_BYTES:,} bytes" in TEXT
    assert (NAMED, STEP_S, UNKNOWN_GAP_S, LONELY_STEP_S, LONGEST_GAP_S) == (
        20,
        3.0,
        60.0,
        3600.0,
        7 * 86400.0,
    )
    assert (FLUSH_S, RETRY_S, SECTION_S) == (1.0, 1.0, 60.0)
