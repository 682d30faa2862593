"""What to do about a link that is up but silent; pure.

A machine whose notifications stopped looks exactly like one that only sends while it is used. The
two differ after a new connection: the first sends again, the second stays silent. So a silent link
is subscribed again, then made anew once, and after that only asked now and then whether it lives.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

RESUBSCRIBE_AFTER_S: Final = 5.0
RECONNECT_AFTER_S: Final = 10.0
"""Silence after which the subscriptions are renewed, and the connection. A machine that sends
every few seconds gets as much more time as it needs."""

PROBE_EVERY_S: Final = 15.0
"""How often a quiet link is asked for a value that it must answer. House choice: a machine that
was switched off under a link that nobody noticed is back in the search within a quarter minute."""

INTERVALS: Final = 3.0
"""A rhythm of one record every 5 s is left alone for 3 of them; twice that before reconnecting."""

SLOWEST_RHYTHM_S: Final = 10.0
"""A longer interval between two records is a pause, not a rhythm."""


class Step(Enum):
    """What a silent link needs."""

    NOTHING = "nothing"
    RESUBSCRIBE = "resubscribe"
    RECONNECT = "reconnect"
    PROBE = "probe"


class Patience:
    """Watches one connection; made anew with each.

    quiet: this connection was made because the one before had fallen silent; if it is silent from
    its beginning, then silence is this machine's habit while nobody uses it.
    """

    def __init__(self, at: float, *, quiet: bool) -> None:
        self._since = at
        self._heard_at: float | None = None
        self._rhythm_s = 0.0
        self._quiet = quiet
        self._resubscribed = False
        self._probed_at = at

    @property
    def has_heard(self) -> bool:
        """Return whether anything was measured on this connection."""
        return self._heard_at is not None

    def hear(self, heard_at: float | None) -> None:
        """Take note of when the newest measurement came; the same instant again is no news."""
        if heard_at is None or heard_at == self._heard_at:
            return
        if self._heard_at is not None:
            interval_s = heard_at - self._heard_at
            if interval_s <= SLOWEST_RHYTHM_S:
                self._rhythm_s = max(interval_s, self._rhythm_s * 0.9)
        self._heard_at = self._since = self._probed_at = heard_at
        self._resubscribed = False

    def step(self, at: float) -> Step:
        """Return what is due now; each step is returned once per silence, probes again and again.

        A link that was heard and then fell silent is made anew; so is one that was never heard,
        unless that did not help the last time.
        """
        silence_s = at - self._since
        slack_s = self._rhythm_s * INTERVALS
        if not self._resubscribed and silence_s >= max(RESUBSCRIBE_AFTER_S, slack_s):
            self._resubscribed = True
            return Step.RESUBSCRIBE
        may_reconnect = self.has_heard or not self._quiet
        if may_reconnect and silence_s >= max(RECONNECT_AFTER_S, 2 * slack_s):
            return Step.RECONNECT
        if not may_reconnect and at - self._probed_at >= PROBE_EVERY_S:
            self._probed_at = at
            return Step.PROBE
        return Step.NOTHING
