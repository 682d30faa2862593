"""Lets so many messages pass, and no more."""

from __future__ import annotations


class Rate:
    """Lets through so many messages at once and so many per second.

    per_s: in the long run. at_once: after a rest.
    """

    __slots__ = ("_at", "_at_once", "_left", "_per_s")

    def __init__(self, per_s: float, *, at_once: int) -> None:
        self._per_s = per_s
        self._at_once = float(at_once)
        self._left = self._at_once
        self._at: float | None = None

    def allows(self, at: float) -> bool:
        """Return whether one more message may pass now, and count it if so."""
        elapsed_s = 0.0 if self._at is None else at - self._at
        self._at = at
        self._left = min(self._left + elapsed_s * self._per_s, self._at_once)
        if self._left < 1:
            return False
        self._left -= 1
        return True
