"""The way back: what was decoded encodes to the same bytes; what cannot be sent is refused."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.codec import CODECS, Decoded, Status, codec_for, decode, encode
from ftms_bridge.gatt.fields import Value
from ftms_bridge.gatt.layouts import DATA_CHARACTERISTICS
from tests.gatt.samples import hexed, masks

IN_CI = os.environ.get("CI") == "true"
"""In CI every flag mask is tried (100,000 of them, 5 s); elsewhere a tenth of them."""


@pytest.mark.parametrize("characteristic", DATA_CHARACTERISTICS, ids=hex)
def test_every_mask_of_known_flags_goes_there_and_back(characteristic: int) -> None:
    codec = CODECS[characteristic]
    layout = codec.layout
    values = random.Random(characteristic).randbytes(64)
    for flags in masks(layout, every=IN_CI):
        size = sum(row.size for row in layout.rows_for(flags))
        data = flags.to_bytes(layout.flag_bytes, "little") + values[:size]
        decoded = codec.decode(data)
        assert decoded.status is Status.OK
        assert codec.encode(decoded.fields, more_data=decoded.shape.more_data) == data


def unordered(decoded: Decoded) -> dict[str, object]:
    """Return the fields, with the bits of swapped machine types in no order."""
    fields: dict[str, object] = dict(decoded.fields)
    if isinstance(types := fields.get("types"), list):
        fields["types"] = set(types)
    return fields


@settings(max_examples=300, deadline=None)
@given(characteristic=st.sampled_from(sorted(CODECS)), data=st.binary(max_size=40))
def test_what_encodes_decodes_to_the_same_fields(characteristic: int, data: bytes) -> None:
    """The bytes may differ (reserved flags, narrow forms, bad text), the fields may not."""
    decoded = decode(characteristic, data)
    shape = decoded.shape
    assume(decoded.status is not Status.SHORT and not decoded.missing)
    bytes_again = encode(characteristic, decoded.fields, more_data=shape.more_data)
    again = decode(characteristic, bytes_again)
    assert unordered(again) == unordered(decoded)
    assert again.shape.more_data == shape.more_data


@pytest.mark.parametrize(
    ("characteristic", "fields", "text"),
    [
        (0x2AD9, {"op": "request_control"}, "00"),
        (0x2AD9, {"op": "set_target_power", "power_w": 100}, "056400"),
        (0x2AD9, {"op": 0x80, "request": "set_target_power", "result": "success"}, "800501"),
        (0x2AD9, {"op": 0x77}, "77"),
        (
            0x2ADA,
            {
                "op": "sim_params_changed",
                "wind_mps": 0.0,
                "grade_pct": 2.9,
                "crr": 0.004,
                "cw_kg_per_m": 0.51,
            },
            "12000022012833",
        ),
        (0x2AD3, {"training_status": "manual_mode"}, "000d"),
        (0x2AD3, {"training_status": 17, "text": "Über"}, "0111c39c626572"),
        (0x1826, {"available": True, "types": ["indoor_bike"]}, "012000"),
        (0x2ACC, {"machine": ["cadence", 31], "target": []}, "0200008000000000"),
        (0x2A37, {"hr_bpm": 84, "contact": False}, "0454"),
        (0x2A37, {"hr_bpm": 300, "contact": None, "rr_1024": [674, 1]}, "112c01a2020100"),
        (0x2A53, {"running": True, "speed_mps": 1.566406, "cadence_spm": 187}, "049101bb"),
        (0x2A53, {"speed_kmh": 5.6391, "cadence_spm": 187}, "009101bb"),
        (0x2A63, {"power_w": 1, "max_angle_deg": 0xABC, "min_angle_deg": 0x123}, "00010100bc3a12"),
        (0x2A29, {"manufacturer": "UREVO"}, "555245564f"),
        (0x2A23, {"manufacturer_id": 2**40 - 2, "organization_id": 1}, "feffffffff010000"),
    ],
)
def test_named_values_become_bytes(
    characteristic: int, fields: dict[str, Value], text: str
) -> None:
    assert encode(characteristic, fields) == hexed(text)


def test_backward_is_short_for_the_field_of_that_name() -> None:
    fields: dict[str, Value] = {"speed_kmh": 5.2}
    expected = hexed("008000 0802")
    assert encode(0x2ACE, fields, backward=True) == expected
    assert encode(0x2ACE, {**fields, "backward": True}) == expected


def test_a_part_before_the_last_leaves_the_leading_field_out() -> None:
    fields: dict[str, Value] = {"speed_kmh": 5.2, "distance_m": 1234}
    assert encode(0x2AD2, fields, more_data=True) == hexed("1100 D20400")


def test_none_is_sent_as_not_available() -> None:
    fields: dict[str, Value] = {"speed_kmh": 0.0, "incline_pct": 1.5, "ramp_deg": None}
    assert encode(0x2ACD, fields) == hexed("0800 0000 0F00 FF7F")


def test_a_partner_that_is_not_given_is_sent_as_not_available_where_that_exists() -> None:
    assert encode(0x2AD2, {"speed_kmh": 1, "energy_kcal": 4}) == hexed("0001 6400 0400 FFFF FF")


def test_encoding_follows_a_quirk() -> None:
    codec = codec_for(0x2ACD, "treadmill-mph")
    assert codec is not None
    assert codec.encode({"speed_kmh": 4.828}) == hexed("0000 2C01")
    silent = codec_for(0x2AD2, "jetblack-volt")
    assert silent is not None
    assert silent.encode({"speed_kmh": 1.0, "cadence_rpm": None}) == hexed("0400 6400 0000")


@pytest.mark.parametrize(
    ("characteristic", "fields", "reason"),
    [
        (0x2AD2, {"speed_kmh": 1.0, "torque_nm": 1}, "no field torque_nm"),
        (0x2AD2, {"cadence_rpm": 80}, "more parts follow"),
        (0x2AD2, {"speed_kmh": 656.0}, "does not fit uint16"),
        (0x2AD2, {"speed_kmh": "fast"}, "cannot be 'fast'"),
        (0x2AD2, {"speed_kmh": None}, "cannot be None"),
        (0x2AD2, {"speed_kmh": float("nan")}, "cannot be nan"),
        (0x2A5B, {"wheel_revs": 1}, "wheel_event is missing"),
        (0x2AD9, {"op": "levitate"}, "no op code 'levitate'"),
        (0x2AD9, {"op": "stop_pause", "param": "later"}, "no value 'later'"),
        (0x2ACE, {"speed_kmh": 1.0, "backward": "yes"}, "backward cannot be 'yes'"),
        (0x2ACC, {"machine": ["wings"], "target": []}, "no value 'wings'"),
        (0x2ACC, {"machine": [40], "target": []}, "does not fit uint32"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_hint(
    characteristic: int, fields: dict[str, Value], reason: str
) -> None:
    with pytest.raises(UsageError) as problem:
        encode(characteristic, fields)
    assert reason in problem.value.what
    assert problem.value.hint
