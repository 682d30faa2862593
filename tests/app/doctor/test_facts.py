"""Gathering facts on a real computer: a real broker, real folders and sockets."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from ftms_bridge.app.doctor import facts
from ftms_bridge.app.doctor.system_checks import BrokerFacts, check_broker
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.mqtt.settings import BrokerSettings
from tests.app.answering import DOWN, UP, AnsweringBridge
from tests.brokers import HOST, BrokerProcess, broker, broker_with_login, free_port, listening
from tests.config.surroundings import Writer, home, write

__all__ = ["broker", "broker_with_login", "home", "write"]


def words(found: BrokerFacts) -> list[str]:
    return [one.cause.word for one in check_broker(found)]


async def test_a_broker_that_lets_us_in(broker: BrokerProcess) -> None:
    found = await facts.gather_broker(BrokerSettings(HOST, broker.port), "ftms")
    assert words(found) == ["ok"]
    assert found.availability == ""


async def test_a_bridge_that_is_online_is_found(broker: BrokerProcess) -> None:
    async with listening(broker.port) as ear:
        await ear.client.publish("gym/bridge/availability", "online", qos=1, retain=True)
        found = await facts.gather_broker(BrokerSettings(HOST, broker.port), "gym")
        assert words(found) == ["ok", "bridge_running"]
        other = await facts.gather_broker(BrokerSettings(HOST, broker.port), "home")
        assert words(other) == ["ok"]


async def test_a_running_bridge_is_asked_for_its_links(broker: BrokerProcess) -> None:
    silent = {"source": "crank", "up": None}
    place = BrokerSettings(HOST, broker.port)
    async with AnsweringBridge(links={"bike": [DOWN, UP, silent]}).running(broker.port):
        told = await facts.gather_reports(place, "ftms")
    assert {source: (one.up, one.verdict) for source, one in told.items()} == {
        "bike": (False, Verdict.NOT_SEEN),
        "strap": (True, None),
        "crank": (None, None),
    }
    assert told["bike"].machine == "bike"
    assert await facts.gather_reports(BrokerSettings(HOST, free_port()), "ftms") == {}


def test_the_environment_may_name_radio_and_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts.gather_bluetooth() == ("", "")
    monkeypatch.setenv("FTMS_BRIDGE_BLUETOOTH__RADIO", "tcp:localhost:7310")
    assert facts.gather_bluetooth() == ("tcp:localhost:7310", "")
    monkeypatch.setenv("FTMS_BRIDGE_BLUETOOTH", "no JSON")
    assert facts.gather_bluetooth()[1] == ""


async def test_a_wrong_password_is_told_from_no_broker(broker_with_login: BrokerProcess) -> None:
    port = broker_with_login.port
    wrong = BrokerSettings(HOST, port, username="rider", password="wrong")
    right = BrokerSettings(HOST, port, username="rider", password="secret-7")
    assert words(await facts.gather_broker(wrong, "ftms")) == ["broker_refuses"]
    assert words(await facts.gather_broker(right, "ftms")) == ["ok"]
    nobody = BrokerSettings(HOST, free_port())
    assert words(await facts.gather_broker(nobody, "ftms")) == ["broker_unreachable"]


async def test_a_port_without_encryption_is_a_tls_finding(broker: BrokerProcess) -> None:
    from ftms_bridge.mqtt.settings import Tls

    encrypted = BrokerSettings(HOST, broker.port, tls=Tls(), timeout_s=1.0)
    found = await facts.gather_broker(encrypted, "ftms")
    assert words(found)[0] in {"broker_tls", "broker_unreachable"}
    assert not found.connected


async def test_a_broker_that_never_answers_costs_no_more_than_the_limit() -> None:
    with socket.create_server((HOST, 0)) as mute:
        settings = BrokerSettings(HOST, mute.getsockname()[1])
        before = asyncio.get_running_loop().time()
        found = await facts.gather_broker(settings, "ftms", limit_s=0.2)
        assert asyncio.get_running_loop().time() - before < 2.0
    assert words(found) == ["broker_unreachable"]


def test_a_folder_is_tried_but_not_made(tmp_path: Path) -> None:
    rides = tmp_path / "rides"
    rides.mkdir()
    there = facts.look_at_disk(rides)
    assert there.problem == ""
    assert there.free_bytes > 0
    to_be_made = facts.look_at_disk(rides / "a" / "b")
    assert (to_be_made.problem, to_be_made.total_bytes) == ("", there.total_bytes)
    assert list(rides.iterdir()) == []


def test_a_folder_that_cannot_be_written_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert facts.look_at_disk(file).problem == "Not a directory"
    assert "cannot be written" in facts.look_at_disk(file / "below").problem
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot be written" in facts.look_at_disk(tmp_path / "new").problem


async def test_a_disk_that_hangs_is_left_behind() -> None:
    release = threading.Event()
    before = asyncio.get_running_loop().time()
    assert await facts.in_thread(release.wait, 0.05) is None
    assert asyncio.get_running_loop().time() - before < 2.0
    release.set()
    assert await facts.in_thread(lambda: 7, 5.0) == 7


def test_the_flag_of_the_time_service(tmp_path: Path) -> None:
    assert facts.gather_clock(tmp_path / "gone").synchronised is None
    assert facts.gather_clock(tmp_path).synchronised is False
    (tmp_path / "synchronized").touch()
    assert facts.gather_clock(tmp_path).synchronised is True
    assert abs(facts.gather_clock(tmp_path).wall - time.time()) < 10


async def test_the_system_bus_is_knocked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bus"
    monkeypatch.setenv(facts.BUS_VARIABLE, f"unix:path={path}")
    assert "No such file" in await facts.gather_bus_problem()
    server = await asyncio.start_unix_server(lambda _, writer: writer.close(), path)
    async with server:
        assert await facts.gather_bus_problem() == ""
    path.unlink(missing_ok=True)
    path.touch()
    assert "refused" in (await facts.gather_bus_problem()).lower()


@pytest.mark.parametrize("address", ["tcp:host=x,port=1", "unix:abstract=/x", "launchd:env=X"])
async def test_other_ways_to_the_bus_are_not_judged(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(facts.BUS_VARIABLE, address)
    assert await facts.gather_bus_problem() == ""


def test_the_group_of_this_process() -> None:
    import grp

    own = grp.getgrgid(os.getegid()).gr_name
    assert facts.gather_in_group(own) is True
    assert facts.gather_in_group("no-such-group") is None


def test_the_configuration_is_read_with_its_links(write: Writer) -> None:
    found, settings = facts.gather_config(write.with_bike())
    assert found.error is None
    assert found.machines == ("bike",)
    assert settings is not None
    wrong, nothing = facts.gather_config(write(Writer.MACHINE.replace("demo_bike", "demo_bikes")))
    assert nothing is None
    assert wrong.error is not None
    assert "demo_bikes" in wrong.error.what


def test_without_a_configuration_there_is_no_file(home: Path) -> None:
    found, settings = facts.gather_config(None)
    assert (found.file, settings) == (None, None)
    named, _ = facts.gather_config(home / "nope.toml")
    assert named.file == home / "nope.toml"


def test_a_machine_over_bluetooth_needs_no_radio_to_be_read(write: Writer) -> None:
    link = 'link = { type = "bluetooth", address = "C0:01:02:03:04:05" }'
    text = f'[[machine]]\nid = "bike"\nkind = "indoor_bike"\n{link}\n'
    found, settings = facts.gather_config(write(text))
    assert found.error is None
    assert settings is not None
