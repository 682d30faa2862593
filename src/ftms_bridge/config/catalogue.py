"""The list of all settings as plain rows, read from the models: for documents and error texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ftms_bridge.config.layers import ENV_DELIMITER, ENV_PREFIX
from ftms_bridge.config.settings import Settings
from ftms_bridge.config.toml import toml_value


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting; `path` is written as in error texts, with `[]` for "each of them"."""

    path: str
    type: str
    default: str
    description: str

    @property
    def parent(self) -> str:
        """Return the path of the table that holds this setting; empty for a table at the top."""
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Return the last part of the path, as it is written in the file."""
        return self.path.rpartition(".")[2].removesuffix("[]")


def setting_rows() -> tuple[SettingRow, ...]:
    """Return all settings in the order of the models; a table comes before its keys."""
    return tuple(_rows_of(Settings, ""))


def variable_of(path: str) -> str:
    """Return the environment variable of a setting that is not inside a list."""
    return ENV_PREFIX + path.replace(".", ENV_DELIMITER).upper()


def _rows_of(model: type[BaseModel], prefix: str) -> Iterator[SettingRow]:
    for name, field in model.model_fields.items():
        models = list(_models_in(field.annotation))
        path = prefix + name + ("[]" if models and get_origin(field.annotation) is tuple else "")
        yield SettingRow(path, _type_of(field), _default_of(field), field.description or "")
        for inner in models:
            yield from _rows_of(inner, f"{path}.")


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _default_of(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default_factory is not None or field.default in (None, ()):
        return ""
    return toml_value(field.default)


_WORDS = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path"}


def _type_of(field: FieldInfo) -> str:
    return (_words_for(field.annotation) + _limits(field)).strip()


def _words_for(annotation: object) -> str:
    if list(_models_in(annotation)):
        return "tables" if get_origin(annotation) is tuple else "table"
    if get_origin(annotation) is Literal:
        return " or ".join(map(toml_value, get_args(annotation)))
    if get_origin(annotation) is dict:
        return "table of lists"
    if get_origin(annotation) is tuple:
        return "list of " + _words_for(get_args(annotation)[0])
    if isinstance(annotation, type):
        if issubclass(annotation, Enum):
            return " or ".join(map(toml_value, annotation))
        return _WORDS.get(annotation, "text")
    kinds = [part for part in get_args(annotation) if part is not NoneType]
    return _words_for(kinds[0])


def _limits(field: FieldInfo) -> str:
    text = ""
    for limit in field.metadata:
        match limit:
            case Ge(ge=low):
                text += f" from {low}"
            case Gt(gt=low):
                text += f" above {low}"
            case Le(le=high):
                text += f" to {high}"
    return text
