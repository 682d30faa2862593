"""What is wrong with a configuration, one line per problem: where, which key, what it must be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from pydantic_core import ErrorDetails

from ftms_bridge.config.catalogue import setting_rows, variable_of
from ftms_bridge.config.layers import Layer, Part, json_fault, value_at
from ftms_bridge.config.toml import toml_value

GOT_MAX_CHARACTERS: Final = 200
"""A longer value is cut in an error line; a long path still fits (house choice)."""

SECRET_KEYS: Final = frozenset({"password"})

TEXTS: Final = {
    "missing": "is required",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be above {gt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "union_tag_invalid": "must have one of the types {expected_tags}, not '{tag}'",
    "union_tag_not_found": "must have a type: 'bluetooth', 'simulator' or 'recording'",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters long",
    "finite_number": "must be a finite number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "path_type": "must be a path in quotes",
    "tuple_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}
"""Texts for pydantic's error types; a type that is not here keeps pydantic's own text."""


TABLE_TYPES: Final = frozenset({"tuple_type", "dict_type", "model_type", "model_attributes_type"})


def describe(error: ErrorDetails, layers: Sequence[Layer]) -> str:
    """Return the line for one error of pydantic; the last layer is blamed for what is missing."""
    path = _path_in_file(error["loc"], layers)
    layer = next((one for one in layers if value_at(one.values, path)[0]), layers[-1])
    if error["type"] == "extra_forbidden":
        text = _unknown_key(path, layer)
    elif layer.label == "environment" and (fault := _json_fault(error)):
        text = f"is not JSON ({fault})"
    elif error["type"] in TEXTS:
        text = TEXTS[error["type"]].format(**error.get("ctx", {})) + _got(error["input"], path)
    else:
        text = error["msg"] + _got(error["input"], path)
    return f"{layer.label}: {_name(path, layer)}: {text}"


def _json_fault(error: ErrorDetails) -> str | None:
    """Return what keeps the text of a variable for a whole table from being read."""
    value = error["input"]
    return json_fault(value) if error["type"] in TABLE_TYPES and isinstance(value, str) else None


def _path_in_file(loc: Sequence[Part], layers: Sequence[Layer]) -> tuple[Part, ...]:
    """Return the path as the user wrote it, without the parts that pydantic adds.

    Added are the tag of a union (the value of `type`) and `[key]` for the key of a table.
    """
    path: tuple[Part, ...] = ()
    for place, part in enumerate(loc):
        known = any(value_at(layer.values, (*path, part))[0] for layer in layers)
        if known or (place == len(loc) - 1 and part != "[key]"):
            path = (*path, part)
    return path


def written(path: Sequence[Part]) -> str:
    """Return a path such as `machine[0].link.seed`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _name(path: Sequence[Part], layer: Layer) -> str:
    in_environment = layer.label == "environment" and all(isinstance(part, str) for part in path)
    return variable_of(written(path)) if in_environment else written(path) or "the whole file"


def _unknown_key(path: Sequence[Part], layer: Layer) -> str:
    """Say that the key is unknown and which may be meant; not its value, which may be secret."""
    parent = written(["[]" if isinstance(part, int) else part for part in path[:-1]])
    parent = parent.replace(".[]", "[]")
    siblings = {row.name for row in setting_rows() if row.parent == parent} - {str(path[-1])}
    similar = get_close_matches(str(path[-1]), siblings, n=1)
    if similar:
        return f"is unknown; did you mean {_name((*path[:-1], similar[0]), layer)}?"
    return "is unknown here; known are " + ", ".join(sorted(siblings))


def _got(value: object, path: Sequence[Part]) -> str:
    if isinstance(value, Mapping | list | tuple) or SECRET_KEYS.intersection(path[-1:]):
        return ""
    text = toml_value(value)
    if len(text) > GOT_MAX_CHARACTERS:
        text = text[:GOT_MAX_CHARACTERS] + "..."
    return f" (got {text})"
