"""``ftms-bridge link``: see the links of the running bridge, give machines away, take them back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from ftms_bridge.control.commands import MINUTES_AT_MOST

if TYPE_CHECKING:
    from ftms_bridge.app.linking import BridgePlace, KnownLink
    from ftms_bridge.telemetry.blocks import ActionWord

HEAD = ("machine", "source", "up", "why", "since")

_UP = {True: "yes", False: "no", None: "?"}

DEFAULT_BROKER = "mqtt://localhost:1883"

_OPTIONS = (
    click.option(
        "--broker",
        metavar="URL",
        help="mqtt://[user[:password]@]host[:port], or mqtts:// to encrypt. The password may also "
        f"be in FTMS_BRIDGE_MQTT__PASSWORD. Default: {DEFAULT_BROKER}",
    ),
    click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Take broker and base topic from the configuration of the bridge instead.",
    ),
    click.option("--base", help="First part of each topic. Default: ftms, or what FILE says."),
)


def _place_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where the bridge is."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group()
def command() -> None:
    """See the links to machines; give a machine away to another app, and take it back.

    All of it goes over MQTT to the bridge that runs. Most machines accept one connection at a time:
    release one before a phone or tablet is to use it. Exit code 69: no bridge answered; 65: it
    refused, and says why.
    """


@command.command()
@_place_options
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
def status(
    *, broker: str | None, config_file: Path | None, base: str | None, as_json: bool
) -> None:
    """Show every link: whether it is up, else why not, and since when."""
    import asyncio
    import json

    from ftms_bridge.app.linking import known_links

    rows = asyncio.run(known_links(_place(broker, config_file, base)))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_table([HEAD, *map(_cells, rows)])))


@command.command()
@click.argument("machine")
@_place_options
@click.option(
    "--minutes",
    type=click.FloatRange(min=0, min_open=True, max=MINUTES_AT_MOST),
    help="Take it back after so long; without it only `link resume` or the configuration does.",
)
def release(
    *,
    machine: str,
    broker: str | None,
    config_file: Path | None,
    base: str | None,
    minutes: float | None,
) -> None:
    """Give MACHINE away, so that another app can connect to it."""
    _ask(_place(broker, config_file, base), machine, "release", minutes=minutes)
    if minutes is None:
        click.echo(f"{machine} is given away. To take it back: ftms-bridge link resume {machine}")
    else:
        click.echo(f"{machine} is given away for {minutes:g} min.")


@command.command()
@click.argument("machine")
@_place_options
def resume(*, machine: str, broker: str | None, config_file: Path | None, base: str | None) -> None:
    """Take MACHINE back; it is found as soon as no other app holds it."""
    _ask(_place(broker, config_file, base), machine, "resume")
    click.echo(f"{machine} is being taken back. Whether it is found: ftms-bridge link status")


@command.command()
@click.argument("source")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration of the bridge; without it the usual places are searched.",
)
def accept(*, source: str, config_file: Path | None) -> None:
    """Accept another device as SOURCE, a machine or sensor: the one bound so far is forgotten.

    The next device that fits the configuration is bound. Use it when the verdict is
    changed_identity and you know why. It works on the files of this computer, not over MQTT, and
    the running bridge takes note by itself within half a minute.
    """
    from ftms_bridge.app.radios import forget_device

    was = forget_device(source, config_file)
    click.echo(f"{source} was bound to {was}; the next device that fits is bound instead.")


def _ask(
    place: BridgePlace, machine: str, action: ActionWord, *, minutes: float | None = None
) -> None:
    import asyncio

    from ftms_bridge.app.linking import Wish, ask_bridge

    asyncio.run(ask_bridge(place, Wish(machine, action, minutes)))


def _place(broker: str | None, config_file: Path | None, base: str | None) -> BridgePlace:
    """Return where the bridge is; raises UsageError or ConfigError when that cannot be."""
    import os

    from ftms_bridge.app.broker_url import broker_settings
    from ftms_bridge.app.linking import BridgePlace
    from ftms_bridge.app.watching import checked_base
    from ftms_bridge.errors import UsageError
    from ftms_bridge.telemetry.topics import DEFAULT_BASE

    if config_file is None:
        address = broker_settings(broker or DEFAULT_BROKER, os.environ)
        return BridgePlace(address, checked_base(DEFAULT_BASE if base is None else base))
    if broker is not None:
        raise UsageError("--broker and --config both name a broker.", hint="Give one of them.")

    from ftms_bridge.app.broker_config import broker_settings as configured_broker
    from ftms_bridge.config.loading import load_settings

    settings = load_settings(config_file).settings
    chosen = settings.mqtt.base if base is None else base
    return BridgePlace(configured_broker(settings), checked_base(chosen))


def _cells(row: KnownLink) -> tuple[str, ...]:
    verdict, reason = row["verdict"] or "", row["reason"] or ""
    why = f"{reason} ({verdict})" if reason and verdict else reason or verdict
    return (row["machine"], row["source"], _UP[row["up"]], why, row["since"] or "")


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return the rows with their columns in line."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
