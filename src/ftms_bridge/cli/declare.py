"""``ftms-bridge declare``: say which way you move where no machine can tell."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ftms_bridge.cli.options import place_options
from ftms_bridge.control.commands import DIRECTIONS


@click.command()
@click.argument("machine")
@click.argument("direction", type=click.Choice(DIRECTIONS))
@place_options
def command(
    *,
    machine: str,
    direction: str,
    broker: str | None,
    config_file: Path | None,
    base: str | None,
) -> None:
    """Say which way you move on MACHINE, for machines that cannot tell.

    What you declare is never mixed with what is measured: it counts only where nothing is, and it
    is always marked as declared. It expires; `clear` takes it back before. It goes over MQTT to the
    bridge that runs. Exit code 69: no bridge answered; 65: it refused, and says why.
    """
    import asyncio

    from ftms_bridge.app.declaring import declare
    from ftms_bridge.app.watching import find_bridge

    place = find_bridge(broker, config_file, base)
    click.echo(asyncio.run(declare(*place, machine=machine, direction=direction)))
