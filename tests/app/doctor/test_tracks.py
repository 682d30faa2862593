"""Recordings as columns."""

from __future__ import annotations

import pytest

from ftms_bridge.app.doctor.tracks import read_columns
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.recordings.format import Marker
from tests.app.doctor.rides import columns_of, stream_of


def record(at: float, **fields: float | None) -> Notification:
    return Notification(at, "bike", 0x2AD2, encode(0x2AD2, dict(fields)))


def test_fields_that_are_absent_or_not_available_leave_no_value() -> None:
    energy = {"energy_per_hour_kcal": None, "energy_per_min_kcal": None}
    stream = stream_of(
        [record(0, speed_kmh=1.0), record(1, speed_kmh=2.0, energy_kcal=3, **energy)]
    )
    assert stream.tracks["speed_kmh"].values == [1.0, 2.0]
    assert stream.tracks["energy_kcal"].times == [1]
    assert "energy_per_hour_kcal" not in stream.tracks


def test_raw_numbers_are_those_before_scaling() -> None:
    stream = stream_of([record(0, speed_kmh=12.34, cadence_rpm=80.5)])
    assert stream.tracks["speed_kmh"].raw == [1234]
    assert stream.tracks["cadence_rpm"].raw == [161]


def test_records_with_bytes_to_spare_give_no_values() -> None:
    good = record(0, speed_kmh=20.0)
    odd = Notification(1, "bike", 0x2AD2, good.data + b"\x01")
    padded = Notification(2, "bike", 0x2AD2, good.data + b"\x00")
    stream = stream_of([good, odd, padded])
    assert stream.tracks["speed_kmh"].times == [0, 2]
    assert sum(stream.extra.values()) == 2


def test_the_value_nearest_in_time_is_found_within_a_limit() -> None:
    track = stream_of([record(at, speed_kmh=at) for at in (1.0, 2.0, 4.0)]).tracks["speed_kmh"]
    assert [track.at(time, 1.0) for time in (0.5, 1.4, 1.6, 3.5, 5.1)] == [1.0, 1.0, 2.0, 4.0, None]


@pytest.mark.parametrize("marker", [Marker(1.5, "gap"), Marker(1.5, "disconnect", "bike")])
def test_nothing_is_compared_across_a_break(marker: Marker) -> None:
    records = [record(at, speed_kmh=1.0) for at in (0.0, 1.0, 2.0, 3.0)]
    stream = stream_of([*records[:2], marker, *records[2:]])
    assert list(stream.steps(stream.tracks["speed_kmh"])) == [(0, 1), (2, 3)]
    other = stream_of([*records[:2], Marker(1.5, "disconnect", "strap"), *records[2:]])
    assert len(list(other.steps(other.tracks["speed_kmh"]))) == 3


def test_characteristics_that_are_not_known_are_counted() -> None:
    columns = columns_of([Notification(0, "bike", 0xFFF1, b"x"), record(1, speed_kmh=1.0)])
    assert columns.unknown == {0xFFF1: 1}
    assert len(columns.streams) == 1


def test_a_profile_that_this_version_lacks_does_no_harm() -> None:
    machine = MachineSpec("bike", MachineKind.INDOOR_BIKE, quirk="of-the-future")
    columns = read_columns([record(0, speed_kmh=1.0)], [machine])
    assert columns.streams[0].quirk is None
