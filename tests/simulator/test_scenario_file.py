"""Scenario files: the shipped ones load, and wrong ones are told in full."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.errors import ConfigError, InputMissing
from ftms_bridge.measurement.sources import MachineKind, SensorKind
from ftms_bridge.simulator.scenario_file import load_scenario, parse_scenario, scenario_names

GOOD = """
[machine]
id = "bike"
kind = "indoor_bike"
[[phase]]
duration_s = 10
direction = "forward"
cadence_rpm = 80
"""

WALK = """
[machine]
id = "treadmill"
kind = "treadmill"
[[phase]]
duration_s = 10
direction = "forward"
speed_kmh = 4.0
"""


def problems(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_scenario(text, "mine")
    assert "docs/simulator.md" in caught.value.hint or "TOML" in caught.value.what
    return caught.value.what


def test_the_promised_scenarios_are_shipped() -> None:
    promised = {
        "bike_freewheel_intervals", "bike_fixed_intervals", "bike_with_sensors",
        "treadmill_turnaround", "treadmill_reversible", "cross_trainer_bit15",
        "faults_everything", "demo_bike", "demo_treadmill",
    }  # fmt: skip
    assert promised <= set(scenario_names())


def test_a_scenario_describes_its_machine_as_the_configuration_would() -> None:
    machine = load_scenario("bike_with_sensors").machine
    assert (machine.id, machine.kind) == ("bike", MachineKind.INDOOR_BIKE)
    kinds = [sensor.kind for sensor in machine.sensors]
    assert kinds == [SensorKind.POWER_METER, SensorKind.SPEED_CADENCE, SensorKind.HEART_RATE]
    wheels = [sensor.wheel_circumference_m for sensor in machine.sensors]
    assert wheels == [None, 1.45, None]


def test_a_scenario_can_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert load_scenario(file).script_s == 10
    assert load_scenario(str(file)) == load_scenario(file)


def test_a_missing_scenario_is_answered_with_the_names_of_those_there_are() -> None:
    with pytest.raises(InputMissing) as caught:
        load_scenario("bike_frewheel")
    assert "bike_frewheel" in caught.value.what
    assert all(name in caught.value.hint for name in scenario_names())


def test_a_file_that_is_no_text_is_missing_input(tmp_path: Path) -> None:
    file = tmp_path / "binary.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputMissing):
        load_scenario(file)


def test_broken_toml_is_named_with_its_line() -> None:
    assert "line 2" in problems("\n[machine\n")


def test_all_wrong_keys_are_told_at_once_with_their_paths() -> None:
    text = GOOD.replace("10", '"10"').replace("forward", "forwrd") + "[radio]\njiter_s = 1\n"
    told = problems(text)
    assert "3 problems" in told
    for path in ("phase[0].duration_s: ", "phase[0].direction: ", "radio.jiter_s: "):
        assert path in told


@pytest.mark.parametrize(
    ("addition", "told"),
    [
        ("[belt]\nreversible = true", "belt: only a treadmill has one"),
        ("incline_pct = 2.0", "phase[0].incline_pct: has no meaning on a indoor_bike"),
        ("safety_key = true", "phase[0].safety_key: "),
        ("gear = 3.0", "phase[0].gear: only a freewheel"),
        ("motor_kmh = 20.0", "phase[0].motor_kmh: only a freewheel"),
        ("step_ratio = 1.1", "phase[0].step_ratio: has no meaning on a indoor_bike"),
        ("power_w = 100\nresistance_pct = 20", "phase[0].power_w: either"),
        ('[firmware]\nfields = ["speed"]', "firmware.fields: no field 'speed' in a indoor_bike"),
        ('[firmware]\nrotate = [["power_w"], []]', "firmware.rotate[1]: an empty list"),
        (
            '[firmware]\nrotate = [["power_w"]]\nfields = ["power_w"]',
            "firmware.rotate: rotate lists all fields itself",
        ),
        ('[[sensor]]\nid = "bike"\nkind = "heart_rate"', "sensor[0].id: 'bike' is used twice"),
        ('[[sensor]]\nid = "pod"\nkind = "foot_pod"', "sensor[0].kind: a foot pod"),
        ('[[sensor]]\nid = "x"\nkind = "tachometer"', "sensor[0]: "),
        ('[[sensor]]\nid = "x"\nkind = "heart_rate"\nwheel = true', "sensor[0].wheel: extra"),
        (
            '[[sensor]]\nid = "x"\nkind = "speed_cadence"\ncrank = false\nwheel = false',
            "sensor[0]: neither wheel nor crank",
        ),
        (
            '[[phase]]\nduration_s = 5\ndirection = "sideways"\ncadence_rpm = 20',
            "phase[1].direction: sideways",
        ),
        (
            '[[phase]]\nduration_s = 5\ndirection = "stop"\ncadence_rpm = 20',
            "phase[1].cadence_rpm: with direction stop",
        ),
        (
            '[[fault]]\nkind = "gap"\nat_s = 1\nduration_s = 1\nsource = "strap"',
            "fault[0].source: no machine or sensor has the id 'strap'",
        ),
        ('[[fault]]\nkind = "gap"\nat_s = 1', "fault[0].duration_s: gap needs a length"),
        (
            '[[fault]]\nkind = "reset"\nat_s = 1\nduration_s = 1',
            "fault[0].duration_s: reset has no length",
        ),
        (
            '[[fault]]\nkind = "gap"\nat_s = 9\nduration_s = 2',
            "fault[0].at_s: it lasts beyond the script",
        ),
        (
            '[[fault]]\nkind = "mph"\nat_s = 1\nduration_s = 2\nsource = "*"',
            "fault[0].source: mph is a fault of the machine",
        ),
    ],
)
def test_values_that_do_not_go_together_are_told(addition: str, told: str) -> None:
    assert told in problems(GOOD + addition)


@pytest.mark.parametrize(
    ("addition", "told"),
    [
        ("cadence_rpm = 80", "phase[0].cadence_rpm: has no meaning on a treadmill"),
        ("[drivetrain]\ngear = 2.0", "drivetrain: a treadmill has a belt"),
        ('[[sensor]]\nid = "x"\nkind = "power_meter"', "sensor[0].kind: a treadmill has no crank"),
    ],
)
def test_a_treadmill_has_no_crank(addition: str, told: str) -> None:
    assert told in problems(WALK + addition)


def test_a_cross_trainer_has_no_freewheel() -> None:
    text = GOOD.replace("indoor_bike", "cross_trainer") + '[drivetrain]\ncoupling = "freewheel"'
    assert "drivetrain.coupling: " in problems(text)


def test_a_script_without_phases_is_told() -> None:
    assert "phase: " in problems(GOOD[: GOOD.index("[[phase]]")])
    assert "nobody moves" in problems("phase = []\n" + GOOD[: GOOD.index("[[phase]]")])


def test_the_first_movement_needs_a_pace() -> None:
    told = problems(GOOD.replace("cadence_rpm = 80", ""))
    assert "phase[0].cadence_rpm: the first movement needs one" in told
    assert "phase[0].speed_kmh: " in problems(WALK.replace("speed_kmh = 4.0", ""))


def test_a_script_in_which_nobody_moves_is_told() -> None:
    text = GOOD.replace("forward", "stop").replace("cadence_rpm = 80", "")
    assert "nobody moves" in problems(text)


@pytest.mark.parametrize("number", ["inf", "nan", "true", "1e9", "-1", '"5"'])
def test_numbers_out_of_range_or_of_another_type_are_told(number: str) -> None:
    assert "phase[0].duration_s: " in problems(GOOD.replace("10", number))
