"""What to do with each characteristic that a connected device offers."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Final

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.service import BleakGATTServiceCollection

from ftms_bridge.ble.binding import FITNESS_SERVICES, MEASUREMENTS
from ftms_bridge.gatt.codec import CODECS
from ftms_bridge.gatt.quirks import quirk_for
from ftms_bridge.gatt.uuids import short_number

CONTROL_POINTS: Final = frozenset({0x2AD9, 0x2A55, 0x2A66})
"""Never subscribed, never written: this program observes."""

PRIVATE: Final = frozenset({0x2A25, 0x2A23})
"""Never read: serial number and system id (which holds the address) would tell everybody who gets a
recording whose machine it is."""

DEVICE_NAME: Final = 0x2A00
"""Taken from the advertisement: some systems hide the service that it belongs to."""
MANUFACTURER: Final = 0x2A29
MODEL: Final = 0x2A24
FIRMWARE: Final = 0x2A26
IDENTITY: Final = (MANUFACTURER, MODEL, FIRMWARE)
"""Read before anything is followed."""

MEASURED: Final = frozenset(MEASUREMENTS.values()) | {0x2A64}
"""Characteristics whose notifications show that the device is measuring."""

_NOT_FACTS: Final = MEASURED | PRIVATE | {DEVICE_NAME, *IDENTITY}
_CALLS: Final = frozenset({"notify", "indicate"})


class GattTable:
    """The characteristics that are known here, by number; of several with one number the first.

    unknown: how many are not known here.
    """

    def __init__(self, services: BleakGATTServiceCollection) -> None:
        self.unknown = 0
        self._known: dict[int, BleakGATTCharacteristic] = {}
        numbers = set()
        for service in services:
            number = short_number(service.uuid)
            if number is not None:
                numbers.add(number)
            for characteristic in service.characteristics:
                self._add(characteristic)
        self.services: tuple[int, ...] = tuple(sorted(numbers & FITNESS_SERVICES))

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing at all: no device is like that."""
        return not self._known and not self.unknown

    def __contains__(self, number: int) -> bool:
        """Return whether the device offers this characteristic."""
        return number in self._known

    def __getitem__(self, number: int) -> BleakGATTCharacteristic:
        """Return the characteristic with this number; KeyError when there is none."""
        return self._known[number]

    def speaking(self) -> Iterator[tuple[int, BleakGATTCharacteristic]]:
        """Yield those to subscribe to, measurements first."""
        speaking = [
            (number, one)
            for number, one in self._known.items()
            if not _CALLS.isdisjoint(one.properties) and number not in CONTROL_POINTS
        ]
        yield from sorted(speaking, key=lambda pair: pair[0] not in MEASURED)

    def readable(self) -> Iterator[tuple[int, BleakGATTCharacteristic]]:
        """Yield the facts that can be read, apart from those that make up the identity."""
        for number, one in self._known.items():
            if "read" in one.properties and number not in _NOT_FACTS:
                yield number, one

    def probe(self, refused: Container[int] = ()) -> BleakGATTCharacteristic | None:
        """Return one that a living device must answer for, or None when there is none.

        refused: numbers of those that it did not answer for, or only with an error.
        """
        readable = list(self.readable())
        readable += [(number, self[number]) for number in IDENTITY if number in self]
        may = (one for number, one in readable if number not in refused)
        return next((one for one in may if "read" in one.properties), None)

    def _add(self, characteristic: BleakGATTCharacteristic) -> None:
        number = short_number(characteristic.uuid)
        if number is None or number not in CODECS:
            self.unknown += 1
        else:
            self._known.setdefault(number, characteristic)


def telling_name(name: str) -> str:
    """Return the part of a radio name that says which kind of machine it is, if any does.

    What follows the first digit tells one machine from its sisters, and a name that chooses no
    quirk profile may be that of a person: neither belongs into recordings.
    """
    kind = re.split(r"\d", name, maxsplit=1)[0]
    return kind if kind and quirk_for(name=kind) is not None else ""
