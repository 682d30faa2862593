"""Wall time as a label: RFC 3339 in UTC, made from the monotonic time of the core."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WallLabel:
    """Turns instants into labels; it is asked once per document, so the minute is kept.

    zero: Unix time in seconds at instant 0, or None when nobody knows (a recording without date).
    """

    __slots__ = ("_minute", "_prefix", "_zero")

    def __init__(self, zero: float | None) -> None:
        self._zero = zero
        self._minute = -1
        self._prefix = ""

    def at(self, at: float) -> str | None:
        """Return the label of an instant, to the millisecond, or None when it is not known."""
        if self._zero is None:
            return None
        ms = int((self._zero + at) * 1000.0 + 0.5)
        minute, rest = divmod(ms, 60_000)
        if minute != self._minute:
            self._minute = minute
            label = _EPOCH + timedelta(minutes=minute)
            self._prefix = label.strftime("%Y-%m-%dT%H:%M:")
        return f"{self._prefix}{rest // 1000:02d}.{rest % 1000:03d}Z"
