"""Bytes of one characteristic to named values and back.

A codec reports; it never filters, and it never raises on what comes from the air. Decoding is one
look-up by flag word, one ``struct`` call and a few fix-ups (see ``shapes``). This is the hot path
of the program; measure with ``make bench`` before and after a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import Struct, error
from typing import Final

from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.encoding import encode_record
from ftms_bridge.gatt.fields import AnyLayout, Value
from ftms_bridge.gatt.finishing import finish_values
from ftms_bridge.gatt.layouts import LAYOUTS
from ftms_bridge.gatt.quirks import apply_quirk, quirk_named
from ftms_bridge.gatt.shapes import Decoded, Reading, Shape, Status

__all__ = ["Codec", "Decoded", "Shape", "Status", "codec_for", "decode", "encode"]

_FLAG_STRUCTS: Final = {0: Struct(""), 1: Struct("<B"), 2: Struct("<H"), 3: Struct("<HB")}
_MAX_SHAPES: Final = 256
"""Flag words remembered per codec; a machine sends one to three, a hostile one all of them."""


class Codec:
    """Decodes and encodes one characteristic, with or without a quirk applied to its layout."""

    __slots__ = ("_flags", "_recent", "layout")

    def __init__(self, layout: AnyLayout) -> None:
        self.layout = layout
        self._flags = _FLAG_STRUCTS[layout.flag_bytes]
        self._recent: dict[tuple[int, ...], Reading] = {}

    def decode(self, data: bytes | bytearray) -> Decoded:
        """Return the values of a record; whatever the bytes are, there is an answer."""
        try:
            reading = self._recent[self._flags.unpack_from(data)]
            values = [*reading.struct.unpack(data)]
        except (KeyError, error):  # a flag word not seen lately, or another length than last time
            reading = self._find_reading(data)
            values = [*reading.struct.unpack(data)]
        for i, divisor in reading.scaled:
            values[i] = values[i] / divisor
        if reading.needs_more:
            for i, place, shift in reading.topped:
                if data[place]:
                    values[i] = values[i] + (data[place] << shift)
            for i, unavailable in reading.nullable:
                if values[i] == unavailable:
                    values[i] = None
            if reading.needs_finish:
                finish_values(values, reading.finish, reading.absent)
        decoded = Decoded()
        decoded.values = values
        decoded.reading = reading
        return decoded

    def encode(
        self, fields: Mapping[str, Value], *, more_data: bool = False, backward: bool = False
    ) -> bytes:
        """Return the bytes of a record with these fields, in the wide form of each.

        None is sent as "not available". With ``more_data`` the leading field is left for the last
        part of the record. ``backward`` is short for the field of that name.
        Raises UsageError for a field that is unknown, lacks its partner or does not fit its bytes.
        """
        if backward:
            fields = {**fields, "backward": True}
        return encode_record(self.layout, fields, more_data=more_data)

    def _find_reading(self, data: bytes | bytearray) -> Reading:
        """Return the reading for this flag word and length, and keep it as the recent one."""
        count = self.layout.flag_bytes
        is_whole = len(data) >= count
        key: tuple[int, ...] = self._flags.unpack_from(data) if is_whole else (-1,)
        recent = self._recent.get(key)
        if recent is None:
            if len(self._recent) >= _MAX_SHAPES:
                self._recent.clear()
            flags = int.from_bytes(data[:count], "little") if is_whole else -1
            shape = Shape(self.layout, flags)
        else:
            shape = recent.shape
        reading = shape.readings.get(len(data)) or shape.open_reading(len(data))
        self._recent[key] = reading
        return reading


CODECS: Final[Mapping[int, Codec]] = {number: Codec(LAYOUTS[number]) for number in LAYOUTS}
"""The codecs of the specification as written."""

_quirked: dict[tuple[int, str], Codec] = {}


def codec_for(characteristic: int, quirk: str | None = None) -> Codec | None:
    """Return the codec of a characteristic, or None when this program does not know it.

    quirk: name of a profile in the data file. Raises ConfigError when there is no such profile.
    """
    plain = CODECS.get(characteristic)
    if quirk is None or plain is None:
        return plain
    key = characteristic, quirk
    codec = _quirked.get(key)
    if codec is None:
        layout = apply_quirk(quirk_named(quirk), plain.layout)
        codec = plain if layout is plain.layout else Codec(layout)
        _quirked[key] = codec
    return codec


def decode(characteristic: int, data: bytes | bytearray) -> Decoded:
    """Return the values of a record of this characteristic.

    Raises UsageError when the characteristic is unknown, whatever the bytes.
    """
    try:
        codec = CODECS[characteristic]
    except KeyError:
        raise _unknown(characteristic) from None
    return codec.decode(data)


def encode(
    characteristic: int,
    fields: Mapping[str, Value],
    *,
    more_data: bool = False,
    backward: bool = False,
) -> bytes:
    """Return the bytes of a record with these fields; see ``Codec.encode``."""
    try:
        codec = CODECS[characteristic]
    except KeyError:
        raise _unknown(characteristic) from None
    return codec.encode(fields, more_data=more_data, backward=backward)


def _unknown(characteristic: int) -> UsageError:
    return UsageError(
        f"The characteristic 0x{characteristic:04X} is not known.",
        hint=f"Known are: {', '.join(f'{number:04x}' for number in CODECS)}.",
    )
