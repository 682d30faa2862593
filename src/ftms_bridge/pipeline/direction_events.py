"""Tells once what happens to the direction: a change, a contradiction, a declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate
from ftms_bridge.motion.evidence import Evidence
from ftms_bridge.motion.profile import Mismatch
from ftms_bridge.pipeline.direction import Tracked, basis_word
from ftms_bridge.pipeline.documents import tenths
from ftms_bridge.pipeline.reports import REPEAT_EVERY_S, Reports
from ftms_bridge.telemetry.blocks import Number
from ftms_bridge.telemetry.pacing import Repeats
from ftms_bridge.telemetry.wall import WallLabel

_CONFLICT: Final = "direction_conflict"
_SIGN: Final = {Direction.FORWARD: -1, Direction.BACKWARD: 1}
"""Of the log-odds that speak for a direction."""


class DirectionEvents:
    """Adds the events of the direction to the reports of one machine."""

    def __init__(self, reports: Reports, tracked: Tracked, wall: WallLabel) -> None:
        self._reports = reports
        self._tracked = tracked
        self._wall = wall
        self._repeats = Repeats(REPEAT_EVERY_S)

    def changed(self, before: DirectionEstimate, at: float) -> None:
        """Tell that another direction is published than before, or on another basis.

        Nothing is told when only the reason has changed.
        """
        now = self._tracked.estimate
        if now.direction is before.direction and now.basis is before.basis:
            return
        evidence = self._tracked.evidence(at)
        self._reports.event(
            "direction_changed", change_detail(before, now, evidence, self._wall), at
        )

    def conflict(self, at: float) -> None:
        """Tell that channels contradict each other: at most once in ten seconds."""
        count = self._repeats.take(_CONFLICT, at)
        if count is not None:
            self._reports.event(_CONFLICT, conflict_detail(self._tracked.evidence(at), count), at)

    def declared(self, at: float) -> None:
        """Tell what is declared now; null when the declaration was taken back."""
        declaration = self._tracked.declaration
        declared, until = declaration.estimate, declaration.expires_at
        word = None if declared is None else declared.direction.value
        left_s = None if declared is None or until is None else tenths(until - at)
        self._reports.event("direction_declared", {"direction": word, "expires_s": left_s}, at)

    def expired(self, declared: DirectionEstimate, cause: str, at: float) -> None:
        """Tell that a declaration holds no longer.

        cause: one word: time, stop, link_lost, safety_key or session_ended.
        """
        detail = {"direction": declared.direction.value, "cause": cause}
        self._reports.event("declaration_expired", detail, at)

    def profile_void(self, mismatch: Mismatch | None, at: float) -> None:
        """Tell that the machine is not the one that was calibrated; None: that it is so again."""
        detail = {
            "what": None if mismatch is None else mismatch.what,
            "expected": None if mismatch is None else mismatch.expected,
            "found": None if mismatch is None else mismatch.found,
        }
        self._reports.event("profile_void", detail, at)


def change_detail(
    before: DirectionEstimate, now: DirectionEstimate, evidence: Sequence[Evidence], wall: WallLabel
) -> Mapping[str, Number | str | bool | None]:
    """Return what an event says of another direction; ``channel`` is what speaks loudest for it."""
    sign = _SIGN.get(now.direction, 0) if now.basis is DirectionBasis.MEASURED else 0
    return {
        "from": before.direction.value,
        "to": now.direction.value,
        "basis": basis_word(now.basis),
        "confidence": now.confidence,
        "reason": None if now.reason is None else now.reason.value,
        "onset": wall.at(now.since),
        "onset_t_s": round(now.since, 3),
        "onset_uncertainty_s": tenths(now.onset_uncertainty_s),
        "channel": next((row.channel for row in evidence if row.llr * sign > 0.0), None),
    }


def conflict_detail(
    evidence: Sequence[Evidence], count: int
) -> Mapping[str, Number | str | bool | None]:
    """Return which channels contradict each other."""
    return {
        "forward": ", ".join(row.channel for row in evidence if row.llr < 0.0),
        "backward": ", ".join(row.channel for row in evidence if row.llr > 0.0),
        "count": count,
    }
