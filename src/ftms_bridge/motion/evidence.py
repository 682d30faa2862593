"""What one channel says: log-odds, how much of it is believed, how old it is, whether it is proven.

A log-odds of ln(P(seen | backward) / P(seen | forward)) is positive for backward. Adding what
independent channels say is Bayes' rule; the caps keep any one of them from being certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.profile import DirectionProfile

NEVER: Final = float("-inf")

LONG_RUN: Final = 8
"""Samples in a row after which the most that a channel can say is reached."""

DECIDES: Final = 3.0
"""Log-odds from which a direction is said: 95 %."""


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One row of the table of channels; all strengths are log-odds.

    backward, forward: what a clean sample of that way is worth while the channel is unproven, 0
    where it is worth nothing yet. forward_later: the same for forward, once the source has said
    backward in this run: then it is known to be able to. proven: both, once calibrated.
    cap, cap_proven: the most it can say; below `DECIDES` it cannot decide alone.
    fresh_s: age from which it does not count on a drive that reverses freely.
    explicit: a sample states the way, so the second one in a row is enough.
    remembers: what it states can be what was, when the rider has stopped.
    physical: mechanics fix what it says, so no wiring or firmware can swap the two ways.
    seldom: it is enough to look once a second. dates: it can tell when the way may have changed.
    held_s: how long its log-odds must decide before a direction is said; not if it is explicit.
    promising: that a source sends it at all gives hope that calibration proves it.
    fails: when it is wrong or silent. reference: what says so.
    """

    name: str
    meaning: str
    backward: float
    forward: float
    forward_later: float
    proven: float
    cap: float
    cap_proven: float
    fresh_s: float
    explicit: bool
    fails: str
    reference: str
    promising: bool = False
    remembers: bool = False
    held_s: float = 1.0
    physical: bool = False
    dates: bool = False
    seldom: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of an explanation.

    value: what was read, in words or as a number; None when nothing was. llr: what it adds now.
    """

    channel: str
    source: str
    value: str | float | None
    llr: float
    age_s: float
    proven: bool


class Channel:
    """What one channel of one source says now; the estimator adds up ``llr``.

    sign: what the last sample says, raw and without regard to polarity: 1 backward, -1 forward, 0
    nothing. at: when that was; spoke_at: when it last said something. value: what was read.
    llr: what is believed of it. note: why it says nothing although it could, or None.
    onset_at: when what it says began, as far as it alone can tell; None when it cannot.
    is_mute: calibration found that it says the same both ways.
    turned_at: when it first stated the way that it states now.
    """

    __slots__ = (
        "_backward", "_forward", "_run", "_way", "at", "cap", "fresh_s", "is_explicit",
        "is_mute", "kind",
        "llr", "note", "onset_at", "polarity", "proven", "sign", "source", "spoke_at", "turned_at",
        "value",
    )  # fmt: skip

    def __init__(self, kind: ChannelKind, source: str, profile: DirectionProfile) -> None:
        self.kind = kind
        self.source = source
        self.fresh_s = kind.fresh_s
        self.is_explicit = kind.explicit
        self.sign = 0
        self.at = NEVER
        self.spoke_at = NEVER
        self.turned_at = NEVER
        self.value: str | float | None = None
        self.note: Reason | None = None
        self.onset_at: float | None = None
        self.llr = 0.0
        self._run = 0
        self._way = 0
        self.trust(profile)

    def trust(self, profile: DirectionProfile) -> None:
        """Take over what is proven about this channel, or that nothing is."""
        kind, proof = self.kind, profile.proof(self.kind.name, self.source)
        self.proven = proof is not None
        self.polarity = 1
        self.cap, self._backward, self._forward = kind.cap, kind.backward, kind.forward
        self.is_mute = (kind.name, self.source) in profile.blind
        if self.is_mute:
            self.cap = 0.0
        elif proof is not None and proof.polarity < 0 and kind.physical:
            self.proven = False  # no machine does that: the proof is of something else
        elif proof is not None:
            # few samples of calibration make one sample worth less, but the next ones add to it
            self.cap, worth = kind.cap_proven, min(kind.proven, proof.cap)
            self.polarity = proof.polarity
            trusted = proof.polarity > 0  # calibration takes nothing away from what it confirms
            self._backward = max(worth, kind.backward if trusted else 0.0)
            self._forward = max(worth, kind.forward if trusted else 0.0)
        self.reset()

    @property
    def can_decide(self) -> bool:
        """Say whether it can say a direction without the help of others, as it stands."""
        return self.cap >= DECIDES and (self._backward > 0.0 or self._forward > 0.0)

    @property
    def could_say_this(self) -> bool:
        """Say whether what it states now is worth anything, as far as it is proven."""
        strength = self._backward if self.sign * self.polarity > 0 else self._forward
        return self.sign == 0 or strength > 0.0

    @property
    def is_worth_weighing(self) -> bool:
        """Say whether its samples can matter: to an estimate, to a reason or to a calibration."""
        return not self.is_mute

    def weigh(self, at: float) -> None:
        """Take what the source says now; one that is fed otherwise does nothing."""

    def describe(self) -> str | float | None:
        """Return what was read, for people."""
        return self.value

    def reset(self) -> None:
        """Forget what was believed: the direction may have changed since."""
        self.llr = 0.0
        self._run = self._way = 0

    def state(self, sign: int, at: float) -> None:
        """Take a sample that states the way; the second in a row is believed.

        The first one that contradicts takes away what was believed, so that nothing wrong is said
        until the second arrives. Where nothing was believed before, a proven channel is at once.
        """
        self.sign, self.at = sign, at
        if sign == 0:
            return
        was_silent = at - self.spoke_at > self.fresh_s
        self.spoke_at = at
        if was_silent:
            self.turned_at = at  # nobody knows what was in between
        way = sign * self.polarity
        if way == self._way and self._run >= LONG_RUN:
            return  # nothing is added any more
        if way != self._way:
            contradicts = self._way != 0
            self._way, self._run, self.turned_at = way, 1, at
            if contradicts or not self.proven:
                self.llr = 0.0
                return
        else:
            self._run += 1
        if way < 0:
            self.llr = -min(self._run * self._forward, self.cap)
        else:
            self.llr = min(self._run * self._backward, self.cap)
            if self.llr >= DECIDES and self._forward < self.kind.forward_later:
                self._forward = self.kind.forward_later

    def lean(self, llr: float, at: float) -> None:
        """Take a sample that says a little, and add it to what was said before."""
        self.at = at
        self.sign = 0 if llr == 0.0 else (1 if llr > 0.0 else -1)
        if llr == 0.0:
            return
        self.spoke_at = at
        self.llr = min(max(self.llr + llr * self.polarity, -self.cap), self.cap)

    def fade(self, share: float) -> None:
        """Keep only a share of what was believed: what is seen now no longer supports it."""
        self.llr *= share
