"""A speed that is meant as negative: no such field exists, but two's complement fits into it."""

from __future__ import annotations

from typing import Final

from ftms_bridge.measurement.signals import Number

SIGNED_FROM_KMH: Final = 327.67
"""The speed is a uint16 of 0.01 km/h; above this it can be meant as a two's complement."""

_MODULUS_KMH: Final = 655.36
_SLOWEST_KMH: Final = 0.3
_FASTEST_KMH: Final = 16.0
"""Backward speeds that can be meant: from the slowest belts to beyond the fastest backward runners
(house choice)."""
_NOT_AVAILABLE_KMH: Final = 0.015
"""0xFFFF, -0.01 km/h as a two's complement, says "not available"."""


class SpeedSign:
    """Tells whether a source sends its speed as positive, or as the two's complement of a negative.

    sign: 1, -1, or 0 when the last speed said neither. heard: how many speeds there were: not
    every record has one.
    """

    __slots__ = ("_in_a_row", "_is_sure", "heard", "sign")

    def __init__(self) -> None:
        self.sign = 0
        self.heard = 0
        self._in_a_row = 0
        self._is_sure = False

    def receive(self, speed_kmh: Number | None, values: list[Number | None], index: int) -> None:
        """Take a speed; the second negative one in a row is put into the values by its size.

        A single one is garbage more often than not, and stays the impossible speed that it is. A
        source that has sent two is known to do it: from then on each one counts, also slow ones.
        """
        self.heard += 1
        if speed_kmh is not None and speed_kmh <= SIGNED_FROM_KMH:
            self.sign = 1 if speed_kmh > 0 else 0
            self._in_a_row = 0
            return
        self.sign = 0
        reversed_kmh = 0.0 if speed_kmh is None else _MODULUS_KMH - speed_kmh
        is_slow = reversed_kmh < _SLOWEST_KMH
        if not _NOT_AVAILABLE_KMH < reversed_kmh <= _FASTEST_KMH or (is_slow and not self._is_sure):
            self._in_a_row = 0
            return
        self._in_a_row += 1
        self._is_sure = self._is_sure or self._in_a_row > 1
        if not is_slow:
            self.sign = -1
        if self._is_sure:
            values[index] = round(reversed_kmh, 2)
