"""What the links of one machine said of themselves last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ftms_bridge.gatt.notification import LinkChange
from ftms_bridge.telemetry.blocks import AvailabilityWord, VerdictWord

SILENT: Final = "silent"
"""Why a machine is not online although nobody says that its link is down."""

LINK_DOWN: Final = "link_down"
"""Why a machine is not online when its link knows no verdicts."""


@dataclass(slots=True)
class LinkState:
    """The link to one machine or sensor; ``up`` is None as long as it has said nothing.

    since: the instant at which it became up, or down for this verdict.
    """

    source: str
    quirk: str | None = None
    up: bool | None = None
    verdict: VerdictWord | None = None
    reason: str | None = None
    since: float | None = None

    def take(self, change: LinkChange) -> None:
        """Take over what the link says now."""
        verdict = verdict_word(change)
        if (change.up, verdict) != (self.up, self.verdict):
            self.since = change.at
        self.up = change.up
        self.verdict = verdict
        self.reason = change.reason or None

    def reason_for(self, availability: AvailabilityWord) -> str | None:
        """Return why a machine with this link of its own is no better available, as one word."""
        if availability == "online":
            return None
        return (self.verdict or LINK_DOWN) if self.up is False else SILENT


def verdict_word(change: LinkChange) -> VerdictWord | None:
    """Return the verdict as the contract calls it."""
    return None if change.verdict is None else change.verdict.value
