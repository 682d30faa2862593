"""From oddities to a quirk profile that could be tried; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from ftms_bridge.app.doctor.oddities import Fix, Oddity
from ftms_bridge.app.doctor.tracks import Columns
from ftms_bridge.config.toml import toml_value
from ftms_bridge.gatt.quirks import Change, Quirk, quirks

ABOUT: Final = (
    "A proposal of `ftms-bridge doctor`, worked out from one recording and not confirmed: compare "
    "with the machine's display before using it."
)

SAME: Final = 0.005
"""Two resolutions this near are the same correction; house choice."""

IDENTITY: Final = (("manufacturer", 0x2A29), ("model", 0x2A24), ("firmware", 0x2A26))
"""What a machine says about itself, as far as the recording holds it."""


def gather_fixes(oddities: Iterable[Oddity], source: str) -> tuple[Fix, ...]:
    """Return one fix per field of one source; the first that was found counts."""
    fixes: dict[tuple[int, str | None], Fix] = {}
    for one in oddities:
        if one.source == source:
            for fix in one.fixes:
                fixes.setdefault((fix.characteristic, fix.field), fix)
    return tuple(fixes.values())


def profile_toml(name: str, fixes: Sequence[Fix], *, origin: str) -> str:
    """Return a profile in the syntax of ``gatt/quirks.toml``; ``parse_quirks`` reads it.

    It has no ``match``, so it is never chosen by itself. origin: the recording it comes from.
    """
    table = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    lines = [f"[{table}]", f"about = {toml_value(ABOUT)}", f"source = {toml_value(origin)}"]
    for fix in fixes:
        lines += ["", f"[[{table}.change]]", *_change_lines(fix)]
    return "\n".join(lines) + "\n"


def known_profiles(fixes: Sequence[Fix]) -> tuple[str, ...]:
    """Return the names of shipped profiles that do all of this, and maybe more."""
    return tuple(name for name, quirk in quirks().items() if _does_all(quirk, fixes))


def identity_of(columns: Columns, source: str) -> dict[str, str]:
    """Return what the machine says about itself in the recording."""
    said = {}
    for key, characteristic in IDENTITY:
        stream = columns.find(characteristic, source)
        if stream is not None and stream.texts.get(key):
            said[key] = stream.texts[key]
    return said


def _change_lines(fix: Fix) -> Iterable[str]:
    yield f'characteristic = "{fix.characteristic:04x}"'
    for key in ("field", "resolution", "decimals", "ignored", "cut_at"):
        value = getattr(fix, key)
        if value not in (None, False):
            yield f"{key} = {toml_value(value)}"


def _does_all(quirk: Quirk, fixes: Sequence[Fix]) -> bool:
    return bool(fixes) and all(
        any(_is_same(change, fix) for change in quirk.changes) for fix in fixes
    )


def _is_same(change: Change, fix: Fix) -> bool:
    if (change.characteristic, change.field) != (fix.characteristic, fix.field):
        return False
    if change.ignored != fix.ignored or change.cut_at != fix.cut_at:
        return False
    if fix.resolution is None or change.resolution is None:
        return fix.resolution is change.resolution
    return abs(change.resolution / fix.resolution - 1) <= SAME
