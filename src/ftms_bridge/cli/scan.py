"""``ftms-bridge scan``: which machines and sensors are near."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

if TYPE_CHECKING:
    from ftms_bridge.ble.binding import Candidate


@click.command()
@click.option(
    "--seconds",
    type=click.FloatRange(min=1, max=300),
    default=8.0,
    show_default=True,
    help="How long to listen.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a configuration that binds what was found; a file that exists is left as it is.",
)
@click.option(
    "--radio",
    default="system",
    show_default=True,
    envvar="FTMS_BRIDGE_BLUETOOTH__RADIO",
    metavar="WHERE",
    help="`system`: this computer's Bluetooth; tcp:HOST:PORT: a virtual one (ftms-bridge virtual).",
)
@click.option("--adapter", default="", metavar="NAME", help="Adapter to use, by name or address.")
def command(*, seconds: float, as_json: bool, save: Path | None, radio: str, adapter: str) -> None:
    """List the fitness machines and sensors that can be heard.

    A machine shows itself only while it is on and nobody is connected to it: wake it up by moving
    the pedals or the belt, and close the apps that may hold it. Nothing is connected to here.
    """
    import asyncio
    import json

    from ftms_bridge.app.logs import set_up_logs
    from ftms_bridge.app.radios import open_radio
    from ftms_bridge.app.scanning import check_is_new, device_row, scan, write_configuration

    set_up_logs("error", "text")
    if save is not None:
        check_is_new(save)

    async def listen() -> tuple[Candidate, ...]:
        async with open_radio(radio, adapter=adapter) as opened:
            return await scan(opened, seconds, radio)

    if not as_json:
        click.echo(f"Listening for {seconds:g} s ...", err=True)
    found = asyncio.run(listen())
    if as_json:
        click.echo(json.dumps([device_row(one) for one in found], ensure_ascii=False, indent=1))
    else:
        _show(found)
    if save is not None and found:
        write_configuration(save, found, radio)
        click.echo(
            f"Wrote {save}. Next: look at it, set the broker, then\n\n"
            f"  ftms-bridge run --config {save}\n",
            err=True,
        )
    elif found and not as_json:
        click.echo("\nTo bind them: ftms-bridge scan --save bridge.toml", err=True)


def _show(found: tuple[Candidate, ...]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from ftms_bridge.app.scanning import what_it_is

    if not found:
        click.echo(
            "Nothing that measures was heard. Move the pedals or the belt to wake it, close other\n"
            "apps that may hold it, come nearer; then again. Still nothing: ftms-bridge doctor"
        )
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "what it is", "address", "signal"):
        table.add_column(heading)
    for one in found:
        signal = "?" if one.rssi_dbm is None else f"{one.rssi_dbm} dBm"
        cells = (one.name or "(no name)", what_it_is(one), one.address, signal)
        table.add_row(*(Text(cell) for cell in cells))  # names are foreign text, never markup
    Console().print(table)
