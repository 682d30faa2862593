"""What the tests of the codecs share: the corpus line by line, and flag masks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ftms_bridge.gatt.fields import AnyLayout

TOLD_BESIDE_THE_FIELDS = {"status", "missing", "extra_bytes", "more_data", "backward"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the corpus."""

    place: str
    characteristic: int
    data: bytes
    spec: dict[str, object]
    expect: dict[str, object] | None
    tags: tuple[str, ...]
    device: str


def corpus_lines(folder: Path) -> Iterator[Line]:
    for path in sorted(folder.glob("*.ndjson")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            entry = json.loads(text)
            yield Line(
                f"{path.name}:{number}",
                int(entry["char"], 16),
                bytes.fromhex(entry["hex"]),
                entry["spec"],
                entry["expect"],
                tuple(entry.get("tags") or ()),
                entry["device"],
            )


def hexed(text: str) -> bytes:
    return bytes.fromhex(text)


def masks(layout: AnyLayout, *, every: bool) -> Iterator[int]:
    """Yield flag words made of known bits: all of them, or all of each half of the bits with none
    and all of the other half."""
    known = layout.known_flags
    if every:
        yield from (flags for flags in range(known + 1) if not flags & ~known)
        return
    half = known.bit_length() // 2
    low, high = (1 << half) - 1, known >> half << half
    for mask in range(known + 1):
        is_known = mask & known == mask
        if is_known and (mask & low in {0, low, 0x55 & low} or mask & high in {0, high}):
            yield mask
