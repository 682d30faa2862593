"""Channels that seldom speak: a distance or a climb that walks back, a text."""

from __future__ import annotations

import pytest

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain
from tests.motion.bench import BACKWARD, FORWARD, UNKNOWN, Bench, proof, proven

BELT = MachineKind.TREADMILL
SPEED_KMH = 7.2
STEP_M = 2
"""What the belt moves in a second."""


def walked(
    steps_m: list[int], profile: DirectionProfile | None = None, start_m: int = 1000
) -> list[Direction]:
    """Let the distance go on by these steps, once a second; return what is said."""
    bench, distance_m, said = Bench(BELT, profile or proven()), start_m, list[Direction]()
    for at, step_m in enumerate(steps_m):
        distance_m += step_m
        said.append(bench.record(float(at), speed_kmh=SPEED_KMH, distance_m=distance_m).direction)
    return said


def test_a_distance_that_keeps_falling_at_the_speed_of_the_belt_is_backward() -> None:
    said = walked([STEP_M] * 10 + [-STEP_M] * 8, proven(proof("falling_distance")))
    assert BACKWARD not in said[:12]
    assert said[-1] is BACKWARD


def test_a_goal_that_is_counted_down_proves_nothing() -> None:
    assert set(walked([-STEP_M] * 60)) == {UNKNOWN}


def test_a_distance_that_grows_is_forward_only_where_that_was_proven() -> None:
    assert set(walked([STEP_M] * 30)) == {UNKNOWN}
    assert walked([STEP_M] * 5, proven(proof("falling_distance")))[-1] is FORWARD


def test_a_console_that_corrects_its_distance_is_not_believed() -> None:
    assert set(walked([STEP_M, STEP_M, -1, STEP_M, -3, -2] * 8)) == {UNKNOWN}


def test_a_distance_that_falls_faster_than_the_belt_runs_is_not_believed() -> None:
    assert set(walked([STEP_M] * 3 + [-25] * 10, start_m=5000)) == {UNKNOWN}


def test_a_reset_is_no_fall() -> None:
    assert set(walked([STEP_M] * 5 + [-1005] + [STEP_M] * 5)) == {UNKNOWN}


def test_a_distance_that_grows_again_takes_backward_back() -> None:
    counted = proven(proof("falling_distance"))
    said = walked([STEP_M] * 3 + [-STEP_M] * 8 + [STEP_M] * 2, counted)
    assert said[-3] is BACKWARD
    assert said[-1] is not BACKWARD


def climbed(
    incline_pct: float, lost_m: list[float], profile: DirectionProfile | None = None
) -> Direction:
    """Let the descent counter show these metres, once a second; return what is said at last."""
    bench = Bench(BELT, profile or proven())
    for at, metres in enumerate(lost_m):
        bench.record(
            float(at), speed_kmh=SPEED_KMH, incline_pct=incline_pct, ramp_deg=0.0,
            elev_gain_pos_m=0.0, elev_gain_neg_m=metres,
        )  # fmt: skip
    return bench.tracker.estimate.direction


GROWING = [n / 10 for n in range(12)]


def test_who_descends_on_a_belt_that_is_inclined_upward_walks_backward() -> None:
    assert climbed(5.0, GROWING, proven(proof("negative_climb"))) is BACKWARD
    assert climbed(5.0, GROWING) is UNKNOWN, "firmware may copy the climb"


@pytest.mark.parametrize("incline_pct", [0.0, 0.4, -3.0])
def test_who_descends_on_a_flat_or_falling_belt_may_walk_any_way(incline_pct: float) -> None:
    assert climbed(incline_pct, GROWING) is UNKNOWN


def test_a_descent_that_stands_or_jumps_says_nothing() -> None:
    assert climbed(5.0, [3.0] * 12) is UNKNOWN
    assert climbed(5.0, [n * 10.0 for n in range(12)]) is UNKNOWN
    assert climbed(5.0, [0.0, 0.1, 0.2] + [0.2] * 9) is UNKNOWN


def told(words: str, profile: DirectionProfile | None = None) -> Bench:
    bench = Bench(BELT, profile or proven(proof("status_text")))
    bench.run(0.0, 3, speed_kmh=4.0)
    bench.text(words, 2.5)
    bench.run(3.0, 3, speed_kmh=4.0)
    return bench


@pytest.mark.parametrize(
    "words", ["Reverse", "BACKWARD walk", "retro", "Rückwärts", "RUECKWAERTS", "walk: reversed"]
)
def test_a_text_that_says_it_is_believed(words: str) -> None:
    assert told(words).tracker.estimate.direction is BACKWARD
    assert told(words, proven()).tracker.estimate.direction is UNKNOWN, "it may be a plan"


@pytest.mark.parametrize("words", ["Forward", "", "Quick start", "irreversible", "Vorwärts"])
def test_other_texts_say_nothing(words: str) -> None:
    assert told(words).tracker.estimate.direction is UNKNOWN


def test_another_text_takes_back_what_the_last_one_said() -> None:
    bench = told("Reverse")
    bench.text("Cool down", 6.0)
    assert bench.run(6.0, 2, speed_kmh=4.0)[-1] is UNKNOWN


def test_after_a_dip_the_same_text_must_be_seen_twice_again() -> None:
    trusted = proven(proof("status_text"), drivetrain=Drivetrain.REVERSIBLE_BELT)
    bench = Bench(BELT, trusted)
    bench.text("Reverse", 0.0)
    assert bench.run(0.0, 30, speed_kmh=4.0)[-1] is BACKWARD
    assert bench.record(30.0, speed_kmh=1.0).direction is UNKNOWN
