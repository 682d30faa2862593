"""``ftms-bridge config``: check, show or describe the configuration."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from ftms_bridge.errors import InputMissing

config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="Configuration file; default: $FTMS_BRIDGE_CONFIG, then the usual places.",
)


@click.group()
def command() -> None:
    """Check, show or describe the configuration.

    What wins: command line, environment (FTMS_BRIDGE_SECTION__KEY), secrets folder, file.
    """


@command.command()
@config_option
def check(config_file: Path | None) -> None:
    """Read the whole configuration and list every problem; exit code 78 if there is one."""
    from ftms_bridge.app.links import check_scenarios, plan_links
    from ftms_bridge.app.radios import make_bluetooth
    from ftms_bridge.config.loading import load_settings

    loaded = load_settings(config_file)
    settings = loaded.settings
    check_scenarios(loaded)
    plan_links(settings, _no_clock, make_bluetooth(settings, _no_clock))
    click.echo(f"{loaded.file or 'environment'}: correct")
    click.echo(f"  machines: {', '.join(machine.id for machine in settings.machine)}")
    click.echo(f"  broker:   {settings.mqtt.host}:{settings.mqtt.port}")
    click.echo(f"  topics:   {settings.mqtt.base}/...")


def _no_clock() -> float:
    """Return 0: nothing runs while it is only checked whether everything could be opened."""
    return 0.0


@command.command()
@config_option
def show(config_file: Path | None) -> None:
    """Print the effective settings as TOML with the source of each; secrets are masked."""
    from ftms_bridge.config.loading import load_settings
    from ftms_bridge.config.show import effective_toml

    click.echo(effective_toml(load_settings(config_file)), nl=False)


@command.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for completion in an editor."""
    import json

    from ftms_bridge.config.settings import Settings

    click.echo(json.dumps(Settings.model_json_schema(), indent=2))


@command.command()
@config_option
def path(config_file: Path | None) -> None:
    """Print which file is read."""
    from ftms_bridge.config.loading import require_file

    file = require_file(config_file)
    if not file.is_file():
        raise InputMissing(
            f"There is no file {file}.", hint="Correct --config or $FTMS_BRIDGE_CONFIG."
        )
    click.echo(file)


@command.command()
def sample() -> None:
    """Print a complete commented configuration file to start from."""
    from ftms_bridge.config.loading import packaged_file

    click.echo(packaged_file("ftms-bridge.toml").read_text(encoding="utf-8"), nl=False)
