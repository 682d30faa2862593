"""``ftms-bridge demo``: everything on embedded parts."""

from __future__ import annotations

import rich_click as click


@click.command()
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="End after that time; default: run until Ctrl-C.",
)
@click.option(
    "--mqtt-port",
    type=click.IntRange(1, 65535),
    help="Port of the embedded broker; default: 1883, or the next one that is free.",
)
@click.option(
    "--power-cut",
    metavar="bike@20:15",
    help="Switch a machine off: the bike after 20 s, for 15 s; see how the bridge takes it.",
)
def command(*, seconds: float | None, mqtt_port: int | None, power_cut: str | None) -> None:
    """Run two virtual machines through the real bridge into an embedded broker, and watch them.

    The bridge finds them over a virtual radio, as it would real ones. Nothing is written to disk,
    and nobody but this computer can reach the broker.
    """
    import asyncio

    from rich.console import Console

    from ftms_bridge.app.demo import DemoSettings, choose_port, read_power_cut, run_demo
    from ftms_bridge.app.logs import set_up_logs
    from ftms_bridge.config.loading import load_settings, packaged_file
    from ftms_bridge.dashboard.display import choose_display

    settings = load_settings(packaged_file("demo.toml")).settings
    set_up_logs("warning", "text")
    port = choose_port(mqtt_port)
    display = choose_display(Console())
    cut = None if power_cut is None else read_power_cut(power_cut)
    demo = DemoSettings(settings, port, seconds=seconds, power_cut=cut)
    asyncio.run(run_demo(demo, display, _show_line))
    click.echo("That was the demo. With a broker of your own: ftms-bridge run; see README.md.")


def _show_line(line: str) -> None:
    click.echo(f"To see the messages, paste this into another terminal:\n\n  {line}\n")
