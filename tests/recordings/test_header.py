"""The header: written, read, and worked out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.errors import DataError
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.recordings.format import MAX_LINE_BYTES, Entry, LineDamaged, Marker, read_object
from ftms_bridge.recordings.header import (
    VERSION,
    RecordingHeader,
    choose_header,
    header_line,
    is_header,
    read_header,
    share_clock,
    source_id_of,
)
from ftms_bridge.telemetry.topics import MACHINE_ID
from tests.recordings.samples import BELT, BIKE, FULL_BIKE, FULL_PROFILE, HEADER


def fields_of(header: RecordingHeader) -> dict[str, object]:
    fields, vouched = read_object(header_line(header))
    assert vouched
    assert is_header(fields)
    return fields


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        RecordingHeader((BIKE,)),
        RecordingHeader((FULL_BIKE, BELT), 1_750_000_000.123457, "9.9.9", "ünï"),
        replace(HEADER, profiles={"bike": FULL_PROFILE, "belt": DirectionProfile()}),
    ],
)
def test_a_header_comes_back_equal(header: RecordingHeader) -> None:
    assert read_header(fields_of(header)) == header


@given(st.integers(0, 4_000_000_000_000_000))
def test_the_wall_clock_comes_back_to_the_microsecond(microseconds: int) -> None:
    header = replace(HEADER, wall_start=microseconds / 1e6)
    assert read_header(fields_of(header)) == header


def test_the_header_is_what_the_documentation_shows() -> None:
    fields = json.loads(header_line(HEADER))
    del fields["sum"]
    assert fields == {
        "format": "ftms-bridge-recording",
        "version": 1,
        "machines": [
            {
                "id": "bike",
                "kind": "indoor_bike",
                "name": "",
                "quirk": None,
                "sensors": [],
                "priority": {},
            }
        ],
        "clock": "monotonic",
        "wall_start": "2025-06-15T15:06:40.250000Z",
        "software": "0.1.0",
        "run_id": "run-1",
    }


def test_a_line_with_a_format_of_its_own_is_no_header() -> None:
    assert not is_header({"format": "hex", "t": 1})


def test_a_newer_version_is_refused_with_a_hint() -> None:
    with pytest.raises(DataError, match=r"version 2.*Update ftms-bridge"):
        read_header({**fields_of(HEADER), "version": VERSION + 1})


@pytest.mark.parametrize(
    "change",
    [
        {"version": None},
        {"version": True},
        {"version": "1"},
        {"machines": []},
        {"machines": {}},
        {"machines": [7]},
        {"machines": [{"id": "bike"}]},
        {"machines": [{"id": "bike", "kind": "unicycle"}]},
        {"machines": [{"id": "bike", "kind": ["indoor_bike"]}]},
        {"machines": [{"id": "My Bike", "kind": "indoor_bike"}]},
        {"machines": [{"id": "bike", "kind": "indoor_bike"}] * 2},
        {"machines": [{"id": "bike", "kind": "indoor_bike", "name": 7}]},
        {"machines": [{"id": "bike", "kind": "indoor_bike", "quirk": 7}]},
        {"machines": [{"id": "bike", "kind": "indoor_bike", "sensors": 7}]},
        {"machines": [{"id": "bike", "kind": "indoor_bike", "priority": {"power_w": "bike"}}]},
        {"machines": [{"id": "bike", "kind": "indoor_bike", "priority": []}]},
        *(
            {
                "machines": [
                    {
                        "id": "bike",
                        "kind": "indoor_bike",
                        "sensors": [
                            {"id": "w", "kind": "speed_cadence", "wheel_circumference_m": wheel}
                        ],
                    }
                ]
            }
            for wheel in ("2", True, 0, -2.1, float("inf"), 10**400)
        ),
        {"wall_start": 1750000000},
        {"wall_start": "yesterday"},
        {"wall_start": "2025-06-15T15:06:40"},
        {"wall_start": "0001-01-01T00:00:00+14:00"},
        {"wall_start": "1969-12-31T23:59:59Z"},
        {"software": 1},
        {"run_id": None},
        {"profiles": []},
        {"profiles": {"bike": 7}},
        {"profiles": {"bike": {"drivetrain": "elastic"}}},
        {"profiles": {"bike": {"channels": [{}]}}},
    ],
)
def test_an_unusable_header_is_a_damaged_line(change: dict[str, object]) -> None:
    with pytest.raises(LineDamaged, match="header"):
        read_header({**fields_of(HEADER), **change})


def test_the_reason_of_a_damaged_header_stays_short() -> None:
    with pytest.raises(LineDamaged) as damage:
        read_header({**fields_of(HEADER), "wall_start": "x" * 9000})
    assert len(str(damage.value)) <= 120


def test_keys_of_later_versions_are_passed_over() -> None:
    machine = {"id": "bike", "kind": "indoor_bike", "colour": "red"}
    header = read_header({"version": 1, "machines": [machine], "mood": 7})
    assert header == RecordingHeader((BIKE,))


@pytest.mark.parametrize(
    "header",
    [
        RecordingHeader(()),
        RecordingHeader((BIKE, BIKE)),
        RecordingHeader((replace(BIKE, id="AA:BB"),)),
        RecordingHeader((replace(BIKE, name="x" * MAX_LINE_BYTES),)),
        RecordingHeader((replace(BIKE, name="\ud800"),)),
        replace(HEADER, wall_start=-1.0),
        replace(HEADER, wall_start=float("nan")),
        replace(HEADER, wall_start=1e300),
    ],
)
def test_a_header_that_would_not_be_read_is_not_written(header: RecordingHeader) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - codecs raise kinds of their own
        header_line(header)


def test_only_recordings_of_one_run_share_a_clock() -> None:
    assert share_clock(HEADER, replace(HEADER, machines=(BELT,)))
    assert not share_clock(HEADER, replace(HEADER, run_id="run-2"))
    assert not share_clock(HEADER, replace(HEADER, wall_start=1.0))
    no_run, no_wall = replace(HEADER, run_id=""), replace(HEADER, wall_start=None)
    assert not share_clock(no_run, no_run)
    assert not share_clock(no_wall, no_wall)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("bike-elite-direto-xr-ride.ndjson", "bike_elite_direto_xr_ride"),
        ("My Ride (1).ndjson.gz", "my_ride_1"),
        ("2025-06-15.jsonl", "2025_06_15"),
        ("x" * 40, "x" * 32),
        ("Ünter.ndjson", "nter"),
        ("日本.ndjson", "machine"),
    ],
)
def test_an_id_is_made_from_the_name_of_a_file(name: str, source: str) -> None:
    assert source_id_of(Path(name)) == source


@given(st.text(st.characters(exclude_characters="/\0"), min_size=1))
def test_any_name_of_a_file_gives_an_id(name: str) -> None:
    assert MACHINE_ID.fullmatch(source_id_of(Path("folder", name)))


def heard(source: str, characteristic: int) -> Notification:
    return Notification(1.0, source, characteristic, b"")


@pytest.mark.parametrize(
    ("characteristic", "kind"),
    [
        (0x2ACD, MachineKind.TREADMILL),
        (0x2ACE, MachineKind.CROSS_TRAINER),
        (0x2ACF, MachineKind.STEP_CLIMBER),
        (0x2AD0, MachineKind.STAIR_CLIMBER),
        (0x2AD1, MachineKind.ROWER),
        (0x2AD2, MachineKind.INDOOR_BIKE),
        (0x2A5B, MachineKind.INDOOR_BIKE),
        (0x2A63, MachineKind.INDOOR_BIKE),
        (0x2A37, MachineKind.INDOOR_BIKE),
        (0x2A53, MachineKind.TREADMILL),
        (0x2ADA, MachineKind.INDOOR_BIKE),
    ],
)
def test_the_kind_of_a_lone_source_follows_from_what_it_sends(
    characteristic: int, kind: MachineKind
) -> None:
    header = choose_header([heard("x", 0x2ADA), heard("x", characteristic)], "x")
    assert header == RecordingHeader((MachineSpec("x", kind),))


def test_data_of_a_machine_outweigh_what_it_sends_as_a_sensor() -> None:
    header = choose_header([heard("x", 0x2A63), heard("x", 0x2ACD), heard("x", 0x2AD2)], "x")
    assert header == RecordingHeader((MachineSpec("x", MachineKind.TREADMILL),))


def test_several_sources_become_machines_and_sensors_of_the_first() -> None:
    header = choose_header(
        [
            heard("strap", 0x2A37),
            heard("belt", 0x2ACD),
            heard("bike", 0x2AD2),
            heard("pod", 0x2A53),
        ],
        "file",
    )
    sensors = (
        SensorSpec("strap", SensorKind.HEART_RATE),
        SensorSpec("pod", SensorKind.FOOT_POD),
    )
    assert header is not None
    assert header.machines == (replace(BELT, sensors=sensors), BIKE)


def test_without_a_machine_the_first_sensor_is_taken_for_one() -> None:
    header = choose_header([heard("crank", 0x2A5B), heard("strap", 0x2A37)], "file")
    assert header is not None
    strap = SensorSpec("strap", SensorKind.HEART_RATE)
    assert header.machines == (MachineSpec("crank", MachineKind.INDOOR_BIKE, sensors=(strap,)),)


def test_markers_alone_make_a_recording_of_a_bike() -> None:
    header = choose_header([Marker(1.0, "label")], "file")
    assert header == RecordingHeader((MachineSpec("file", MachineKind.INDOOR_BIKE),))


def test_nothing_gives_no_header() -> None:
    assert choose_header([], "file") is None


def test_a_header_that_opens_the_recording_is_taken_as_it_is() -> None:
    assert choose_header([HEADER, heard("x", 0x2ACD)], "file") is HEADER


def test_a_header_further_on_gives_the_machines_but_no_wall_clock() -> None:
    found: list[Entry | RecordingHeader] = [heard("x", 0x2ACD), HEADER]
    assert choose_header(found, "file") == replace(HEADER, wall_start=None)


def test_a_machine_whose_quirk_is_chosen_by_itself_says_so_and_others_do_not() -> None:
    header = RecordingHeader((replace(BIKE, auto_quirk=True), BELT))
    assert read_header(fields_of(header)) == header
    assert b"auto_quirk" not in header_line(RecordingHeader((BIKE, BELT)))


@pytest.mark.parametrize("word", ["true", 1, None, []])
def test_a_quirk_is_chosen_by_itself_only_where_it_says_true(word: object) -> None:
    fields = json.loads(header_line(RecordingHeader((BIKE,))))
    fields["machines"][0]["auto_quirk"] = word
    assert read_header(fields).machines == (BIKE,)


def test_a_header_without_profiles_is_written_as_before_there_were_any() -> None:
    assert b"profiles" not in header_line(HEADER)
    assert read_header(fields_of(HEADER)).profiles == {}


def test_keys_of_later_versions_in_a_profile_are_passed_over() -> None:
    fields = {**fields_of(HEADER), "profiles": {"bike": {"model": "Spin 3", "mood": 7}}}
    assert read_header(fields).profiles == {"bike": DirectionProfile(model="Spin 3")}
