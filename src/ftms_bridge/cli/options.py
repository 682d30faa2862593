"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import rich_click as click

_PLACE = (
    click.option(
        "--broker",
        metavar="URL",
        help="mqtt://[user[:password]@]host[:port], or mqtts:// to encrypt. The password may also "
        "be in FTMS_BRIDGE_MQTT__PASSWORD, where other users of this computer cannot read it. "
        "Default: that of the configuration that `run` would use; without any, "
        "mqtt://localhost:1883",
    ),
    click.option(
        "--config",
        "config_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Take broker and base topic from this configuration.",
    ),
    click.option("--base", help="First part of each topic. Default: as configured, else ftms."),
)


def place_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where the bridge is."""
    for option in reversed(_PLACE):
        command = option(command)
    return command


config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration; without it the usual places are searched.",
)
