"""``ftms-bridge watch``: a live view of what the bridge publishes."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ftms_bridge.cli.options import place_options


@click.command()
@place_options
@click.option("--once", is_flag=True, help="Show what there is and end; exit code 69 if nothing.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="End after that time; exit code 69 if there was no broker all the time.",
)
def command(
    *,
    broker: str | None,
    config_file: Path | None,
    base: str | None,
    once: bool,
    seconds: float | None,
) -> None:
    """Show what the bridge publishes: a live screen on a terminal, else a line per change.

    It only listens. On another computer than that of the bridge, name the broker with --broker.
    Ctrl-C ends it, with exit code 0.
    """
    import asyncio

    from rich.console import Console

    from ftms_bridge.app.watching import WatchSettings, find_bridge, run_watch
    from ftms_bridge.dashboard.display import choose_display, plain_lines

    address, topics_base = find_bridge(broker, config_file, base)
    settings = WatchSettings(address, topics_base, once=once, seconds=seconds)
    console = Console()
    display = plain_lines(console) if once else choose_display(console)
    asyncio.run(run_watch(settings, display))
