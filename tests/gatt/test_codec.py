"""Decoding: the hand-made vectors, the promises of a codec, hostile input."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.errors import ConfigError, UsageError
from ftms_bridge.gatt.codec import CODECS, Codec, Decoded, Status, codec_for, decode, encode
from ftms_bridge.gatt.fields import Value
from tests.gatt.samples import hexed

VECTORS: list[tuple[int, str, dict[str, Value]]] = [
    # Zwift Hub, Berg0162/simcline#7: bit 1 is the average speed, bit 2 the cadence
    (
        0x2AD2,
        "FE02 F004 1A05 0000 0000 120000 1400 0000 0000 00",
        {
            "speed_kmh": 12.64,
            "avg_speed_kmh": 13.06,
            "cadence_rpm": 0.0,
            "avg_cadence_rpm": 0.0,
            "distance_m": 18,
            "resistance": 20,
            "power_w": 0,
            "avg_power_w": 0,
            "hr_bpm": 0,
        },
    ),
    # Elite, Berg0162/simcline#4
    (
        0x2AD2,
        "5408 0000 0000 000000 0000 3100",
        {"speed_kmh": 0.0, "cadence_rpm": 0.0, "distance_m": 0, "power_w": 0, "elapsed_s": 49},
    ),
    # Matrix Performance TouchXL, first part of a split record
    (
        0x2ACD,
        "9F00 6100 360000 0000 FF7F 0000 FFFF 0500 6E00 02",
        {
            "avg_speed_kmh": 0.97,
            "distance_m": 54,
            "incline_pct": 0.0,
            "ramp_deg": None,
            "elev_gain_pos_m": 0.0,
            "elev_gain_neg_m": None,
            "energy_kcal": 5,
            "energy_per_hour_kcal": 110,
            "energy_per_min_kcal": 2,
        },
    ),
    # Life Fitness elliptical
    (
        0x2ACE,
        "BE6700 2302 2F02 8C0000 5600 5500 2505 1A00 FFFF 1400 3B00 3900 0400 FFFF FF 5D00 3900",
        {
            "backward": False,
            "speed_kmh": 5.47,
            "avg_speed_kmh": 5.59,
            "distance_m": 140,
            "steps_per_min": 86,
            "avg_step_rate": 85,
            "stride_count": 131.7,
            "elev_gain_pos_m": 26,
            "elev_gain_neg_m": None,
            "resistance": 2.0,
            "power_w": 59,
            "avg_power_w": 57,
            "energy_kcal": 4,
            "energy_per_hour_kcal": None,
            "energy_per_min_kcal": None,
            "elapsed_s": 93,
            "remaining_s": 57,
        },
    ),
    # the rest is made by hand
    (
        0x2ACE,
        "088100 0802 5800 5600 5C00",
        {
            "backward": True,
            "speed_kmh": 5.2,
            "steps_per_min": 88,
            "avg_step_rate": 86,
            "power_w": 92,
        },
    ),
    (
        0x2ACD,
        "0404 06FF 7B0000 3D00",  # an unsigned field stays unsigned: 655.36 - 2.50 km/h
        {"speed_kmh": 652.86, "distance_m": 123, "elapsed_s": 61},
    ),
    (0x2AD2, "4400 1C07 7C00 D7FF", {"speed_kmh": 18.2, "cadence_rpm": 62.0, "power_w": -41}),
    (
        0x2A5B,
        "03 64000000 0004 3200 0004",
        {"wheel_revs": 100, "wheel_event": 1024, "crank_revs": 50, "crank_event": 1024},
    ),
    (0x2A5B, "02 FFFF E8FD", {"crank_revs": 65535, "crank_event": 65000}),
    (0x2A63, "2000 ABFF 2C01 0010", {"power_w": -85, "crank_revs": 300, "crank_event": 4096}),
]


@pytest.mark.parametrize(("characteristic", "text", "fields"), VECTORS)
def test_a_vector_gives_its_values(
    characteristic: int, text: str, fields: dict[str, Value]
) -> None:
    decoded = decode(characteristic, hexed(text))
    assert decoded.status is Status.OK
    assert decoded.fields == fields
    assert decoded.missing == ()
    assert decoded.extra_bytes == 0


def test_a_first_part_says_that_more_follows_and_the_last_part_does_not() -> None:
    assert decode(0x2AD2, hexed("1100 D20400")).shape.more_data
    last = decode(0x2AD2, hexed("4400 CE09 8E00 8E00"))
    assert not last.shape.more_data
    assert last.fields == {"speed_kmh": 25.1, "cadence_rpm": 71.0, "power_w": 142}


def test_flags_without_a_bit_set_are_a_record_of_speed_only() -> None:
    assert decode(0x2AD2, hexed("0000 E803")).fields == {"speed_kmh": 10.0}


def test_only_the_cross_trainer_knows_a_direction() -> None:
    assert decode(0x2ACE, hexed("008000 6400")).shape.backward is True
    assert decode(0x2ACE, hexed("000000 6400")).shape.backward is False
    assert decode(0x2AD2, hexed("0080 6400")).shape.backward is None


def test_scaling_gives_the_nearest_decimal() -> None:
    for raw in range(0, 65536, 7):
        fields = decode(0x2AD2, b"\x00\x00" + raw.to_bytes(2, "little")).fields
        assert fields["speed_kmh"] == float(f"{raw // 100}.{raw % 100:02}")


def test_a_whole_resolution_leaves_an_integer() -> None:
    assert isinstance(decode(0x2AD2, hexed("4100 2C01")).fields["power_w"], int)


def test_a_cut_record_keeps_the_values_before_the_cut_and_names_the_others() -> None:
    decoded = decode(0x2ACD, hexed("9E1F 5100 B200 580000 0000 FF7F 0000 FFFF 0C00 97"))
    assert decoded.status is Status.TRUNCATED
    assert decoded.fields["energy_kcal"] == 12
    assert decoded.missing[0] == "energy_per_hour_kcal"
    assert decoded.missing[-1] == "power_w"
    assert len(decoded.values) + len(decoded.missing) == len(decoded.shape.names)


def test_surplus_bytes_are_counted_and_the_fields_stay() -> None:
    decoded = decode(0x2ACD, hexed("0000 3903 00"))
    assert decoded.status is Status.TRAILING
    assert decoded.extra_bytes == 1
    assert decoded.fields == {"speed_kmh": 8.25}


@pytest.mark.parametrize("text", ["", "44"])
def test_a_record_without_its_flags_is_short_and_has_no_fields(text: str) -> None:
    decoded = decode(0x2AD2, hexed(text))
    assert decoded.status is Status.SHORT
    assert decoded.fields == {}
    assert decoded.shape.flags == -1


def test_reserved_flags_do_not_move_a_field_and_can_be_seen() -> None:
    decoded = decode(0x2AD1, hexed("0221 34 1300 31 0400 FFFF FF B8010000"))
    assert decoded.fields["energy_kcal"] == 4
    assert decoded.shape.unknown_flags == 0x2000


def test_the_bytes_can_be_a_bytearray_as_a_radio_gives_it() -> None:
    data = bytearray(hexed("4400 0A0B A000 2C01"))
    assert decode(0x2AD2, data).fields == decode(0x2AD2, bytes(data)).fields


def test_equal_flags_give_the_same_shape_whatever_the_length() -> None:
    codec = Codec(CODECS[0x2AD2].layout)
    whole = codec.decode(hexed("4400 0A0B A000 2C01"))
    cut = codec.decode(hexed("4400 0A0B A0"))
    again = codec.decode(hexed("4400 0B0B A000 2C01"))
    assert whole.shape is cut.shape is again.shape
    assert whole.shape.names == ("speed_kmh", "cadence_rpm", "power_w")
    assert whole.shape.index["power_w"] == 2


def test_values_of_two_records_are_apart() -> None:
    codec = CODECS[0x2AD2]
    first = codec.decode(hexed("4400 0A0B A000 2C01"))
    codec.decode(hexed("4400 0000 0000 0000"))
    assert first.fields == {"speed_kmh": 28.26, "cadence_rpm": 80.0, "power_w": 300}


def test_hostile_flag_words_and_lengths_do_not_fill_the_memory() -> None:
    codec = Codec(CODECS[0x2AD2].layout)
    for flags in range(0, 65536, 97):
        codec.decode(flags.to_bytes(2, "little") + bytes(flags % 30))
    assert len(codec._recent) <= 256
    for length in range(2, 400):
        shape = codec.decode(bytes(length)).shape
    assert len(shape.readings) <= 64


def test_an_unknown_characteristic_is_refused_with_a_list_of_the_known() -> None:
    for call in (lambda: decode(0x1234, b""), lambda: encode(0x1234, {})):
        with pytest.raises(UsageError) as problem:
            call()
        assert "2ad2" in problem.value.hint
    assert codec_for(0x1234) is None
    assert codec_for(0x1234, "matrix") is None


def test_a_codec_for_a_quirk_is_made_once_and_only_where_it_changes_something() -> None:
    assert codec_for(0x2ACD, "matrix") is codec_for(0x2ACD, "matrix")
    assert codec_for(0x2ACD, "matrix") is not codec_for(0x2ACD)
    assert codec_for(0x2ACE, "matrix") is codec_for(0x2ACE)
    with pytest.raises(ConfigError):
        codec_for(0x2ACD, "no-such-profile")


def test_a_decoded_record_can_be_read_in_a_log() -> None:
    shown = repr(decode(0x2AD2, hexed("0000 E803")))
    assert shown == "Decoded(2ad2, ok, {'speed_kmh': 10.0})"


def check_promises(decoded: Decoded, data: bytes) -> None:
    """Check what holds for every answer, whatever the bytes."""
    shape = decoded.shape
    assert len(decoded.values) + len(decoded.missing) == len(shape.names)
    assert decoded.fields.keys() == {
        *(name for name, _ in shape.constants),
        *shape.names[: len(decoded.values)],
    }
    if decoded.missing:
        assert decoded.status in {Status.TRUNCATED, Status.SHORT}
        assert decoded.extra_bytes == 0
    elif decoded.extra_bytes:
        assert decoded.status is Status.TRAILING or shape.layout.allows_padding
    else:
        short = len(data) < shape.layout.flag_bytes
        assert decoded.status is (Status.SHORT if short else Status.OK)
    assert decoded.extra_bytes <= len(data)


@settings(max_examples=200, deadline=None)
@given(characteristic=st.sampled_from(sorted(CODECS)), data=st.binary(max_size=40))
def test_any_bytes_give_an_answer_that_keeps_the_promises(characteristic: int, data: bytes) -> None:
    check_promises(decode(characteristic, data), data)


def test_twenty_thousand_random_records_give_twenty_thousand_answers() -> None:
    chance = random.Random(7)
    numbers = sorted(CODECS)
    for _ in range(20_000):
        data = chance.randbytes(chance.randrange(40))
        assert decode(chance.choice(numbers), data).status in Status
