"""Time never goes back, whatever the lines say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.lines import DamageLog
from ftms_bridge.recordings.timeline import LONGEST_GAP_S, UNKNOWN_GAP_S, Timeline
from tests.recordings.samples import HEADER

RESTARTED = replace(HEADER, run_id="run-2")


class Track:
    """A timeline and what came out of it."""

    def __init__(self, *, vouched: bool = False, header: RecordingHeader = HEADER) -> None:
        self.log = DamageLog()
        self.timeline = Timeline(header, self.log)
        self.vouched = vouched
        self.out: list[Entry] = []
        self.line = 0

    def feed(self, *times: float) -> Track:
        for at in times:
            self.line += 1
            entry = Notification(at, "bike", 0x2AD2, repr(at).encode())
            self.out += self.timeline.place(entry, f"line {self.line}", vouched=self.vouched)
        return self

    def part(self, header: RecordingHeader) -> Track:
        self.out += self.timeline.begin_part(header)
        return self

    def times(self) -> list[float]:
        self.out += self.timeline.end()
        return [entry.at for entry in self.out if isinstance(entry, Notification)]

    def gaps(self) -> list[Marker]:
        return [entry for entry in self.out if isinstance(entry, Marker)]


@pytest.mark.parametrize("vouched", [True, False])
def test_times_in_order_stay_as_they_are(vouched: bool) -> None:
    track = Track(vouched=vouched).feed(0.5, 1, 1, 2.5, 30, 31, 3000, 3001)
    assert track.times() == [0.5, 1, 1, 2.5, 30, 31, 3000, 3001]
    assert (track.log.count, track.timeline.reordered) == (0, 0)


@pytest.mark.parametrize("vouched", [True, False])
def test_a_small_step_back_is_moved_up_and_counted(vouched: bool) -> None:
    track = Track(vouched=vouched).feed(1, 2, 1.9, 1.95, 3)
    assert track.times() == [1, 2, 2, 2, 3]
    assert (track.log.count, track.timeline.reordered) == (0, 2)


def test_moving_up_changes_nothing_but_the_time() -> None:
    track = Track().feed(1, 2)
    marker = Marker(1.5, "label", "bike", {"text": "x"})
    assert track.timeline.place(marker, "line 3", vouched=False) == [replace(marker, at=2)]


@pytest.mark.parametrize("wrong", [9000.0, 1e9, 17.0])
def test_one_wrong_time_ahead_costs_that_line_only(wrong: float) -> None:
    track = Track().feed(10, 11, wrong, 12, 13)
    assert track.times() == [10, 11, 12, 13]
    assert track.log.first == ["line 3: its time does not fit the lines around it"]


def test_one_wrong_time_behind_costs_that_line_only() -> None:
    track = Track(vouched=True).feed(10, 11, 0.5, 12, 13)
    assert track.times() == [10, 11, 12, 13]
    assert track.log.first == ["line 3: its time does not fit the lines around it"]


def test_a_wrong_first_time_costs_that_line_only() -> None:
    track = Track().feed(1e9, 1, 2)
    assert track.times() == [1, 2]
    assert track.log.count == 1


def test_two_wrong_times_cost_those_two() -> None:
    track = Track().feed(10, 11, 9e8, 5e5, 12, 13)
    assert track.times() == [10, 11, 12, 13]
    assert track.log.count == 2


def test_a_step_ahead_needs_no_witness_if_the_sum_vouches_for_it() -> None:
    assert Track(vouched=True).feed(1, 90000).times() == [1, 90000]


def test_a_lone_last_line_is_believed_if_it_is_near() -> None:
    assert Track().feed(1, 2, 600).times() == [1, 2, 600]
    far = Track().feed(1, 2, 90000)
    assert far.times() == [1, 2]
    assert far.log.first == ["line 3: its time is far from the line before"]
    behind = Track().feed(10, 11, 1)
    assert behind.times() == [10, 11]
    assert behind.log.count == 1


def test_a_single_line_is_a_recording_at_any_time() -> None:
    assert Track().feed(1.75e9).times() == [1.75e9]


@pytest.mark.parametrize("vouched", [True, False])
def test_a_clock_that_begins_anew_is_appended_behind_a_gap(vouched: bool) -> None:
    track = Track(vouched=vouched).feed(100, 101, 0, 1, 2, 10, 11)
    begin = 101 + UNKNOWN_GAP_S
    assert track.times() == [100, 101, begin, begin + 1, begin + 2, begin + 10, begin + 11]
    assert track.gaps() == [Marker(101, "gap", detail={"reason": "clock went back"})]
    assert track.log.count == 0


def test_a_part_begins_where_the_wall_clock_says() -> None:
    later = replace(RESTARTED, wall_start=HEADER.wall_start + 500 if HEADER.wall_start else None)
    track = Track(vouched=True).feed(1, 2).part(later).feed(0.5, 1.5)
    assert track.times() == [1, 2, 500.5, 501.5]
    assert track.gaps() == [Marker(2, "gap", detail={"reason": "restart"})]


@pytest.mark.parametrize("wall_start", [None, 0.0, 1_749_999_000.25, 1_750_000_001 + LONGEST_GAP_S])
def test_a_part_without_a_credible_wall_clock_follows_behind_a_gap(
    wall_start: float | None,
) -> None:
    part = replace(RESTARTED, wall_start=wall_start)
    track = Track(vouched=True).feed(1, 2).part(part).feed(700, 701)
    assert track.times() == [1, 2, 2 + UNKNOWN_GAP_S, 3 + UNKNOWN_GAP_S]


def test_a_third_part_is_placed_by_the_first_wall_clock_again() -> None:
    assert HEADER.wall_start is not None
    third = replace(HEADER, run_id="run-3", wall_start=HEADER.wall_start + 5000)
    unknown = replace(RESTARTED, wall_start=None)
    track = Track(vouched=True).feed(1).part(unknown).feed(0).part(third).feed(1)
    assert track.times() == [1, 1 + UNKNOWN_GAP_S, 5001]


def test_a_header_of_the_same_run_changes_nothing() -> None:
    track = Track(vouched=True).part(HEADER).feed(1, 2).part(HEADER).feed(2.5, 99)
    assert track.times() == [1, 2, 2.5, 99]
    assert track.gaps() == []


def test_a_header_before_the_first_entry_makes_no_gap() -> None:
    track = Track(vouched=True).part(RESTARTED).feed(1, 2)
    assert track.times() == [1, 2]
    assert track.gaps() == []


def test_a_suspect_at_the_end_of_a_part_is_not_forgotten() -> None:
    assert Track().feed(1, 2, 600).part(RESTARTED).feed(0.5, 1).times()[:3] == [1, 2, 600]


def test_the_short_way_is_closed_while_something_is_open() -> None:
    track = Track(vouched=True).feed(10, 11)
    assert track.timeline.open_from == 11
    track.feed(1)
    assert track.timeline.open_from == float("inf")
    track.feed(12)
    assert track.timeline.open_from == 12
    track.timeline.open_from = 13  # taken by the reader
    assert track.feed(12.5).times()[-1] == 13


steps = st.sampled_from([0.0, 0.25, 1.0, 2.9, 3.1, 50.0, 4000.0, -0.5, -3.5, -500.0, 1e8])


@given(st.lists(st.tuples(steps, st.booleans()), max_size=30))
def test_no_sequence_of_times_makes_time_go_back_or_loses_without_a_word(
    moves: list[tuple[float, bool]],
) -> None:
    track, at = Track(), 100.0
    for step, vouched in moves:
        at = max(0.0, at + step)
        track.vouched = vouched
        track.feed(at)
    times = track.times()
    assert times == sorted(times)
    assert len(times) + track.log.count == len(moves)
    assert [entry.at for entry in track.out] == sorted(entry.at for entry in track.out)
