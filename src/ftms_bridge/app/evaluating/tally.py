"""Everything that is counted over the rides of one rig."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ftms_bridge.app.evaluating.onsets import Onset
from ftms_bridge.app.evaluating.reasons import ReasonScore
from ftms_bridge.app.evaluating.score import Score
from ftms_bridge.app.evaluating.wrong import Contradictions
from ftms_bridge.telemetry.messages import SessionSummary

ROUNDING: Final = 0.3
"""Six numbers of a summary, each rounded to a tenth."""


@dataclass(slots=True)
class Tally:
    """The counts of one ride, or of several that were added up.

    held: onsets at which the right word already stood there. interval_errors_s: one for each
    interval. sums_error: largest relative difference between the sum over directions and the total
    in a session summary; None when no summary has both. notifications, core_s: what went through
    the core and the wall time it took; the only figure that differs from run to run.
    """

    score: Score = field(default_factory=Score)
    onsets: list[Onset] = field(default_factory=list)
    held: int = 0
    interval_errors_s: list[float] = field(default_factory=list)
    reasons: ReasonScore = field(default_factory=ReasonScore)
    contradictions: Contradictions | None = None
    sums_error: float | None = None
    notifications: int = 0
    core_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Add the counts of another ride."""
        self.score.add(other.score)
        self.onsets += other.onsets
        self.held += other.held
        self.interval_errors_s += other.interval_errors_s
        self.reasons.add(other.reasons)
        self.notifications += other.notifications
        self.core_s += other.core_s
        if other.sums_error is not None:
            self.sums_error = max(self.sums_error or 0.0, other.sums_error)
        if other.contradictions is not None:
            self.contradictions = self.contradictions or Contradictions()
            self.contradictions.add(other.contradictions)


def sums_error(summary: SessionSummary) -> float:
    """Return the largest relative difference between the sum over directions and the total.

    Compared are moving time, distance and work. What rounding to tenths can do (six numbers) is
    no difference.
    """
    columns, metrics = summary["by_direction"], summary["metrics"]
    shares = [columns["forward"], columns["backward"], columns["stopped"], columns["unknown"]]
    pairs = (
        (sum(one["time_s"] for one in shares) - columns["still_s"], summary["moving_s"]),
        (sum(one["distance_m"] or 0.0 for one in shares), metrics["integrated_distance_m"]),
        (sum(one["work_kj"] or 0.0 for one in shares), metrics["work_kj"]),
    )
    return max(
        max(abs(added - (total or 0.0)) - ROUNDING, 0.0) / max(total or 0.0, 1.0)
        for added, total in pairs
    )
