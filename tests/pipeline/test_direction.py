"""The direction in the words of the contract, with signs and columns."""

from __future__ import annotations

import pytest

from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.profile import Drivetrain
from ftms_bridge.pipeline.direction import EVIDENCE_AT_MOST, ColumnBlocks, DirectionWords
from ftms_bridge.telemetry.blocks import Number
from ftms_bridge.workout.metrics import Sample
from tests.pipeline.tracking import (
    ANGLE,
    COUNTER,
    WALL,
    FakeTracker,
    declared,
    measured,
    ridden,
)

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD


def test_a_measured_direction_is_told_with_its_onset_and_evidence() -> None:
    backward = measured(BACKWARD)
    tracker = FakeTracker(backward, backward, rows=[ANGLE, COUNTER])
    assert DirectionWords(tracker, WALL).block(12.5) == {
        "direction": "backward",
        "basis": "measured",
        "confidence": 0.998,
        "reason": None,
        "since": "2023-11-14T22:13:30.000Z",
        "since_s": 2.5,
        "onset_uncertainty_s": 0.5,
        "measured": {"direction": "backward", "confidence": 0.998, "reason": None},
        "declared": None,
        "evidence": [
            {"channel": "crank_angle", "source": "pedals", "value": "rising", "llr": 4.24,
             "age_s": 0.3, "proven": True},
            {"channel": "wheel_counter", "source": "bike", "value": -12.346, "llr": -1.0,
             "age_s": 0.1, "proven": False},
        ],
    }  # fmt: skip


def test_what_is_measured_and_what_is_declared_stand_side_by_side() -> None:
    tracker = FakeTracker(declared(BACKWARD), declared=declared(BACKWARD), declared_until=130.0)
    block = DirectionWords(tracker, WALL).block(20.0)
    assert (block["direction"], block["basis"], block["confidence"]) == (
        "backward", "declared", None,
    )  # fmt: skip
    assert block["measured"] == {
        "direction": "unknown", "confidence": None, "reason": "not_driving",
    }  # fmt: skip
    assert block["declared"] == {"direction": "backward", "expires_s": 110.0}


def test_a_declaration_that_only_a_stop_ends_has_no_time() -> None:
    tracker = FakeTracker(declared=declared(FORWARD))
    assert DirectionWords(tracker, WALL).block(20.0)["declared"] == {
        "direction": "forward", "expires_s": None,
    }  # fmt: skip


def test_words_follow_the_tracker() -> None:
    tracker = FakeTracker()
    words = DirectionWords(tracker, WALL)
    assert words.flat(None)["direction_reason"] == "not_driving"
    tracker.estimate = tracker.measured = measured(FORWARD)
    flat = words.flat(ridden((10, BACKWARD), (5, FORWARD)))
    assert (flat["direction"], flat["direction_basis"], flat["direction_reason"]) == (
        "forward", "measured", None,
    )  # fmt: skip
    assert (flat["forward_s"], flat["backward_s"], flat["direction_switches"]) == (5.0, 10.0, 1)
    assert words.block(11.0)["measured"]["direction"] == "forward"


def test_evidence_is_told_of_the_strongest_channels_only() -> None:
    words = DirectionWords(FakeTracker(rows=[ANGLE] * 9), WALL)
    assert len(words.block(1.0)["evidence"]) == EVIDENCE_AT_MOST


@pytest.mark.parametrize(
    ("direction", "speed_kmh", "cadence_rpm"),
    [
        (Direction.FORWARD, 25.5, 80.0),
        (Direction.BACKWARD, -25.5, -80.0),
        (Direction.STOPPED, 0.0, 0.0),
        (Direction.UNKNOWN, None, None),
    ],
)
def test_values_have_the_sign_of_a_known_direction(
    direction: Direction, speed_kmh: Number | None, cadence_rpm: Number | None
) -> None:
    motion = DirectionWords(FakeTracker(measured(direction)), WALL).motion(25.5, 80.0, None)
    assert (motion["signed_speed_kmh"], motion["signed_cadence_rpm"]) == (speed_kmh, cadence_rpm)


def test_a_value_that_is_not_known_has_no_sign_and_zero_has_none() -> None:
    motion = DirectionWords(FakeTracker(measured(BACKWARD)), WALL).motion(None, 0.0, None)
    assert motion["signed_speed_kmh"] is None
    assert str(motion["signed_cadence_rpm"]) == "0.0"


def test_a_freewheel_drives_nothing_backward() -> None:
    tracker = FakeTracker(measured(BACKWARD), drivetrain=Drivetrain.FREEWHEEL)
    motion = DirectionWords(tracker, WALL).motion(25.5, 80.0, None)
    assert (motion["signed_speed_kmh"], motion["signed_cadence_rpm"]) == (None, -80.0)
    tracker.estimate = measured(FORWARD)
    assert DirectionWords(tracker, WALL).motion(25.5, 80.0, None)["signed_speed_kmh"] == 25.5


@pytest.mark.parametrize(
    ("belt", "incline_pct", "effective_pct"),
    [(1, 5.0, 5.0), (-1, 5.0, -5.0), (None, 5.0, None), (1, None, None)],
)
def test_the_incline_follows_the_way_the_belt_runs(
    belt: int | None, incline_pct: float | None, effective_pct: float | None
) -> None:
    motion = DirectionWords(FakeTracker(belt=belt), WALL).motion(4.0, None, incline_pct)
    assert motion["effective_incline_pct"] == effective_pct


def test_columns_add_up_to_the_session() -> None:
    ride = ridden((60, FORWARD), (30, BACKWARD), (10, Direction.UNKNOWN))
    block = ColumnBlocks().block(ride)
    assert block["backward"] == {
        "time_s": 30.0, "distance_m": 300.0, "revolutions": 45.0, "work_kj": 6.0, "bouts": 1,
        "longest_bout_s": 30.0,
    }  # fmt: skip
    assert (block["switches"], block["still_s"]) == (1, 0.0)
    columns = (block["forward"], block["backward"], block["stopped"], block["unknown"])
    assert sum(one["time_s"] for one in columns) == ride.metrics.totals.moving_s
    assert sum(one["distance_m"] or 0.0 for one in columns) == ride.metrics.totals.distance_m


def test_columns_follow_the_ride_and_a_new_ride() -> None:
    blocks, ride = ColumnBlocks(), ridden((10, FORWARD))
    assert blocks.block(ride)["forward"]["time_s"] == 10.0
    ride.step(1.0, 11.0, Sample(True, 36.0), FORWARD)
    ride.step(2.0, 13.0, Sample(True, 36.0), BACKWARD)
    block = blocks.block(ride)
    assert (block["forward"]["time_s"], block["backward"]["time_s"]) == (11.0, 2.0)
    assert blocks.block(ridden((3, FORWARD)))["forward"]["time_s"] == 3.0


def test_what_was_never_known_is_null_in_every_column() -> None:
    ride = ridden((10, FORWARD), power_w=None)
    block = ColumnBlocks().block(ride)
    assert block["forward"]["work_kj"] is None
    assert (block["backward"]["work_kj"], block["backward"]["distance_m"]) == (None, 0.0)
