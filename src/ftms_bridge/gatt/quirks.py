"""Quirk profiles: which machine gets which corrected rows; the rows are in ``quirks.toml``.

A profile is chosen by name in the configuration, or by what the machine says about itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

from ftms_bridge.errors import ConfigError
from ftms_bridge.gatt.fields import AnyLayout, Field, Layout
from ftms_bridge.gatt.layouts import LAYOUTS
from ftms_bridge.gatt.uuids import short_number

_FILE: Final = "quirks.toml"
_IDENTITY_KEYS: Final = ("name", "manufacturer", "model", "firmware")
_HINT: Final = f"The comment at the top of gatt/{_FILE} says what can be written."
_CHANGE_KEYS: Final[Mapping[str, tuple[type, ...]]] = {
    "characteristic": (str,),
    "field": (str,),
    "resolution": (int, float),
    "decimals": (int,),
    "always_sent": (bool,),
    "ignored": (bool,),
    "cut_at": (int,),
}

Table: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """One replaced row, or with ``cut_at`` a replaced property of the whole layout."""

    characteristic: int
    field: str | None = None
    resolution: float | None = None
    decimals: int | None = None
    always_sent: bool = False
    ignored: bool = False
    cut_at: int | None = None

    def apply(self, row: Field) -> Field:
        """Return the row as this machine sends it."""
        if row.name != self.field:
            return row
        return replace(
            row,
            bit=None if self.always_sent else row.bit,
            ignored=self.ignored or row.ignored,
            resolution=row.resolution if self.resolution is None else self.resolution,
            decimals=row.decimals if self.decimals is None else self.decimals,
        )


@dataclass(frozen=True, slots=True)
class Quirk:
    """How one kind of machine departs from the specification."""

    name: str
    about: str
    source: str
    match: tuple[tuple[str, re.Pattern[str]], ...]
    changes: tuple[Change, ...]

    def fits(self, identity: Mapping[str, str]) -> bool:
        """Return whether a machine that says this about itself is of this kind."""
        return bool(self.match) and all(
            pattern.search(identity.get(key, "")) for key, pattern in self.match
        )


@cache
def quirks() -> Mapping[str, Quirk]:
    """Return every profile of the data file by its name."""
    return parse_quirks((files("ftms_bridge.gatt") / _FILE).read_text(encoding="utf-8"))


def quirk_named(name: str) -> Quirk:
    """Return the profile with this name. Raises ConfigError when there is none."""
    quirk = quirks().get(name)
    if quirk is None:
        raise ConfigError(
            f"There is no quirk profile {name!r}.", hint=f"Known are: {', '.join(quirks())}."
        )
    return quirk


def quirk_for(
    *, name: str = "", manufacturer: str = "", model: str = "", firmware: str = ""
) -> Quirk | None:
    """Return the first profile that fits what a machine says about itself, or None."""
    values = (name, manufacturer, model, firmware)
    identity = dict(zip(_IDENTITY_KEYS, values, strict=True))
    return next((quirk for quirk in quirks().values() if quirk.fits(identity)), None)


def apply_quirk(quirk: Quirk, layout: AnyLayout) -> AnyLayout:
    """Return the layout with the rows replaced; the same object when nothing changes."""
    for change in quirk.changes:
        if change.characteristic == layout.characteristic and isinstance(layout, Layout):
            layout = replace(
                layout,
                fields=tuple(change.apply(row) for row in layout.fields),
                cut_at=layout.cut_at if change.cut_at is None else change.cut_at,
            )
    return layout


def parse_quirks(text: str) -> dict[str, Quirk]:
    """Return the profiles in a text. Raises ConfigError that names the profile and the key."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{_FILE} is no TOML: {problem}.", hint=_HINT) from problem
    return {name: _parse_quirk(name, table) for name, table in tables.items()}


def _parse_quirk(name: str, table: object) -> Quirk:
    if not isinstance(table, dict):
        raise _wrong(name, "is no table")
    _refuse_unknown(name, table, ("about", "source", "match", "change"))
    about, source = table.get("about"), table.get("source")
    if not isinstance(about, str) or not isinstance(source, str):
        raise _wrong(name, "needs the texts 'about' and 'source'")
    changes = table.get("change")
    if not isinstance(changes, list) or not changes:
        raise _wrong(name, "needs at least one [[change]]")
    match = _parse_match(name, table.get("match", {}))
    return Quirk(name, about, source, match, tuple(_parse_change(name, c) for c in changes))


def _parse_match(name: str, table: object) -> tuple[tuple[str, re.Pattern[str]], ...]:
    if not isinstance(table, dict):
        raise _wrong(name, "has a 'match' that is no table")
    _refuse_unknown(name, table, _IDENTITY_KEYS)
    try:
        return tuple((key, re.compile(text, re.IGNORECASE)) for key, text in table.items())
    except (re.error, TypeError) as problem:
        raise _wrong(name, f"has a 'match' that is no regular expression ({problem})") from problem


def _parse_change(name: str, table: object) -> Change:
    if not isinstance(table, dict):
        raise _wrong(name, "has a 'change' that is no table")
    _refuse_unknown(name, table, tuple(_CHANGE_KEYS))
    for key, value in table.items():
        if type(value) not in _CHANGE_KEYS[key]:
            raise _wrong(name, f"has a change whose '{key}' is {value!r}")
    if table.get("resolution", 1) <= 0 or table.get("cut_at", 1) < 1:
        raise _wrong(name, "has a resolution or a cut that is not above zero")
    layout = _changed_layout(name, table)
    return Change(**{**table, "characteristic": layout.characteristic})


def _changed_layout(name: str, table: Table) -> Layout:
    number = short_number(str(table.get("characteristic")))
    layout = None if number is None else LAYOUTS.get(number)
    if not isinstance(layout, Layout):
        raise _wrong(name, f"changes the characteristic {table.get('characteristic')!r}")
    if "field" not in table and "cut_at" not in table:
        raise _wrong(name, "has a change that says neither 'field' nor 'cut_at'")
    if "field" in table and table["field"] not in {row.name for row in layout.fields}:
        raise _wrong(name, f"changes {table['field']!r}, which {layout.title} does not have")
    return layout


def _refuse_unknown(name: str, table: Table, known: tuple[str, ...]) -> None:
    unknown = set(table) - set(known)
    if unknown:
        raise _wrong(name, f"has the unknown key {min(unknown)!r}")


def _wrong(name: str, what: str) -> ConfigError:
    return ConfigError(f"The quirk profile {name!r} in {_FILE} {what}.", hint=_HINT)
