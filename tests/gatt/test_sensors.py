"""Speed and cadence, power, running and heart rate."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import Status, decode
from ftms_bridge.gatt.fields import Value
from tests.gatt.samples import hexed


@pytest.mark.parametrize(
    ("text", "contact"), [("0051", None), ("0251", None), ("0451", False), ("0651", True)]
)
def test_the_contact_of_a_strap_is_yes_no_or_not_told(text: str, contact: bool | None) -> None:
    assert decode(0x2A37, hexed(text)).fields == {"contact": contact, "hr_bpm": 81}


def test_a_heart_rate_of_two_bytes_is_announced_by_its_flag() -> None:
    assert decode(0x2A37, hexed("01 2C01")).fields["hr_bpm"] == 300


@pytest.mark.parametrize(
    ("text", "intervals"),
    [("1673 1002", [528]), ("1673 1002 0D02", [528, 525]), ("1E73 D007 1002", [528])],
)
def test_all_intervals_between_beats_are_given_in_order(text: str, intervals: list[int]) -> None:
    decoded = decode(0x2A37, hexed(text))
    assert decoded.status is Status.OK
    assert decoded.fields["rr_1024"] == intervals


def test_announced_intervals_that_are_not_there_are_missing() -> None:
    decoded = decode(0x2A37, hexed("1673"))
    assert decoded.status is Status.TRUNCATED
    assert decoded.missing == ("rr_1024",)


def test_half_an_interval_is_surplus() -> None:
    decoded = decode(0x2A37, hexed("1673 1002 0D"))
    assert decoded.status is Status.TRAILING
    assert decoded.fields["rr_1024"] == [528]
    assert decoded.extra_bytes == 1


def test_a_foot_pod_tells_its_speed_in_both_units() -> None:
    decoded = decode(0x2A53, hexed("07 5C03 A1 8200 F6090000"))
    assert decoded.fields == {
        "running": True,
        "speed_mps": 3.359375,
        "speed_kmh": 12.0938,
        "cadence_spm": 161,
        "stride_length_m": 1.3,
        "distance_m": 255.0,
    }


def test_a_foot_pod_record_cut_in_its_speed_lacks_both_units() -> None:
    assert decode(0x2A53, hexed("00 5C")).missing == ("speed_mps", "speed_kmh", "cadence_spm")


def test_a_full_power_record_has_every_field_in_place() -> None:
    text = "FF1F 2C01 64 2000 01000000 0008 0200 0004 0A00 F6FF 4000 E0FF BC3A12 5A00 0E01 0500"
    decoded = decode(0x2A63, hexed(text))
    assert decoded.status is Status.OK
    expected: dict[str, Value] = {
        "pedal_balance_reference": "left",
        "acc_torque_source": "crank",
        "offset_compensation": True,
        "power_w": 300,
        "pedal_balance_pct": 50.0,
        "acc_torque_nm": 1.0,
        "wheel_revs": 1,
        "wheel_event": 2048,
        "crank_revs": 2,
        "crank_event": 1024,
        "max_force_n": 10,
        "min_force_n": -10,
        "max_torque_nm": 2.0,
        "min_torque_nm": -1.0,
        "max_angle_deg": 0xABC,
        "min_angle_deg": 0x123,
        "top_dead_spot_deg": 90,
        "bottom_dead_spot_deg": 270,
        "acc_energy_kj": 5,
    }
    assert decoded.fields == expected


def test_a_power_record_says_nothing_about_what_it_does_not_carry() -> None:
    assert decode(0x2A63, hexed("0000 D204")).fields == {"power_w": 1234}


def test_a_power_vector_gives_its_array_oldest_first() -> None:
    forces = decode(0x2A64, hexed("17 0100 0004 5A00 0A00 F6FF"))
    assert forces.fields == {
        "measurement_direction": "tangential",
        "crank_revs": 1,
        "crank_event": 1024,
        "first_angle_deg": 90,
        "forces_n": [10, -10],
    }
    torques = decode(0x2A64, hexed("08 2000 F0FF"))
    assert torques.fields["torques_nm"] == [1.0, -0.5]


def test_features_are_words_and_unknown_bits_are_numbers() -> None:
    assert decode(0x2A5C, hexed("0300")).fields == {
        "features": ["wheel_revolution", "crank_revolution"]
    }
    assert decode(0x2A65, hexed("00000280")).fields == {"features": ["measurement_direction", 31]}
    assert decode(0x2A54, hexed("0400")).fields == {"features": ["walking_or_running"]}


def test_a_sensor_location_is_a_word_or_a_number() -> None:
    assert decode(0x2A5D, hexed("05")).fields == {"location": "left_crank"}
    assert decode(0x2A5D, hexed("63")).fields == {"location": 99}
