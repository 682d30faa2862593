"""Wall time as a label: RFC 3339 in UTC, made from the monotonic time of the core."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE_MS = 60_000
_SECONDS = tuple(f"{second:02d}" for second in range(60))
_MILLISECONDS = tuple(f"{ms:03d}" for ms in range(1000))
"""Joining ready texts takes a quarter of the time of formatting numbers."""


class WallLabel:
    """Turns instants into labels; it is asked once per document, so the minute is kept.

    zero: Unix time in seconds at instant 0, or None when nobody knows (a recording without date).
    """

    __slots__ = ("_minute_ms", "_prefix", "_zero")

    def __init__(self, zero: float | None) -> None:
        self._zero = zero
        self._minute_ms = -_MINUTE_MS
        self._prefix = ""

    def at(self, at: float) -> str | None:
        """Return the label of an instant, to the millisecond, or None when it is not known."""
        if self._zero is None:
            return None
        ms = int((self._zero + at) * 1000.0 + 0.5)
        rest = ms - self._minute_ms
        if not 0 <= rest < _MINUTE_MS:
            rest = ms % _MINUTE_MS
            self._minute_ms = ms - rest
            label = _EPOCH + timedelta(milliseconds=self._minute_ms)
            self._prefix = label.strftime("%Y-%m-%dT%H:%M:")
        return f"{self._prefix}{_SECONDS[rest // 1000]}.{_MILLISECONDS[rest % 1000]}Z"
