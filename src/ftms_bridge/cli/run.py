"""``ftms-bridge run``: the daemon."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ftms_bridge.cli.options import config_option


@click.command()
@config_option
def command(*, config_file: Path | None) -> None:
    """Run the bridge until Ctrl-C: machines in, MQTT out.

    A broker that is away is no reason to stop: the bridge records, and publishes what is lasting
    when the broker is back.
    """
    import asyncio

    from ftms_bridge.app.daemon import run_daemon
    from ftms_bridge.app.links import check_scenarios
    from ftms_bridge.app.logs import set_up_logs
    from ftms_bridge.config.loading import load_settings

    loaded = load_settings(config_file)
    check_scenarios(loaded)
    settings = loaded.settings
    set_up_logs(settings.log.level, settings.log.format)
    asyncio.run(run_daemon(settings))
