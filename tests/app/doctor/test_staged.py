"""The doctor on computers that really are as they should not be: real bus, broker, disk, radio."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from ftms_bridge.app.doctor import facts
from ftms_bridge.app.doctor.doctor import Doctor
from ftms_bridge.app.doctor.findings import Finding, Severity
from ftms_bridge.app.doctor.report import exit_code
from ftms_bridge.app.radios import open_radio
from ftms_bridge.cli.main import load
from tests.brokers import HOST, BrokerProcess, free_port, make_broker

pytest.importorskip("dbus_fast", reason="BlueZ and D-Bus are of Linux")

from dbus_fast import Variant

from tests.ble.bus_daemon import BusDaemon
from tests.ble.conftest import bluez, bus_daemon
from tests.ble.fake_bluez import ABORT, FakeAdapter, FakeBluez, FakeDevice, full

__all__ = ["bluez", "bus_daemon"]

MINE: Final = "C0:FF:EE:00:00:01"
OTHER: Final = "C0:FF:EE:00:00:02"
LOGIN: Final = ("rider", "secret-7")
FTMS_BIKE: Final = {full(0x1826): bytes.fromhex("012000")}
LISTEN_S: Final = 0.2
"""A scripted device is heard after milliseconds."""


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerProcess]:
    """One broker for all that do not harm it; it lets only ``LOGIN`` in."""
    process = make_broker(tmp_path_factory.mktemp("broker"), login=LOGIN)
    process.start()
    yield process
    process.kill()


@dataclass
class Computer:
    """A computer on which all is well but Bluetooth; tests change what they are about."""

    folder: Path
    port: int
    password: str = LOGIN[1]
    recordings: str = ""
    adapter: str = ""
    radio: str = "system"
    link: str = f', address = "{MINE}"'

    def config(self) -> Path:
        """Write the configuration and return its place."""
        file = self.folder / "bridge.toml"
        file.write_text(
            f'[mqtt]\nhost = "{HOST}"\nport = {self.port}\nusername = "{LOGIN[0]}"\n'
            f'password = "{self.password}"\n'
            f'[recording]\ndirectory = "{self.recordings or self.folder / "recordings"}"\n'
            f'[bluetooth]\nadapter = "{self.adapter}"\nradio = "{self.radio}"\n'
            '[[machine]]\nid = "bike"\nkind = "indoor_bike"\n'
            f'link = {{ type = "bluetooth"{self.link} }}\n'
        )
        file.chmod(0o600)
        return file

    async def examine(self) -> list[Finding]:
        """Run the doctor as its command does; only the time of listening is shorter."""
        doctor = Doctor(
            lambda where, adapter: open_radio(where, adapter=adapter),
            over_dbus=True,
            config_file=self.config(),
            seconds=LISTEN_S,
        )
        async with asyncio.timeout(15.0):
            return [finding async for finding in doctor.examine()]


@pytest.fixture
def computer(tmp_path: Path, mosquitto: BrokerProcess, monkeypatch: pytest.MonkeyPatch) -> Computer:
    monkeypatch.setattr(facts, "RETAINED_S", 0.05)
    return Computer(tmp_path, mosquitto.port)


def first(findings: list[Finding]) -> tuple[str, str, int]:
    """Return check and word of the first thing that is in the way, and the exit code."""
    grave = [one for one in findings if one.severity >= Severity.WARNING]
    if not grave:
        return "", "ok", exit_code(findings)
    return grave[0].check, grave[0].cause.word, exit_code(findings)


def bike(adapter: FakeAdapter, address: str = MINE, name: str = "My Bike") -> FakeDevice:
    device = adapter.add_device(address, name)
    device.service_data = FTMS_BIKE
    return device


class Faint(FakeDevice):
    """A machine far away."""

    def _advertised(self) -> dict[str, Variant]:
        props = super()._advertised()
        return props | {"RSSI": Variant("n", props["RSSI"].value - 35)}


def lamp(adapter: FakeAdapter) -> FakeDevice:
    device = adapter.add_device("C0:FF:EE:00:00:09", "Lamp")
    device.uuids = [full(0x180F)]
    return device


async def test_when_all_is_well_it_says_so(bluez: FakeBluez, computer: Computer) -> None:
    bike(bluez.add_adapter())
    findings = await computer.examine()
    assert first(findings) == ("", "ok", 0)
    assert [one.check for one in findings][-3:] == ["bluetooth", "scan", "bike"]
    assert bluez.count("Connect") == 0
    assert bluez.writes == []


async def test_no_dbus(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(facts.BUS_VARIABLE, f"unix:path={computer.folder / 'no-bus'}")
    assert first(await computer.examine()) == ("bluetooth", "no_dbus", 10)


async def test_no_bluetoothd(bus_daemon: BusDaemon, computer: Computer) -> None:
    assert first(await computer.examine()) == ("bluetooth", "bluetooth_service_down", 11)


async def test_not_permitted(bus_daemon: BusDaemon, bluez: FakeBluez, computer: Computer) -> None:
    bike(bluez.add_adapter())
    await bus_daemon.rule(deny_bluez=True)
    assert first(await computer.examine()) == ("bluetooth", "not_permitted", 12)


async def test_no_adapter(bluez: FakeBluez, computer: Computer) -> None:
    assert first(await computer.examine()) == ("bluetooth", "no_adapter", 13)


async def test_the_configured_adapter_is_missing(bluez: FakeBluez, computer: Computer) -> None:
    bike(bluez.add_adapter())
    computer.adapter = "hci7"
    findings = await computer.examine()
    assert first(findings) == ("bluetooth", "adapter_missing", 14)
    assert "hci0" in findings[-1].what


async def test_powered_off(bluez: FakeBluez, computer: Computer) -> None:
    bluez.add_adapter(powered=False)
    assert first(await computer.examine()) == ("bluetooth", "bluetooth_off", 16)


async def test_a_scan_that_is_refused(bluez: FakeBluez, computer: Computer) -> None:
    bike(bluez.add_adapter())
    bluez.fail("StartDiscovery", ABORT)
    assert first(await computer.examine()) == ("scan", "stack_trouble", 18)


async def test_a_radio_that_hears_nobody(bluez: FakeBluez, computer: Computer) -> None:
    bluez.add_adapter()
    findings = await computer.examine()
    assert first(findings) == ("scan", "radio_deaf", 19)
    assert findings[-1].cause.word == "not_checked"


async def test_others_but_no_machine(bluez: FakeBluez, computer: Computer) -> None:
    lamp(bluez.add_adapter())
    computer.link = ""
    assert first(await computer.examine()) == ("bike", "no_machine_seen", 20)


async def test_others_but_not_the_configured_machine(bluez: FakeBluez, computer: Computer) -> None:
    adapter = bluez.add_adapter()
    lamp(adapter)
    bike(adapter, OTHER, "Not Mine")
    findings = await computer.examine()
    assert first(findings) == ("bike", "machine_not_seen", 21)
    assert "Not Mine" in findings[-1].what


async def test_held_by_another_program(bluez: FakeBluez, computer: Computer) -> None:
    adapter = bluez.add_adapter()
    lamp(adapter)
    bike(adapter).link_up()
    findings = await computer.examine()
    assert first(findings) == ("bike", "machine_held", 22)
    assert "My Bike" in findings[-1].what


async def test_held_where_nobody_else_is_heard(bluez: FakeBluez, computer: Computer) -> None:
    bike(bluez.add_adapter()).link_up()
    assert first(await computer.examine()) == ("bike", "machine_held", 22)


async def test_ambiguous(bluez: FakeBluez, computer: Computer) -> None:
    adapter = bluez.add_adapter()
    bike(adapter)
    bike(adapter, OTHER)
    computer.link = ', name = "My *"'
    findings = await computer.examine()
    assert first(findings) == ("bike", "ambiguous", 23)
    assert MINE in findings[-1].what
    assert OTHER in findings[-1].what


async def test_a_faint_machine(bluez: FakeBluez, computer: Computer) -> None:
    adapter = bluez.add_adapter()
    adapter.devices[MINE] = Faint(adapter, MINE, service_data=FTMS_BIKE)
    assert first(await computer.examine()) == ("bike", "weak_signal", 24)


async def test_a_broker_that_is_down_comes_before_bluetooth(
    bluez: FakeBluez, computer: Computer
) -> None:
    computer.port = free_port()
    assert first(await computer.examine()) == ("broker", "broker_unreachable", 30)


async def test_a_wrong_password(bluez: FakeBluez, computer: Computer) -> None:
    bike(bluez.add_adapter())
    computer.password = "secret-8"
    findings = await computer.examine()
    assert first(findings) == ("broker", "broker_refuses", 31)
    assert "secret" not in "".join(one.what + one.remedy for one in findings)
    assert findings[-1].cause.word == "ok"  # one trouble does not hide the rest


async def test_recordings_cannot_be_written(bluez: FakeBluez, computer: Computer) -> None:
    bike(bluez.add_adapter())
    file = computer.folder / "a-file"
    file.write_text("where the folder should be")
    computer.recordings = str(file / "recordings")
    findings = await computer.examine()
    assert first(findings) == ("recordings", "folder_not_writable", 41)
    assert findings[-1].cause.word == "ok"


async def test_a_virtual_radio_that_nobody_serves(computer: Computer) -> None:
    computer.radio = f"tcp:{HOST}:{free_port()}"
    findings = await computer.examine()
    assert first(findings) == ("bluetooth", "stack_trouble", 18)
    assert "ftms-bridge virtual" in findings[-1].remedy


async def test_the_command_says_the_same_and_exits_with_the_code(
    bluez: FakeBluez, computer: Computer
) -> None:
    bluez.add_adapter(powered=False)
    arguments = ["--config", str(computer.config()), "--json"]
    result = await asyncio.to_thread(CliRunner().invoke, load("doctor"), arguments)
    told = json.loads(result.output)
    assert (told["verdict"], told["exit_code"]) == ("bluetooth_off", 16)
    assert result.exit_code == 16
