"""One line of a recording <-> notification or marker; the check sum that ends each line.

A line is JSON. The form that `notification_line` writes is called canonical: fixed key order, no
blanks. Reading has two lanes that must agree: `CANONICAL`, with which the reader takes that form
apart quickly, and `read_object` with `read_entry`, which take any JSON and say what is wrong.
The format is described for people in ``docs/recordings.md``.
"""

from __future__ import annotations

import json
import math
import re
from binascii import unhexlify
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from zlib import crc32

from pydantic_core import from_json

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.telemetry.topics import MACHINE_ID

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MAX_LINE_BYTES: Final = 65536
"""House choice: a notification of 512 bytes (the longest an attribute may be) needs 1,150."""

TIME_LIMIT_S: Final = 1e10
"""House choice: times may be seconds since 1970, or since a machine was switched on."""

MARK_KINDS: Final = frozenset(
    {"connect", "disconnect", "gap", "label", "command", "sensor", "truth", "written", "end"}
)
"""``written`` is what a client wrote to the machine: seen by a sniffer, sent by no machine."""

ARRIVED: Final = frozenset({"n", "i", "r", "a"})
"""Values of ``dir`` for what a machine sent: notified, indicated, read, advertised."""

CANONICAL: Final = re.compile(
    rb'^(?:(\{"t":([0-9]{1,10}+\.[0-9]{6}+)'
    rb'(,"src":"[^"]*+","char":"[^"]*+","hex":")'
    rb'([^"]{0,1024}+)"),"sum":"([^"]{8})"\}|(.*))$',
    re.MULTILINE,
)
"""Takes a block apart: for each canonical line its text up to the sum, and in it the time, the
middle and the data, then the sum; for any other line only the line.

It looks for quotation marks and nothing else because that is fastest. So a match may span damaged
lines and hold anything: what it found counts only if the sum is right and the middle is known.
"""


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened beside the notifications; one of `MARK_KINDS`.

    source: id of the machine or sensor it concerns, None for the whole recording.
    """

    at: float
    kind: str
    source: str | None = None
    detail: Mapping[str, Json] = field(default_factory=dict)


Entry = Notification | Marker
"""What a recording holds, in the order of time."""


class LineDamaged(Exception):
    """One line cannot be used; the text says why, in a few words and without its content."""


def with_sum(text: bytes) -> bytes:
    """Return the line for a JSON object without its closing brace: sum, brace, line end added."""
    return b'%b,"sum":"%08x"}\n' % (text, crc32(text))


def join_sum(text: bytes, checksum: bytes) -> bytes:
    """Return the line that `CANONICAL` took apart."""
    return b'%b,"sum":"%b"}' % (text, checksum)


def notification_line(notification: Notification) -> bytes:
    """Return the canonical line; ValueError if its source, number or time cannot be written."""
    middle = _middle(notification.source, notification.characteristic)
    time = _time(notification.at)
    return with_sum(b'%b%b%b"' % (time, middle, notification.data.hex().encode()))


def marker_line(marker: Marker) -> bytes:
    """Return the line of a marker; ValueError or TypeError if it cannot be written."""
    if marker.kind not in MARK_KINDS:
        raise ValueError(f"unknown mark {marker.kind!r}")
    fields: dict[str, object] = {"mark": marker.kind}
    if marker.source is not None:
        fields["src"] = _checked_id(marker.source)
    if marker.detail:
        fields["detail"] = marker.detail
    text = json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    line = with_sum(_time(marker.at) + b"," + text[1:-1].encode())
    if len(line) > MAX_LINE_BYTES:
        raise ValueError("a marker this long would not be read")
    return line


def _time(at: float) -> bytes:
    if not 0.0 <= at < TIME_LIMIT_S:
        raise ValueError(f"no time of a recording: {at}")
    return b'{"t":%.6f' % at


@lru_cache(maxsize=1024)
def _middle(source: str, characteristic: int) -> bytes:
    """Return what stands between time and data; it is the same for thousands of lines."""
    if not 0 <= characteristic <= 0xFFFF:
        raise ValueError(f"no 16-bit number: {characteristic}")
    return f',"src":"{_checked_id(source)}","char":"{characteristic:04x}","hex":"'.encode()


def _checked_id(source: str) -> str:
    if not MACHINE_ID.fullmatch(source):
        raise ValueError(f"no id of a machine or sensor: {source!r}")
    return source


def has_right_sum(line: bytes) -> bool:
    """Tell whether a line ends with a check sum that vouches for what is before it."""
    text, _, tail = line.strip().rpartition(b',"sum":"')
    return tail.lower() == b'%08x"}' % crc32(text)


def read_object(line: bytes) -> tuple[dict[str, object], bool]:
    """Return the JSON object of a line, and whether a check sum vouches for it."""
    if len(line) > MAX_LINE_BYTES:
        raise LineDamaged(f"longer than {MAX_LINE_BYTES} bytes")
    try:
        fields = from_json(line, allow_inf_nan=False)
    except ValueError as error:
        raise LineDamaged("not JSON, torn or damaged") from error
    if not isinstance(fields, dict):
        raise LineDamaged("not a JSON object")
    if "sum" not in fields:
        return fields, False
    if not has_right_sum(line):
        raise LineDamaged("wrong check sum")
    return fields, True


def read_entry(fields: Mapping[str, object], default_source: str) -> Entry:
    """Return what one line's fields say; keys that are not ours are passed over."""
    at = _read_time(fields)
    source = _read_source(fields)
    if "mark" in fields:
        return _read_marker(fields, at, source)
    number, data = _read_hex(fields, "char"), _read_hex(fields, "hex")
    if len(number) != 2:
        raise LineDamaged("char is not four hex digits")
    direction = fields.get("dir")
    if direction == "w":
        written: dict[str, Json] = {"char": number.hex(), "hex": data.hex()}
        return Marker(at, "written", source or default_source, written)
    if direction is not None and not (isinstance(direction, str) and direction in ARRIVED):
        raise LineDamaged("dir is none of n, i, r, a, w")
    return Notification(at, source or default_source, int.from_bytes(number, "big"), data)


def _read_time(fields: Mapping[str, object]) -> float:
    at = fields.get("t")
    if at is None:
        raise LineDamaged("no time")
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise LineDamaged("time is not a number")
    if not 0 <= at < TIME_LIMIT_S:
        raise LineDamaged("time out of range")
    return float(at)


def _read_source(fields: Mapping[str, object]) -> str | None:
    source = fields.get("src")
    if source is None:
        return None
    if not isinstance(source, str) or not MACHINE_ID.fullmatch(source):
        raise LineDamaged("src is not an id of a-z, 0-9 and _")
    return source


def _read_hex(fields: Mapping[str, object], key: str) -> bytes:
    text = fields.get(key)
    if not isinstance(text, str):
        raise LineDamaged(f"no {key}")
    try:
        return unhexlify(text)
    except ValueError as error:
        raise LineDamaged(f"{key} is not pairs of hex digits") from error


def _read_marker(fields: Mapping[str, object], at: float, source: str | None) -> Marker:
    kind, detail = fields["mark"], fields.get("detail", {})
    if not isinstance(kind, str) or kind not in MARK_KINDS:
        raise LineDamaged("unknown mark")
    if not isinstance(detail, dict) or not _is_finite(detail):
        raise LineDamaged("detail is not an object of finite numbers")
    return Marker(at, kind, source, detail)


def _is_finite(value: object) -> bool:
    """Tell whether no number in it is infinite: JSON has 1e999, which has no finite float."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return not isinstance(value, list) or all(map(_is_finite, value))
