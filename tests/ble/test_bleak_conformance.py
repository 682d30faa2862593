"""What the code relies on in bleak and its retry connector beyond their documented interface.

Each expectation is exact: when a new version fails one, read what changed before changing it here.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import bleak
import bleak_retry_connector as connector
import pytest
from bleak import BleakAdapter, BleakClient, BleakScanner
from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.adapter import BaseBleakAdapter
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)
from bleak.uuids import normalize_uuid_str
from bleak_retry_connector import bluez

ADDRESS = "C0:01:02:03:04:05"
FTMS = "00001826-0000-1000-8000-00805f9b34fb"


def parameters(call: Any) -> list[str]:
    """Return the parameters as written: ``*`` before keyword-only ones, ``=`` for a default."""
    marks: dict[Any, str] = {
        inspect.Parameter.VAR_POSITIONAL: "*",
        inspect.Parameter.VAR_KEYWORD: "**",
    }
    found: list[str] = []
    keyword_only = False
    for one in inspect.signature(call).parameters.values():
        if one.kind is inspect.Parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            found.append("*")
        default = "" if one.default is inspect.Parameter.empty else "="
        found.append(marks.get(one.kind, "") + one.name + default)
    return found


class RecordedScanner(BaseBleakScanner):
    """Keeps what bleak constructs it with."""

    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(arguments[0], arguments[1])
        type(self).arguments, type(self).options = arguments, options

    async def start(self) -> None:
        self.seen_devices = {}

    async def stop(self) -> None:
        self.stopped = True


class RecordedClient(BaseBleakClient):
    """Keeps what bleak and the retry connector give it."""

    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] | None = None
    connected_with: tuple[bool, dict[str, Any]] | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(
            arguments[0],
            disconnected_callback=options["disconnected_callback"],
            timeout=options["timeout"],
        )
        type(self).arguments, type(self).options = arguments, options

    @property
    def mtu_size(self) -> int:
        return 23

    @property
    def is_connected(self) -> bool:
        return True

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        type(self).connected_with = (pair, kwargs)

    async def disconnect(self) -> None:
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def pair(self, *args: Any, **kwargs: Any) -> None: ...

    async def unpair(self) -> None: ...

    async def read_gatt_char(self, characteristic: Any, **kwargs: Any) -> bytearray:
        return bytearray()

    async def read_gatt_descriptor(self, descriptor: Any, **kwargs: Any) -> bytearray:
        return bytearray()

    async def write_gatt_char(self, characteristic: Any, data: Any, response: bool) -> None: ...

    async def write_gatt_descriptor(self, descriptor: Any, data: Any) -> None: ...

    async def start_notify(self, characteristic: Any, callback: Any, **kwargs: Any) -> None: ...

    async def stop_notify(self, characteristic: Any) -> None: ...


class RecordedAdapter(BaseBleakAdapter):
    options: dict[str, Any] | None = None

    @classmethod
    async def get(cls, **kwargs: Any) -> RecordedAdapter:
        cls.options = kwargs
        return cls()


# ---------------------------------------------------------------- what a backend must be


def test_a_client_backend_has_these_methods_to_write() -> None:
    assert BaseBleakClient.__abstractmethods__ == {
        "connect",
        "disconnect",
        "is_connected",
        "mtu_size",
        "pair",
        "read_gatt_char",
        "read_gatt_descriptor",
        "start_notify",
        "stop_notify",
        "unpair",
        "write_gatt_char",
        "write_gatt_descriptor",
    }
    assert isinstance(BaseBleakClient.name, property)


def test_a_scanner_backend_has_these_methods_to_write() -> None:
    assert BaseBleakScanner.__abstractmethods__ == {"start", "stop"}


def test_an_adapter_backend_has_these_methods_to_write() -> None:
    public = {name for name in vars(BaseBleakAdapter) if not name.startswith("_")}
    assert public == {"get", "get_connected_devices"}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            BaseBleakClient.__init__,
            [
                "self",
                "address_or_ble_device",
                "*",
                "disconnected_callback",
                "timeout",
                "**kwargs",
            ],
        ),
        (BaseBleakClient.connect, ["self", "pair", "**kwargs"]),
        (
            BaseBleakClient.read_gatt_char,
            ["self", "characteristic", "*", "use_cached=", "**kwargs"],
        ),
        (BaseBleakClient.write_gatt_char, ["self", "characteristic", "data", "response"]),
        (BaseBleakClient.start_notify, ["self", "characteristic", "callback", "**kwargs"]),
        (BaseBleakScanner.__init__, ["self", "detection_callback", "service_uuids"]),
        (
            BaseBleakScanner.create_or_update_device,
            ["self", "key", "address", "name", "details", "adv"],
        ),
        (BaseBleakScanner.call_detection_callbacks, ["self", "device", "advertisement_data"]),
        (BaseBleakScanner.is_allowed_uuid, ["self", "service_uuids"]),
        (BLEDevice.__init__, ["self", "address", "name", "details", "**kwargs"]),
        (BleakGATTService.__init__, ["self", "obj", "handle", "uuid"]),
        (
            BleakGATTCharacteristic.__init__,
            [
                "self",
                "obj",
                "handle",
                "uuid",
                "properties",
                "max_write_without_response_size",
                "service",
            ],
        ),
        (BleakGATTDescriptor.__init__, ["self", "obj", "handle", "uuid", "characteristic"]),
    ],
)
def test_the_shapes_that_a_backend_fits_are_these(call: Any, expected: list[str]) -> None:
    assert parameters(call) == expected


def test_an_advertisement_has_these_fields() -> None:
    assert AdvertisementData._fields == (
        "local_name",
        "manufacturer_data",
        "service_data",
        "service_uuids",
        "tx_power",
        "rssi",
        "platform_data",
    )


def test_properties_come_as_a_set_of_words() -> None:
    words = gatt_char_props_to_strs(0x02 | 0x10 | 0x20)
    assert words == frozenset({"read", "notify", "indicate"})


def test_short_uuids_become_long_ones() -> None:
    assert normalize_uuid_str("1826") == FTMS


# ---------------------------------------------------------------- how bleak calls a backend


def test_a_scanner_backend_is_made_with_three_places_and_two_options() -> None:
    def hear(device: BLEDevice, data: AdvertisementData) -> None: ...

    scanner = BleakScanner(hear, [FTMS], bluez={"adapter": "hci1"}, backend=RecordedScanner)
    assert RecordedScanner.arguments == (hear, [FTMS], "active")
    assert RecordedScanner.options == {"bluez": {"adapter": "hci1"}, "cb": {}}
    assert scanner.backend_id == "RecordedScanner"
    assert isinstance(scanner._backend, RecordedScanner)


def test_a_client_backend_is_made_with_a_callback_without_arguments() -> None:
    device = BLEDevice(ADDRESS, "Bike", {})
    lost: list[BleakClient] = []
    client = BleakClient(device, lost.append, timeout=7, backend=RecordedClient, extra="kept")
    assert RecordedClient.arguments == (device,)
    options = dict(RecordedClient.options or {})
    options.pop("disconnected_callback")()
    assert lost == [client]
    assert options == {"services": None, "timeout": 7, "bluez": {}, "winrt": {}, "extra": "kept"}


def test_without_a_callback_a_client_backend_gets_none() -> None:
    BleakClient(ADDRESS, backend=RecordedClient)
    assert (RecordedClient.options or {})["disconnected_callback"] is None


async def test_an_adapter_backend_is_asked_for_itself() -> None:
    adapter = await BleakAdapter.get(bluez={"adapter": "hci1"}, backend=RecordedAdapter)
    assert RecordedAdapter.options == {"bluez": {"adapter": "hci1"}}
    assert isinstance(adapter._backend, RecordedAdapter)


def test_without_services_there_is_a_plain_error() -> None:
    client = BleakClient(ADDRESS, backend=RecordedClient)
    with pytest.raises(BleakError, match="^Service Discovery has not been performed yet$"):
        _ = client.services


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            BleakScanner.__init__,
            [
                "self",
                "detection_callback=",
                "service_uuids=",
                "scanning_mode=",
                "*",
                "bluez=",
                "cb=",
                "backend=",
                "**kwargs",
            ],
        ),
        (
            BleakClient.__init__,
            [
                "self",
                "address_or_ble_device",
                "disconnected_callback=",
                "services=",
                "*",
                "timeout=",
                "pair=",
                "bluez=",
                "winrt=",
                "backend=",
                "**kwargs",
            ],
        ),
        (BleakClient.connect, ["self", "**kwargs"]),
        (BleakClient.disconnect, ["self"]),
        (
            BleakClient.start_notify,
            ["self", "char_specifier", "callback", "*", "bluez=", "cb=", "**kwargs"],
        ),
        (BleakAdapter.get, ["*", "bluez=", "backend="]),
    ],
)
def test_the_ways_into_bleak_are_these(call: Any, expected: list[str]) -> None:
    assert parameters(call) == expected


# ---------------------------------------------------------------- errors


def test_the_reasons_without_bluetooth_are_these() -> None:
    assert {reason.name for reason in BleakBluetoothNotAvailableReason} == {
        "NO_BLUETOOTH",
        "NO_BLE_CENTRAL_ROLE",
        "POWERED_OFF",
        "DENIED_BY_USER",
        "DENIED_BY_SYSTEM",
        "DENIED_BY_UNKNOWN",
        "UNKNOWN",
    }
    error = BleakBluetoothNotAvailableError("gone", BleakBluetoothNotAvailableReason.NO_BLUETOOTH)
    assert error.reason is BleakBluetoothNotAvailableReason.NO_BLUETOOTH
    assert error.args[0] == "gone"


def test_a_dbus_error_tells_its_name_and_details() -> None:
    error = BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"])
    assert error.dbus_error == "org.bluez.Error.NotReady"
    assert error.dbus_error_details == "Resource Not Ready"
    assert BleakDBusError("org.bluez.Error.Failed", []).dbus_error_details is None


def test_a_protocol_error_tells_its_code_even_an_unknown_one() -> None:
    known = BleakGATTProtocolError(BleakGATTProtocolErrorCode.READ_NOT_PERMITTED)
    assert known.code is BleakGATTProtocolErrorCode.READ_NOT_PERMITTED
    assert BleakGATTProtocolError(0x85).code == 0x85


def test_every_error_of_bleak_is_a_bleak_error() -> None:
    named = [
        one
        for one in vars(bleak.exc).values()
        if inspect.isclass(one) and issubclass(one, Exception)
    ]
    assert {one.__name__ for one in named if not issubclass(one, BleakError)} == set()
    assert issubclass(BleakDeviceNotFoundError, BleakError)


# ---------------------------------------------------------------- the retry connector


def test_the_retry_connector_takes_these_arguments() -> None:
    assert parameters(connector.establish_connection) == [
        "client_class",
        "device",
        "name",
        "disconnected_callback=",
        "max_attempts=",
        "cached_services=",
        "ble_device_callback=",
        "use_services_cache=",
        "pair=",
        "**kwargs",
    ]
    assert parameters(connector.close_stale_connections_by_address) == [
        "address",
        "only_other_adapters=",
    ]
    assert parameters(connector.clear_cache) == ["address"]


def test_the_retry_connector_hands_its_own_limits_to_connect() -> None:
    device = BLEDevice(ADDRESS, "Bike", {"address": ADDRESS})
    call = connector.establish_connection(
        connector.BleakClientWithServiceCache,
        device,
        "Bike",
        use_services_cache=False,
        backend=RecordedClient,
    )
    client = asyncio.run(call)
    assert RecordedClient.connected_with == (
        False,
        {"timeout": 20.0, "dangerous_use_bleak_cache": False},
    )
    assert isinstance(client, connector.BleakClientWithServiceCache)
    assert (RecordedClient.options or {})["_is_retry_client"] is True


def test_the_retry_connector_has_these_limits() -> None:
    assert {
        name: getattr(connector, name)
        for name in (
            "BLEAK_TIMEOUT",
            "BLEAK_SAFETY_TIMEOUT",
            "MAX_CONNECT_ATTEMPTS",
            "MAX_TRANSIENT_ERRORS",
            "DISCONNECT_TIMEOUT",
            "BLEAK_BACKOFF_TIME",
            "BLEAK_DBUS_BACKOFF_TIME",
            "BLEAK_TRANSIENT_BACKOFF_TIME",
            "BLEAK_TRANSIENT_MEDIUM_BACKOFF_TIME",
            "BLEAK_TRANSIENT_LONG_BACKOFF_TIME",
            "BLEAK_OUT_OF_SLOTS_BACKOFF_TIME",
            "BLEAK_DISCONNECTED_BACKOFF_TIME",
        )
    } == {
        "BLEAK_TIMEOUT": 20.0,
        "BLEAK_SAFETY_TIMEOUT": 60.0,
        "MAX_CONNECT_ATTEMPTS": 4,
        "MAX_TRANSIENT_ERRORS": 9,
        "DISCONNECT_TIMEOUT": 5,
        "BLEAK_BACKOFF_TIME": 0.1,
        "BLEAK_DBUS_BACKOFF_TIME": 0.25,
        "BLEAK_TRANSIENT_BACKOFF_TIME": 0.25,
        "BLEAK_TRANSIENT_MEDIUM_BACKOFF_TIME": 0.5,
        "BLEAK_TRANSIENT_LONG_BACKOFF_TIME": 1.0,
        "BLEAK_OUT_OF_SLOTS_BACKOFF_TIME": 4.0,
        "BLEAK_DISCONNECTED_BACKOFF_TIME": 0.0,
    }


def test_the_retry_connector_tries_again_after_these() -> None:
    assert (AttributeError, BleakError) == connector.BLEAK_EXCEPTIONS
    assert (
        AttributeError,
        BleakError,
        EOFError,
        BrokenPipeError,
    ) == connector.RETRYABLE_BLEAK_EXCEPTIONS
    assert (*connector.RETRYABLE_BLEAK_EXCEPTIONS, TimeoutError) == connector.BLEAK_RETRY_EXCEPTIONS
    assert connector.NORMAL_DISCONNECT == "Disconnected"
    assert {"available connection", "connection slot"} == connector.OUT_OF_SLOTS_ERRORS


@pytest.mark.parametrize(
    "error",
    [
        connector.BleakNotFoundError,
        connector.BleakOutOfConnectionSlotsError,
        connector.BleakAbortedError,
        connector.BleakConnectionError,
    ],
)
def test_the_retry_connector_ends_with_errors_of_its_own(error: type[Exception]) -> None:
    assert error.__bases__ == (BleakError,)


def test_the_retry_connector_leaves_devices_without_a_path_alone() -> None:
    device = BLEDevice(ADDRESS, "Bike", {"address": ADDRESS})
    assert bluez.path_from_ble_device(device) is None
    assert connector.ble_device_description(device) == f"{ADDRESS} - Bike"


# ---------------------------------------------------------------- bleak on BlueZ


def test_bleak_keeps_one_connection_to_bluez_per_event_loop() -> None:
    from bleak.backends.bluezdbus import manager

    assert parameters(manager.get_global_bluez_manager) == []
    assert inspect.iscoroutinefunction(manager.get_global_bluez_manager)
    assert type(manager._global_instances) is dict


def test_the_retry_connector_remembers_a_missing_bus_until_told_otherwise() -> None:
    from bleak_retry_connector import bleak_manager

    bleak_manager._reset_dbus_socket_cache()
    remembered = vars(bleak_manager.get_global_bluez_manager_with_timeout)
    assert remembered == {"_has_dbus_socket": None}


def test_bleak_checks_the_version_of_bluez_once() -> None:
    from bleak.backends.bluezdbus.version import BlueZFeatures

    assert type(BlueZFeatures.checked_bluez_version) is bool
    assert type(BlueZFeatures.supported_version) is bool


def test_services_of_a_collection_are_found_by_long_uuid() -> None:
    found = BleakGATTServiceCollection()
    service = BleakGATTService(None, 1, FTMS)
    found.add_service(service)
    measured = BleakGATTCharacteristic(
        None, 2, normalize_uuid_str("2ad2"), ["notify"], lambda: 20, service
    )
    found.add_characteristic(measured)
    assert found.get_characteristic("2ad2") is measured
    assert measured.properties == ["notify"]
