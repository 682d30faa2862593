"""Parts are drawn within their ranges, the same for the same key."""

from __future__ import annotations

import pytest

from ftms_bridge.simulator.drive import RAD_S_PER_RPM
from ftms_bridge.simulator.rig_parts import (
    FAR_16,
    USUAL_PCT,
    USUAL_RPM,
    Draw,
    drivetrain,
    firmware,
    first_count,
    radio,
    rider,
)
from ftms_bridge.simulator.scenario import Drivetrain, Firmware, Radio, Rider

KEYS = [f"key {n}" for n in range(60)]


def test_the_same_key_draws_the_same() -> None:
    one, two = Draw("key"), Draw("key")
    assert [one.uniform(0, 1) for _ in range(9)] == [two.uniform(0, 1) for _ in range(9)]
    assert Draw("other").uniform(0, 1) != Draw("key").uniform(0, 1)


def test_draws_keep_their_ranges() -> None:
    draw = Draw("ranges")
    assert {draw.whole(1, 3) for _ in range(99)} == {1, 2, 3}
    assert {draw.pick("a", "b") for _ in range(99)} == {"a", "b"}
    assert {draw.chance(0.5) for _ in range(99)} == {True, False}
    assert not any(draw.chance(0.0) for _ in range(99))
    assert all(2 <= draw.uniform(2, 5) <= 5 for _ in range(99))
    near = [draw.near(1.1, 0.08) for _ in range(999)]
    assert min(near) >= 0.9
    assert max(near) <= 1.3
    assert sum(near) / 999 == pytest.approx(1.1, abs=0.01)


def test_every_draw_is_valid() -> None:
    for key in KEYS:
        draw = Draw(key)
        assert Rider.model_validate(rider(draw))
        assert Radio.model_validate(radio(draw))
        assert Firmware.model_validate(firmware(draw, "cross_trainer"))


def test_all_forms_of_records_come_up() -> None:
    drawn = [firmware(Draw(key), "indoor_bike") for key in KEYS]
    assert {one.get("oversize", "-") for one in drawn} >= {"split", "truncate", "send"}
    assert any("rotate" in one for one in drawn)
    fixed = [firmware(Draw(key), "indoor_bike", fields=["speed_kmh"]) for key in KEYS]
    assert not any("rotate" in one for one in fixed)


@pytest.mark.parametrize("law", ["eddy", "friction", "air", "mixed"])
def test_each_brake_takes_a_plausible_power_at_the_usual_cadence(law: str) -> None:
    for key in KEYS:
        drive = Drivetrain.model_validate(drivetrain(Draw(key), "fixed", laws=(law,)))
        wheel = USUAL_RPM * RAD_S_PER_RPM * drive.gear
        torque = drive.friction_nm + drive.air_nms2 * wheel * wheel
        torque += USUAL_PCT / 100 * drive.eddy_nms * wheel
        assert 55 < torque * wheel < 165


def test_a_light_wheel_runs_down_within_seconds_and_a_heavy_one_does_not() -> None:
    for low, high in ((1.0, 4.0), (15.0, 40.0)):
        drive = Drivetrain.model_validate(
            drivetrain(Draw("wheel"), "freewheel", run_down_s=(low, high), laws=("eddy",))
        )
        wheel = USUAL_RPM * RAD_S_PER_RPM * drive.gear
        drag = drive.friction_nm / wheel + USUAL_PCT / 100 * drive.eddy_nms
        assert low * 0.9 < drive.flywheel_kgm2 / drag < high * 1.1


def test_many_counters_soon_roll_over() -> None:
    firsts = [first_count(Draw(key), FAR_16) for key in KEYS]
    assert 10 < sum(first > FAR_16 - 200 for first in firsts) < 40
    assert min(firsts) >= 400
