"""The places where settings come from, each read into a nested dict; the first one wins."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import ConfigError

ENV_PREFIX: Final = "FTMS_BRIDGE_"
ENV_DELIMITER: Final = "__"

CONFIG_VARIABLE: Final = "FTMS_BRIDGE_CONFIG"
"""Names the configuration file itself, so it is the one variable that is no setting."""

CONTAINER_SECRETS: Final = Path("/run/secrets")
"""Where Docker and Podman put secrets."""

PATH_KEYS: Final = ("file", "directory")
"""A key that ends so is a path; in a file it is relative to that file's folder."""

SCENARIO_KEY: Final = "scenario"
"""The name of a built-in scenario, or a path, which then ends in `.toml`."""

Part = str | int


@dataclass(frozen=True, slots=True)
class Layer:
    """Values from one place; `label` is how people know that place; values may be secret."""

    label: str
    values: Mapping[str, object] = field(repr=False)


class _Source(BaseSettings, Settings):
    """The settings in the shape in which pydantic-settings reads variables and secret files."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_nested_delimiter=ENV_DELIMITER)


def value_at(values: object, path: Sequence[Part]) -> tuple[bool, object]:
    """Return whether there is a value at the path, and the value."""
    for part in path:
        match values, part:
            case Mapping(), str() if part in values:
                values = values[part]
            case ((list() | tuple()), int()) if part < len(values):
                values = values[part]
            case _:
                return False, None
    return True, values


def merge(layers: Sequence[Layer]) -> dict[str, object]:
    """Return the values of all layers as one dict; the first layer that has a key wins."""
    merged: dict[str, object] = {}
    for layer in reversed(layers):
        merged = _overlay(merged, layer.values)
    return merged


def _overlay(below: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, Mapping) and isinstance(value, Mapping):
            merged[key] = _overlay(under, value)
        else:
            merged[key] = value
    return merged


def file_layer(file: Path) -> Layer:
    """Return the content of a TOML file.

    Raises:
        ConfigError: the file cannot be read or is not TOML; the text names line and column.
    """
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{file}: cannot be read: {error.strerror}.",
            hint=f"Give another file with --config or ${CONFIG_VARIABLE}.",
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file}: is not text in UTF-8.", hint="Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: {error}", hint="Correct the TOML at that place.") from None
    return Layer(str(file), _anchored(values, file.parent))


def _anchored(values: Mapping[str, object], folder: Path) -> dict[str, object]:
    """Return the values with relative paths made relative to the folder."""

    def anchor(key: str, value: object) -> object:
        match value:
            case Mapping():
                return _anchored(value, folder)
            case list():
                return [anchor(key, item) for item in value]
            case str() if key.endswith(PATH_KEYS) or (
                key == SCENARIO_KEY and value.endswith(".toml")
            ):
                return str(folder / Path(value).expanduser())
            case _:
                return value

    return {key: anchor(key, value) for key, value in values.items()}


def environment_layer() -> Layer:
    """Return what the variables `FTMS_BRIDGE_...` say, unknown ones included, to be refused later.

    So is the text of a variable for a whole section that is not JSON.

    Raises:
        ConfigError: a variable for a table within a section is not JSON.
    """
    source = EnvSettingsSource(_Source)
    names = {f"{ENV_PREFIX}{section}".lower(): section for section in Settings.model_fields}
    nonsense = {
        name: text
        for name, text in source.env_vars.items()
        if name in names and text is not None and json_fault(text)
    }
    source.env_vars = {k: v for k, v in source.env_vars.items() if k not in nonsense}
    with _refusing_nonsense("environment"):
        values = source()
    values |= {names[name]: text for name, text in nonsense.items()}
    for variable, text in os.environ.items():
        name = variable.removeprefix(ENV_PREFIX).lower()
        if variable.startswith(ENV_PREFIX) and variable != CONFIG_VARIABLE:
            section = name.partition(ENV_DELIMITER)[0]
            if section not in Settings.model_fields:
                values[name] = text
    return Layer("environment", values)


def secrets_layer() -> Layer:
    """Return what files in the folders for secrets say; each is named as the variable would be.

    The folders are systemd's `$CREDENTIALS_DIRECTORY` and `/run/secrets`.
    """
    folders = [CONTAINER_SECRETS]
    if credentials := os.environ.get("CREDENTIALS_DIRECTORY"):
        folders.append(Path(credentials))
    files = SecretsSettingsSource(_Source, folders)
    with _refusing_nonsense("secrets folder"):
        values = NestedSecretsSettingsSource(files, secrets_dir_missing="ok")()
    return Layer("secrets folder", values)


def json_fault(text: str) -> str | None:
    """Return where a text ceases to be JSON, in words, or None if it is JSON."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}, column {error.colno}"
    except RecursionError:
        return "nested too deeply"
    return None


@contextmanager
def _refusing_nonsense(label: str) -> Iterator[None]:
    """Turn what pydantic-settings cannot read into our error, without the value."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{label}: {error.filename} cannot be read: {error.strerror}.",
            hint="Let the user that runs the bridge read it, or remove it.",
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(f"{label}: a file is not text.", hint="Remove it.") from None
    except SettingsError as error:
        raise ConfigError(
            f"{label}: {error}.",
            hint="A variable for a whole table must hold JSON; or set single keys, "
            f"such as {ENV_PREFIX}MQTT__HOST.",
        ) from None
