"""Quirk profiles: what the shipped ones do, which machine gets which, and errors in the file."""

from __future__ import annotations

import pytest

from ftms_bridge.errors import ConfigError
from ftms_bridge.gatt.codec import Codec, Decoded, Status, codec_for, decode
from ftms_bridge.gatt.layouts import LAYOUTS
from ftms_bridge.gatt.quirks import apply_quirk, parse_quirks, quirk_for, quirk_named, quirks
from tests.gatt.samples import hexed


def decode_with(quirk: str, characteristic: int, text: str) -> Decoded:
    codec = codec_for(characteristic, quirk)
    assert codec is not None
    return codec.decode(hexed(text))


def test_the_incline_of_a_bh_treadmill_is_scaled_back() -> None:
    text = "8C01 6202 000000 B400 0000 0000 0000 00 00"
    assert decode(0x2ACD, hexed(text)).fields["incline_pct"] == 18.0
    fields = decode_with("bh-treadmill", 0x2ACD, text).fields
    assert fields["incline_pct"] == 2.88
    assert fields["speed_kmh"] == 6.1


def test_a_speed_in_miles_becomes_kilometres() -> None:
    fields = decode_with("treadmill-mph", 0x2ACD, "0200 2C01 C800").fields
    assert fields == {"speed_kmh": 4.828, "avg_speed_kmh": 3.2187}


def test_a_constant_cadence_is_not_available() -> None:
    # JetBlack Volt, incyclist/devices
    text = "6402 C108 0000 1400 1C00 00"
    assert decode(0x2AD2, hexed(text)).fields["cadence_rpm"] == 0.0
    fields = decode_with("jetblack-volt", 0x2AD2, text).fields
    assert fields["cadence_rpm"] is None
    assert fields["power_w"] == 28


def test_a_cadence_without_its_flag_no_longer_shifts_what_follows() -> None:
    # Life Fitness bike, TrackMyIndoorWorkout
    text = "FA09 2D09 F208 7400 7700 650000 0D00 6600 6100 0200 FFFF FF 1100"
    decoded = decode_with("life-fitness-bike", 0x2AD2, text)
    assert decoded.status is Status.OK
    assert decoded.fields["cadence_rpm"] == 58.0
    assert decoded.fields["distance_m"] == 101
    assert decode(0x2AD2, hexed(text)).status is Status.TRAILING


def test_a_cadence_with_its_flag_is_read_once() -> None:
    text = "4400 1C07 7C00 D7FF"
    assert (
        decode_with("life-fitness-bike", 0x2AD2, text).fields == decode(0x2AD2, hexed(text)).fields
    )


def test_a_habitual_cut_is_no_fault_and_any_other_cut_is_one() -> None:
    text = "9E1F 5100 B200 580000 0000 FF7F 0000 FFFF 0C00 97"  # Matrix, 20 of 30 bytes
    decoded = decode_with("matrix", 0x2ACD, text)
    assert decoded.status is Status.OK
    assert decoded.missing == ()
    assert decoded.fields["elapsed_s"] is None
    assert len(decoded.values) == len(decoded.shape.names)
    assert decode_with("matrix", 0x2ACD, text[:-3]).status is Status.TRUNCATED


def test_a_machine_that_cuts_by_habit_may_still_send_a_whole_record() -> None:
    text = "9E1F 5100 B200 580000 0000 FF7F 0000 FFFF 0C00 9700 02 50 32 0A00 0B00 FF7F 6400"
    decoded = decode_with("matrix", 0x2ACD, text)
    assert decoded.status is Status.OK
    assert decoded.fields["power_w"] == 100
    assert decoded.fields["force_n"] is None


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ({"name": "Matrix Bike"}, "matrix"),
        ({"name": "MATRIX TREADMILL"}, "matrix"),
        ({"manufacturer": "Life Fitness"}, "life-fitness-bike"),
        ({"name": "JetBlack Volt V2"}, "jetblack-volt"),
        ({"name": "Revolt 5"}, None),
        ({"manufacturer": "BH"}, None),
        ({}, None),
    ],
)
def test_a_machine_is_recognised_by_what_it_says_about_itself(
    identity: dict[str, str], name: str | None
) -> None:
    quirk = quirk_for(**identity)
    assert (quirk and quirk.name) == name


def test_every_shipped_profile_says_what_it_is_and_changes_something() -> None:
    assert len(quirks()) >= 5
    for quirk in quirks().values():
        assert quirk.about
        assert "/" in quirk.source
        changed = [number for number, one in LAYOUTS.items() if apply_quirk(quirk, one) is not one]
        assert changed, quirk.name


def test_an_unknown_profile_is_refused_with_a_list_of_the_known() -> None:
    with pytest.raises(ConfigError) as problem:
        quirk_named("bowflex")
    assert "treadmill-mph" in problem.value.hint


def test_all_that_a_profile_asks_for_must_be_found() -> None:
    text = GOOD.replace("[q]", '[q]\nmatch = { manufacturer = "^acme", firmware = "^1\\\\." }')
    quirk = parse_quirks(text)["q"]
    assert quirk.fits({"manufacturer": "ACME", "firmware": "1.2"})
    assert not quirk.fits({"manufacturer": "ACME", "firmware": "2.1"})
    assert not quirk.fits({"manufacturer": "ACME"})


GOOD = """
[q]
about = "scales"
source = "test"
[[q.change]]
characteristic = "2ad2"
field = "power_w"
resolution = 0.1
"""


def test_a_profile_in_a_text_works_like_a_shipped_one() -> None:
    quirk = parse_quirks(GOOD)["q"]
    codec = Codec(apply_quirk(quirk, LAYOUTS[0x2AD2]))
    assert codec.decode(hexed("4000 0000 2C01")).fields["power_w"] == 30.0


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[q]", "[q", "is no TOML"),
        ('about = "scales"', "", "'about' and 'source'"),
        ('"test"', '"test"\nmatch = 5', "'match' that is no table"),
        ('"test"', '"test"\nmatch = { name = "(" }', "no regular expression"),
        ('"test"', '"test"\nmatch = { name = 5 }', "no regular expression"),
        ('"test"', '"test"\nmatch = { colour = "red" }', "unknown key 'colour'"),
        ("resolution = 0.1", "scale = 2", "unknown key 'scale'"),
        ("resolution = 0.1", 'resolution = "0.1"', "'resolution' is '0.1'"),
        ("resolution = 0.1", "resolution = true", "'resolution' is True"),
        ("resolution = 0.1", "resolution = 0.0", "not above zero"),
        ('"2ad2"', '"2fff"', "characteristic '2fff'"),
        ('"2ad2"', '"2ad9"', "characteristic '2ad9'"),
        ('field = "power_w"', "", "neither 'field' nor 'cut_at'"),
        ('"power_w"', '"watts"', "'watts', which Indoor Bike Data does not have"),
        ("[[q.change]]", "[q.change]", "at least one [[change]]"),
    ],
)
def test_a_mistake_in_the_data_file_is_named(old: str, new: str, reason: str) -> None:
    with pytest.raises(ConfigError) as problem:
        parse_quirks(GOOD.replace(old, new))
    assert reason in problem.value.what
    assert problem.value.hint


def test_a_profile_that_is_no_table_is_named() -> None:
    with pytest.raises(ConfigError, match="is no table"):
        parse_quirks("q = 5")
    with pytest.raises(ConfigError, match="no table"):
        parse_quirks('[q]\nabout = "a"\nsource = "b"\nchange = [5]')
