"""Rides made by hand: what was true and what was said, second by second."""

from __future__ import annotations

from collections.abc import Sequence

from ftms_bridge.app.evaluating.samples import Row, Scored
from ftms_bridge.motion.direction import Direction, Reason

ROWS = {"f": Row.FORWARD, "b": Row.BACKWARD, "s": Row.STOPPED, "o": Row.OTHER}
WORDS = {
    "F": Direction.FORWARD, "B": Direction.BACKWARD, "S": Direction.STOPPED, "?": Direction.UNKNOWN,
}  # fmt: skip


def stretches(text: str) -> str:
    """Return letters from numbers and letters: ``3f 2b`` is ``fffbb``."""
    return "".join(part[-1] * int(part[:-1]) for part in text.split())


def ride(true: str, said: str, *, dark: str = "", confidence: float = 0.95) -> list[Scored]:
    """Return one sample a second and a last one that ends the ride.

    true: rows such as ``10f 5s``; said: words such as ``10F 5?``; dark: ``#`` where there is no
    evidence, such as ``3# 7.``. A word holds since the second in which it is first said.
    """
    rows, words = stretches(true), stretches(said)
    shadows = stretches(dark) if dark else "." * len(rows)
    assert len(rows) == len(words) == len(shadows)
    samples: list[Scored] = []
    since = 0.0
    for second, (row, word, shadow) in enumerate(zip(rows, words, shadows, strict=True)):
        if second and word != words[second - 1]:
            since = float(second)
        direction = WORDS[word]
        decided = direction in (Direction.FORWARD, Direction.BACKWARD)
        samples.append(
            Scored(
                float(second), ROWS[row], direction, since,
                confidence if decided else None,
                Reason.AFTER_STOP_UNCONFIRMED if direction is Direction.UNKNOWN else None,
                evident=shadow != "#", speed_kmh=0.0 if row == "s" else 20.0,
                cadence_per_min=0.0 if row == "s" else 80.0,
            )
        )  # fmt: skip
    return [*samples, ended(samples)]


def ended(samples: Sequence[Scored]) -> Scored:
    """Return the sample that ends a ride one second after its last one."""
    last = samples[-1]
    return Scored(last.at + 1.0, last.row, last.said, last.since, last.confidence, last.reason)
