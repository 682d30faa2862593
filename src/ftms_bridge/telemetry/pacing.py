"""When a paced topic is due: at once after a rest, then at most once per interval."""

from __future__ import annotations


class Pace:
    """Allows one document per interval; an early or late record does not shift the rhythm.

    interval_s: 0.25 for the contract's four per second; 0 allows every record.
    """

    __slots__ = ("_due_at", "_early_s", "interval_s")

    def __init__(self, interval_s: float) -> None:
        self.interval_s = interval_s
        self._early_s = interval_s / 5.0  # house choice: radios deliver a 4 Hz record 50 ms early
        self._due_at = float("-inf")

    def take(self, at: float) -> bool:
        """Say whether a document may go out now, and if so count it."""
        due_at = self._due_at
        if at < due_at - self._early_s:
            return False
        following = due_at + self.interval_s
        self._due_at = following if following > at else at + self.interval_s
        return True
