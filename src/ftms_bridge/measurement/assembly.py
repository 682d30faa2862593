"""Joins the parts of one record that the sender split with the More Data flag.

Bit 0 is inverted in FTMS: set means that the leading field is absent and more parts follow. A
sender may lose the last part, or set the bit for ever; so a part waits for 1 s at most, and what
is there by then is passed on as a partial record.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.codec import Decoded

WAIT_S: Final = 1.0
"""How long a part waits for the rest (house choice: the slowest machines notify once a second)."""


class Assembly:
    """Holds the parts of one record of one characteristic until it is whole or late.

    ``partial`` counts the records that were passed on without their end.
    """

    __slots__ = ("partial", "parts", "since")

    def __init__(self) -> None:
        self.parts: list[Decoded] = []
        self.since = 0.0
        self.partial = 0

    def receive(self, part: Decoded, at: float) -> list[Decoded]:
        """Take a part; return the parts of every record that is finished by it, in order."""
        finished = self.expire(at)
        if part.shape.more_data:
            if any(held.shape is part.shape for held in self.parts):
                finished += self._release_partial()
            if not self.parts:
                self.since = at
            self.parts.append(part)
            return finished
        finished += self.parts
        self.parts = []
        finished.append(part)
        return finished

    def deadline(self) -> float | None:
        """Return when the waiting parts are late, or None when none wait."""
        return self.since + WAIT_S if self.parts else None

    def expire(self, at: float) -> list[Decoded]:
        """Return the parts that have waited too long, as a partial record."""
        if self.parts and at >= self.since + WAIT_S:
            return self._release_partial()
        return []

    def _release_partial(self) -> list[Decoded]:
        self.partial += 1
        parts, self.parts = self.parts, []
        return parts
