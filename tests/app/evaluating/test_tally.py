"""Counts of rides add up; sums by direction are compared with totals where there are both."""

from __future__ import annotations

import pytest

from ftms_bridge.app.evaluating.onsets import Onset
from ftms_bridge.app.evaluating.score import score
from ftms_bridge.app.evaluating.tally import Tally, sums_error
from ftms_bridge.app.evaluating.wrong import Contradictions
from ftms_bridge.pipeline.documents import NO_METRICS
from ftms_bridge.telemetry.directions import DirectionColumn
from ftms_bridge.telemetry.messages import SessionSummary
from tests.app.evaluating.made import ride

ONSET = Onset(1.0, 2.0, 2.0, evidence_came_late=False, has_evidence=True)


def test_tallies_add_up() -> None:
    total = Tally()
    total.add(Tally(score(ride("10f", "10F"), 1.0), [ONSET], 1, [0.5], notifications=10))
    total.add(
        Tally(
            score(ride("10f", "10?"), 1.0), [ONSET], 2, [-0.5, 1.0],
            contradictions=Contradictions(rides=1), sums_error=0.2, notifications=5, core_s=0.5,
        )
    )  # fmt: skip
    assert total.score.seconds == 20.0
    assert (len(total.onsets), total.held) == (2, 3)
    assert total.interval_errors_s == [0.5, -0.5, 1.0]
    assert (total.notifications, total.core_s, total.sums_error) == (15, 0.5, 0.2)
    assert total.contradictions == Contradictions(rides=1)


def column(time_s: float, distance_m: float | None, work_kj: float | None) -> DirectionColumn:
    return {
        "time_s": time_s, "distance_m": distance_m, "work_kj": work_kj, "revolutions": None,
        "bouts": 1, "longest_bout_s": time_s,
    }  # fmt: skip


def summary(*, moving_s: float, distance_m: float | None, work_kj: float | None) -> SessionSummary:
    """Return a summary with columns of 100 s, 500 m and 10 kJ in all."""
    return {
        "schema": 1, "machine": "bike", "session_id": "1", "started": None, "ended": None,
        "ended_by": "shutdown", "elapsed_s": 130.0, "moving_s": moving_s, "gap_s": 0.0, "gaps": 0,
        "counter_resets": 0, "laps": [],
        "metrics": NO_METRICS | {"integrated_distance_m": distance_m, "work_kj": work_kj},
        "by_direction": {
            "forward": column(60.0, 400.0, 8.0), "backward": column(20.0, 50.0, 1.0),
            "stopped": column(25.0, None, None), "unknown": column(20.0, 50.0, 1.0),
            "still_s": 25.0, "switches": 1,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("moving_s", "distance_m", "work_kj", "error"),
    [
        (100.0, 500.0, 10.0, 0.0),
        (100.2, 499.8, 10.2, 0.0),
        (100.0, 600.3, 10.0, 100.0 / 600.3),
        (100.0, 500.0, 20.3, 10.0 / 20.3),
        (90.0, 500.0, 10.0, 9.7 / 90.0),
        (100.0, None, 10.0, 499.7),
    ],
)
def test_the_largest_difference_of_sums_counts(
    moving_s: float, distance_m: float | None, work_kj: float | None, error: float
) -> None:
    found = sums_error(summary(moving_s=moving_s, distance_m=distance_m, work_kj=work_kj))
    assert found == pytest.approx(error)
