"""Opens the radio that was asked for: this computer's own, or a virtual one over TCP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from ftms_bridge.app.links import uses_bluetooth
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.bluez import system_stack
from ftms_bridge.ble.identity import FILE_NAME, IdentityStore
from ftms_bridge.ble.radio import Radio
from ftms_bridge.config.loading import load_settings
from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import OutputFailed, UsageError

Clock = Callable[[], float]

SYSTEM: Final = "system"

_VIRTUAL: Final = "tcp:"


def make_radio(where: str, *, adapter: str, clock: Clock) -> Radio:
    """Return the radio; nothing is opened before it is used.

    where: ``system``, or ``tcp:HOST:PORT`` as `ftms-bridge virtual` prints it.

    Raises UsageError when it is neither, or the virtual radio is not installed.
    """
    if where == SYSTEM:
        return Radio(clock=clock, stack=system_stack(), adapter=adapter)
    host, _, port = where.removeprefix(_VIRTUAL).rpartition(":")
    if not where.startswith(_VIRTUAL) or not host or not port.isdecimal():
        raise UsageError(
            f"There is no radio {where!r}.", hint="Use system, or tcp:HOST:PORT for a virtual one."
        )
    try:
        from ftms_bridge.ble.virtual_adapter import VirtualAdapter, tcp_ends
    except ImportError as error:
        raise UsageError(
            "The virtual radio is not installed.", hint="Run: pip install 'ftms-bridge[demo]'"
        ) from error
    virtual = VirtualAdapter(tcp_ends(host, int(port)), where)
    return Radio(
        clock=clock,
        stack=virtual,
        scanner_backend=virtual.scanner_backend,
        client_backend=virtual.client_backend,
    )


@asynccontextmanager
async def open_radio(where: str, *, adapter: str = "") -> AsyncIterator[Radio]:
    """Yield a radio on the event loop's own clock, for commands that use it for a moment.

    Raises UsageError as `make_radio` does.
    """
    radio = make_radio(where, adapter=adapter, clock=asyncio.get_running_loop().time)
    try:
        yield radio
    finally:
        await radio.stack.close()


def make_bluetooth(settings: Settings, clock: Clock, *, remember: bool = True) -> Bluetooth | None:
    """Return the radio side of a bridge as it is configured; None when no machine needs it.

    remember: keep on disk which devices were bound.

    Nothing is opened yet. Raises UsageError as `make_radio` does.
    """
    if not uses_bluetooth(settings):
        return None
    wanted = settings.bluetooth
    radio = make_radio(wanted.radio, adapter=wanted.adapter, clock=clock)
    return Bluetooth(
        radio,
        state_directory=wanted.state_directory.expanduser() if remember else None,
        recovery=wanted.recovery,
    )


def forget_device(source: str, config_file: Path | None) -> str:
    """Forget which device was bound as a machine or sensor; return what it was, for people.

    Raises ConfigError as the configuration does, UsageError when nothing was bound under that id,
    OutputFailed when it cannot be forgotten.
    """
    directory = load_settings(config_file).settings.bluetooth.state_directory.expanduser()
    store = IdentityStore(directory)
    known = store.known(source)
    if known is None:
        raise UsageError(
            f"No device is bound as {source!r}.",
            hint=f"Bound devices stand in {directory / FILE_NAME}; ids are those of machines and "
            "sensors.",
        )
    store.forget(source)
    if IdentityStore(directory).known(source) is not None:
        raise OutputFailed(
            f"{directory / FILE_NAME} cannot be written.",
            hint="Run it as the user who runs the bridge, or as root.",
        )
    what = " ".join(part for part in (known.manufacturer, known.model) if part)
    return f"{what} ({known.address})" if what else known.address
