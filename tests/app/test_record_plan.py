from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.app.record_plan import Plan, Wanted, plan_recording
from ftms_bridge.errors import ConfigError, UsageError
from ftms_bridge.measurement.sources import MachineKind, SensorKind
from tests.config.surroundings import Writer, home, write

__all__ = ["home", "write"]

ADDRESS = "C0:01:02:03:04:05"
MACOS = "6E400001-B5A3-F393-E0A9-E50E24DCCA9E"
CONFIG = f"""
[bluetooth]
adapter = "hci3"
[[machine]]
id = "bike"
kind = "indoor_bike"
link = {{ type = "bluetooth", address = "{ADDRESS}" }}
[[machine.sensor]]
id = "strap"
kind = "heart_rate"
[[machine]]
id = "demo"
kind = "treadmill"
link = {{ type = "simulator", scenario = "demo_treadmill" }}
"""


def plan(wanted: Wanted) -> Plan:
    return plan_recording(wanted, lambda: 0.0)


def test_a_configured_machine_comes_with_its_sensors_and_its_radio(write: Writer) -> None:
    made = plan(Wanted("bike", config_file=write(CONFIG)))
    assert made.machine.id == "bike"
    assert [one.id for one in made.machine.sensors] == ["strap"]
    targets = [one.target for one in made.link.supervisors]
    assert [(one.source, one.binding.kind) for one in targets] == [
        ("bike", MachineKind.INDOOR_BIKE),
        ("strap", SensorKind.HEART_RATE),
    ]
    assert targets[0].binding.address == ADDRESS
    assert made.bluetooth.radio.adapter == "hci3"


def test_the_command_line_overrides_radio_and_adapter(write: Writer) -> None:
    config = write(CONFIG)
    made = plan(Wanted("bike", config_file=config, radio="tcp:localhost:7310", adapter="hci1"))
    assert made.bluetooth.radio.adapter != "hci3"
    assert made.bluetooth.radio.client_backend is not None


@pytest.mark.parametrize("machine", ["demo", "rower"])
def test_a_machine_that_is_not_over_bluetooth_is_refused(write: Writer, machine: str) -> None:
    with pytest.raises(UsageError, match=machine) as caught:
        plan(Wanted(machine, config_file=write(CONFIG)))
    assert "bike" in caught.value.hint


def test_a_wrong_configuration_is_quoted(write: Writer) -> None:
    with pytest.raises(ConfigError):
        plan(Wanted("bike", config_file=write("[bluetooth]\nadapter = 7\n")))


def test_without_a_configuration_it_says_what_to_give(home: Path) -> None:
    with pytest.raises(UsageError) as caught:
        plan(Wanted("bike"))
    assert "--kind" in caught.value.hint


@pytest.mark.parametrize(
    ("machine", "address", "name"),
    [
        (ADDRESS, ADDRESS, ""),
        (ADDRESS.replace(":", "-"), ADDRESS, ""),
        (MACOS, MACOS, ""),
        ("12345678-ABCD-ABCD-ABCD-1234567890AB", "12345678-ABCD-ABCD-ABCD-1234567890AB", ""),
        ("My bike", "", "My bike"),
        ("C0:01*", "", "C0:01*"),
    ],
)
def test_by_hand_it_is_an_address_or_a_name(machine: str, address: str, name: str) -> None:
    made = plan(Wanted(machine, MachineKind.ROWER))
    [supervisor] = made.link.supervisors
    binding = supervisor.target.binding
    assert (binding.kind, binding.address, binding.name) == (MachineKind.ROWER, address, name)
    assert (made.machine.id, made.machine.auto_quirk) == ("rower", True)


@pytest.mark.parametrize("machine", ["E5:E3:5A", "e5", ADDRESS + ":06", ADDRESS[:-1], "C0-01"])
def test_a_part_of_an_address_is_no_name(machine: str) -> None:
    with pytest.raises(UsageError, match="no whole address") as caught:
        plan(Wanted(machine, MachineKind.ROWER))
    assert f"'{machine}*'" in caught.value.hint


def test_a_recording_binds_nothing_for_good(home: Path) -> None:
    plan(Wanted(ADDRESS, MachineKind.ROWER))
    assert list(home.iterdir()) == []
