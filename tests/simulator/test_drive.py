"""The drivetrain obeys mechanics: what the clutch, the flywheel and the brake allow."""

from __future__ import annotations

import pytest

from ftms_bridge.simulator.drive import RAD_S_PER_RPM, Drive, stroke_factor
from ftms_bridge.simulator.motion import Motion, TrueDirection
from ftms_bridge.simulator.scenario import Drivetrain, Phase
from ftms_bridge.simulator.script import Wish

DT = 0.025
PHASE = Phase(duration_s=1, direction="forward")
FREE = Drivetrain(coupling="freewheel", flywheel_kgm2=1.5)
FIXED = Drivetrain(coupling="fixed", gear=3.0, flywheel_kgm2=0.5)


class Bench:
    """A drivetrain with a rider who wants a cadence; collects the motion of each step."""

    def __init__(self, spec: Drivetrain, strength_nm: float = 80, ripple: float = 0) -> None:
        self.drive = Drive(spec, strength_nm=strength_nm, steps_per_turn=0, ripple=ripple)
        self.motion = Motion()
        self.gear = spec.gear
        self.crank_rpm: list[float] = []
        self.wheel_mps: list[float] = []
        self.power_w: list[float] = []

    def ride(
        self,
        seconds: float,
        cadence_rpm: float,
        *,
        power_w: float | None = None,
        resistance_pct: float = 25,
        motor_kmh: float = 0,
    ) -> Bench:
        for _ in range(round(seconds / DT)):
            wish = Wish(PHASE, cadence_rpm, power_w, resistance_pct, self.gear, 0.0, motor_kmh)
            self.drive.step(self.motion, wish, DT)
            self.crank_rpm.append(self.motion.crank_rpm)
            self.wheel_mps.append(self.motion.surface_mps)
            self.power_w.append(self.motion.drive_power_w)
        return self


@pytest.mark.parametrize("spec", [FREE, FIXED])
def test_the_rider_reaches_the_wanted_cadence_and_the_wheel_turns_in_gear(spec: Drivetrain) -> None:
    bench = Bench(spec).ride(15, 75)
    assert bench.motion.crank_rpm == pytest.approx(75, abs=0.1)
    turns_per_s = 75 / 60 * spec.gear
    assert bench.motion.surface_mps == pytest.approx(turns_per_s * 2.1, rel=0.002)
    assert bench.motion.direction is TrueDirection.FORWARD
    assert bench.motion.driving


def test_the_wheel_of_a_freewheel_never_turns_backward_under_a_backward_crank() -> None:
    bench = Bench(FREE).ride(10, 80).ride(30, -60).ride(10, 70).ride(20, -90)
    assert min(bench.wheel_mps) >= 0
    assert min(bench.crank_rpm) < -89


def test_back_pedalling_a_freewheel_moves_no_power_into_the_wheel() -> None:
    bench = Bench(FREE).ride(10, 80).ride(10, -60)
    bench.power_w.clear()
    bench.ride(20, -60)
    assert set(map(abs, bench.power_w)) == {0.0}
    assert not bench.motion.driving
    assert bench.motion.direction is TrueDirection.BACKWARD


def test_a_freewheel_rolls_on_when_the_legs_stop_and_slows_down_by_the_brake_alone() -> None:
    bench = Bench(FREE).ride(15, 80)
    rolling = bench.motion.surface_mps
    bench.wheel_mps.clear()
    bench.ride(3, 0)
    assert bench.motion.direction is TrueDirection.STOPPED
    assert 0.3 * rolling < bench.motion.surface_mps < 0.9 * rolling
    assert bench.wheel_mps == sorted(bench.wheel_mps, reverse=True)


def test_a_crank_slower_than_the_wheel_drives_nothing() -> None:
    bench = Bench(FREE).ride(15, 90, resistance_pct=5).ride(2, 40, resistance_pct=5)
    assert bench.motion.direction is TrueDirection.FORWARD
    assert not bench.motion.driving
    assert bench.motion.drive_power_w == 0.0


def test_wheel_and_crank_of_a_fixed_drive_always_turn_the_same_way() -> None:
    bench = Bench(FIXED).ride(10, 80).ride(10, -60).ride(10, 70).ride(5, 0)
    signs = {
        (crank > 0) - (crank < 0) == (wheel > 0) - (wheel < 0)
        for crank, wheel in zip(bench.crank_rpm, bench.wheel_mps, strict=True)
    }
    assert signs == {True}
    assert min(bench.wheel_mps) < -1


def test_a_fixed_drive_takes_as_much_power_backward_as_forward() -> None:
    ahead = Bench(FIXED).ride(20, 60).motion.drive_power_w
    back = Bench(FIXED).ride(20, -60).motion.drive_power_w
    assert ahead == pytest.approx(back, rel=0.001)
    assert ahead > 20


def test_a_reversal_passes_through_zero_in_small_steps() -> None:
    bench = Bench(FIXED).ride(10, 80)
    bench.crank_rpm.clear()
    bench.ride(6, -60)
    changes = [b - a for a, b in zip(bench.crank_rpm, bench.crank_rpm[1:], strict=False)]
    assert max(map(abs, changes)) < 15
    assert any(abs(rpm) < 8 for rpm in bench.crank_rpm)


def test_a_weak_rider_accelerates_no_faster_than_torque_over_inertia() -> None:
    bench = Bench(FIXED, strength_nm=10).ride(5, 90, resistance_pct=0)
    inertia = FIXED.crank_kgm2 + FIXED.gear**2 * FIXED.flywheel_kgm2
    limit_rpm = 10 / inertia * DT / RAD_S_PER_RPM
    changes = [b - a for a, b in zip(bench.crank_rpm, bench.crank_rpm[1:], strict=False)]
    assert max(changes) <= limit_rpm * 1.000001


@pytest.mark.parametrize("cadence_rpm", [60, 90])
def test_constant_power_stays_constant_at_any_cadence(cadence_rpm: float) -> None:
    bench = Bench(FREE).ride(20, cadence_rpm, power_w=180)
    assert bench.motion.brake_power_w == pytest.approx(180, abs=0.5)
    assert bench.motion.drive_power_w == pytest.approx(180, abs=1)


def test_the_strongest_brake_holds_the_wheel_and_throws_nothing_backward() -> None:
    brutal = Drivetrain(coupling="fixed", gear=7.0, flywheel_kgm2=0.05, eddy_nms=10)
    bench = Bench(brutal).ride(10, 170, resistance_pct=0).ride(5, 170, resistance_pct=100)
    assert min(bench.wheel_mps) >= 0
    # strength / (gear squared x drag) is all the speed that the rider can hold
    assert bench.motion.crank_rpm == pytest.approx(80 / (49 * 10) / RAD_S_PER_RPM, rel=0.05)


def test_the_energy_that_enters_the_wheel_is_braked_or_stored() -> None:
    bench = Bench(FREE)
    entered = braked = 0.0
    for _ in range(round(20 / DT)):
        bench.ride(DT, 85)
        entered += bench.motion.drive_power_w * DT
        braked += bench.motion.brake_power_w * DT
    omega = 85 * RAD_S_PER_RPM * FREE.gear
    stored = 0.5 * FREE.flywheel_kgm2 * omega**2
    assert entered == pytest.approx(braked + stored, rel=0.02)


def test_a_higher_gear_lets_the_crank_fall_behind_until_the_legs_catch_up() -> None:
    bench = Bench(FREE).ride(10, 80)
    bench.gear = 3.0
    bench.ride(10, 80)
    assert bench.motion.surface_mps == pytest.approx(80 / 60 * 3.0 * 2.1, rel=0.01)


def test_the_angle_of_the_crank_is_the_integral_of_its_speed() -> None:
    bench = Bench(FIXED).ride(10, 60).ride(20, -60)
    turned = 0.0
    for before, after in zip([0.0, *bench.crank_rpm], bench.crank_rpm, strict=False):
        turned += (before + after) / 2 / 60 * DT
    assert bench.motion.crank_turns == pytest.approx(turned, abs=1e-6)
    assert bench.motion.crank_turns < 0


HEAVY = Drivetrain(coupling="freewheel", flywheel_kgm2=9.0)
LIGHT = Drivetrain(coupling="freewheel", flywheel_kgm2=0.3)


@pytest.mark.parametrize("spec", [HEAVY, LIGHT, FREE])
@pytest.mark.parametrize("motor_kmh", [0, 25])
def test_no_backward_crank_ever_speeds_a_freewheel_up(spec: Drivetrain, motor_kmh: float) -> None:
    bench = Bench(spec, ripple=0.8).ride(15, 80)
    rolling = Bench(spec, ripple=0.8).ride(15, 80)
    bench.wheel_mps.clear()
    rolling.wheel_mps.clear()
    bench.ride(20, -70, motor_kmh=motor_kmh)
    rolling.ride(20, 0, motor_kmh=motor_kmh)
    assert min(bench.wheel_mps) >= 0
    # the same wheel runs down no slower than over still cranks
    assert max(a - b for a, b in zip(bench.wheel_mps, rolling.wheel_mps, strict=True)) < 0.02


def test_a_heavy_wheel_still_rolls_ahead_of_a_backward_crank_where_a_light_one_has_stopped() -> (
    None
):
    heavy, light = (Bench(spec).ride(25, 80).ride(6, -40) for spec in (HEAVY, LIGHT))
    assert heavy.motion.surface_mps > 4  # the crank would drive it with 3.4
    assert light.motion.surface_mps < 0.1
    assert (heavy.motion.evident, light.motion.evident) == (False, True)


@pytest.mark.parametrize("spec", [FREE, FIXED, HEAVY, LIGHT])
@pytest.mark.parametrize("ripple", [0, 0.8])
def test_energy_is_never_created(spec: Drivetrain, ripple: float) -> None:
    bench = Bench(spec, ripple=ripple)
    paces = [80, 0, -60, 90, 40, 85, -80, -30, 70]
    for pace in paces:
        if spec.coupling == "freewheel":
            bench.gear = 3.1 if pace == 90 else spec.gear
        for _ in range(240):
            before, slow = energy_j(bench, spec), bench.motion.crank_rpm
            bench.ride(DT, pace)
            fast = bench.motion.crank_rpm
            work = bench.motion.pedal_torque_nm * (slow + fast) / 2 * RAD_S_PER_RPM * DT
            assert energy_j(bench, spec) - before <= work + 0.05


def energy_j(bench: Bench, spec: Drivetrain) -> float:
    wheel = bench.motion.surface_mps / spec.wheel_circumference_m * 6.283185307179586
    crank = bench.motion.crank_rpm * RAD_S_PER_RPM
    return 0.5 * spec.flywheel_kgm2 * wheel**2 + 0.5 * spec.crank_kgm2 * crank**2


def test_a_motor_turns_the_wheel_over_still_cranks_and_drives_nothing() -> None:
    bench = Bench(FREE).ride(20, 0, motor_kmh=20)
    assert bench.motion.surface_mps * 3.6 == pytest.approx(20, rel=0.05)
    assert bench.motion.crank_rpm == 0
    assert bench.motion.row == "other"
    assert set(map(abs, bench.power_w)) == {0.0}


def test_a_crank_that_catches_up_with_the_motor_drives_again() -> None:
    bench = Bench(FREE).ride(10, 0, motor_kmh=15).ride(15, 95, motor_kmh=15)
    assert bench.motion.driving
    assert bench.motion.surface_mps * 3.6 > 20


def test_two_legs_push_unevenly_round_the_same_mean() -> None:
    factors = [stroke_factor(n / 1000, 0.6) for n in range(1000)]
    assert sum(factors) / 1000 == pytest.approx(1, abs=1e-3)
    assert (min(factors), max(factors)) == pytest.approx((0.4, 1.3), abs=1e-3)
    assert stroke_factor(-0.1, 0.6) == pytest.approx(stroke_factor(0.1, 0.6))
    smooth = Bench(FIXED).ride(30, 75).motion.crank_rpm
    uneven = Bench(FIXED, ripple=0.8).ride(30, 75)
    assert sum(uneven.crank_rpm[-800:]) / 800 == pytest.approx(smooth, rel=0.03)


def test_legs_that_stand_still_do_not_creep_against_friction() -> None:
    rough = Drivetrain(coupling="freewheel", friction_nm=4, flywheel_kgm2=0.25)
    assert Bench(rough, ripple=0.8).ride(10, 70).ride(5, 0).motion.row == "stopped"


@pytest.mark.parametrize(
    ("spec", "paces", "row", "evident"),
    [
        (FREE, [80], "forward", True),
        (FREE, [80, 45], "forward", False),
        (FREE, [80, 0], "other", False),
        (FREE, [80, -20], "backward", False),
        (FIXED, [80], "forward", True),
        (FIXED, [80, -50], "backward", True),
        (FIXED, [80, 0], "stopped", False),
    ],
)
def test_each_way_of_moving_has_its_row(
    spec: Drivetrain, paces: list[float], row: str, evident: bool
) -> None:
    bench = Bench(spec)
    for pace in paces:
        bench.ride(15 if pace == 80 else 4, pace, resistance_pct=5)
    assert (bench.motion.row, bench.motion.evident) == (row, evident)
