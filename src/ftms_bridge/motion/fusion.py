"""Adds up what the channels say: one voice per physical sensor, and a note of who contradicts whom.

Channels of one sensor see the same thing, so only the strongest of them counts: one that states the
way before one that leans to it, and none while two of a kind contradict each other. Sensors are
independent, so their log-odds are added.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.evidence import DECIDES, NEVER, Channel, Evidence

SURE: Final = 8.0
"""Largest sum of log-odds: two samples that state the other way must be able to turn it."""

SILENT_S: Final = 180.0
"""Silence after which a channel that states the way is taken for broken (house choice)."""

CONFLICT_S: Final = 3.0
"""How long two proven sensors must contradict each other to be told so."""


class Fusion:
    """The log-odds of all channels of a machine.

    total: positive for backward, at most `SURE` either way. leader: the strongest channel of those
    that agree with it. conflict: the channels that contradict each other, once that has lasted.
    """

    __slots__ = ("_at_odds_since", "_groups", "channels", "conflict", "leader", "total")

    def __init__(self, channels: Iterable[Channel]) -> None:
        self.channels = tuple(channels)
        sources = dict.fromkeys(channel.source for channel in self.channels)
        self._groups = tuple(
            tuple(channel for channel in self.channels if channel.source == source)
            for source in sources
        )
        self.total = 0.0
        self.leader: Channel | None = None
        self.conflict: tuple[Channel, Channel] | None = None
        self._at_odds_since: float | None = None

    def add_up(self, at: float, *, persists: bool) -> float:
        """Return the sum; what is too old counts only where a direction persists."""
        only: Channel | None = None
        for channel in self.channels:
            if channel.llr != 0.0:
                if only is not None:
                    return self._add_up_voices(at, persists=persists)
                only = channel
        # nobody says anything, as on most machines, or one does: nobody can contradict
        self._at_odds_since = self.conflict = None
        if only is not None and is_fresh(only, at, persists=persists):
            self.leader, self.total = only, only.llr
        else:
            self.leader, self.total = None, 0.0
        return self.total

    def _add_up_voices(self, at: float, *, persists: bool) -> float:
        total = 0.0
        leader = most_backward = most_forward = None
        for group in self._groups:
            voice: Channel | None = None
            contradicted = False
            for channel in group:
                llr = channel.llr
                if llr == 0.0 or not is_fresh(channel, at, persists=persists):
                    continue
                if voice is None or (channel.is_explicit and not voice.is_explicit):
                    voice = channel
                elif channel.is_explicit == voice.is_explicit:
                    both = min(abs(llr), abs(voice.llr)) >= DECIDES
                    contradicted = contradicted or (both and llr * voice.llr < 0.0)
                    voice = channel if abs(llr) > abs(voice.llr) else voice
            if voice is None or contradicted:
                continue
            total += voice.llr
            if leader is None or abs(voice.llr) > abs(leader.llr):
                leader = voice
            if voice.llr >= DECIDES:
                most_backward = voice
            elif voice.llr <= -DECIDES:
                most_forward = voice
        self.leader = leader
        self.total = min(max(total, -SURE), SURE)
        self._judge(most_backward, most_forward, at)
        return self.total

    def reset(self) -> None:
        """Forget what every channel said: the direction may have changed."""
        for channel in self.channels:
            channel.reset()
        self.total = 0.0
        self.leader = self.conflict = self._at_odds_since = None

    def note(self) -> Reason | None:
        """Return why a channel that could decide says nothing just now."""
        for channel in self.channels:
            if channel.note is not None and channel.proven:
                return channel.note
        for channel in self.channels:
            if channel.note is not None:
                return channel.note
        return None

    def rows(self, at: float, *, silent: bool) -> list[Evidence]:
        """Return what each channel says, the strongest first; the silent ones only if asked for."""
        rows = [
            Evidence(
                channel.kind.name, channel.source, channel.describe(), channel.llr,
                at - channel.at, channel.proven,
            )
            for channel in self.channels
            if channel.llr != 0.0 or (silent and channel.at > NEVER)
        ]  # fmt: skip
        if len(rows) > 1:
            rows.sort(key=strength)
        return rows

    def _judge(self, backward: Channel | None, forward: Channel | None, at: float) -> None:
        at_odds = (
            backward is not None and forward is not None and backward.proven and forward.proven
        )
        if not at_odds:
            self._at_odds_since = self.conflict = None
        elif self._at_odds_since is None:
            self._at_odds_since = at
        elif at - self._at_odds_since > CONFLICT_S and backward is not None and forward is not None:
            known = self.conflict
            if known is None or known[0] is not backward or known[1] is not forward:
                self.conflict = (backward, forward)


def strength(row: Evidence) -> tuple[float, str, str]:
    """Return by what rows are sorted."""
    return -abs(row.llr), row.channel, row.source


def is_fresh(channel: Channel, at: float, *, persists: bool) -> bool:
    """Say whether what a channel said still counts.

    Where a direction persists it does, but a channel that states the way with each sample and has
    long fallen silent is broken, and would not tell a reversal whose dip was missed either.
    """
    age_s = at - channel.spoke_at
    if age_s <= channel.fresh_s:
        return True
    return persists and (age_s <= SILENT_S or not channel.is_explicit)
