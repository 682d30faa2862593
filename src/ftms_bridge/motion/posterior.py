"""The measured posterior: when a direction is said, when it is taken back, since when it holds.

``forward`` is earned as ``backward`` is. Whatever is not known is unknown with a reason.
"""

from __future__ import annotations

from math import exp
from typing import Final

from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate, Reason
from ftms_bridge.motion.evidence import DECIDES
from ftms_bridge.motion.fusion import Fusion
from ftms_bridge.motion.gate import Gate
from ftms_bridge.motion.profile import Drivetrain
from ftms_bridge.motion.reading import MotionReading
from ftms_bridge.motion.reasons import WhyUnknown

GIVES_UP: Final = 1.5
"""Log-odds below which a direction is taken back: 82 %."""

DEEP: Final = 0.57
LIVE_S: Final = 1.5
"""A dip below this share of the reading before, and the age of a statement, from which a stop is
likelier than a slower pace (house choices)."""

SURE_STATED: Final = 0.998
SURE_LEANT: Final = 0.98
SURE_UNPROVEN: Final = 0.97
SURE_PERSISTING: Final = 0.9
"""Highest confidence: what channels of this kind reached in simulation, and no more (validation in
docs/direction.md); the last one for what holds only because no dip was seen for a minute."""

PERSISTS_LONG_S: Final = 60.0
WONDERS_EVERY_S: Final = 0.5
TOLD_STEP: Final = 0.01
"""A confidence that changes by less is not told."""


class MeasuredPosterior:
    """What the evidence alone says; ``estimate`` is replaced only when it changes.

    onset_at: since when another direction would hold if it were confirmed next.
    """

    __slots__ = (
        "_dated", "_gate", "_holds_on", "_leaning", "_leaning_since", "_reading", "_said",
        "_said_before", "_shut_in", "_smoothing_s", "_stops_slowly", "_told_total", "_why",
        "_wonders_at", "estimate", "fusion", "onset_at",
    )  # fmt: skip

    def __init__(self, fusion: Fusion, why: WhyUnknown, reading: MotionReading) -> None:
        self.fusion = fusion
        self._why = why
        self._reading = reading
        self._smoothing_s = 1.0
        self._stops_slowly = False
        self._gate = Gate(Drivetrain.UNKNOWN, self._smoothing_s)
        self._said = 0
        self._said_before = 0
        self._holds_on = False
        self._shut_in = 0
        self._leaning = 0
        self._leaning_since = 0.0
        self._wonders_at = 0.0
        self._told_total = 0.0
        self._dated = tuple(channel for channel in fusion.channels if channel.kind.dates)
        self.onset_at = 0.0
        self.estimate = DirectionEstimate(Direction.UNKNOWN, 0.0, reason=Reason.EVIDENCE_STALE)

    def trust(self, drivetrain: Drivetrain, smoothing_s: float) -> None:
        """Take over what is known about the drivetrain and about the machine's filter."""
        self._smoothing_s = smoothing_s
        self._stops_slowly = drivetrain is Drivetrain.REVERSIBLE_BELT
        self._gate.trust(drivetrain, smoothing_s)

    @property
    def is_idle(self) -> bool:
        """Return whether nothing is said, and nobody says anything that could change that."""
        return self._said == 0 and self.fusion.leader is None

    @property
    def is_known(self) -> bool:
        """Return whether forward or backward is said."""
        return self._said != 0

    def open(self, at: float) -> None:
        """Let the direction change: what the channels said belongs to the time before."""
        self._gate.open()
        self.fusion.reset()
        self._shut_in = 0
        self.onset_at = at
        if self._said != 0:
            self.be_unknown(Reason.AFTER_STOP_UNCONFIRMED, at)

    def stop(self, since: float, at: float, after_s: float) -> None:
        """Say that nothing moves since an instant, which was found after so many seconds."""
        self.open(at)
        self._said = self._leaning = 0
        self.estimate = DirectionEstimate(
            Direction.STOPPED, since, DirectionBasis.MEASURED,
            confidence=SURE_STATED, onset_uncertainty_s=after_s,
        )  # fmt: skip

    def set_off(self, at: float) -> None:
        """Begin to move after a stop that may have been a reversal."""
        self.onset_at = at
        self.be_unknown(self._why.at(at), at)

    def be_unknown(self, reason: Reason, at: float) -> None:
        """Take back what was said."""
        self._said = self._leaning = 0
        self._wonders_at = at
        self.estimate = DirectionEstimate(Direction.UNKNOWN, at, reason=reason)

    def look_for_dip(self, pace: float, at: float) -> bool:
        """Open at a dip of what the machine shows; return whether the direction can have changed.

        The way before is remembered: it may be stated on from mere memory.
        """
        gate = self._gate
        dips = gate.receive(pace, self._reading.dt_s)
        if not dips and not (self._holds_on and gate.has_dipped):
            return False
        self._holds_on = self._is_sure_without(at)
        if self._holds_on:
            return False
        said, falling = self._said, gate.is_falling
        self.open(at)
        self._said_before, gate.is_falling = said, falling
        return True

    def decide(self, at: float) -> None:
        """Say what follows from the channels as they stand."""
        if self._said == 0:
            for channel in self._dated:
                if channel.onset_at is not None and channel.onset_at > self.onset_at:
                    self.onset_at = channel.onset_at
        gate = self._gate
        persists = not gate.is_open
        total = self.fusion.add_up(at, persists=persists)
        if gate.is_falling and total * self._said_before > 0.0:
            return  # what the machine shows fades, and the way before it says nothing about now
        at_odds = self.fusion.conflict is not None
        if (total >= DECIDES or total <= -DECIDES) and not at_odds:
            way = 1 if total > 0.0 else -1
            if way == self._said:
                if persists or total != self._told_total:
                    self._refresh(at, persists=persists)
            else:
                self._lean(way, at)
            return
        self._leaning = 0
        if self._said == 0:
            if at >= self._wonders_at:
                self._wonder(at)
        elif at_odds or total * self._said < GIVES_UP:
            self._give_up(at)

    def _wonder(self, at: float) -> None:
        """Find out why nothing can be said; that is dear, and does not change with each record."""
        self._wonders_at = at + WONDERS_EVERY_S
        reason = self._why.at(at)
        if reason is not self.estimate.reason:
            self.be_unknown(reason, at)

    def _is_sure_without(self, at: float) -> bool:
        """Say whether a dip can be slept through, because a channel would state a reversal.

        One that remembers the way is believed until the dip is deep: the rider may be stopping.
        """
        leader = self.fusion.leader
        if self._said == 0 or leader is None or not (leader.proven and leader.is_explicit):
            return False
        if leader.kind.remembers:
            return self._gate.depth > DEEP and not self._stops_slowly
        return at - leader.spoke_at <= LIVE_S

    def _lean(self, way: int, at: float) -> None:
        """Say another direction, at once where samples state it, else when it has lasted."""
        if way != self._leaning:
            self._leaning, self._leaning_since = way, at
        leader = self.fusion.leader
        if leader is None:
            return
        against_gate = self._shut_in == -way  # known, and not seen to dip since
        is_held = at - self._leaning_since >= leader.kind.held_s
        if leader.is_explicit or (is_held and not against_gate):
            self._confirm(way, at)
        elif self._said != 0:
            leaning_since = self._leaning_since
            self._give_up(at)
            self._leaning, self._leaning_since = way, leaning_since

    def _give_up(self, at: float) -> None:
        self.onset_at = at
        self.be_unknown(self._why.at(at), at)

    def _confirm(self, way: int, at: float) -> None:
        leader = self.fusion.leader
        is_free = not self._gate.needs_stop
        if leader is not None and (self._said != 0 or (leader.is_explicit and is_free)):
            # nothing vouches for what was before the first sample that states it
            self.onset_at = max(self.onset_at, leader.turned_at - self._reading.dt_s)
        blurred_s = self._reading.dt_s + self._smoothing_s
        self._said, self._leaning = way, 0
        self._shut_in = way if self._gate.needs_stop else 0
        self.estimate = DirectionEstimate(
            Direction.BACKWARD if way > 0 else Direction.FORWARD,
            self.onset_at,
            DirectionBasis.MEASURED,
            confidence=self._confidence(at, persists=False),
            onset_uncertainty_s=round(min(at - self.onset_at, blurred_s), 3),
        )

    def _refresh(self, at: float, *, persists: bool) -> None:
        """Renew the confidence when it has changed by more than a rounding."""
        self._told_total = self.fusion.total
        known = self.estimate
        confidence = self._confidence(at, persists=persists)
        if known.confidence is not None and abs(confidence - known.confidence) > TOLD_STEP:
            self.estimate = DirectionEstimate(
                known.direction, known.since, known.basis, confidence,
                onset_uncertainty_s=known.onset_uncertainty_s,
            )  # fmt: skip

    def _confidence(self, at: float, *, persists: bool) -> float:
        leader = self.fusion.leader
        limit = SURE_UNPROVEN
        if leader is not None and leader.proven:
            limit = SURE_STATED if leader.is_explicit else SURE_LEANT
        if persists and leader is not None and at - leader.spoke_at > PERSISTS_LONG_S:
            limit = SURE_PERSISTING
        return round(min(1.0 / (1.0 + exp(-abs(self.fusion.total))), limit), 3)
