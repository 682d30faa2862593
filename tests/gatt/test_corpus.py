"""Every recorded byte string, against what an independent decoder says it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.gatt.codec import Decoded, Status, codec_for, decode
from tests.gatt.samples import TOLD_BESIDE_THE_FIELDS, Line, corpus_lines


@pytest.fixture(scope="module")
def lines(corpus: Path) -> list[Line]:
    return list(corpus_lines(corpus))


def differences(line: Line, decoded: Decoded) -> dict[str, object]:
    told = {
        "status": decoded.status.value,
        "missing": list(decoded.missing),
        "extra_bytes": decoded.extra_bytes,
        "more_data": decoded.shape.more_data,
        "backward": decoded.shape.backward,
    }
    fields = decoded.fields
    wrong: dict[str, object] = {}
    for key, value in line.spec.items():
        got = told[key] if key in TOLD_BESIDE_THE_FIELDS else fields.get(key, "absent")
        if got != value or type(got) is not type(value):
            wrong[key] = got
    return wrong


def test_every_line_gives_exactly_what_the_specification_gives(lines: list[Line]) -> None:
    wrong = {
        line.place: differences(line, decode(line.characteristic, line.data))
        for line in lines
        if "resistance-uint8" not in line.tags
    }
    assert len(wrong) > 1700
    assert {place: what for place, what in wrong.items() if what} == {}


def test_no_line_has_fields_beyond_those_of_the_specification(lines: list[Line]) -> None:
    beside = {"acc_torque_source", "pedal_balance_reference", *TOLD_BESIDE_THE_FIELDS}
    surplus = {
        line.place: decode(line.characteristic, line.data).fields.keys() - line.spec.keys() - beside
        for line in lines
        if "resistance-uint8" not in line.tags
    }
    assert {place: names for place, names in surplus.items() if names} == {}


def test_the_one_byte_resistance_is_read_by_the_length_of_the_record(lines: list[Line]) -> None:
    narrow = [line for line in lines if "resistance-uint8" in line.tags]
    assert len(narrow) == 1
    decoded = decode(narrow[0].characteristic, narrow[0].data)
    assert decoded.status is Status.OK
    assert decoded.fields == {"resistance": 70, **(narrow[0].expect or {})}


def test_the_life_fitness_quirk_gives_what_the_source_says(lines: list[Line]) -> None:
    codec = codec_for(0x2AD2, "life-fitness-bike")
    assert codec is not None
    shifted = [line for line in lines if "wrong-flags" in line.tags]
    assert len(shifted) == 5
    for line in shifted:
        decoded = codec.decode(line.data)
        assert decoded.status is Status.OK
        assert line.expect is not None
        assert {name: decoded.fields[name] for name in line.expect} == line.expect


def test_the_matrix_quirk_leaves_nothing_to_worry_about(lines: list[Line]) -> None:
    cut = [line for line in lines if line.device.startswith("Matrix") and "truncated" in line.tags]
    assert len(cut) >= 8
    for line in cut:
        plain = decode(line.characteristic, line.data)
        codec = codec_for(line.characteristic, "matrix")
        assert codec is not None
        decoded = codec.decode(line.data)
        assert decoded.status is Status.OK
        assert decoded.missing == ()
        never_sent = dict.fromkeys(plain.missing)
        assert decoded.fields == {**plain.fields, **never_sent}
