"""The stack of Linux on the scripted bluetoothd: what is told, closed, forgotten and survived."""

from __future__ import annotations

import asyncio
import gc
import os
import runpy
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from dbus_fast import Message

from ftms_bridge.ble import bluez as module
from ftms_bridge.ble.bluez import BluezStack, Limits, system_stack
from ftms_bridge.ble.stack import Adapter, HeldLink, PlainStack
from ftms_bridge.gatt.notification import Verdict
from tests.ble.bus_daemon import BusDaemon
from tests.ble.fake_bluez import (
    ACCESS_DENIED,
    FAILED,
    IN_PROGRESS,
    MUTE,
    NOT_AUTHORIZED,
    NOT_PERMITTED,
    FakeBluez,
    Fault,
    until,
)

BIKE = "C0:FF:EE:00:00:01"
HASTY = Limits(look_s=0.1, bus_s=0.08, link_s=0.1, off_s=0.01, switch_s=0.1)


def make_stack(folder: Path, limits: Limits) -> BluezStack:
    return BluezStack(limits=limits, rfkill=folder / "rfkill", bluetoothctl="absent-tool")


@pytest.fixture
def stack(tmp_path: Path) -> BluezStack:
    return make_stack(tmp_path, Limits(off_s=0.01))


@pytest.fixture
def hasty(tmp_path: Path) -> BluezStack:
    """A stack that gives up soon."""
    return make_stack(tmp_path, HASTY)


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


class Ear:
    """Notes what a stack that is watched tells."""

    def __init__(self) -> None:
        self.told: list[tuple[Verdict, str]] = []

    def __call__(self, verdict: Verdict, detail: str) -> None:
        self.told.append((verdict, detail))

    async def until(self, *verdicts: Verdict) -> None:
        """Wait until exactly these were told."""
        await until(lambda: [verdict for verdict, _ in self.told] == list(verdicts))


@asynccontextmanager
async def watched(stack: BluezStack, bluez: FakeBluez) -> AsyncIterator[Ear]:
    """Run the stack's watch until it has read the adapters once."""
    ear = Ear()
    asked = bluez.count("GetManagedObjects")
    task = asyncio.create_task(stack.run(ear))
    await until(lambda: bluez.count("GetManagedObjects") > asked)
    await settle(stack)
    yield ear
    task.cancel()
    await asyncio.wait((task,))


async def settle(stack: BluezStack) -> None:
    """Let everything that was sent to the stack arrive: replies come after earlier signals."""
    await stack.adapter_name("hci0")
    await asyncio.sleep(0.002)


# look


async def test_all_is_well(stack: BluezStack, bluez: FakeBluez) -> None:
    adapter = bluez.add_adapter()
    adapter.add_device(BIKE, "Bike").link_up()
    state = await stack.look()
    assert state.trouble is None
    assert state.detail == state.version == ""
    assert state.adapters == (Adapter("hci0", "00:00:00:00:00:01", powered=True),)
    assert state.held == (HeldLink(BIKE, "Bike", "hci0"),)
    assert await bluez.connections() == 0


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "nonsense", "tcp:host=256.1.1.1"])
async def test_without_a_bus_nothing_raises(
    stack: BluezStack, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    state = await stack.look("hci0")
    assert state.trouble is Verdict.SERVICE_DOWN
    assert address in state.detail
    assert await stack.adapter_name("hci0") is None
    assert not await stack.close_link(BIKE)
    assert not await stack.forget_device(BIKE)
    assert not await stack.power_cycle()


async def test_an_absent_bluetoothd_is_not_started(
    stack: BluezStack, bluez: FakeBluez, bus_daemon: BusDaemon
) -> None:
    await bus_daemon.rule(activatable=True)
    await bluez.crash()
    state = await stack.look()
    assert (state.trouble, state.detail) == (Verdict.SERVICE_DOWN, "bluetoothd is not running")
    await asyncio.sleep(0.02)
    assert not bus_daemon.started_bluez.exists()


async def test_a_user_without_the_right(
    stack: BluezStack, bluez: FakeBluez, bus_daemon: BusDaemon
) -> None:
    bluez.add_adapter()
    await bus_daemon.rule(deny_bluez=True)
    state = await stack.look()
    assert state.trouble is Verdict.NOT_PERMITTED
    assert state.detail == "D-Bus does not let this user call bluetoothd"


async def test_a_bus_that_refuses_the_user(
    stack: BluezStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"REJECTED EXTERNAL\r\n")
        await writer.drain()
        await reader.read()
        writer.close()

    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    server = await asyncio.start_unix_server(refuse, "bus")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=bus")
    state = await stack.look()
    server.close()
    assert state.trouble is Verdict.NOT_PERMITTED
    assert "the D-Bus system bus refuses this user" in state.detail


@pytest.mark.parametrize(
    ("user", "trouble"),
    [(str(os.getuid()), None), ("nobody", None), ("54321", Verdict.NOT_PERMITTED)],
)
async def test_the_user_that_bleak_names_counts_here_too(
    stack: BluezStack,
    bluez: FakeBluez,
    monkeypatch: pytest.MonkeyPatch,
    user: str,
    trouble: Verdict | None,
) -> None:
    bluez.add_adapter()
    monkeypatch.setenv("BLEAK_DBUS_AUTH_UID", user)
    assert (await stack.look()).trouble is trouble


async def test_a_full_bus_is_not_taken_for_a_missing_right(
    stack: BluezStack, bluez: FakeBluez, bus_daemon: BusDaemon
) -> None:
    bluez.add_adapter()
    await bus_daemon.rule(connections=1)
    state = await stack.look()
    assert state.trouble is Verdict.SERVICE_DOWN
    assert "takes no more connections: The maximum number" in state.detail


async def test_what_does_not_answer_is_told_in_time(
    hasty: BluezStack, bluez: FakeBluez, bus_daemon: BusDaemon
) -> None:
    bluez.fail("GetManagedObjects", MUTE)
    loop = asyncio.get_running_loop()
    started = loop.time()
    state = await hasty.look()
    assert state.trouble is Verdict.SERVICE_DOWN
    assert state.detail == "bluetoothd does not answer within 0.1 s"
    bus_daemon.freeze()
    state = await hasty.look()
    bus_daemon.thaw()
    assert state.trouble is Verdict.SERVICE_DOWN
    assert state.detail == "the D-Bus system bus does not answer within 0.08 s"
    assert loop.time() - started < 1.0
    assert Limits().look_s == 2.0


async def test_adapters_that_are_missing_off_or_blocked(
    stack: BluezStack, bluez: FakeBluez, tmp_path: Path
) -> None:
    assert (await stack.look()).trouble is Verdict.ADAPTER_MISSING
    bluez.add_adapter(powered=False)
    switch = tmp_path / "rfkill" / "rfkill0"
    switch.mkdir(parents=True)
    for name, text in (("type", "bluetooth"), ("name", "hci0"), ("soft", "1"), ("hard", "0")):
        (switch / name).write_text(text)
    state = await stack.look()
    assert state.trouble is Verdict.BLUETOOTH_OFF
    assert state.detail == ("switched off: hci0 (00:00:00:00:00:01), blocked by software (rfkill)")
    assert state.adapters == (Adapter("hci0", "00:00:00:00:00:01", powered=False, blocked=True),)
    state = await stack.look("hci7")
    assert state.trouble is Verdict.ADAPTER_MISSING
    assert state.detail == "no adapter hci7; there is hci0 (00:00:00:00:00:01)"


async def test_the_version_is_asked_once(bluez: FakeBluez, tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\necho x >> {tmp_path}/asked\necho bluetoothctl: 5.66\n")
    tool.chmod(0o755)
    stack = BluezStack(bluetoothctl=str(tool))
    assert [(await stack.look()).version for _ in range(2)] == ["5.66", "5.66"]
    assert (tmp_path / "asked").read_text() == "x\n"
    assert bluez.count("GetManagedObjects") == 2


async def test_many_look_at_once_through_one_connection(
    stack: BluezStack, bluez: FakeBluez
) -> None:
    bluez.add_adapter()
    states = await asyncio.gather(*(stack.look() for _ in range(20)))
    assert [state.trouble for state in states] == [None] * 20
    assert len({call.sender for call in bluez.calls}) == 1
    assert await bluez.connections() == 0


# adapters and links


async def test_an_adapter_keeps_its_address_over_another_name(
    stack: BluezStack, bluez: FakeBluez
) -> None:
    adapter = bluez.add_adapter("hci0", "00:00:00:00:00:AB")
    assert await stack.adapter_name("00:00:00:00:00:ab") == "hci0"
    assert await stack.adapter_name("HCI0") == "hci0"
    adapter.renumber("hci2")
    assert await stack.adapter_name("00:00:00:00:00:AB") == "hci2"
    assert await stack.adapter_name("hci0") is None
    assert await stack.adapter_name("") is None


async def test_a_link_is_closed_on_every_adapter(stack: BluezStack, bluez: FakeBluez) -> None:
    devices = [
        bluez.add_adapter(name, address).add_device(BIKE)
        for name, address in (("hci0", "00:00:00:00:00:01"), ("hci1", "00:00:00:00:00:02"))
    ]
    bluez.fail("Disconnect", FAILED, path=devices[0].path, times=1)
    other = bluez.adapters["hci0"].add_device("C0:FF:EE:00:00:02")
    for device in (*devices, other):
        device.link_up()
    assert await stack.close_link(BIKE.lower())
    assert [device.connected for device in (*devices, other)] == [True, False, True]
    assert await stack.close_link(BIKE)
    assert [device.connected for device in (*devices, other)] == [False, False, True]
    assert not await stack.close_link(BIKE)
    assert not await stack.close_link("")


@pytest.mark.parametrize("fault", [MUTE, FAILED, NOT_AUTHORIZED, IN_PROGRESS])
async def test_a_link_that_cannot_be_closed(
    hasty: BluezStack, bluez: FakeBluez, fault: Fault
) -> None:
    bluez.add_adapter().add_device(BIKE).link_up()
    bluez.fail("Disconnect", fault)
    assert not await hasty.close_link(BIKE)
    assert bluez.count("Disconnect") == 1


async def test_a_device_is_forgotten_with_its_services(stack: BluezStack, bluez: FakeBluez) -> None:
    bike = bluez.add_adapter().add_device(BIKE)
    bike.link_up()
    assert len(bluez.below(bike.path)) > 5
    assert await stack.forget_device(BIKE.lower())
    assert not bike.known
    assert bluez.below(bike.path) == []
    assert not await stack.forget_device(BIKE)
    bike.discover()
    bluez.fail("RemoveDevice", FAILED)
    assert not await stack.forget_device(BIKE)
    assert not await stack.forget_device("")
    assert bluez.count("RemoveDevice") == 2


async def test_an_adapter_is_switched_off_and_on(stack: BluezStack, bluez: FakeBluez) -> None:
    adapter = bluez.add_adapter()
    assert await stack.power_cycle("HCI0")
    assert [call.body[2].value for call in bluez.calls if call.member == "Set"] == [False, True]
    assert adapter.powered
    assert await stack.power_cycle()
    assert not await stack.power_cycle("hci7")


@pytest.mark.parametrize("fault", [ACCESS_DENIED, NOT_PERMITTED, NOT_AUTHORIZED, MUTE])
async def test_an_adapter_that_must_not_be_switched(
    hasty: BluezStack, bluez: FakeBluez, fault: Fault
) -> None:
    adapter = bluez.add_adapter()
    bluez.fail("Set", fault)
    assert not await hasty.power_cycle()
    assert adapter.powered


async def test_a_blocked_adapter_stays_off(hasty: BluezStack, bluez: FakeBluez) -> None:
    adapter = bluez.add_adapter()
    adapter.blocked = True
    assert not await hasty.power_cycle()
    assert not adapter.powered


async def test_a_busy_adapter_is_asked_again(stack: BluezStack, bluez: FakeBluez) -> None:
    adapter = bluez.add_adapter()
    bluez.fail("Set", IN_PROGRESS, times=1, after=1)
    assert await stack.power_cycle()
    assert adapter.powered
    assert bluez.count("Set") == 3


async def test_an_adapter_is_on_again_when_the_cycle_is_cancelled(bluez: FakeBluez) -> None:
    adapter = bluez.add_adapter()
    task = asyncio.create_task(BluezStack(limits=Limits(off_s=60.0)).power_cycle())
    await until(lambda: not adapter.powered)
    task.cancel()
    await asyncio.wait((task,))
    assert task.cancelled()
    assert adapter.powered


# run


async def test_a_crash_is_told_at_once_and_survived(stack: BluezStack, bluez: FakeBluez) -> None:
    bluez.add_adapter()
    async with watched(stack, bluez) as ear:
        for round_ in range(1, 4):
            await bluez.crash()
            await ear.until(*[Verdict.SERVICE_DOWN] * round_)
            await bluez.start()
            await settle(stack)
            assert (await stack.look()).trouble is None
        assert {detail for _, detail in ear.told} == {"bluetoothd ended"}
        assert await bluez.connections() == 1
    assert await bluez.connections() == 0


async def test_an_orderly_end_is_told_with_its_reason(stack: BluezStack, bluez: FakeBluez) -> None:
    bluez.add_adapter()
    async with watched(stack, bluez) as ear:
        await bluez.quit()
        await ear.until(Verdict.ADAPTER_MISSING, Verdict.SERVICE_DOWN)


async def test_adapters_that_go_and_come(stack: BluezStack, bluez: FakeBluez) -> None:
    adapter = bluez.add_adapter()
    async with watched(stack, bluez) as ear:
        adapter.power(False)
        await ear.until(Verdict.BLUETOOTH_OFF)
        adapter.power(True)
        adapter.remove()
        await ear.until(Verdict.BLUETOOTH_OFF, Verdict.ADAPTER_MISSING)
        adapter.export(powered=False)
        adapter.power(True)
        await settle(stack)
        adapter.renumber("hci3")
        await ear.until(*[Verdict.BLUETOOTH_OFF], *[Verdict.ADAPTER_MISSING] * 2)


async def test_only_the_wanted_adapter_matters(stack: BluezStack, bluez: FakeBluez) -> None:
    wanted = bluez.add_adapter("hci0", "00:00:00:00:00:AA")
    other = bluez.add_adapter("hci1", "00:00:00:00:00:BB")
    async with watched(stack, bluez) as ear:
        await stack.look("00:00:00:00:00:aa")
        other.power(False)
        await settle(stack)
        assert ear.told == []
        wanted.power(False)
        await ear.until(Verdict.BLUETOOTH_OFF)


async def test_the_watch_survives_the_death_of_the_bus(
    stack: BluezStack, bluez: FakeBluez, bus_daemon: BusDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)
    bluez.add_adapter()
    async with watched(stack, bluez) as ear:
        bus_daemon.kill()
        await ear.until(Verdict.SERVICE_DOWN)
        assert (await stack.look()).trouble is Verdict.SERVICE_DOWN
        bus_daemon.start()
        asked = bluez.count("GetManagedObjects")
        await bluez.restart()
        await until(lambda: bluez.count("GetManagedObjects") > asked)
        await settle(stack)
        await bluez.crash()
        await ear.until(*[Verdict.SERVICE_DOWN] * 2)
    assert ear.told[0][1] == "the connection to the D-Bus system bus ended"


async def test_the_watch_can_start_before_everything_else(
    stack: BluezStack, bluez: FakeBluez, bus_daemon: BusDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE_S", 0.01)
    monkeypatch.setattr(stack, "_pause_s", 0.01)
    await bluez.crash()
    bus_daemon.kill()
    ear = Ear()
    task = asyncio.create_task(stack.run(ear))
    await asyncio.sleep(0.03)
    bus_daemon.start()
    await asyncio.sleep(0.03)
    await bluez.start()
    bluez.add_adapter()
    await until(lambda: bluez.count("GetManagedObjects") > 0)
    await settle(stack)
    assert ear.told == []
    await bluez.crash()
    await ear.until(Verdict.SERVICE_DOWN)
    task.cancel()
    await asyncio.wait((task,))


async def test_a_bluetoothd_that_is_mute_while_it_starts_is_read_later(
    hasty: BluezStack, bluez: FakeBluez, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hasty, "_pause_s", 0.01)
    bluez.add_adapter()
    bluez.fail("GetManagedObjects", MUTE, times=1)
    async with watched(hasty, bluez) as ear:
        await until(lambda: bluez.count("GetManagedObjects") > 2)
        await settle(hasty)
        await bluez.crash()
        await ear.until(Verdict.SERVICE_DOWN)


async def test_a_signal_that_overtakes_the_answer_counts(
    stack: BluezStack, bluez: FakeBluez, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer says "on", the signal right behind it "off": in one go, or in two.

    An adapter that is off is not missed when it goes.
    """
    adapter = bluez.add_adapter()
    real = bluez._send

    def send(message: Message) -> None:
        real(message)
        if message.signature == "a{oa{sa{sv}}}" and adapter.powered:
            adapter.power(False)

    monkeypatch.setattr(bluez, "_send", send)
    async with watched(stack, bluez) as ear:
        adapter.remove()
        await settle(stack)
    assert {verdict for verdict, _ in ear.told} <= {Verdict.BLUETOOTH_OFF}


async def test_a_dead_connection_is_not_lent_again(bluez: FakeBluez, bus_daemon: BusDaemon) -> None:
    bluez.add_adapter()
    stack = BluezStack(limits=Limits(off_s=0.05), bluetoothctl="absent-tool")
    cycle = asyncio.create_task(stack.power_cycle())
    await until(lambda: bluez.count("Set") == 1)
    bus_daemon.kill()
    bus_daemon.start()
    await bluez.restart()
    assert (await stack.look()).trouble is None
    assert not await cycle
    assert await bluez.connections() == 0


async def test_what_devices_say_while_scanning_is_not_listened_to(
    stack: BluezStack, bluez: FakeBluez, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftms_bridge.ble.bluez_bus import BluezBus

    heard: list[str | None] = []
    real: Callable[..., None] = BluezBus._on_message

    def note(self: BluezBus, message: object) -> None:
        heard.append(getattr(message, "path", None))
        real(self, message)

    monkeypatch.setattr(BluezBus, "_on_message", note)
    bike = bluez.add_adapter().add_device(BIKE, known=True)
    async with watched(stack, bluez):
        for _ in range(10):
            bike.discover()
        await settle(stack)
    assert heard
    assert bike.path not in heard


async def test_nothing_is_left_open(stack: BluezStack, bluez: FakeBluez) -> None:
    bluez.add_adapter()
    await stack.look()
    before = descriptors()
    for _ in range(50):
        await stack.look()
        bluez.fail("GetManagedObjects", FAILED, times=1)
        await stack.look()
    assert descriptors() == before
    assert await bluez.connections() == 0


# other systems


def test_each_system_has_its_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert isinstance(system_stack(), BluezStack)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert isinstance(system_stack(), PlainStack)


def test_the_modules_load_without_dbus(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.partition(".")[0] == "dbus_fast"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "dbus_fast", None)
    folder = Path(module.__file__).parent
    for name in ("bluez_bus", "bluez"):
        loaded = runpy.run_path(str(folder / f"{name}.py"))
        assert loaded["__doc__"]
