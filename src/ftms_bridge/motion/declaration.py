"""What the user declares: a posterior of its own, never mixed with what is measured.

It is forgotten easily, so it holds only until the direction can have changed.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate

HOLDS_S: Final = 120.0
"""How long a declaration holds on a drive that reverses freely, where no dip ends it."""


class Declaration:
    """The last thing that the user said; ``estimate`` is None when nothing holds.

    expires_at: when it ends by itself, None while only a stop ends it.
    expired: it has ended by itself, and nothing else was said since.
    """

    __slots__ = ("estimate", "expired", "expires_at")

    def __init__(self) -> None:
        self.estimate: DirectionEstimate | None = None
        self.expires_at: float | None = None
        self.expired = False

    def declare(self, direction: Direction | None, at: float, *, until_stop: bool) -> None:
        """Take what the user says; None takes it back."""
        self.expired = False
        if direction is None:
            self.estimate = self.expires_at = None
            return
        self.estimate = DirectionEstimate(
            direction, at, DirectionBasis.DECLARED, onset_uncertainty_s=0.0
        )
        self.expires_at = None if until_stop else at + HOLDS_S

    def expire(self) -> bool:
        """End it, because the direction may have changed; return whether there was any."""
        if self.estimate is None:
            return False
        self.estimate = self.expires_at = None
        self.expired = True
        return True
