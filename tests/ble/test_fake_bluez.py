"""bleak's real BlueZ backend on the scripted bluetoothd: what works, what bleak does not see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from tests.ble.bus_daemon import BusDaemon
from tests.ble.fake_bluez import (
    ABORT,
    ACCESS_DENIED,
    FAILED,
    IN_PROGRESS,
    MUTE,
    NO_REPLY,
    NOT_AUTHORIZED,
    NOT_PERMITTED,
    NOT_READY,
    UNKNOWN_OBJECT,
    Characteristic,
    FakeBluez,
    FakeDevice,
    Fault,
    full,
    slow,
    until,
)

BIKE = full(0x2AD2)

Call = Callable[[BleakClient], Coroutine[Any, Any, Any]]


def add_bike(bluez: FakeBluez) -> FakeDevice:
    return bluez.add_adapter().add_device()


async def find(device: FakeDevice) -> BLEDevice:
    found = await BleakScanner.find_device_by_address(device.address, timeout=2.0)
    assert found is not None
    return found


async def connect(device: FakeDevice, losses: list[BleakClient] | None = None) -> BleakClient:
    seen: list[BleakClient] = [] if losses is None else losses
    client = BleakClient(await find(device), disconnected_callback=seen.append, timeout=1.0)
    await client.connect()
    return client


async def listen(client: BleakClient) -> list[bytes]:
    heard: list[bytes] = []
    await client.start_notify(BIKE, lambda _, value: heard.append(bytes(value)))
    return heard


async def read_maker(client: BleakClient) -> bytearray:
    return await client.read_gatt_char(full(0x2A29))


async def test_a_scan_finds_what_advertises(bluez: FakeBluez) -> None:
    adapter = bluez.add_adapter()
    bike = adapter.add_device("C0:FF:EE:00:00:01", "Bike")
    bike.service_data = {full(0x1826): bytes.fromhex("010200")}
    adapter.add_device("C0:FF:EE:00:00:02", "Asleep").advertising = False
    found: dict[str, list[int]] = {}
    async with BleakScanner(lambda d, a: found.setdefault(d.address, []).append(a.rssi)) as scanner:
        await until(lambda: len(found.get(bike.address, [])) >= 3)
        _, advertised = scanner.discovered_devices_and_advertisement_data[bike.address]
    assert list(found) == [bike.address]
    assert set(found[bike.address]) == {-60, -61}
    assert advertised.local_name == "Bike"
    assert advertised.service_uuids == [full(0x1826)]
    assert advertised.service_data == {full(0x1826): bytes.fromhex("010200")}
    assert not adapter.scanners


async def test_a_name_that_comes_later_is_heard(bluez: FakeBluez) -> None:
    bike = bluez.add_adapter().add_device(name="")
    names: list[str | None] = []
    async with BleakScanner(lambda d, _: names.append(d.name)):
        await until(lambda: bool(names))
        bike.name = "Late"
        await until(lambda: names[-1] == "Late")
    assert names[0] is None


async def test_twenty_notifications_arrive_and_a_drop_is_seen(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    losses: list[BleakClient] = []
    client = await connect(bike, losses)
    heard = await listen(client)
    sent = [bytes([number]) for number in range(20)]
    await bike.notify_all(0x2AD2, sent)
    await until(lambda: len(heard) == 20)
    assert heard == sent
    assert bike.notified[0x2AD2] == bike.signals_sent == 20
    assert await read_maker(client) == b"Fake Works"
    bike.drop()
    await until(lambda: bool(losses))
    assert losses == [client]
    assert not client.is_connected
    await client.disconnect()
    assert await bluez.connections() == 1  # the one that bleak always keeps
    assert bluez.writes == []


async def test_what_is_written_is_recorded(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    client = await connect(bike)
    await client.write_gatt_char(full(0x2AD9), b"\x00", response=True)
    assert [(one.address, one.uuid, one.value) for one in bluez.writes] == [
        (bike.address, full(0x2AD9), b"\x00")
    ]
    await client.disconnect()


async def test_bleak_does_not_see_a_crash_of_bluetoothd(bluez: FakeBluez) -> None:
    """This is why the stack is watched: nothing is told, and what runs stays silent for ever."""
    bike = add_bike(bluez)
    losses: list[BleakClient] = []
    adverts: list[str] = []
    client = await connect(bike, losses)
    heard = await listen(client)
    other = bike.adapter.add_device("C0:FF:EE:00:00:02", "Other")
    async with BleakScanner(lambda d, _: adverts.append(d.address)):
        await until(lambda: other.address in adverts)
        started = bluez.count("StartDiscovery")
        await bluez.restart()
        adverts.clear()
        await asyncio.sleep(0.05)
        assert losses == []
        assert client.is_connected
        assert bike.notify(0x2AD2, b"\x01") == 0
        assert heard == []
        assert adverts == []
        assert bluez.count("StartDiscovery") == started
        bluez.fail("StopDiscovery", NOT_READY)  # lets the scanner end in peace
    with pytest.raises(BleakDBusError, match="UnknownObject"):
        await client.disconnect()
    assert losses == [client]
    assert await bluez.connections() == 1


async def test_bleak_does_not_see_a_device_that_vanishes(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    losses: list[BleakClient] = []
    client = await connect(bike, losses)
    bike.vanish()
    await asyncio.sleep(0.02)
    assert losses == []
    assert client.is_connected
    with pytest.raises(BleakDBusError, match="UnknownObject"):
        await client.disconnect()
    assert losses == [client]


@pytest.mark.parametrize("end", ["power off", "unplug", "bus", "orderly end"])
async def test_bleak_sees_every_end_that_somebody_tells(
    bluez: FakeBluez, bus_daemon: BusDaemon, end: str
) -> None:
    bike = add_bike(bluez)
    losses: list[BleakClient] = []
    client = await connect(bike, losses)
    if end == "power off":
        bike.adapter.power(False)
    elif end == "unplug":
        bike.adapter.remove()
    elif end == "bus":
        bus_daemon.kill()
    else:
        await bluez.quit()
    await until(lambda: bool(losses))
    assert not client.is_connected
    await client.disconnect()
    assert losses == [client]


async def test_links_that_are_not_closed_double_every_value(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    counts = []
    clients = []
    for turn in range(3):
        client = await connect(bike)
        clients.append(client)
        heard = await listen(client)
        bike.notify(0x2AD2, b"\x01")
        await until(lambda: len(heard) > turn)  # noqa: B023 - it is over within this turn
        counts.append(len(heard))
        bike.drop()
        await until(lambda: not client.is_connected)  # noqa: B023
    assert counts == [1, 2, 3]
    assert await bluez.connections() == 4
    for client in clients:
        await client.disconnect()
    assert await bluez.connections() == 1


@pytest.mark.parametrize(
    ("fault", "error", "text"),
    [
        (IN_PROGRESS, BleakDBusError, "org.bluez.Error.InProgress"),
        (FAILED, BleakDBusError, "org.bluez.Error.Failed"),
        (NOT_READY, BleakDBusError, "org.bluez.Error.NotReady"),
        (ACCESS_DENIED, BleakDBusError, "org.freedesktop.DBus.Error.AccessDenied"),
        (NO_REPLY, BleakDBusError, "org.freedesktop.DBus.Error.NoReply"),
        (UNKNOWN_OBJECT, BleakDeviceNotFoundError, "was not found"),
    ],
)
async def test_a_refused_connection_shows_as(
    bluez: FakeBluez, fault: Fault, error: type[BleakError], text: str
) -> None:
    bike = add_bike(bluez)
    found = await find(bike)
    bluez.fail("Connect", fault, times=1)
    with pytest.raises(error, match=text):
        await BleakClient(found).connect()
    client = BleakClient(found)
    await client.connect()
    assert client.is_connected
    await client.disconnect()


@pytest.mark.parametrize("member", ["Connect", "StartNotify", "ReadValue"])
async def test_a_call_without_an_answer_hangs(bluez: FakeBluez, member: str) -> None:
    bike = add_bike(bluez)
    calls: dict[str, Call] = {"StartNotify": listen, "ReadValue": read_maker}
    found = await find(bike)
    client = BleakClient(found, timeout=60.0)
    if member in calls:
        await client.connect()
    bluez.fail(member, MUTE)
    call = calls[member](client) if member in calls else client.connect()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(call, 0.05)
    assert bluez.count(member) == 1
    await client.disconnect()


async def test_bleak_tries_again_itself_when_a_link_is_cut_at_birth(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    losses: list[BleakClient] = []
    bluez.fail("Connect", ABORT, times=2)
    client = await connect(bike, losses)
    assert client.is_connected
    assert bluez.count("Connect") == 3
    assert len(losses) == 2  # told of a loss before there was a link
    await client.disconnect()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (IN_PROGRESS, BleakDBusError),
        (NOT_PERMITTED, BleakDBusError),
        (UNKNOWN_OBJECT, BleakDBusError),
        (NOT_AUTHORIZED, BleakGATTProtocolError),
    ],
)
async def test_a_refused_subscription_shows_as(
    bluez: FakeBluez, fault: Fault, error: type[BleakError]
) -> None:
    bike = add_bike(bluez)
    client = await connect(bike)
    bluez.fail("StartNotify", fault, times=1)
    with pytest.raises(error):
        await listen(client)
    assert bike.notifying == {}
    await listen(client)
    assert bike.notifying == {0x2AD2: 1}
    await client.disconnect()


async def test_a_read_waits_for_its_turn(bluez: FakeBluez) -> None:
    client = await connect(add_bike(bluez))
    bluez.fail("ReadValue", IN_PROGRESS, times=2)
    assert await read_maker(client) == b"Fake Works"
    assert bluez.count("ReadValue") == 3
    await client.disconnect()


async def test_services_that_resolve_late_or_never(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    bike.resolve_s = 0.03
    client = await connect(bike)
    assert client.services.get_characteristic(BIKE) is not None
    await client.disconnect()
    bike.resolve_s = None
    with pytest.raises(TimeoutError):
        await BleakClient(await find(bike), timeout=0.05).connect()
    asyncio.get_running_loop().call_later(0.02, bike.drop)
    with pytest.raises(BleakError, match="failed to discover services, device disconnected"):
        await BleakClient(await find(bike), timeout=1.0).connect()


async def test_a_table_that_was_read_once_stays_until_the_device_is_removed(
    bluez: FakeBluez,
) -> None:
    bike = add_bike(bluez)
    await (await connect(bike)).disconnect()
    bike.services = {0x1826: (Characteristic(0x2ACD, ("notify",)),)}
    client = await connect(bike)
    assert client.services.get_characteristic(BIKE) is not None
    await client.disconnect()
    bike.vanish()
    client = await connect(bike)
    assert client.services.get_characteristic(BIKE) is None
    await client.disconnect()


async def test_a_machine_out_of_reach_costs_the_whole_time_limit(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    bike.reachable = False
    with pytest.raises(TimeoutError):
        await BleakClient(await find(bike), timeout=0.05).connect()
    assert bluez.count("Disconnect") == 1  # bleak takes its request back
    bike.reachable = True
    client = await connect(bike)
    assert client.is_connected
    await client.disconnect()


async def test_a_link_of_another_program_is_taken_over(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    found = await find(bike)
    bike.link_up()
    await asyncio.sleep(0.01)
    client = BleakClient(found)
    await client.connect()
    assert bluez.count("Connect") == 0
    await client.disconnect()
    assert not bike.connected


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("none", BleakBluetoothNotAvailableReason.NO_BLUETOOTH),
        ("off", BleakBluetoothNotAvailableReason.POWERED_OFF),
        ("classic", BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE),
    ],
)
async def test_a_scan_without_a_usable_adapter(
    bluez: FakeBluez, state: str, reason: BleakBluetoothNotAvailableReason
) -> None:
    if state != "none":
        adapter = bluez.add_adapter(powered=state != "off")
        if state == "classic":
            adapter.remove()
            adapter.roles = ["peripheral"]
            adapter.export()
    with pytest.raises(BleakBluetoothNotAvailableError) as raised:
        await BleakScanner().start()
    assert raised.value.reason is reason


async def test_a_named_adapter_that_is_off_or_absent(bluez: FakeBluez) -> None:
    bluez.add_adapter(powered=False)
    with pytest.raises(BleakDBusError, match="NotReady"):
        await BleakScanner(bluez={"adapter": "hci0"}).start()
    with pytest.raises(BleakError, match="adapter 'hci7' not found"):
        await BleakScanner(bluez={"adapter": "hci7"}).start()


async def test_no_service_no_right_no_bus(bluez: FakeBluez, bus_daemon: BusDaemon) -> None:
    await bus_daemon.rule(deny_bluez=True)
    with pytest.raises(BleakDBusError, match="AccessDenied"):
        await BleakScanner().start()
    await bus_daemon.rule()
    await bluez.crash()
    with pytest.raises(BleakDBusError, match="ServiceUnknown"):
        await BleakScanner().start()
    bus_daemon.kill()
    with pytest.raises(FileNotFoundError):
        await BleakScanner().start()


async def test_faults_count_down_and_can_be_aimed(bluez: FakeBluez) -> None:
    adapter = bluez.add_adapter()
    first = adapter.add_device("C0:FF:EE:00:00:01", "A")
    second = adapter.add_device("C0:FF:EE:00:00:02", "B")
    bluez.fail("Connect", FAILED, path=first.path)
    found = await find(first)
    for _ in range(2):
        with pytest.raises(BleakDBusError):
            await BleakClient(found).connect()
    await (await connect(second)).disconnect()
    bluez.heal()
    bluez.fail("Connect", slow(0.02))
    client = BleakClient(found)
    started = asyncio.get_running_loop().time()
    await client.connect()
    assert asyncio.get_running_loop().time() - started >= 0.02
    await client.disconnect()


async def test_what_a_closed_connection_had_asked_for_ends(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    client = await connect(bike)
    await listen(client)
    assert bike.notifying == {0x2AD2: 1}
    await client.disconnect()
    await until(lambda: bike.notifying == {})
    assert bike.notify(0x2AD2, b"\x01") == 0
    assert bike.signals_sent == 0


async def test_an_adapter_comes_back_with_another_name(bluez: FakeBluez) -> None:
    bike = add_bike(bluez)
    client = await connect(bike)
    bike.adapter.renumber("hci2")
    await until(lambda: not client.is_connected)
    await client.disconnect()
    again = await connect(bike)
    assert bike.path.startswith("/org/bluez/hci2/")
    await again.disconnect()
