"""``ftms-bridge link``: see the links of the running bridge, give machines away, take them back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rich_click as click

from ftms_bridge.cli.options import place_options
from ftms_bridge.control.commands import MINUTES_AT_MOST

if TYPE_CHECKING:
    from ftms_bridge.app.linking import BridgePlace, KnownLink
    from ftms_bridge.telemetry.blocks import ActionWord

HEAD = ("machine", "source", "up", "verdict", "why", "since")

_UP = {True: "yes", False: "no", None: "?"}

_DAY_S: Final = 86_400.0


@click.group()
def command() -> None:
    """See the links to machines; give a machine away to another app, and take it back.

    All of it goes over MQTT to the bridge that runs. Most machines accept one connection at a time:
    release one before a phone or tablet is to use it. Exit code 69: no bridge answered; 65: it
    refused, and says why.
    """


@command.command()
@place_options
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
        now = datetime.now(UTC)
        click.echo("\n".join(_table([HEAD, *(_cells(row, now) for row in rows)])))


@command.command()
@click.argument("machine")
@place_options
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
@place_options
def resume(*, machine: str, broker: str | None, config_file: Path | None, base: str | None) -> None:
    """Take MACHINE back; it is found as soon as no other app holds it."""
    before = _ask(_place(broker, config_file, base), machine, "resume")
    if before is None or before["verdict"] == "released":
        click.echo(f"{machine} is being taken back. Whether it is found: ftms-bridge link status")
    elif before["up"]:
        click.echo(f"{machine} was not given away; connected as before.")
    else:
        click.echo(
            f"{machine} was not given away; why it is not connected: ftms-bridge link status"
        )


@command.command()
@click.argument("source")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration of the bridge; without it the usual places are searched.",
)
@click.option("--yes", is_flag=True, help="Do not ask, even if nothing is wrong with SOURCE.")
def accept(*, source: str, config_file: Path | None, yes: bool) -> None:
    """Accept another device as SOURCE, a machine or sensor: the one bound so far is forgotten.

    The next device that fits the configuration is bound. Use it when the verdict is
    changed_identity and you know why. It works on the files of this computer, not over MQTT, and
    the running bridge takes note by itself within half a minute. A bridge that runs is asked only
    whether anything is wrong with SOURCE; if nothing is, you are asked before it is forgotten.
    """
    from ftms_bridge.app.radios import forget_device

    if not yes and _is_well(source, config_file) and not _confirmed(source):
        click.echo(f"{source} stays bound as it was.")
        return
    was = forget_device(source, config_file)
    click.echo(f"{source} was bound to {was}; the next device that fits is bound instead.")


def _is_well(source: str, config_file: Path | None) -> bool:
    """Say whether the running bridge, if any, is connected to it and finds nothing odd."""
    import asyncio

    from ftms_bridge.app.linking import links_if_any

    rows = asyncio.run(links_if_any(_place(None, config_file, None)))
    return any(row["source"] == source and row["up"] and row["verdict"] is None for row in rows)


def _confirmed(source: str) -> bool:
    """Ask whether to go on; raises UsageError when there is nobody to ask."""
    import sys

    from ftms_bridge.errors import UsageError

    told = f"{source} is connected and nothing is odd about it"
    if not sys.stdin.isatty():
        hint = f"To forget it all the same: ftms-bridge link accept {source} --yes"
        raise UsageError(f"{told}.", hint=hint)
    return click.confirm(f"{told}; forget it all the same?")


def _ask(
    place: BridgePlace, machine: str, action: ActionWord, *, minutes: float | None = None
) -> KnownLink | None:
    import asyncio

    from ftms_bridge.app.linking import Wish, ask_bridge

    return asyncio.run(ask_bridge(place, Wish(machine, action, minutes)))


def _place(broker: str | None, config_file: Path | None, base: str | None) -> BridgePlace:
    """Return where the bridge is; raises UsageError or ConfigError when that cannot be."""
    from ftms_bridge.app.linking import BridgePlace
    from ftms_bridge.app.watching import find_bridge

    return BridgePlace(*find_bridge(broker, config_file, base))


def _cells(row: KnownLink, now: datetime) -> tuple[str, ...]:
    verdict, reason = row["verdict"] or "", row["reason"] or ""
    why = "" if reason == verdict.replace("_", " ") else reason
    since = ago(row["since"], now) if row["since"] else ""
    return (row["machine"], row["source"], _UP[row["up"]], verdict, why, since)


def ago(since: str, now: datetime) -> str:
    """Return an instant of the contract as `2 min ago (09:49)` in local time.

    What is no such instant is returned as it came; one that is still to come, by another clock
    than ours, is told without `ago`.
    """
    from ftms_bridge.dashboard.words import age

    try:
        at = datetime.fromisoformat(since)
        if at.tzinfo is None:
            return since
        local, today = at.astimezone(), now.astimezone().date()
    except (ValueError, OverflowError):
        return since
    clock = local.strftime("%H:%M" if local.date() == today else "%Y-%m-%d %H:%M")
    passed_s = (now - at).total_seconds()
    if passed_s < 0:
        return clock
    days = passed_s >= 2 * _DAY_S
    words = f"{passed_s / _DAY_S:.0f} d" if days else age(passed_s).replace(".0 s", " s")
    return f"{words} ago ({clock})"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return the rows with their columns in line."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
