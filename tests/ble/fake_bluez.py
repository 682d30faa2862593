"""Rig C: a scripted ``org.bluez`` on a private D-Bus, under bleak's real BlueZ backend.

``FakeBluez`` is bluetoothd: adapters, devices that advertise, GATT tables, and any fault on any
call. It runs in the event loop of the test, so a test sees every call at once and can change
anything between two steps. It shows only what is written here: no radio, no timing of a real stack.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

from dbus_fast import BusType, DBusError, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from tests.ble.bus_daemon import BusDaemon, to_daemon

ADAPTER: Final = "org.bluez.Adapter1"
DEVICE: Final = "org.bluez.Device1"
SERVICE: Final = "org.bluez.GattService1"
CHARACTERISTIC: Final = "org.bluez.GattCharacteristic1"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"
OBJECT_MANAGER: Final = "org.freedesktop.DBus.ObjectManager"

ADVERT_S: Final = 0.01
"""Between two advertisements of one device; a real machine needs 0.1 to 1 s."""

Props = dict[str, Variant]


def full(short: int) -> str:
    """Return the long form of a 16-bit UUID."""
    return f"0000{short:04x}-0000-1000-8000-00805f9b34fb"


async def until(done: Callable[[], bool], limit_s: float = 2.0) -> None:
    """Wait until something is so; fails the test with TimeoutError when it never is."""
    async with asyncio.timeout(limit_s):
        while not done():
            await asyncio.sleep(0.001)


# --- faults -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a call: an error, no answer at all, or an answer that comes late.

    blip: Connected goes up and down around the error, as BlueZ does when a link is cut at birth.
    """

    error: str = ""
    text: str = ""
    mute: bool = False
    delay_s: float = 0.0
    blip: bool = False

    def late(self, delay_s: float) -> Fault:
        """Return the same fault after a delay."""
        return replace(self, delay_s=delay_s)


IN_PROGRESS: Final = Fault("org.bluez.Error.InProgress", "In Progress")
ABORT: Final = Fault("org.bluez.Error.Failed", "le-connection-abort-by-local", blip=True)
ABORT_SILENT: Final = Fault("org.bluez.Error.Failed", "le-connection-abort-by-local")
FAILED: Final = Fault("org.bluez.Error.Failed", "Operation failed")
NOT_READY: Final = Fault("org.bluez.Error.NotReady", "Resource Not Ready")
NOT_CONNECTED: Final = Fault("org.bluez.Error.NotConnected", "Not Connected")
NOT_PERMITTED: Final = Fault("org.bluez.Error.NotPermitted", "Notify acquired")
NOT_AUTHORIZED: Final = Fault("org.bluez.Error.NotAuthorized", "Operation Not Authorized")
NOT_SUPPORTED: Final = Fault("org.bluez.Error.NotSupported", "Operation is not supported")
DOES_NOT_EXIST: Final = Fault("org.bluez.Error.DoesNotExist", "Does Not Exist")
BLOCKED: Final = Fault("org.bluez.Error.Blocked", "Blocked through rfkill")
CANCELLED: Final = Fault("org.bluez.Error.Failed", "br-connection-canceled")
ACCESS_DENIED: Final = Fault(
    "org.freedesktop.DBus.Error.AccessDenied", "Rejected send message, 1 matched rules"
)
UNKNOWN_OBJECT: Final = Fault(
    "org.freedesktop.DBus.Error.UnknownObject", 'Method doesn\'t exist on "org.bluez.Device1"'
)
UNKNOWN_METHOD: Final = Fault("org.freedesktop.DBus.Error.UnknownMethod", "No such method")
NO_REPLY: Final = Fault("org.freedesktop.DBus.Error.NoReply", "Message recipient disconnected")
MUTE: Final = Fault(mute=True)


def slow(delay_s: float) -> Fault:
    """Return a fault that only delays: the call works in the end."""
    return Fault(delay_s=delay_s)


def _error(fault: Fault) -> DBusError:
    return DBusError(fault.error, fault.text)


@dataclass(slots=True)
class _Armed:
    """A fault that waits for its call; ``left`` None means for ever."""

    member: str
    fault: Fault
    path: str
    left: int | None
    skip: int

    def hits(self, call: Call) -> bool:
        return self.member == call.member and self.path in ("", call.path) and self.left != 0


@dataclass(frozen=True, slots=True)
class Call:
    """One method call that the fake received."""

    path: str
    interface: str
    member: str
    sender: str
    body: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """One value that somebody wrote to a characteristic."""

    address: str
    uuid: str
    value: bytes


# --- devices and adapters ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One row of a GATT table."""

    uuid: int
    flags: tuple[str, ...]
    value: bytes = b""


FTMS_TABLE: Final[dict[int, tuple[Characteristic, ...]]] = {
    0x1826: (
        Characteristic(0x2ACC, ("read",), bytes.fromhex("0644000000000000")),
        Characteristic(0x2AD2, ("notify",)),
        Characteristic(0x2ACD, ("notify",)),
        Characteristic(0x2ADA, ("notify",)),
        Characteristic(0x2AD9, ("write", "indicate")),
    ),
    0x180A: (
        Characteristic(0x2A29, ("read",), b"Fake Works"),
        Characteristic(0x2A24, ("read",), b"F-1"),
    ),
    0x180F: (Characteristic(0x2A19, ("read", "notify"), b"\x57"),),
}


@dataclass(eq=False)
class FakeDevice:
    """One machine in the air; BlueZ knows it only once it was discovered (``known``).

    advertising: it is on and not hidden. reachable: it answers a connection request.
    resolve_s: from connected to ServicesResolved; None is never. services: its own GATT table;
    BlueZ keeps the one that it read first until the device is removed, as the real one does.
    """

    adapter: FakeAdapter
    address: str
    name: str = "Fake Bike"
    uuids: list[str] = field(default_factory=lambda: [full(0x1826)])
    service_data: dict[str, bytes] = field(default_factory=dict)
    services: dict[int, tuple[Characteristic, ...]] = field(
        default_factory=lambda: dict(FTMS_TABLE)
    )
    rssi: int = -60
    advertising: bool = True
    reachable: bool = True
    resolve_s: float | None = 0.0
    signals_sent: int = 0
    notified: Counter[int] = field(default_factory=Counter)
    _pending: asyncio.Future[None] | None = None

    @property
    def path(self) -> str:
        return f"{self.adapter.path}/dev_{self.address.replace(':', '_')}"

    @property
    def known(self) -> bool:
        """Whether BlueZ has an object for it."""
        return self.path in self.adapter.bluez.objects

    @property
    def connected(self) -> bool:
        return self.known and bool(self._bluez.get(self.path, DEVICE, "Connected"))

    @property
    def notifying(self) -> dict[int, int]:
        """How many bus connections listen to which characteristic."""
        return {
            short: len(self._bluez.sessions.get(path, ()))
            for short, path in self._characteristics().items()
            if self._bluez.sessions.get(path)
        }

    @property
    def _bluez(self) -> FakeBluez:
        return self.adapter.bluez

    def discover(self) -> None:
        """Let BlueZ hear one advertisement: a new object, or changed properties of the old one."""
        if not self.known:
            self._bluez.add(self.path, DEVICE, self._first_props())
            return
        now = self._advertised()
        old = self._bluez.objects[self.path][DEVICE]
        changed = {name: value for name, value in now.items() if old.get(name) != value}
        self._bluez.change(self.path, DEVICE, changed)

    async def connect(self) -> None:
        """Do what Device1.Connect does."""
        if self.connected:
            return
        if not self.adapter.powered:
            raise _error(NOT_READY)
        if self._pending is not None:
            raise _error(IN_PROGRESS)
        if not self.reachable:
            self._pending = asyncio.get_running_loop().create_future()
            try:
                await self._pending
            finally:
                self._pending = None
        self.link_up()

    def disconnect(self) -> None:
        """Do what Device1.Disconnect does."""
        if self._pending is not None:
            self._pending.set_exception(_error(CANCELLED))
            return
        if not self.connected:
            raise _error(NOT_CONNECTED)
        self.drop()

    def link_up(self) -> None:
        """Be connected, whoever asked for it, and soon have the services resolved."""
        if not self.known:
            self.discover()
        self._set(Connected=Variant("b", True))
        if self.resolve_s == 0:
            self._resolve()
        elif self.resolve_s is not None:
            asyncio.get_running_loop().call_later(self.resolve_s, self._resolve)

    def drop(self) -> None:
        """End the link, whoever wanted it; listeners stay registered, as in BlueZ."""
        self._set(ServicesResolved=Variant("b", False))
        self._set(Connected=Variant("b", False))

    def vanish(self) -> None:
        """Take the device's objects away without a word about the link."""
        for path in self._bluez.below(self.path):
            self._bluez.remove(path)

    def blip(self) -> None:
        """Be connected for no time at all."""
        self._set(Connected=Variant("b", True))
        asyncio.get_running_loop().call_soon(self._set_down)

    def notify(self, short: int, value: bytes) -> int:
        """Push one value to everybody who listens; return how many bus connections that were.

        Each listening connection costs one signal, and everybody hears every signal: this is how
        the real one doubles values for those who connect again without closing the old connection.
        """
        path = self._characteristics().get(short)
        sessions = self._bluez.sessions.get(path or "", set()) if self.connected else set()
        for _ in sessions:
            assert path is not None
            self._bluez.change(path, CHARACTERISTIC, {"Value": Variant("ay", value)})
            self.signals_sent += 1
        self.notified[short] += bool(sessions)
        return len(sessions)

    async def notify_all(self, short: int, values: Iterable[bytes], gap_s: float = 0.0) -> None:
        """Push values in order; lets others run between two of them."""
        for value in values:
            self.notify(short, value)
            await asyncio.sleep(gap_s)

    def _set(self, **changed: Variant) -> None:
        if self.known:
            self._bluez.change(self.path, DEVICE, changed)

    def _set_down(self) -> None:
        self._set(Connected=Variant("b", False))

    def _resolve(self) -> None:
        if not self.connected:
            return
        if len(self._bluez.below(self.path)) == 1:
            self._export_services()
        self._set(ServicesResolved=Variant("b", True))

    def _export_services(self) -> None:
        handles = itertools.count(0x000A)
        for service, rows in self.services.items():
            path = f"{self.path}/service{next(handles):04x}"
            props = {"UUID": full(service), "Device": self.path, "Primary": True}
            self._bluez.add(path, SERVICE, _variants(props, Device="o"))
            for row in rows:
                props = {
                    "UUID": full(row.uuid),
                    "Service": path,
                    "Value": row.value,
                    "Notifying": False,
                    "Flags": list(row.flags),
                    "MTU": 247,
                }
                char = f"{path}/char{next(handles):04x}"
                self._bluez.add(char, CHARACTERISTIC, _variants(props, Service="o", MTU="q"))

    def _characteristics(self) -> dict[int, str]:
        return {
            int(self._bluez.get(path, CHARACTERISTIC, "UUID")[4:8], 16): path
            for path in self._bluez.below(self.path)
            if CHARACTERISTIC in self._bluez.objects[path]
        }

    def _advertised(self) -> Props:
        self.rssi = -60 if self.rssi == -61 else -61  # bleak reports only what changed
        dashes = self.address.replace(":", "-")
        named = {"Name": Variant("s", self.name)} if self.name else {}
        data = {uuid: Variant("ay", value) for uuid, value in self.service_data.items()}
        return named | {
            "Alias": Variant("s", self.name or dashes),
            "RSSI": Variant("n", self.rssi),
            "UUIDs": Variant("as", list(self.uuids)),
            "ServiceData": Variant("a{sv}", data),
        }

    def _first_props(self) -> Props:
        props = {
            "Address": self.address,
            "AddressType": "random",
            "Adapter": self.adapter.path,
            "Paired": False,
            "Trusted": False,
            "Blocked": False,
            "LegacyPairing": False,
            "Connected": False,
            "ServicesResolved": False,
        }
        return _variants(props, Adapter="o") | self._advertised()


class FakeAdapter:
    """One Bluetooth adapter; ``blocked`` refuses to be switched on."""

    def __init__(self, bluez: FakeBluez, name: str, address: str) -> None:
        self.bluez = bluez
        self.name = name
        self.address = address
        self.roles = ["central", "peripheral"]
        self.blocked = False
        self.devices: dict[str, FakeDevice] = {}
        self.scanners: set[str] = set()
        self._scan: asyncio.Task[None] | None = None
        self._power_at_start = True

    @property
    def path(self) -> str:
        return f"/org/bluez/{self.name}"

    @property
    def present(self) -> bool:
        return self.path in self.bluez.objects

    @property
    def powered(self) -> bool:
        return self.present and bool(self.bluez.get(self.path, ADAPTER, "Powered"))

    def add_device(
        self, address: str = "C0:FF:EE:00:00:01", name: str = "Fake Bike", *, known: bool = False
    ) -> FakeDevice:
        """Put a machine on the air; ``known``: BlueZ has heard of it already."""
        device = self.devices[address] = FakeDevice(self, address, name)
        if known:
            device.discover()
        return device

    def export(self, *, powered: bool = True) -> None:
        """Be plugged in, or found by a bluetoothd that starts."""
        props = {
            "Address": self.address,
            "Name": "host",
            "Alias": "host",
            "Powered": powered,
            "Discovering": False,
            "Roles": self.roles,
        }
        self.bluez.add(self.path, ADAPTER, _variants(props))

    def remove(self) -> None:
        """Be unplugged: links end, then all objects go."""
        self._end_everything()
        for path in self.bluez.below(self.path):
            self.bluez.remove(path)

    def renumber(self, name: str) -> None:
        """Be unplugged and come back with another name, the same address and the same devices."""
        self.remove()
        del self.bluez.adapters[self.name]
        self.name = name
        self.bluez.adapters[name] = self
        self.export()

    def power(self, on: bool) -> None:
        """Be switched on or off."""
        if not on:
            self._end_everything()
        self.bluez.change(self.path, ADAPTER, {"Powered": Variant("b", on)})

    def start_discovery(self, sender: str) -> None:
        """Do what StartDiscovery does."""
        if not self.powered:
            raise _error(NOT_READY)
        if sender in self.scanners:
            raise _error(IN_PROGRESS)
        self.scanners.add(sender)
        if self._scan is None:
            self.bluez.change(self.path, ADAPTER, {"Discovering": Variant("b", True)})
            self._scan = asyncio.create_task(self._discover())

    def stop_discovery(self, sender: str) -> None:
        """Do what StopDiscovery does."""
        if sender not in self.scanners:
            raise DBusError("org.bluez.Error.Failed", "No discovery started")
        self.forget_scanner(sender)

    def forget_scanner(self, sender: str) -> None:
        """Stop to discover for one bus connection."""
        self.scanners.discard(sender)
        if not self.scanners:
            self.stop_scan()

    def stop_scan(self) -> None:
        """Hear nothing any more."""
        self.scanners.clear()
        if self._scan is not None:
            self._scan.cancel()
            self._scan = None
            if self.present:
                self.bluez.change(self.path, ADAPTER, {"Discovering": Variant("b", False)})

    async def _discover(self) -> None:
        while True:
            for device in list(self.devices.values()):
                if device.advertising and not device.connected:
                    device.discover()
            await asyncio.sleep(ADVERT_S)

    def _end_everything(self) -> None:
        self.stop_scan()
        for device in self.devices.values():
            if device.connected:
                device.drop()


def _variants(values: dict[str, Any], **signatures: str) -> Props:
    """Return plain values as D-Bus properties."""
    usual = {str: "s", bool: "b", bytes: "ay", list: "as", int: "n"}
    return {
        name: Variant(signatures.get(name, usual[type(value)]), value)
        for name, value in values.items()
    }


# --- bluetoothd -------------------------------------------------------------------------------


class FakeBluez:
    """bluetoothd: owns ``org.bluez`` while it runs; starts without adapters."""

    def __init__(self, daemon: BusDaemon) -> None:
        self.daemon = daemon
        self.objects: dict[str, dict[str, Props]] = {}
        self.adapters: dict[str, FakeAdapter] = {}
        self.calls: list[Call] = []
        self.writes: list[Write] = []
        self.sessions: dict[str, set[str]] = {}
        self._bus: MessageBus | None = None
        self._armed: list[_Armed] = []
        self._tasks: set[asyncio.Task[None]] = set()

    # life

    async def start(self) -> None:
        """Come up on the bus with fresh objects for the adapters that are plugged in."""
        bus = await MessageBus(self.daemon.address, BusType.SYSTEM).connect()
        bus.add_message_handler(self._on_message)
        rule = "type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged'"
        await bus.call(to_daemon("AddMatch", "s", [rule]))
        await bus.request_name("org.bluez")
        self._bus = bus
        for adapter in self.adapters.values():
            adapter.export()

    async def crash(self) -> None:
        """Be killed: the name goes, no object says anything, all links are down."""
        bus, self._bus = self._bus, None
        for adapter in self.adapters.values():
            adapter.stop_scan()
        for task in list(self._tasks):
            task.cancel()
        self.objects.clear()
        self.sessions.clear()
        if bus is not None:
            bus.disconnect()
            with suppress(Exception):  # a bus that died first replays its error
                await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]

    async def quit(self) -> None:
        """End in good order: links go down and objects go before the name does."""
        for adapter in self.adapters.values():
            adapter.remove()
        await self.crash()

    async def restart(self) -> None:
        """Crash and come back; nothing is remembered but what is plugged in and on the air."""
        await self.crash()
        await self.start()

    async def connections(self) -> int:
        """Return how many bus connections there are, the fake's own not counted."""
        bus = await MessageBus(self.daemon.address).connect()
        names = (await bus.call(to_daemon("ListNames"))).body[0]
        own = {bus.unique_name, self._bus.unique_name if self._bus else ""}
        bus.disconnect()
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]
        return len([name for name in names if name.startswith(":") and name not in own])

    # script

    def add_adapter(
        self, name: str = "hci0", address: str = "00:00:00:00:00:01", *, powered: bool = True
    ) -> FakeAdapter:
        """Plug an adapter in."""
        adapter = self.adapters[name] = FakeAdapter(self, name, address)
        adapter.export(powered=powered)
        return adapter

    def fail(
        self,
        member: str,
        fault: Fault,
        *,
        times: int | None = None,
        path: str = "",
        after: int = 0,
    ) -> None:
        """Let calls of a method go wrong: ``times`` of them (None: all), once ``after`` went well.

        path: only calls to this object.
        """
        self._armed.append(_Armed(member, fault, path, times, after))

    def heal(self) -> None:
        """Take all faults away."""
        self._armed.clear()

    def count(self, member: str) -> int:
        """Return how often a method was called."""
        return len([call for call in self.calls if call.member == member])

    # objects

    def get(self, path: str, interface: str, name: str) -> Any:
        """Return the value of a property of an object that is there."""
        return self.objects[path][interface][name].value

    def below(self, path: str) -> list[str]:
        """Return the paths of an object and of all below it, deepest first."""
        inner = [one for one in self.objects if one == path or one.startswith(f"{path}/")]
        return sorted(inner, reverse=True)

    def add(self, path: str, interface: str, props: Props) -> None:
        """Add an object and say so."""
        self.objects[path] = {interface: props}
        self._signal("/", OBJECT_MANAGER, "InterfacesAdded", "oa{sa{sv}}", path, {interface: props})

    def remove(self, path: str) -> None:
        """Take an object away and say so."""
        interfaces = list(self.objects.pop(path))
        self.sessions.pop(path, None)
        self._signal("/", OBJECT_MANAGER, "InterfacesRemoved", "oas", path, interfaces)

    def change(self, path: str, interface: str, changed: Props) -> None:
        """Change properties of an object and say so."""
        if changed and path in self.objects:
            self.objects[path][interface].update(changed)
            none: list[str] = []
            self._signal(
                path, PROPERTIES, "PropertiesChanged", "sa{sv}as", interface, changed, none
            )

    def _signal(self, path: str, interface: str, member: str, signature: str, *body: Any) -> None:
        self._send(Message.new_signal(path, interface, member, signature, list(body)))

    def _send(self, message: Message) -> None:
        if self._bus is not None and self._bus.connected:
            self._bus.send(message).add_done_callback(_ignore_loss)

    # calls

    def _on_message(self, message: Message) -> bool | None:
        if message.member == "NameOwnerChanged" and message.body[2] == "":
            self._forget_client(message.body[0])
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        call = Call(
            path=message.path or "",
            interface=message.interface or "",
            member=message.member or "",
            sender=message.sender or "",
            body=tuple(message.body),
        )
        self.calls.append(call)
        task = asyncio.create_task(self._answer(message, call, self._take_fault(call)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    def _take_fault(self, call: Call) -> Fault:
        for armed in self._armed:
            if armed.hits(call):
                if armed.skip:
                    armed.skip -= 1
                    continue
                armed.left = None if armed.left is None else armed.left - 1
                return armed.fault
        return Fault()

    async def _answer(self, message: Message, call: Call, fault: Fault) -> None:
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        if fault.mute:
            return
        try:
            if fault.error:
                if fault.blip and call.member == "Connect":
                    self._device(call.path).blip()
                raise _error(fault)
            signature, body = await self._do(call)
        except DBusError as error:
            self._send(Message.new_error(message, error.type, error.text))
        else:
            self._send(Message.new_method_return(message, signature, body))

    async def _do(self, call: Call) -> tuple[str, list[Any]]:
        if call.member == "GetManagedObjects":
            return "a{oa{sa{sv}}}", [self.objects]
        if call.path not in self.objects:
            raise _error(UNKNOWN_OBJECT)
        interface = call.interface.rpartition(".")[2].lower()
        do = getattr(self, f"_{interface}_{call.member.lower()}", None)
        if do is None:
            raise _error(UNKNOWN_METHOD)
        done = do(call)
        answer = await done if asyncio.iscoroutine(done) else done
        return answer or ("", [])

    def _properties_get(self, call: Call) -> tuple[str, list[Any]]:
        interface, name = call.body
        return "v", [self.objects[call.path][interface][name]]

    def _properties_getall(self, call: Call) -> tuple[str, list[Any]]:
        return "a{sv}", [self.objects[call.path][call.body[0]]]

    def _properties_set(self, call: Call) -> None:
        interface, name, value = call.body
        if (interface, name) != (ADAPTER, "Powered"):
            self.change(call.path, interface, {name: value})
            return
        adapter = self._adapter(call.path)
        if value.value and adapter.blocked:
            raise _error(BLOCKED)
        adapter.power(value.value)

    def _adapter1_setdiscoveryfilter(self, call: Call) -> None:
        """Take any filter; nothing is filtered here."""

    def _adapter1_startdiscovery(self, call: Call) -> None:
        self._adapter(call.path).start_discovery(call.sender)

    def _adapter1_stopdiscovery(self, call: Call) -> None:
        self._adapter(call.path).stop_discovery(call.sender)

    def _adapter1_removedevice(self, call: Call) -> None:
        device = self._device(call.body[0])
        if device.connected:
            device.drop()
        device.vanish()

    async def _device1_connect(self, call: Call) -> None:
        await self._device(call.path).connect()

    def _device1_disconnect(self, call: Call) -> None:
        self._device(call.path).disconnect()

    def _gattcharacteristic1_readvalue(self, call: Call) -> tuple[str, list[Any]]:
        self._check_link(call.path)
        return "ay", [self.get(call.path, CHARACTERISTIC, "Value")]

    def _gattcharacteristic1_writevalue(self, call: Call) -> None:
        device = self._check_link(call.path)
        uuid = self.get(call.path, CHARACTERISTIC, "UUID")
        self.writes.append(Write(device.address, uuid, bytes(call.body[0])))

    def _gattcharacteristic1_startnotify(self, call: Call) -> None:
        self._check_link(call.path)
        sessions = self.sessions.setdefault(call.path, set())
        if call.sender in sessions:
            raise _error(IN_PROGRESS)
        sessions.add(call.sender)
        self.change(call.path, CHARACTERISTIC, {"Notifying": Variant("b", True)})

    def _gattcharacteristic1_stopnotify(self, call: Call) -> None:
        if call.sender not in self.sessions.get(call.path, set()):
            raise DBusError("org.bluez.Error.Failed", "No notify session started")
        self.sessions[call.path].discard(call.sender)

    def _check_link(self, path: str) -> FakeDevice:
        device = self._device("/".join(path.split("/")[:5]))
        if not device.connected:
            raise DBusError("org.bluez.Error.Failed", "Not connected")
        return device

    def _adapter(self, path: str) -> FakeAdapter:
        return next(one for one in self.adapters.values() if one.path == path)

    def _device(self, path: str) -> FakeDevice:
        for adapter in self.adapters.values():
            for device in adapter.devices.values():
                if device.path == path and device.known:
                    return device
        raise _error(DOES_NOT_EXIST)

    def _forget_client(self, name: str) -> None:
        """End what a bus connection that closed had asked for."""
        for sessions in self.sessions.values():
            sessions.discard(name)
        for adapter in self.adapters.values():
            if name in adapter.scanners:
                adapter.forget_scanner(name)


def _ignore_loss(sent: asyncio.Future[None]) -> None:
    """Nobody waits for a signal to be sent, and the bus may be gone."""
    if not sent.cancelled():
        sent.exception()
