"""From an advertisement, which anybody may send, to what is known of a device."""

from __future__ import annotations

from typing import Final

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from ftms_bridge.ble.binding import SERVICE_OF_SENSOR, Candidate, Kind
from ftms_bridge.ble.verdicts import plain_text
from ftms_bridge.gatt.codec import decode
from ftms_bridge.gatt.uuids import FITNESS_MACHINE_SERVICE, long_uuid, short_number
from ftms_bridge.measurement.sources import MachineKind

LONGEST_NAME: Final = 60
"""Characters of a name that are kept; an advertisement has room for 29 bytes, a scan response with
extended advertising for more than anybody wants to read."""

_FTMS_UUID: Final = long_uuid(FITNESS_MACHINE_SERVICE)
_KINDS: Final = {kind.value: kind for kind in MachineKind}
_SENSORS: Final = {service: kind for kind, service in SERVICE_OF_SENSOR.items()}


def candidate_of(device: BLEDevice, advert: AdvertisementData) -> Candidate:
    """Return what an advertisement says."""
    numbers = (short_number(text) for text in (*advert.service_uuids, *advert.service_data))
    services = frozenset(number for number in numbers if number is not None)
    kinds: set[Kind] = {_SENSORS[service] for service in services & _SENSORS.keys()}
    kinds |= machine_kinds(advertised_bytes(advert))
    name = plain_text(advert.local_name or device.name or "", LONGEST_NAME)
    return Candidate(device.address, name, advert.rssi, services, frozenset(kinds))


def advertised_bytes(advert: AdvertisementData) -> bytes | None:
    """Return the service data of the Fitness Machine Service, if there is any."""
    return advert.service_data.get(_FTMS_UUID)


def machine_kinds(service_data: bytes | None) -> set[Kind]:
    """Return the kinds of machine that FTMS service data names (FTMS 1.0, 3.1.2)."""
    if not service_data:
        return set()
    types = decode(FITNESS_MACHINE_SERVICE, service_data).fields.get("types")
    return {_KINDS[word] for word in types if word in _KINDS} if isinstance(types, list) else set()
