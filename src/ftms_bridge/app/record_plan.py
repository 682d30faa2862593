"""Which machine `record` means, and over which radio."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ftms_bridge.app.links import targets
from ftms_bridge.app.radios import make_radio
from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.bluetooth import Bluetooth, BluetoothLink
from ftms_bridge.ble.target import Target
from ftms_bridge.config.bluetooth import BluetoothLink as BluetoothLinkSettings
from ftms_bridge.config.convert import machine_spec
from ftms_bridge.config.loading import find_file, load_settings
from ftms_bridge.config.radio_checks import check_address
from ftms_bridge.errors import UsageError
from ftms_bridge.measurement.sources import MachineKind, MachineSpec

ADDRESS = re.compile(
    r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
)
"""A Bluetooth address, or what macOS shows instead of one."""

PART = re.compile(r"[0-9A-Fa-f:-]+")
"""What is meant as an address, even if it is none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line.

    machine: id in the configuration, or an address or name together with ``kind``.
    radio, adapter: "" is what the configuration says, else this computer's own.
    """

    machine: str
    kind: MachineKind | None = None
    config_file: Path | None = None
    radio: str = ""
    adapter: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The machine to record, and what it takes to reach it."""

    machine: MachineSpec
    bluetooth: Bluetooth
    link: BluetoothLink


def plan_recording(wanted: Wanted, clock: Callable[[], float]) -> Plan:
    """Return how to reach the machine.

    Raises UsageError when it is not known which one is meant, ConfigError when the configuration
    that is needed cannot be used.
    """
    if wanted.kind is not None:
        return _by_hand(wanted, wanted.kind, clock)
    if find_file(wanted.config_file) is None:
        raise UsageError(
            f"There is no configuration that could say what {wanted.machine!r} is.",
            hint="Name a configuration with --config, or give an address or a name and --kind.",
        )
    settings = load_settings(wanted.config_file).settings
    radio = wanted.radio or settings.bluetooth.radio
    adapter = wanted.adapter or settings.bluetooth.adapter
    for machine in settings.machine:
        if machine.id == wanted.machine and isinstance(machine.link, BluetoothLinkSettings):
            bound = targets(machine, machine.link)
            return _plan(machine_spec(machine), bound, make_radio_side(radio, adapter, clock))
    ids = [one.id for one in settings.machine if isinstance(one.link, BluetoothLinkSettings)]
    raise UsageError(
        f"There is no machine {wanted.machine!r} over Bluetooth in the configuration.",
        hint=f"There are: {', '.join(ids) or 'none'}. For others give address or name and --kind.",
    )


def make_radio_side(radio: str, adapter: str, clock: Callable[[], float]) -> Bluetooth:
    """Return a radio that remembers nothing: a recording must not bind anything for good."""
    made = make_radio(radio or "system", adapter=adapter, clock=clock)
    return Bluetooth(made, state_directory=None)


def _by_hand(wanted: Wanted, kind: MachineKind, clock: Callable[[], float]) -> Plan:
    is_address = ADDRESS.fullmatch(wanted.machine) is not None
    if not is_address and PART.fullmatch(wanted.machine):
        raise UsageError(
            f"{wanted.machine} is no whole address.",
            hint="Give all six pairs, as ftms-bridge scan shows them. If it is the beginning of a "
            f"name: '{wanted.machine}*'",
        )
    binding = Binding(
        kind,
        address=check_address(wanted.machine) if is_address else "",
        name="" if is_address else wanted.machine,
    )
    spec = MachineSpec(kind.value, kind, auto_quirk=True)
    bluetooth = make_radio_side(wanted.radio, wanted.adapter, clock)
    return _plan(spec, (Target(spec.id, binding),), bluetooth)


def _plan(spec: MachineSpec, bound: tuple[Target, ...], bluetooth: Bluetooth) -> Plan:
    return Plan(spec, bluetooth, bluetooth.link(spec.id, bound))
