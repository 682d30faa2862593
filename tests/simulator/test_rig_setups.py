"""Each class of machine has the parts that make it this class."""

from __future__ import annotations

import pytest

from ftms_bridge.simulator.rig_parts import Draw, Setup
from ftms_bridge.simulator.rig_setups import SETUPS, run_down_s_of
from ftms_bridge.simulator.rigs import RIGS
from ftms_bridge.simulator.scenario import Scenario

PHASES = [{"duration_s": 1, "direction": "forward", "cadence_rpm": 60}]


def drawn(name: str) -> list[tuple[Setup, Scenario]]:
    setups = [SETUPS[name](Draw(f"{name}/{seed}")) for seed in range(30)]
    return [(one, Scenario.model_validate(one.tables | {"phase": PHASES})) for one in setups]


def test_every_rig_has_a_setup() -> None:
    assert set(SETUPS) == set(RIGS)


@pytest.mark.parametrize("name", SETUPS)
def test_a_setup_says_of_itself_what_its_tables_hold(name: str) -> None:
    for setup, scenario in drawn(name):
        assert setup.kind == scenario.machine_table.kind
        assert setup.walking == (setup.kind == "treadmill")
        assert setup.reversible == scenario.belt.reversible
        assert setup.sensor_ids == tuple(sensor.id for sensor in scenario.sensors)
        if not setup.walking:
            assert setup.freewheel == (scenario.drivetrain.coupling == "freewheel")
        assert setup.freewheel or not (setup.gears or setup.motor)


@pytest.mark.parametrize("name", ["guessed_cadence", "wheel_on"])
def test_guessed_cadence_is_never_that_of_the_crank(name: str) -> None:
    assert {one.firmware.cadence_source for _, one in drawn(name)} == {"driven"}


def test_made_up_speed_comes_on_both_couplings() -> None:
    scenarios = [scenario for _, scenario in drawn("synthesised_speed")]
    assert {one.drivetrain.coupling for one in scenarios} == {"fixed", "freewheel"}
    assert {(one.firmware.speed_source, one.firmware.power_source) for one in scenarios} == {
        ("cadence", "cadence")
    }


def test_a_treadmill_without_pod_sends_no_steps() -> None:
    for name in ("treadmill", "reversible_silent", "reversible_signed"):
        for _, scenario in drawn(name):
            firmware = scenario.firmware
            sent = {field for names in (firmware.fields, *firmware.rotate) for field in names}
            assert sent
            assert "step_count" not in sent


def test_a_heavy_wheel_takes_longer_to_stop_than_a_light_one() -> None:
    light, heavy = (
        [setup.run_down_s for setup, _ in drawn(name)]
        for name in ("freewheel_light", "freewheel_heavy")
    )
    assert max(light) < 30
    assert min(heavy) > 4
    assert sum(heavy) > 3 * sum(light)


def test_running_down_is_counted_at_the_full_brake_and_has_an_end() -> None:
    drive = {
        "gear": 2.5,
        "friction_nm": 0.0,
        "eddy_nms": 1.0,
        "air_nms2": 0.0,
        "flywheel_kgm2": 2.0,
    }
    # 19.6 rad/s down to 0.1 with a time constant of 2 s
    assert run_down_s_of(drive) == pytest.approx(10.6, abs=0.6)
    assert run_down_s_of(drive | {"eddy_nms": 0.0}) == pytest.approx(60, abs=0.2)
