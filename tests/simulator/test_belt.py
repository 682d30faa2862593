"""The belt keeps its ramps, and the walker's direction follows from belt and facing."""

from __future__ import annotations

import pytest

from ftms_bridge.simulator.belt import BeltDrive
from ftms_bridge.simulator.motion import Motion, TrueDirection
from ftms_bridge.simulator.scenario import Belt, Phase, Rider
from ftms_bridge.simulator.script import Wish
from ftms_bridge.units import kmh_from_mps

DT = 0.025


class Bench:
    """A belt with a walker; collects the signed belt speed of each step."""

    def __init__(self, *, reversible: bool = False) -> None:
        self.belt = BeltDrive(Belt(reversible=reversible), Rider())
        self.motion = Motion()
        self.speed_kmh: list[float] = []

    def walk(self, seconds: float, pace: float, phase: Phase, incline_pct: float = 0.0) -> Bench:
        wish = Wish(phase, pace, None, 0.0, 1.0, incline_pct)
        for _ in range(round(seconds / DT)):
            self.belt.step(self.motion, wish, DT, wander=1.0)
            self.speed_kmh.append(kmh_from_mps(self.motion.surface_mps))
        return self


FORWARD = Phase(duration_s=1, direction="forward")
BACKWARD = Phase(duration_s=1, direction="backward")
SIDEWAYS = Phase(duration_s=1, direction="sideways")
STOP = Phase(duration_s=1, direction="stop")
ASIDE = Phase(duration_s=1, direction="stop", speed_kmh=3.0)


def test_a_normal_belt_runs_forward_under_a_walker_who_has_turned_round() -> None:
    bench = Bench().walk(10, 3.0, FORWARD).walk(10, 3.0, BACKWARD)
    assert bench.motion.direction is TrueDirection.BACKWARD
    assert min(bench.speed_kmh) >= 0
    assert bench.speed_kmh[-1] == pytest.approx(3.0)


def test_turning_round_takes_its_time_and_counts_as_sideways() -> None:
    bench = Bench().walk(10, 3.0, FORWARD)
    seen = [bench.walk(1.1, 3.0, BACKWARD).motion.direction for _ in range(2)]
    assert seen == [TrueDirection.SIDEWAYS, TrueDirection.BACKWARD]


def test_walking_backward_takes_more_steps_at_the_same_speed() -> None:
    ahead = Bench().walk(20, 3.0, FORWARD).motion.step_rate_spm
    back = Bench().walk(20, 3.0, BACKWARD).motion.step_rate_spm
    assert back / ahead == pytest.approx(Rider().backward_step_ratio)


def test_the_belt_gains_and_loses_speed_no_faster_than_its_motor() -> None:
    bench = Bench().walk(20, 5.0, FORWARD).walk(20, 0.0, STOP)
    spec = Belt()
    changes = [b - a for a, b in zip(bench.speed_kmh, bench.speed_kmh[1:], strict=False)]
    assert max(changes) <= spec.acceleration_kmh_s * DT * 1.0001
    assert min(changes) >= -spec.braking_kmh_s * DT * 1.0001
    assert bench.speed_kmh[-1] == 0.0


def test_a_reversible_belt_stands_still_before_it_reverses() -> None:
    bench = Bench(reversible=True).walk(10, 2.0, FORWARD).walk(15, -2.0, BACKWARD)
    last_forward = max(i for i, speed in enumerate(bench.speed_kmh) if speed > 0)
    first_backward = min(i for i, speed in enumerate(bench.speed_kmh) if speed < 0)
    still_s = (first_backward - last_forward - 1) * DT
    assert still_s == pytest.approx(Belt().reversal_pause_s, abs=2 * DT)
    assert bench.speed_kmh[-1] == pytest.approx(-2.0)
    assert bench.motion.direction is TrueDirection.BACKWARD


def test_somebody_beside_a_running_belt_does_not_walk() -> None:
    bench = Bench().walk(10, 3.0, FORWARD)
    steps = bench.motion.steps
    bench.walk(10, 3.0, ASIDE)
    assert bench.speed_kmh[-1] == pytest.approx(3.0)
    assert bench.motion.direction is TrueDirection.STOPPED
    assert bench.motion.step_rate_spm == 0.0
    assert bench.motion.steps == steps


def test_the_safety_key_stops_the_belt_faster_than_the_button() -> None:
    pulled = Phase(duration_s=1, direction="stop", safety_key=True)
    by_key = Bench().walk(10, 4.0, FORWARD).walk(2, 0.0, pulled).speed_kmh[-1]
    by_button = Bench().walk(10, 4.0, FORWARD).walk(2, 0.0, STOP).speed_kmh[-1]
    assert by_key == 0.0
    assert by_button > 2.0


def test_a_side_shuffle_is_neither_forward_nor_backward() -> None:
    bench = Bench().walk(10, 2.0, SIDEWAYS)
    assert bench.motion.direction is TrueDirection.SIDEWAYS
    assert bench.motion.driving


def test_the_incline_moves_slowly_to_its_target() -> None:
    bench = Bench().walk(2, 3.0, FORWARD, incline_pct=5.0)
    assert bench.motion.incline_pct == pytest.approx(1.0)
    bench.walk(20, 3.0, FORWARD, incline_pct=5.0)
    assert bench.motion.incline_pct == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("phase", "row", "evident"),
    [
        (FORWARD, "forward", True),
        (BACKWARD, "backward", True),
        (SIDEWAYS, "other", True),
        (ASIDE, "other", False),
    ],
)
def test_each_way_of_walking_has_its_row(phase: Phase, row: str, evident: bool) -> None:
    bench = Bench().walk(10, 3.0, FORWARD).walk(10, 3.0, phase)
    assert (bench.motion.row, bench.motion.evident) == (row, evident)
    bench.walk(10, 0.0, STOP)
    assert (bench.motion.row, bench.motion.evident) == ("stopped", False)


def test_hands_on_the_rails_change_the_steps_and_nothing_else() -> None:
    free, held = (Bench().walk(10, 3.0, FORWARD) for _ in range(2))
    for _ in range(400):
        held.belt.step(held.motion, Wish(FORWARD, 3.0, None, 0, 1, 0, 0, 0.9), DT, wander=1.0)
    assert held.motion.step_rate_spm == pytest.approx(free.motion.step_rate_spm * 0.9)
    assert held.motion.surface_mps == free.motion.surface_mps
