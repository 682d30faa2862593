"""``ftms-bridge virtual``: virtual machines for another process, over a virtual radio."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

if TYPE_CHECKING:
    from ftms_bridge.app.on_air import VirtualRadio, VirtualSettings


@click.command()
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO...]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="TCP port on this computer; 0: a free one. Default: 7310.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Random seed; default: the scenario's.")
def command(*, scenarios: tuple[str, ...], port: int | None, seed: int | None) -> None:
    """Put the machines of each SCENARIO on a virtual radio that other terminals can use.

    SCENARIO is a shipped name or a TOML file; without any, a bike and a treadmill ride for ever.
    Nobody but this computer can reach the radio. Ctrl-C ends it.
    """
    import asyncio

    from ftms_bridge.app.logs import set_up_logs
    from ftms_bridge.app.on_air import DEFAULT_PORT, DEFAULT_SCENARIOS, VirtualSettings

    set_up_logs("warning", "text")
    chosen = DEFAULT_PORT if port is None else port
    asyncio.run(_run(VirtualSettings(scenarios or DEFAULT_SCENARIOS, chosen, seed)))


async def _run(settings: VirtualSettings) -> None:
    import asyncio

    from ftms_bridge.app.loop import stop_on_signals
    from ftms_bridge.app.on_air import run_virtual_radio

    stop = asyncio.Event()
    stop_on_signals(stop)
    await run_virtual_radio(settings, _show, stop)


def _show(radio: VirtualRadio) -> None:
    click.echo("On the virtual radio until Ctrl-C:\n")
    for device in radio.devices:
        name = device.name if device.name.isprintable() else ascii(device.name)
        click.echo(f"  {device.address}  {name:<24} {device.kind.replace('_', ' ') or 'sensor'}")
    click.echo("\nTo use it, paste this into another terminal:\n")
    click.echo(f"  ftms-bridge scan --radio {radio.radio}\n")
