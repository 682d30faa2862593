"""``ftms-bridge config``: check, show or describe the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from ftms_bridge.errors import BridgeError, ConfigError

if TYPE_CHECKING:
    from ftms_bridge.config.settings import Settings

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
    from ftms_bridge.config.loading import load_settings

    loaded = load_settings(config_file)
    settings = loaded.settings
    _check_links(settings)
    click.echo(f"{loaded.file or 'environment'}: correct")
    click.echo(f"  machines: {', '.join(machine.id for machine in settings.machine)}")
    click.echo(f"  broker:   {settings.mqtt.host}:{settings.mqtt.port}")
    click.echo(f"  topics:   {settings.mqtt.base}/...")


def _check_links(settings: Settings) -> None:
    """Load every scenario and recording that a link names, as `run` will."""
    from ftms_bridge.app.links import plan_links
    from ftms_bridge.config.settings import SimulatorLink
    from ftms_bridge.simulator.scenario_file import load_scenario

    problems = []
    for index, machine in enumerate(settings.machine):
        if isinstance(machine.link, SimulatorLink):
            try:
                load_scenario(machine.link.scenario)
            except BridgeError as error:
                problems.append(f"machine[{index}].link.scenario: {error.what} {error.hint}")
    if problems:
        raise ConfigError("\n  ".join(problems), hint="Correct the scenario or its name.")
    plan_links(settings, clock=lambda: 0.0)


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

    click.echo(require_file(config_file))


@command.command()
def sample() -> None:
    """Print a complete commented configuration file to start from."""
    from ftms_bridge.config.loading import packaged_file

    click.echo(packaged_file("ftms-bridge.toml").read_text(encoding="utf-8"), nl=False)
