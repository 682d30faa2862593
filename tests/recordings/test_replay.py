"""Recordings played: side by side, and at the pace of a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.notification import (
    Arrival,
    DirectionReading,
    LinkChange,
    Notification,
    Verdict,
)
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.recordings.format import Entry, Json, Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.replay import (
    MergedRecordings,
    ReplayLink,
    RunningClock,
    arrival_of,
    command_of,
)
from tests.recordings.samples import (
    BELT,
    BIKE,
    FULL_BIKE,
    FULL_PROFILE,
    HEADER,
    record,
    ride,
)


@dataclass
class InMemory:
    """A recording that was never a file."""

    header: RecordingHeader
    entries: list[Entry]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


class FakeTime:
    """A clock that stands still but for sleeping, which may take longer than asked."""

    def __init__(self, now: float = 1000.0, *, late_s: float = 0.0) -> None:
        self.now = now
        self.late_s = late_s
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds + self.late_s


def heard(at: float, source: str = "bike", data: bytes = b"") -> Notification:
    return Notification(at, source, 0x2AD2, data)


SPOKEN: list[Entry] = [
    Marker(5.0, "connect", "bike", {"reason": "found"}),
    heard(5.5),
    Marker(6.0, "label", "bike", {"text": "lap"}),
    heard(7.0),
    Marker(7.5, "disconnect", "bike"),
]


async def play(
    entries: list[Entry], time: FakeTime, *, speed: float = 1.0
) -> tuple[list[Arrival], list[Marker]]:
    arrivals: list[Arrival] = []
    marks: list[Marker] = []
    link = ReplayLink(
        InMemory(HEADER, entries),
        speed=speed,
        clock=time.clock,
        sleep=time.sleep,
        annotate=marks.append,
    )
    await link.run(arrivals.append)
    return arrivals, marks


def test_markers_of_a_link_are_arrivals_and_others_are_not() -> None:
    assert [arrival_of(entry) for entry in SPOKEN] == [
        LinkChange(5.0, "bike", up=True, reason="found"),
        SPOKEN[1],
        None,
        SPOKEN[3],
        LinkChange(7.5, "bike", up=False),
    ]
    assert arrival_of(Marker(1.0, "connect")) is None


async def test_a_link_delivers_in_the_time_of_the_recording_on_its_own_clock() -> None:
    arrivals, marks = await play(SPOKEN, FakeTime(1000.0))
    assert arrivals == [
        LinkChange(1000.0, "bike", up=True, reason="found"),
        heard(1000.5),
        heard(1002.0),
        LinkChange(1002.5, "bike", up=False),
    ]
    assert marks == [Marker(1001.0, "label", "bike", {"text": "lap"})]


async def test_a_link_plays_faster_on_the_same_clock() -> None:
    arrivals, _ = await play(SPOKEN, FakeTime(1000.0), speed=4.0)
    assert [arrival.at for arrival in arrivals] == [1000.0, 1000.125, 1000.5, 1000.625]


async def test_a_link_that_is_late_catches_up_and_lets_others_run() -> None:
    time = FakeTime(0.0, late_s=0.3)
    arrivals, _ = await play([heard(t / 4) for t in range(6)], time)
    assert time.slept == pytest.approx([0, 0, 0, 0, 0, 0])
    assert [arrival.at for arrival in arrivals] == pytest.approx([0.3, 0.6, 0.9, 1.2, 1.5, 1.8])


async def test_a_link_ends_with_the_recording_and_stops_when_cancelled() -> None:
    arrived = asyncio.Event()
    link = ReplayLink(InMemory(HEADER, [heard(0), heard(3600)]))
    task = asyncio.create_task(link.run(lambda _arrival: arrived.set()))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await ReplayLink(InMemory(HEADER, [])).run(lambda _arrival: None)


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_no_speed_is_said(speed: float) -> None:
    with pytest.raises(UsageError, match="Use a number above 0"):
        ReplayLink(InMemory(HEADER, []), speed=speed)


def test_a_running_clock_keeps_the_time_of_the_recording() -> None:
    time = FakeTime(50.0)
    clock = RunningClock(10.0, starts_at=7.0, clock=time.clock)
    assert clock() == 7.0
    time.now = 51.5
    assert clock() == 22.0


def test_recordings_are_merged_by_time() -> None:
    bike = InMemory(HEADER, [heard(0), heard(1), heard(2)])
    belt = InMemory(
        RecordingHeader((BELT,), run_id="run-7"), [heard(100, "belt"), heard(101.5, "belt")]
    )
    merged = MergedRecordings([bike, belt])
    assert merged.header.machines == (BIKE, BELT)
    expected = [heard(0), heard(0, "belt"), heard(1), heard(1.5, "belt"), heard(2)]
    assert list(merged) == expected
    assert list(merged) == expected


def test_recordings_of_one_run_keep_their_times_and_their_machines() -> None:
    first = InMemory(HEADER, [heard(100), heard(101)])
    second = InMemory(replace(HEADER, machines=(BIKE, BELT)), [heard(102), heard(103, "belt")])
    merged = MergedRecordings([second, first])
    assert merged.header == replace(HEADER, machines=(BIKE, BELT))
    assert [entry.at for entry in merged] == [100, 101, 102, 103]
    assert [entry.source for entry in merged] == ["bike", "bike", "bike", "belt"]


def test_the_wall_clock_is_that_of_the_first_recording() -> None:
    late = InMemory(HEADER, [heard(100)])
    other = InMemory(RecordingHeader((BELT,)), [heard(5, "belt")])
    assert HEADER.wall_start is not None
    assert MergedRecordings([late, other]).header.wall_start == HEADER.wall_start + 100
    assert MergedRecordings([other, late]).header.wall_start is None


def test_ids_are_made_unique_in_headers_entries_and_priorities() -> None:
    entries: list[Entry] = [heard(0), heard(1, "meter"), Marker(2, "label"), heard(3, "other")]
    one = InMemory(replace(HEADER, machines=(FULL_BIKE,)), entries)
    two = InMemory(replace(HEADER, machines=(FULL_BIKE,), run_id="run-2"), entries)
    merged = MergedRecordings([one, two, two])
    assert [machine.id for machine in merged.header.machines] == ["bike", "bike_2", "bike_3"]
    second = merged.header.machines[1]
    assert [sensor.id for sensor in second.sensors] == ["meter_2", "wheel_2"]
    assert second.priority == (
        ("power_w", ("meter_2", "bike_2")),
        ("speed_kmh", ("bike_2",)),
    )
    sources = [entry.source for entry in merged]
    assert sources[:6] == ["bike", "bike_2", "bike_3", "meter", "meter_2", "meter_3"]
    assert sources[6:] == [None, None, None, "other", "other", "other"]


def test_long_ids_stay_ids_when_made_unique() -> None:
    long = MachineSpec("x" * 32, MachineKind.ROWER, sensors=(SensorSpec("y", SensorKind.FOOT_POD),))
    same = InMemory(RecordingHeader((long,)), [heard(0, "x" * 32)])
    merged = MergedRecordings([same] * 11)
    ids = [machine.id for machine in merged.header.machines]
    assert len(set(ids)) == 11
    assert {len(id_) for id_ in ids} == {32}
    assert [entry.source for entry in merged] == ids


def test_a_file_without_a_run_may_be_merged_with_itself(tmp_path: Path) -> None:
    simulated = replace(HEADER, wall_start=None)
    reader = RecordingReader(record(tmp_path / "ride.ndjson", ride(3), simulated))
    merged = MergedRecordings([reader, reader])
    assert [entry.source for entry in merged] == ["bike", "bike_2"] * 3


def test_a_verdict_comes_back_and_a_word_that_is_none_is_passed_over() -> None:
    for verdict in Verdict:
        marker = Marker(1.0, "disconnect", "bike", {"verdict": verdict.value})
        assert arrival_of(marker) == LinkChange(1.0, "bike", up=False, verdict=verdict)
    words: tuple[Json, ...] = ("of_a_newer_version", "", 7, None, True, ["lost"], {"lost": 1})
    for word in words:
        marker = Marker(1.0, "connect", "bike", {"verdict": word})
        assert arrival_of(marker) == LinkChange(1.0, "bike", up=True)


@pytest.mark.parametrize(
    ("detail", "command"),
    [
        ({"verb": "lap", "id": "7"}, Command("bike", Verb.LAP, "7")),
        ({"verb": "lap", "id": 7}, Command("bike", Verb.LAP)),
        (
            {"verb": "link", "action": "release", "minutes": 5, "refusal": "no_radio"},
            Command("bike", Verb.LINK, action="release", minutes=5.0, refusal="no_radio"),
        ),
        (
            {"verb": "link", "action": "drop", "minutes": True, "refusal": 1},
            Command("bike", Verb.LINK),
        ),
        (
            {"verb": "declare", "id": "8", "direction": "backward"},
            Command("bike", Verb.DECLARE, "8", direction="backward"),
        ),
        ({"verb": "declare", "direction": "sideways"}, Command("bike", Verb.DECLARE)),
        ({"verb": "declare", "direction": ["clear"]}, Command("bike", Verb.DECLARE)),
        ({"verb": "of_a_newer_version"}, None),
        ({"verb": ["lap"]}, None),
        ({}, None),
    ],
)
def test_a_command_comes_back_as_far_as_it_makes_sense(
    detail: dict[str, Json], command: Command | None
) -> None:
    assert command_of(Marker(1.0, "command", "bike", detail)) == command


def test_only_a_marker_of_a_command_for_somebody_is_one() -> None:
    assert command_of(Marker(1.0, "command", None, {"verb": "lap"})) is None
    assert command_of(Marker(1.0, "label", "bike", {"verb": "lap"})) is None


def sensed(value: Json, what: Json = "direction", source: str | None = "bike") -> Marker:
    return Marker(3.0, "sensor", source, {"what": what, "value": value})


@pytest.mark.parametrize("value", [-1, 1, 0, -62.5, 300])
def test_a_reading_of_a_direction_sensor_is_an_arrival(value: float) -> None:
    reading = arrival_of(sensed(value))
    assert reading == DirectionReading(3.0, "bike", float(value))


@pytest.mark.parametrize(
    "marker",
    [
        sensed(3001), sensed(None), sensed(True), sensed("1"), sensed([1]), sensed(10**400),
        sensed(1, "grade"), sensed(1, None), sensed(1, ["direction"]), sensed(1, source=None),
        Marker(3.0, "sensor", "bike"), Marker(3.0, "label", "bike", sensed(1).detail),
    ],
)  # fmt: skip
def test_a_marker_of_a_sensor_that_makes_no_sense_is_no_arrival(marker: Marker) -> None:
    assert arrival_of(marker) is None


async def test_a_link_delivers_readings_too_and_only_once() -> None:
    arrivals, marks = await play([heard(5.0), replace(sensed(-60), at=6.5)], FakeTime(1000.0))
    assert arrivals == [heard(1000.0), DirectionReading(1001.5, "bike", -60.0)]
    assert marks == []


def test_profiles_are_merged_and_renamed_with_their_sources() -> None:
    header = replace(HEADER, machines=(FULL_BIKE,), profiles={"bike": FULL_PROFILE})
    one = InMemory(header, [sensed(-1)])
    two = InMemory(replace(header, run_id="run-2"), [sensed(1)])
    merged = MergedRecordings([one, two])
    assert merged.header.profiles["bike"] == FULL_PROFILE
    assert [proof.source for proof in merged.header.profiles["bike_2"].channels] == [
        "bike_2", "meter_2",
    ]  # fmt: skip
    assert [arrival_of(entry) for entry in merged] == [
        DirectionReading(0.0, "bike", -1.0), DirectionReading(0.0, "bike_2", 1.0),
    ]  # fmt: skip


def test_recordings_of_one_run_share_their_profiles() -> None:
    header = replace(HEADER, profiles={"bike": FULL_PROFILE})
    merged = MergedRecordings([InMemory(header, []), InMemory(header, [heard(1)])])
    assert merged.header == header
