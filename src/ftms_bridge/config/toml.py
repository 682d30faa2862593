"""Values written as TOML."""

from __future__ import annotations

import json
from enum import Enum


def toml_value(value: object) -> str:
    """Return a value as TOML writes it; a JSON string is a TOML string but for DEL."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case Enum():
            return toml_value(value.value)
        case tuple() | list():
            return "[" + ", ".join(map(toml_value, value)) + "]"
        case _:
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
