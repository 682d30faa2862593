"""One connection to the system bus: calls to BlueZ, and the signals that tell of its end.

dbus_fast comes with bleak on Linux only, so it is imported where it is used.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ftms_bridge.ble.bluez_objects import (
    ADAPTER,
    DEVICE,
    BluezObjects,
    Device,
    StackTrouble,
    read_adapter,
    read_objects,
)
from ftms_bridge.ble.bluez_watch import AdapterWatch
from ftms_bridge.gatt.notification import Verdict

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

BLUEZ: Final = "org.bluez"
DBUS: Final = "org.freedesktop.DBus"
OBJECT_MANAGER: Final = "org.freedesktop.DBus.ObjectManager"
PROPERTIES: Final = "org.freedesktop.DBus.Properties"

USUAL_ADDRESS: Final = "unix:path=/var/run/dbus/system_bus_socket"

NOT_RUNNING: Final = "bluetoothd is not running"
ENDED: Final = "bluetoothd ended"
RESTARTED: Final = "bluetoothd was restarted"
BUS_LOST: Final = "the connection to the D-Bus system bus ended"

ACCESS_DENIED: Final = "org.freedesktop.DBus.Error.AccessDenied"

NOT_PERMITTED: Final = frozenset({"org.bluez.Error.NotAuthorized", "org.bluez.Error.NotPermitted"})

RULES: Final = (
    f"type='signal',sender='{DBUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
    f"type='signal',sender='{BLUEZ}',interface='{OBJECT_MANAGER}',member='InterfacesAdded'",
    f"type='signal',sender='{BLUEZ}',interface='{OBJECT_MANAGER}',member='InterfacesRemoved'",
    f"type='signal',sender='{BLUEZ}',interface='{PROPERTIES}',arg0='{ADAPTER}'",
)
"""What is listened to: nothing of what devices say while BlueZ scans, which is a lot."""

CLOSE_LIMIT_S: Final = 1.0
"""Closing needs one turn of the event loop; house choice."""

LONGEST_TEXT: Final = 160
"""Characters of an error's text that are repeated; house choice."""


def service_down(detail: str) -> StackTrouble:
    """Return the trouble that BlueZ or its bus cannot be reached."""
    return StackTrouble(Verdict.SERVICE_DOWN, detail)


class BluezBus:
    """An open connection; a method that cannot do what it says raises StackTrouble.

    Only ``close`` bounds its own time: the caller bounds the others.
    """

    def __init__(self, bus: MessageBus, watch: AdapterWatch) -> None:
        self._bus = bus
        self._watch = watch
        self._news = asyncio.Event()
        bus.add_message_handler(self._on_message)
        self._ending = asyncio.create_task(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
        self._ending.add_done_callback(self._on_end)

    @classmethod
    async def open(cls, watch: AdapterWatch) -> BluezBus:
        """Connect and listen; ``watch`` is told of adapters and of the end of bluetoothd."""
        bus = cls(await _connect(), watch)
        try:
            for rule in RULES:
                await bus._ask_daemon("AddMatch", rule)
        except BaseException:
            await bus.close()
            raise
        return bus

    @property
    def alive(self) -> bool:
        """Whether calls can be made."""
        return bool(self._bus.connected)

    async def close(self) -> None:
        """End the connection without telling anyone; it is gone when this returns."""
        self._ending.remove_done_callback(self._on_end)
        self._ending.add_done_callback(_look_at)
        self._bus.disconnect()
        await asyncio.wait((self._ending,), timeout=CLOSE_LIMIT_S)

    async def until_news(self) -> None:
        """Wait until bluetoothd has come; raises StackTrouble when the bus is gone."""
        await self._news.wait()
        self._news.clear()
        if not self.alive:
            raise service_down(BUS_LOST)

    async def service_runs(self) -> bool:
        """Say whether bluetoothd is there; never starts it."""
        return bool((await self._ask_daemon("NameHasOwner", BLUEZ))[0])

    async def objects(self) -> BluezObjects:
        """Return all that BlueZ has."""
        if not await self.service_runs():
            raise service_down(NOT_RUNNING)
        while True:
            before = self._watch.changes
            objects = read_objects((await self._ask("/", OBJECT_MANAGER, "GetManagedObjects"))[0])
            if before == self._watch.changes:  # else a signal overtook the answer
                return objects

    async def disconnect_device(self, path: str) -> None:
        """Close the link to a device."""
        await self._ask(path, DEVICE, "Disconnect")

    async def remove_device(self, device: Device) -> None:
        """Make BlueZ forget a device."""
        body = [device.path]
        await self._ask(device.adapter_path, ADAPTER, "RemoveDevice", signature="o", body=body)

    async def powered(self, adapter_path: str) -> bool:
        """Say whether an adapter is on."""
        body = await self._ask(
            adapter_path, PROPERTIES, "Get", signature="ss", body=[ADAPTER, "Powered"]
        )
        return bool(body[0].value)

    async def set_powered(self, adapter_path: str, powered: bool) -> None:
        """Switch an adapter on or off."""
        from dbus_fast import Variant

        body = [ADAPTER, "Powered", Variant("b", powered)]
        await self._ask(adapter_path, PROPERTIES, "Set", signature="ssv", body=body)

    async def _ask_daemon(self, member: str, argument: str) -> list[Any]:
        from dbus_fast import Message

        return await self._call(
            Message(
                destination=DBUS,
                path="/org/freedesktop/DBus",
                interface=DBUS,
                member=member,
                signature="s",
                body=[argument],
            )
        )

    async def _ask(
        self,
        path: str,
        interface: str,
        member: str,
        *,
        signature: str = "",
        body: Sequence[object] = (),
    ) -> list[Any]:
        from dbus_fast import Message, MessageFlag

        return await self._call(
            Message(
                destination=BLUEZ,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
                flags=MessageFlag.NO_AUTOSTART,
            )
        )

    async def _call(self, message: Message) -> list[Any]:
        from dbus_fast import MessageType

        if not self.alive:
            raise service_down(BUS_LOST)
        try:
            reply = await self._bus.call(message)
        except Exception as error:  # dbus_fast hands on whatever ended the connection
            raise service_down(BUS_LOST) from error
        if reply is None:  # closed from our side while the call was under way
            raise service_down(BUS_LOST)
        if reply.message_type is MessageType.ERROR:
            raise _refused(reply)
        return list(reply.body)

    def _on_end(self, ending: asyncio.Task[None]) -> None:
        _look_at(ending)
        self._news.set()

    def _on_message(self, message: Message) -> None:
        if message.member == "NameOwnerChanged" and message.sender == DBUS:
            self._on_owner(*message.body)
        elif message.member == "InterfacesAdded":
            path, interfaces = message.body
            if ADAPTER in interfaces:
                self._watch.put(path, read_adapter(path, interfaces[ADAPTER]))
        elif message.member == "InterfacesRemoved":
            path, gone = message.body
            if ADAPTER in gone:
                self._watch.drop(path)
        elif message.member == "PropertiesChanged":
            _, changed, _ = message.body
            if "Powered" in changed:
                self._watch.power(message.path or "", bool(changed["Powered"].value))

    def _on_owner(self, _name: str, old: str, new: str) -> None:
        if old:
            self._watch.lose_service(service_down(RESTARTED if new else ENDED))
        if new:
            self._news.set()


async def _connect() -> MessageBus:
    """Return a connection to the system bus; raises StackTrouble."""
    from dbus_fast import AuthError
    from dbus_fast.aio import MessageBus

    address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or USUAL_ADDRESS
    try:
        bus = await MessageBus(address, auth=_authenticator()).connect()
    except (PermissionError, AuthError) as error:
        detail = f"the D-Bus system bus refuses this user: {error}"
        raise StackTrouble(Verdict.NOT_PERMITTED, detail) from error
    except FileNotFoundError as error:
        raise service_down(f"there is no D-Bus system bus at {address}") from error
    except Exception as error:  # dbus_fast hands on whatever went wrong in a dozen places
        text = str(error) or type(error).__name__
        raise service_down(f"no way to the D-Bus system bus at {address}: {text}") from error
    name = bus.unique_name or ""
    if not name.startswith(":"):  # dbus_fast takes the text of a refusal for our name
        bus.disconnect()
        raise service_down(f"the D-Bus system bus takes no more connections: {name}")
    return bus


def _authenticator() -> Any:
    """Return who we say we are; bleak's variable for containers counts here too."""
    from dbus_fast.auth import AuthExternal

    user = os.environ.get("BLEAK_DBUS_AUTH_UID", "")
    return AuthExternal(uid=int(user)) if user.isdecimal() else None


def _refused(reply: Message) -> StackTrouble:
    name = reply.error_name or ""
    if name == ACCESS_DENIED:  # its text is long and quotes our command line
        return StackTrouble(Verdict.NOT_PERMITTED, "D-Bus does not let this user call bluetoothd")
    text = " ".join(str(part) for part in reply.body)[:LONGEST_TEXT]
    verdict = Verdict.NOT_PERMITTED if name in NOT_PERMITTED else Verdict.SERVICE_DOWN
    return StackTrouble(verdict, f"{name}: {text}")


def _look_at(ending: asyncio.Task[None]) -> None:
    """Take an ended task's error: that the connection ended is all that matters."""
    if not ending.cancelled():
        ending.exception()
