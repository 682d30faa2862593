"""Says ``stopped`` when standing still was seen, and otherwise why the direction is unknown."""

from __future__ import annotations

from typing import Final

from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate, Reason

STOPPED_AFTER_S: Final = 1.5
"""Time without motion after which the rider counts as stopped (house choice: longer than the
dropouts of one notification that machines show in mid-ride)."""


class DirectionWatch:
    """Follows whether the rider moves; ``estimate`` is replaced only when it changes.

    directional: whether the machine has a field that carries the direction (cross trainers). As
    long as that is not proven for this machine, it decides nothing.
    """

    __slots__ = ("_moving_reason", "_still_since", "estimate")

    def __init__(self, *, directional: bool) -> None:
        self._moving_reason = (
            Reason.CHANNEL_UNPROVEN if directional else Reason.NO_DIRECTIONAL_CHANNEL
        )
        self._still_since: float | None = None
        self.estimate = DirectionEstimate(
            Direction.UNKNOWN, since=0.0, reason=Reason.EVIDENCE_STALE
        )

    def receive(self, *, moving: bool, at: float) -> None:
        """Take what one record says about motion."""
        if moving:
            self._still_since = None
            if self.estimate.reason is not self._moving_reason:
                self.estimate = DirectionEstimate(Direction.UNKNOWN, at, reason=self._moving_reason)
            return
        if self._still_since is None:
            self._still_since = at
            if self.estimate.reason in {Reason.EVIDENCE_STALE, Reason.PARSE_UNCERTAIN}:
                self.estimate = DirectionEstimate(
                    Direction.UNKNOWN, at, reason=Reason.BELOW_MIN_SPEED
                )
        still_s = at - self._still_since
        if still_s >= STOPPED_AFTER_S and self.estimate.direction is not Direction.STOPPED:
            self.estimate = DirectionEstimate(
                Direction.STOPPED, self._still_since, DirectionBasis.MEASURED
            )

    def lose(self, at: float) -> None:
        """Take note that nothing is heard any more: what was seen no longer holds."""
        self._forget(Reason.EVIDENCE_STALE, at)

    def doubt(self, at: float) -> None:
        """Take note that a record had no value of motion that can be believed."""
        self._forget(Reason.PARSE_UNCERTAIN, at)

    def _forget(self, reason: Reason, at: float) -> None:
        self._still_since = None
        if self.estimate.reason is not reason:
            self.estimate = DirectionEstimate(Direction.UNKNOWN, at, reason=reason)
