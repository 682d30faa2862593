"""What comes from the broker is read with distrust."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.dashboard.document import (
    SIZE_LIMIT,
    TEXT_LIMIT,
    Document,
    Unreadable,
    harmless,
    read_document,
    read_word,
)
from tests.dashboard.build import FORBIDDEN, each_evil_text

DEEP = b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}"


@each_evil_text
def test_an_evil_text_becomes_harmless(text: str) -> None:
    shown = harmless(text)
    assert not set(shown) & FORBIDDEN
    assert len(shown) <= TEXT_LIMIT


@given(st.text(st.characters()))
def test_no_text_at_all_keeps_a_character_that_a_terminal_obeys(text: str) -> None:
    assert not set(harmless(text)) & FORBIDDEN


def test_an_honest_name_stays_as_it_is() -> None:
    for name in ("Bike in the cellar", "Vélo d'appartement", "自行车", "ตัวอย่าง", "Bike [/x]"):
        assert harmless(name) == name


def test_piled_up_accents_are_cut_to_two() -> None:
    assert harmless("Z" + "\u0301" * 50) == "Z\u0301\u0301"


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"\xff\xfe", b"not json", b"[]", b'"text"', b"1", b"null", b"{", b'{"a":NaN}',
        b'{"a":Infinity}', b'{"a":-Infinity}', DEEP, b'{"a":"' + b"x" * SIZE_LIMIT + b'"}',
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_a_payload_that_is_no_sensible_object_is_unreadable(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        read_document(payload)


@pytest.mark.parametrize(
    "value", ["1e999", "-1e999", "1" + "0" * 400, "1e10", "true", '"12"', "null", "[]", "{}"]
)
def test_what_is_no_sensible_number_reads_as_absent(value: str) -> None:
    assert read_document(f'{{"a":{value}}}'.encode()).number("a") is None


def test_fields_are_read_by_type() -> None:
    document = read_document(
        b'{"n":1.5,"t":"x\\u001b","yes":true,"one":1,"part":{"n":2},"parts":[{"n":3},4,null],'
        b'"texts":["a",5,"b"]}'
    )
    assert document.number("n") == 1.5
    assert document.text("t") == "x\ufffd"
    assert document.text("n") is None
    assert document.flag("yes")
    assert not document.flag("one")
    assert document.part("part").number("n") == 2
    assert document.part("n").number("n") is None
    assert [part.number("n") for part in document.parts("parts")] == [3]
    assert document.parts("n") == []
    assert document.texts("texts") == ["a", "b"]
    assert document.texts("n") == []
    assert document.numbers()["n"] == 1.5
    assert document.numbers()["t"] is None


@given(st.binary(max_size=200))
def test_no_payload_raises_anything_but_unreadable(payload: bytes) -> None:
    try:
        assert isinstance(read_document(payload), Document)
    except Unreadable:
        assert not _is_plain_object(payload)


def test_a_word_of_any_bytes_is_harmless() -> None:
    assert read_word(b"online") == "online"
    assert read_word(b"\xff\x1b[2J") == "\ufffd\ufffd[2J"


def _is_plain_object(payload: bytes) -> bool:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not {"NaN", "Infinity"} & set(payload.decode().split('"'))
