"""``ftms-bridge watch``: a live view of what the bridge publishes."""

from __future__ import annotations

import rich_click as click

from ftms_bridge.telemetry.topics import DEFAULT_BASE


@click.command()
@click.option(
    "--broker",
    default="mqtt://localhost:1883",
    show_default=True,
    metavar="URL",
    help="mqtt://[user[:password]@]host[:port], or mqtts:// to encrypt. The password may also be "
    "in FTMS_BRIDGE_MQTT__PASSWORD, where other users of this computer cannot read it.",
)
@click.option("--base", default=DEFAULT_BASE, show_default=True, help="First part of each topic.")
@click.option("--once", is_flag=True, help="Show what there is and end; exit code 69 if nothing.")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), help="End after that time.")
def command(*, broker: str, base: str, once: bool, seconds: float | None) -> None:
    """Show what the bridge publishes: a live screen on a terminal, else a line per change.

    It only listens, and needs the broker but not the bridge's configuration. Ctrl-C ends it.
    """
    import asyncio
    import os

    from rich.console import Console

    from ftms_bridge.app.broker_url import broker_settings
    from ftms_bridge.app.watching import WatchSettings, checked_base, run_watch
    from ftms_bridge.dashboard.display import choose_display, plain_lines

    address = broker_settings(broker, os.environ)
    settings = WatchSettings(address, checked_base(base), once=once, seconds=seconds)
    console = Console()
    display = plain_lines(console) if once else choose_display(console)
    asyncio.run(run_watch(settings, display))
