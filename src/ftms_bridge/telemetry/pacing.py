"""When something is due: documents at a rhythm, repeated events only now and then."""

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


class Repeats:
    """Lets what repeats through once per interval and key, with how often it happened since."""

    __slots__ = ("_count", "_interval_s", "_told_at")

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._count: dict[str, int] = {}
        self._told_at: dict[str, float] = {}

    def take(self, key: str, at: float) -> int | None:
        """Count one occurrence; return how many there were since the last telling, if due."""
        count = self._count.get(key, 0) + 1
        told_at = self._told_at.get(key)
        if told_at is not None and at - told_at < self._interval_s:
            self._count[key] = count
            return None
        self._count[key] = 0
        self._told_at[key] = at
        return count
