"""The effective configuration as TOML: each value with the place it comes from, secrets masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ftms_bridge.config.layers import Part, value_at
from ftms_bridge.config.loading import Loaded
from ftms_bridge.config.toml import toml_value

KeyPath = tuple[Part, ...]


def effective_toml(loaded: Loaded) -> str:
    """Return all settings that have a value as TOML text; comments name where each comes from."""
    return "\n".join(_table(loaded.settings.model_dump(), (), loaded)).strip() + "\n"


def _table(values: Mapping[str, object], path: KeyPath, loaded: Loaded) -> Iterator[str]:
    """Give the lines of one table: single values first, then the tables in it, as TOML demands."""
    for key, value in values.items():
        if not _holds_tables(value) and value not in (None, ()):
            yield f"{key} = {toml_value(value)}  # {_origin((*path, key), loaded)}"
    for key, value in values.items():
        name = ".".join(part for part in (*path, key) if isinstance(part, str))
        if isinstance(value, Mapping):
            yield f"\n[{name}]"
            yield from _table(value, (*path, key), loaded)
        elif isinstance(value, tuple) and _holds_tables(value):
            for index, item in enumerate(value):
                yield f"\n[[{name}]]"
                yield from _table(item, (*path, key, index), loaded)


def _holds_tables(value: object) -> bool:
    entries = value if isinstance(value, tuple) else (value,)
    return any(isinstance(entry, Mapping) for entry in entries)


def _origin(path: KeyPath, loaded: Loaded) -> str:
    for layer in loaded.layers:
        if value_at(layer.values, path)[0]:
            return layer.label
    return "default"
