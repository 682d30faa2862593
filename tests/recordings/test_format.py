"""One line <-> notification or marker."""

from __future__ import annotations

import json
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import (
    CANONICAL,
    MAX_LINE_BYTES,
    Entry,
    LineDamaged,
    Marker,
    join_sum,
    marker_line,
    notification_line,
    read_entry,
    read_object,
    with_sum,
)
from tests.recordings.samples import markers, notifications

RIDE = Notification(1.5, "bike", 0x2AD2, bytes.fromhex("4400ca0c"))


def read(line: bytes, default_source: str = "machine") -> Entry:
    return read_entry(read_object(line)[0], default_source)


def reason(line: bytes) -> str:
    with pytest.raises(LineDamaged) as damage:
        read(line)
    return str(damage.value)


def test_a_notification_line_is_what_the_documentation_shows() -> None:
    text = b'{"t":1.500000,"src":"bike","char":"2ad2","hex":"4400ca0c"'
    assert notification_line(RIDE) == b'%b,"sum":"%08x"}\n' % (text, crc32(text))


def test_a_marker_line_leaves_out_what_is_empty() -> None:
    assert marker_line(Marker(2, "label")).startswith(b'{"t":2.000000,"mark":"label","sum":"')


def test_every_line_is_plain_json() -> None:
    marker = Marker(3.25, "label", "bike", {"text": 'a "lap"\n', "n": [1, None, True]})
    fields = json.loads(marker_line(marker))
    del fields["sum"]
    assert fields == {
        "t": 3.25,
        "mark": "label",
        "src": "bike",
        "detail": {"text": 'a "lap"\n', "n": [1, None, True]},
    }


@given(notifications)
def test_a_notification_comes_back_equal(notification: Notification) -> None:
    assert read(notification_line(notification)) == notification


@given(markers)
def test_a_marker_comes_back_equal(marker: Marker) -> None:
    assert read(marker_line(marker)) == marker


@given(notifications)
def test_the_canonical_pattern_takes_apart_what_the_writer_writes(
    notification: Notification,
) -> None:
    line = notification_line(notification).rstrip(b"\n")
    [(text, time, middle, digits, checksum, other)] = CANONICAL.findall(line)
    assert join_sum(text, checksum) == line
    assert float(time) == notification.at
    assert bytes.fromhex(digits.decode()) == notification.data
    assert notification.source.encode() in middle
    assert other == b""


@pytest.mark.parametrize(
    "notification",
    [
        Notification(float("nan"), "bike", 0x2AD2, b""),
        Notification(float("inf"), "bike", 0x2AD2, b""),
        Notification(-0.1, "bike", 0x2AD2, b""),
        Notification(1e10, "bike", 0x2AD2, b""),
        Notification(1.0, "Bike 1", 0x2AD2, b""),
        Notification(1.0, "", 0x2AD2, b""),
        Notification(1.0, "bike", 0x10000, b""),
        Notification(1.0, "bike", -1, b""),
    ],
)
def test_what_would_not_be_read_is_not_written(notification: Notification) -> None:
    with pytest.raises(ValueError, match="no "):
        notification_line(notification)


@pytest.mark.parametrize(
    "marker",
    [
        Marker(1.0, "party"),
        Marker(1.0, "label", "AA:BB:CC:DD:EE:FF"),
        Marker(-1.0, "label"),
        Marker(1.0, "label", None, {"n": float("inf")}),
        Marker(1.0, "label", None, {"text": "\ud800"}),
        Marker(1.0, "label", None, {"text": "x" * MAX_LINE_BYTES}),
    ],
)
def test_a_marker_that_would_not_be_read_is_not_written(marker: Marker) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json and codecs raise kinds of their own
        marker_line(marker)


def test_a_line_of_others_needs_only_time_characteristic_and_bytes() -> None:
    line = b'{"hex": "4400CA0C", "rssi": -60, "char": "2AD2", "t": 2, "note": {"a": [1]}}\r'
    assert read(line) == Notification(2.0, "machine", 0x2AD2, bytes.fromhex("4400ca0c"))


@pytest.mark.parametrize("direction", ["n", "i", "r", "a"])
def test_what_a_machine_sent_is_a_notification(direction: str) -> None:
    line = b'{"t":1,"char":"2acc","hex":"00","dir":"%b"}' % direction.encode()
    assert isinstance(read(line), Notification)


def test_what_a_client_wrote_is_a_marker_and_no_notification() -> None:
    written = read(b'{"t":1,"char":"2AD9","hex":"0001","dir":"w"}')
    assert written == Marker(1.0, "written", "machine", {"char": "2ad9", "hex": "0001"})


def test_an_empty_notification_is_a_notification() -> None:
    assert read(b'{"t":1,"char":"2ad2","hex":""}') == Notification(1.0, "machine", 0x2AD2, b"")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"t":1,"char":"2ad2","hex":"44', "not JSON, torn or damaged"),
        (b'{"t":1,"char":"2ad2","hex":"44"}x', "not JSON, torn or damaged"),
        (b'{"t":1,"char":"2ad2","hex":"4\x004"}', "not JSON, torn or damaged"),
        (b'{"t":1,"char":"2ad2","hex":"\xff\xfe"}', "not JSON, torn or damaged"),
        (b'{"t":NaN,"char":"2ad2","hex":"44"}', "not JSON, torn or damaged"),
        (b'{"t":-Infinity,"char":"2ad2","hex":"44"}', "not JSON, torn or damaged"),
        (b"[" * 9000, "not JSON, torn or damaged"),
        (b'["t",1]', "not a JSON object"),
        (b"17", "not a JSON object"),
        (b'{"char":"2ad2","hex":"44"}', "no time"),
        (b'{"t":null,"char":"2ad2","hex":"44"}', "no time"),
        (b'{"t":"1","char":"2ad2","hex":"44"}', "time is not a number"),
        (b'{"t":true,"char":"2ad2","hex":"44"}', "time is not a number"),
        (b'{"t":-1,"char":"2ad2","hex":"44"}', "time out of range"),
        (b'{"t":1e999,"char":"2ad2","hex":"44"}', "time out of range"),
        (b'{"t":1' + b"0" * 400 + b',"char":"2ad2","hex":"44"}', "time out of range"),
        (b'{"t":1,"hex":"44"}', "no char"),
        (b'{"t":1,"char":10962,"hex":"44"}', "no char"),
        (b'{"t":1,"char":"2ag2","hex":"44"}', "char is not pairs of hex digits"),
        (b'{"t":1,"char":"2ad","hex":"44"}', "char is not pairs of hex digits"),
        (b'{"t":1,"char":"2ad2ff","hex":"44"}', "char is not four hex digits"),
        (b'{"t":1,"char":"2ad2"}', "no hex"),
        (b'{"t":1,"char":"2ad2","hex":"4"}', "hex is not pairs of hex digits"),
        (b'{"t":1,"char":"2ad2","hex":"4 4 "}', "hex is not pairs of hex digits"),
        (b'{"t":1,"char":"2ad2","hex":"\\u00e9\\u00e9"}', "hex is not pairs of hex digits"),
        (b'{"t":1,"src":"My Bike","char":"2ad2","hex":"44"}', "src is not an id of a-z, 0-9 and _"),
        (b'{"t":1,"src":7,"char":"2ad2","hex":"44"}', "src is not an id of a-z, 0-9 and _"),
        (b'{"t":1,"dir":"x","char":"2ad2","hex":"44"}', "dir is none of n, i, r, a, w"),
        (b'{"t":1,"dir":{"a":1},"char":"2ad2","hex":"44"}', "dir is none of n, i, r, a, w"),
        (b'{"t":1,"mark":"party"}', "unknown mark"),
        (b'{"t":1,"mark":["gap"]}', "unknown mark"),
        (b'{"t":1,"mark":"gap","detail":5}', "detail is not an object of finite numbers"),
        (b'{"t":1,"mark":"gap","detail":{"a":[1e999]}}',
         "detail is not an object of finite numbers"),
        (b'{"t":1,"char":"2ad2","hex":"44","sum":"00000000"}', "wrong check sum"),
        (b'{"t":1,"char":"2ad2","hex":"44","sum":7}', "wrong check sum"),
        (b'{"t":1,"sum":"00000000","char":"2ad2","hex":"44"}', "wrong check sum"),
        (b" " * MAX_LINE_BYTES + b"{}", f"longer than {MAX_LINE_BYTES} bytes"),
    ],
)  # fmt: skip
def test_a_damaged_line_says_why(line: bytes, why: str) -> None:
    assert reason(line) == why


def test_the_sum_vouches_for_a_line_of_any_form_if_it_comes_last() -> None:
    line = with_sum(b'{"char":"2ad2" , "hex":"44", "t":1').rstrip()
    assert read_object(line)[1]
    assert not read_object(b'{"char":"2ad2","hex":"44","t":1}')[1]


def test_a_sum_inside_a_detail_is_no_sum_of_the_line() -> None:
    fields, vouched = read_object(b'{"t":1,"mark":"label","detail":{"a":1,"sum":"12345678"}}')
    assert not vouched
    assert read_entry(fields, "machine") == Marker(1.0, "label", None, {"a": 1, "sum": "12345678"})


@given(notifications, st.data())
def test_no_change_of_one_byte_gets_past_the_sum(
    notification: Notification, draw: st.DataObject
) -> None:
    line = bytearray(notification_line(notification).rstrip(b"\n"))
    place = draw.draw(st.integers(0, len(line) - 1))
    line[place] ^= draw.draw(st.integers(1, 255))
    try:
        assert read(bytes(line)) == notification  # the name of the sum itself was hit
    except LineDamaged as damage:
        assert str(damage)


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda b: b'{"t":1,"char":' + b + b"}"))
def test_no_bytes_raise_anything_but_damage(line: bytes) -> None:
    try:
        fields, _ = read_object(line)
        assert isinstance(read_entry(fields, "machine"), Entry)
    except LineDamaged as damage:
        assert str(damage)
