"""What BlueZ's object tree says: adapters, devices, and whether links can be made at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from ftms_bridge.ble.stack import Adapter, HeldLink
from ftms_bridge.gatt.notification import Verdict

ADAPTER: Final = "org.bluez.Adapter1"
DEVICE: Final = "org.bluez.Device1"


class StackTrouble(Exception):
    """The stack cannot be used, or refuses what was asked; ``detail`` in words."""

    def __init__(self, verdict: Verdict, detail: str) -> None:
        super().__init__(detail)
        self.verdict = verdict
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Device:
    """A device that BlueZ knows; ``path`` and ``adapter_path`` are D-Bus object paths."""

    path: str
    adapter_path: str
    address: str
    name: str
    connected: bool


@dataclass(frozen=True, slots=True)
class BluezObjects:
    """Everything of interest that BlueZ has at one moment; adapters by object path."""

    adapters: Mapping[str, Adapter]
    devices: tuple[Device, ...]

    def known(self, address: str) -> tuple[Device, ...]:
        """Return the devices with this address: one for each adapter that met it."""
        wanted = address.upper()
        return tuple(one for one in self.devices if wanted and one.address.upper() == wanted)

    def held(self) -> tuple[HeldLink, ...]:
        """Return the links that are up."""
        return tuple(
            HeldLink(one.address, one.name, name_of(one.adapter_path))
            for one in self.devices
            if one.connected
        )


def read_objects(managed: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> BluezObjects:
    """Return what a GetManagedObjects reply holds; objects of other kinds are left out."""
    adapters = {
        path: read_adapter(path, interfaces[ADAPTER])
        for path, interfaces in managed.items()
        if ADAPTER in interfaces
    }
    devices = tuple(
        _read_device(path, interfaces[DEVICE])
        for path, interfaces in sorted(managed.items())
        if DEVICE in interfaces
    )
    return BluezObjects(adapters, devices)


def read_adapter(path: str, props: Mapping[str, Any]) -> Adapter:
    """Return an adapter from its D-Bus properties."""
    return Adapter(
        name=name_of(path),
        address=str(_value(props, "Address", "")),
        powered=bool(_value(props, "Powered", False)),
    )


def _read_device(path: str, props: Mapping[str, Any]) -> Device:
    return Device(
        path=path,
        adapter_path=str(_value(props, "Adapter", path.rpartition("/")[0])),
        address=str(_value(props, "Address", "")),
        name=str(_value(props, "Alias", "")),
        connected=bool(_value(props, "Connected", False)),
    )


def _value(props: Mapping[str, Any], name: str, absent: object) -> object:
    return props[name].value if name in props else absent


def name_of(path: str) -> str:
    """Return the name of an adapter (hci0) from its object path."""
    return path.rpartition("/")[2]


def find_adapter(adapters: Mapping[str, Adapter], wanted: str) -> str | None:
    """Return the object path of an adapter given by name or address, in any case of letters.

    "" is any: the first that is switched on, else the first.
    """
    in_order = sorted(adapters.items(), key=lambda item: (not item[1].powered, item[0]))
    for path, adapter in in_order:
        if wanted.lower() in ("", adapter.name.lower(), adapter.address.lower()):
            return path
    return None


def with_blocks(adapters: Collection[Adapter], blocks: Collection[str]) -> tuple[Adapter, ...]:
    """Return the adapters in order of their names, with ``blocked`` set for those named."""
    in_order = sorted(adapters, key=lambda one: one.name)
    return tuple(replace(one, blocked=one.name in blocks) for one in in_order)


def adapter_trouble(
    adapters: Mapping[str, Adapter], wanted: str, blocks: Mapping[str, str]
) -> StackTrouble | None:
    """Return why no link can be made with the wanted adapter ("" is any), or None.

    blocks: what blocks a Bluetooth switch, by the switch's name, which often is an adapter's.
    """
    path = find_adapter(adapters, wanted)
    if path is None:
        return StackTrouble(Verdict.ADAPTER_MISSING, _missing(adapters, wanted, blocks))
    if adapters[path].powered:
        return None
    off = [adapters[path]] if wanted else with_blocks(adapters.values(), ())
    return StackTrouble(Verdict.BLUETOOTH_OFF, f"switched off: {_list(off, blocks)}")


def _missing(adapters: Mapping[str, Adapter], wanted: str, blocks: Mapping[str, str]) -> str:
    if adapters:
        return f"no adapter {wanted}; there is {_list(with_blocks(adapters.values(), ()), {})}"
    switches = "".join(f"; {name} is {how}" for name, how in sorted(blocks.items()))
    return f"no Bluetooth adapter{f' ({wanted} is wanted)' if wanted else ''}{switches}"


def _list(adapters: Collection[Adapter], blocks: Mapping[str, str]) -> str:
    return ", ".join(
        f"{one.name} ({one.address})" + (f", {blocks[one.name]}" if one.name in blocks else "")
        for one in adapters
    )
