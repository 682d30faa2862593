"""How long to wait before the broker is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

SHORTEST_S: Final = 1.0
LONGEST_S: Final = 30.0
STABLE_S: Final = 60.0
"""A connection that lasted this long was a good one. These three are house choices."""

SHARE_OF_OUTAGE: Final = 1 / 12
"""Waiting a twelfth of the outage finds the broker within 5 s after any outage under a minute."""

JITTER: Final = 0.25
"""Share by which a wait may be shorter, so that many bridges do not come back in one moment."""


class BackOff:
    """Waits longer the longer the trouble lasts; a stable connection ends the trouble.

    random: gives numbers from 0 up to 1.
    """

    __slots__ = ("_connected_at", "_random", "_trouble_since")

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._connected_at: float | None = None
        self._trouble_since: float | None = None

    def connected(self, at: float) -> None:
        """Take note that the broker accepted a connection."""
        self._connected_at = at

    def wait_s(self, at: float) -> float:
        """Return the seconds to wait after an attempt that failed or a connection that ended."""
        if self._connected_at is not None and at - self._connected_at >= STABLE_S:
            self._trouble_since = None
        self._connected_at = None
        if self._trouble_since is None:
            self._trouble_since = at
        outage_s = at - self._trouble_since
        plain_s = min(max(outage_s * SHARE_OF_OUTAGE, SHORTEST_S), LONGEST_S)
        return plain_s * (1 - JITTER * self._random())
