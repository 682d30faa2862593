"""Find the configuration, lay command line, environment and secrets over it, check it all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import platformdirs
from pydantic import ValidationError

from ftms_bridge.config.checks import APP_NAME, is_open_to_all
from ftms_bridge.config.layers import (
    CONFIG_VARIABLE,
    Layer,
    environment_layer,
    file_layer,
    merge,
    secrets_layer,
    value_at,
)
from ftms_bridge.config.problems import describe
from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import ConfigError

FILE_NAME: Final = "ftms-bridge.toml"

SYSTEM_FOLDER: Final = Path("/etc/ftms-bridge")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Checked settings and where they come from; `layers` in order of precedence."""

    settings: Settings
    file: Path | None
    layers: tuple[Layer, ...]


def packaged_file(name: str) -> Path:
    """Return the path of `demo.toml` or `ftms-bridge.toml` as shipped with this program.

    A wheel carries them inside the package; a source checkout has them in `config/` at its top.
    """
    installed = Path(__file__).parent / "files" / name
    return installed if installed.is_file() else Path(__file__).parents[3] / "config" / name


def search_places() -> tuple[Path, ...]:
    """Return where a configuration file is looked for when none is named, first place first."""
    user = Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))
    return (user / FILE_NAME, SYSTEM_FOLDER / FILE_NAME)


def find_file(explicit: Path | None) -> Path | None:
    """Return the file to read: the one given, the one in `$FTMS_BRIDGE_CONFIG`, or one found."""
    if explicit is not None:
        return explicit
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named).expanduser()
    return next((place for place in search_places() if place.is_file()), None)


def require_file(explicit: Path | None) -> Path:
    """Return the file to read.

    Raises:
        ConfigError: there is none.
    """
    file = find_file(explicit)
    if file is None:
        raise _nothing_found()
    return file


def load_settings(
    explicit: Path | None = None, overrides: Mapping[str, object] | None = None
) -> Loaded:
    """Return the checked settings.

    explicit: the file that the command line names, if it does.
    overrides: nested values from the command line; they win over everything else.

    Raises:
        ConfigError: no file, or anything wrong in it; the text lists every problem.
    """
    file = find_file(explicit)
    layers = (
        Layer("command line", overrides or {}),
        environment_layer(),
        secrets_layer(),
        file_layer(file) if file else Layer("configuration", {}),
    )
    if file is None and not any("machine" in layer.values for layer in layers):
        raise _nothing_found()
    problems = _exposed_password(file, layers[-1])
    try:
        settings = Settings.model_validate(merge(layers))
    except ValidationError as error:
        problems += [describe(one, layers) for one in error.errors()]
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise ConfigError(
            f"{count} in the configuration:\n  " + "\n  ".join(problems),
            hint="Correct each of these lines; docs/configuration.md explains every key.",
        )
    return Loaded(settings, file, layers)


def _nothing_found() -> ConfigError:
    user_file, system_file = search_places()
    return ConfigError(
        f"there is no configuration: neither {user_file} nor {system_file} exists.",
        hint=f"Make one: mkdir -p {user_file.parent} && "
        f"ftms-bridge config sample > {user_file}, then edit it; or let your machines be found: "
        "ftms-bridge scan --save bridge.toml; or try: ftms-bridge demo",
    )


def _exposed_password(file: Path | None, layer: Layer) -> list[str]:
    if file and value_at(layer.values, ("mqtt", "password"))[0] and is_open_to_all(file):
        must = "must not stand in a file that every user can read"
        return [f"{file}: mqtt.password: {must}; run: chmod 600 {file}"]
    return []
