from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ftms_bridge.app.scanning import (
    configuration,
    device_row,
    scan,
    what_it_is,
    write_configuration,
)
from ftms_bridge.ble.binding import Candidate
from ftms_bridge.ble.stack import PlainStack, StackState
from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import OutputFailed, RadioUnavailable
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import MachineKind, SensorKind
from tests.ble.fake_air import FakeAir, FakeDevice
from tests.virtual_clock import run_virtual

BIKE = Candidate(
    "C0:00:00:00:00:01", 'My "bike" \\', -50, frozenset({0x1826, 0x1816}),
    frozenset({MachineKind.INDOOR_BIKE, SensorKind.SPEED_CADENCE}),
)  # fmt: skip
OTHER = Candidate("C0:00:00:00:00:02", "", None, frozenset({0x1826}), frozenset())
STRAP = Candidate(
    "C0:00:00:00:00:03", "HRM", -60, frozenset({0x180D}), frozenset({SensorKind.HEART_RATE})
)


def settings(found: tuple[Candidate, ...]) -> Settings:
    return Settings.model_validate(tomllib.loads(configuration(found)))


def test_what_is_no_fitness_device_is_left_out() -> None:
    lamp = FakeDevice("C0:00:00:00:00:09", "Lamp", advertised=(0x180F,), service_data=None)
    found = run_virtual(_scan(FakeAir(lamp, FakeDevice())))
    assert [one.name for one in found] == ["Bike"]


async def _scan(air: FakeAir, **radio: object) -> tuple[Candidate, ...]:
    return await scan(air.radio(**radio), 5.0)


def test_a_radio_that_cannot_be_used_is_an_error_with_a_way_out() -> None:
    class Off(PlainStack):
        async def look(self, adapter: str = "") -> StackState:
            return StackState(Verdict.BLUETOOTH_OFF, "hci0 is switched off")

    with pytest.raises(RadioUnavailable, match=r"hci0 is switched off.*doctor"):
        run_virtual(_scan(FakeAir(), stack=Off()))


def test_the_configuration_binds_the_only_machine_with_its_sensors() -> None:
    machine = settings((BIKE, STRAP)).machine[0]
    assert (machine.id, machine.kind, machine.name) == ("bike", MachineKind.INDOOR_BIKE, BIKE.name)
    assert machine.link.type == "bluetooth"
    assert machine.link.address == BIKE.address
    sensor = machine.sensor[0]
    assert sensor.link is not None
    assert (sensor.id, sensor.link.address) == ("strap", STRAP.address)


def test_a_virtual_radio_is_written_down_too() -> None:
    text = configuration((BIKE,), "tcp:127.0.0.1:7310")
    read = Settings.model_validate(tomllib.loads(text))
    assert read.bluetooth.radio == "tcp:127.0.0.1:7310"
    assert settings((BIKE,)).bluetooth.radio == "system"


def test_with_several_machines_sensors_are_left_to_the_user() -> None:
    text = configuration((BIKE, OTHER, STRAP))
    machines = settings((BIKE, OTHER, STRAP)).machine
    assert [machine.id for machine in machines] == ["bike", "bike_2"]
    assert all(not machine.sensor for machine in machines)
    assert f'#link = {{ address = "{STRAP.address}" }}' in text
    assert "it does not say" in text


def test_a_file_that_exists_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "bridge.toml"
    write_configuration(file, (BIKE,))
    text = file.read_text()
    assert text == configuration((BIKE,))
    with pytest.raises(OutputFailed, match="is there already"):
        write_configuration(file, (OTHER,))
    assert file.read_text() == text
    with pytest.raises(OutputFailed, match="cannot be written"):
        write_configuration(tmp_path / "no" / "bridge.toml", (BIKE,))


def test_a_device_is_described_for_people_and_programs() -> None:
    assert what_it_is(BIKE) == "indoor bike, speed cadence"
    assert what_it_is(OTHER).startswith("fitness machine of a kind")
    assert device_row(BIKE) == {
        "address": BIKE.address, "name": BIKE.name, "rssi_dbm": -50,
        "kinds": ["indoor_bike", "speed_cadence"], "services": ["1816", "1826"],
    }  # fmt: skip
