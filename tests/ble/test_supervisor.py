from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bleak.exc import BleakDBusError, BleakError

from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.bluetooth import Bluetooth
from ftms_bridge.ble.connection import UNANSWERED_FOR_S
from ftms_bridge.ble.patience import RECONNECT_AFTER_S
from ftms_bridge.ble.stack import PlainStack
from ftms_bridge.ble.target import Target
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.measurement.sources import MachineKind, SensorKind
from tests.ble.fake_air import BIKE, NEVER, FakeAir, FakeClient, FakeDevice, settled
from tests.ble.keeping import RECORD, keeping
from tests.virtual_clock import run_virtual


def test_the_only_bike_is_found_checked_and_followed() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            assert await kept.up() < 3.0
            await settled(lambda: bike.calls["start_notify"] == 2)
            bike.notify(0x2AD2, RECORD)
            await asyncio.sleep(0.1)
            assert [one.data for one in kept.records()] == [RECORD]
            assert kept.verdicts == [Verdict.SEARCHING, None]
            assert kept.records(0x2A29)[0].data == b"Acme"
            assert kept.records(0x2ACC)[0].data == BIKE[0x1826][0x2ACC][1]
            assert kept.records(0x1826)[0].data == bike.service_data
        assert bike.client is None
        assert bike.writes == []

    run_virtual(run())


def test_after_a_loss_it_is_told_cleaned_up_and_back_within_seconds() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            kept.beat(bike)
            for _ in range(20):
                await asyncio.sleep(1.0)
                disconnections = bike.calls["disconnect"]
                bike.drop()
                await settled(lambda: kept.bike.verdict is Verdict.LOST, 0.1)
                assert await kept.up() < 2.5
                assert bike.calls["disconnect"] == disconnections + 1
            await asyncio.sleep(1.0)
            assert bike.notify(0x2AD2, RECORD) == 1
            times = [one.at for one in kept.records()]
            assert times == sorted(times)

    run_virtual(run())


def test_a_loss_is_told_before_a_disconnection_that_never_ends() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            bike.faults["disconnect"].append(NEVER)
            bike.drop()
            await asyncio.sleep(0.05)
            assert kept.verdicts[-1] is Verdict.LOST
            assert await kept.up() < 10.0

    run_virtual(run())


@pytest.mark.parametrize(
    "fault",
    [
        BleakDBusError("org.bluez.Error.InProgress", ["busy"]),
        BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]),
        BleakError("whatever"), EOFError(), BrokenPipeError(), TimeoutError(), KeyError("service"),
        NEVER,
    ],
    ids=str,
)  # fmt: skip
def test_a_connection_that_fails_is_tried_again(fault: BaseException | str) -> None:
    async def run() -> None:
        bike = FakeDevice()
        bike.faults["connect"].extend([fault] * 3)
        async with keeping(FakeAir(bike)) as kept:
            assert await kept.up(60.0) > 0.0
            assert bike.calls["connect"] >= 2

    run_virtual(run())


def test_a_connection_that_always_fails_is_told() -> None:
    async def run() -> None:
        bike = FakeDevice()
        bike.faults["connect"].extend([BleakError("no")] * 100)
        async with keeping(FakeAir(bike)) as kept:
            change = await kept.told(Verdict.NO_ANSWER)
            assert "no" in change.reason
            await asyncio.sleep(600)
            assert bike.calls["connect"] < 60

    run_virtual(run())


def test_a_machine_that_is_away_is_told_after_twenty_seconds_and_found_at_once() -> None:
    async def run() -> None:
        bike = FakeDevice(is_on=False)
        async with keeping(FakeAir(bike)) as kept:
            change = await kept.told(Verdict.NOT_SEEN)
            assert 20.0 <= change.at < 23.0
            assert "another app" in change.reason
            await asyncio.sleep(3600)
            bike.is_on = True
            assert await kept.up() < 3.0
            assert kept.verdicts == [Verdict.SEARCHING, Verdict.NOT_SEEN, None]

    run_virtual(run())


def test_a_link_that_fell_silent_is_subscribed_again_then_connected_anew() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            kept.beat(bike)
            await asyncio.sleep(5.0)
            kept.still()
            heard_at = kept.records()[-1].at
            change = await kept.told(Verdict.MUTE)
            assert change.at - heard_at == pytest.approx(RECONNECT_AFTER_S, abs=1.0)
            assert bike.calls["stop_notify"] == 1
            await kept.up()

    run_virtual(run())


def test_a_mute_link_that_answers_nothing_is_made_anew_within_seconds() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            kept.beat(bike)
            await asyncio.sleep(5.0)
            kept.still()
            heard_at = kept.records()[-1].at
            bike.faults["stop_notify"].append(NEVER)
            bike.faults["disconnect"].append(NEVER)
            await kept.told(Verdict.MUTE)
            bike.drop()
            await kept.up()
            assert asyncio.get_running_loop().time() - heard_at < 15.0

    run_virtual(run())


def test_a_link_left_open_by_a_predecessor_or_a_hung_call_is_closed() -> None:
    class Stack(PlainStack):
        async def close_link(self, address: str) -> bool:
            held = bike.address == address and bike.client is not None
            bike.client = None
            return held

    bike = FakeDevice()

    async def run() -> None:
        bike.client = FakeClient.__new__(FakeClient)  # somebody's, who is no more
        binding = Binding(MachineKind.INDOOR_BIKE, address=bike.address)
        async with keeping(FakeAir(bike), binding=binding, stack=Stack()) as kept:
            await kept.up()
            bike.faults["stop_notify"].append(NEVER)
            bike.faults["disconnect"].append(NEVER)
            await kept.told(Verdict.MUTE)
            assert await kept.up() < 10.0

    run_virtual(run())


def test_a_machine_that_is_idle_is_left_connected_and_asked_now_and_then() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            await asyncio.sleep(60.0)
            connects, reads = bike.calls["connect"], bike.calls["read"]
            assert connects == 2
            await asyncio.sleep(3600.0)
            assert bike.calls["connect"] == connects
            assert bike.calls["read"] - reads == pytest.approx(240, abs=5)
            bike.faults["read"].append(NEVER)  # now it is really gone
            await kept.told(Verdict.MUTE)

    run_virtual(run())


def test_a_question_without_an_answer_is_not_asked_again() -> None:
    async def run() -> None:
        bike = FakeDevice()
        bike.faults["read"].extend([0.0, 0.0, 0.0, NEVER])  # the first fact after the identity
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            await kept.told(Verdict.LOST)
            await kept.up()
            kept.beat(bike)
            await asyncio.sleep(30.0)
            assert kept.bike.is_up
            assert bike.calls["connect"] == 2
            assert kept.records(0x2ACC) == []

    run_virtual(run())


def test_several_that_fit_are_told_and_none_is_taken() -> None:
    async def run() -> None:
        one, two = FakeDevice(), FakeDevice("C0:00:00:00:00:02", "Other")
        async with keeping(FakeAir(one, two)) as kept:
            change = await kept.told(Verdict.AMBIGUOUS)
            assert "Bike (...00:01), Other (...00:02)" in change.reason
            assert one.calls["connect"] == two.calls["connect"] == 0
            two.is_on = False
            await kept.up()
            assert one.client is not None

    run_virtual(run())


def test_the_strongest_is_taken_if_told_and_the_other_is_mentioned() -> None:
    async def run() -> None:
        one, two = FakeDevice(rssi=-80), FakeDevice("C0:00:00:00:00:02", rssi=-40)
        binding = Binding(MachineKind.INDOOR_BIKE, pick="strongest")
        async with keeping(FakeAir(one, two), binding=binding) as kept:
            await kept.up()
            assert two.client is not None
            assert kept.verdicts[-1] is Verdict.AMBIGUOUS
            assert kept.changes[-1].up

    run_virtual(run())


def test_a_machine_without_the_data_it_is_bound_for_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        strap = FakeDevice(services={0x180D: {0x2A37: ("notify", b"")}}, service_data=None)
        binding = Binding(MachineKind.INDOOR_BIKE, address=strap.address)
        async with keeping(FakeAir(strap), binding=binding, state=tmp_path) as kept:
            change = await kept.told(Verdict.WRONG_SERVICES)
            assert "2ad2" in change.reason
            assert "180d" in change.reason
            await asyncio.sleep(300)
            assert strap.calls["connect"] <= 12
            strap.services = dict(BIKE)
            await kept.up()

    run_virtual(run())


def test_another_device_behind_a_known_address_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike), state=tmp_path) as kept:
            await kept.up()
        bike.services[0x180A] = {**bike.services[0x180A], 0x2A29: ("read", b"Evil")}
        async with keeping(FakeAir(bike), state=tmp_path) as kept:
            change = await kept.told(Verdict.CHANGED_IDENTITY)
            assert "manufacturer was 'Acme', is 'Evil'" in change.reason
            assert not change.up
            assert kept.records(0x2A29) == []

    run_virtual(run())


def test_new_firmware_is_told_and_followed(tmp_path: Path) -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike), state=tmp_path) as kept:
            await kept.up()
        bike.services[0x180A] = {**bike.services[0x180A], 0x2A26: ("read", b"1.1")}
        async with keeping(FakeAir(bike), state=tmp_path) as kept:
            await kept.up()
            assert kept.changes[-1].verdict is Verdict.CHANGED_IDENTITY
            assert kept.changes[-1].reason == "firmware was '1.0', is '1.1'"
        async with keeping(FakeAir(bike), state=tmp_path) as kept:
            await kept.up()
            assert kept.changes[-1].verdict is None

    run_virtual(run())


def test_another_machine_with_the_same_name_is_never_followed(tmp_path: Path) -> None:
    async def run() -> None:
        bike = FakeDevice()
        binding = Binding(MachineKind.INDOOR_BIKE, name="Bike")
        async with keeping(FakeAir(bike), state=tmp_path, binding=binding) as kept:
            await kept.up()
        impostor = FakeDevice("C0:00:00:00:00:66")
        async with keeping(FakeAir(impostor), state=tmp_path, binding=binding) as kept:
            change = await kept.told(Verdict.CHANGED_IDENTITY)
            assert "not followed" in change.reason
            await asyncio.sleep(600)
            assert impostor.calls["connect"] == 0

    run_virtual(run())


def test_binding_otherwise_is_a_new_wish(tmp_path: Path) -> None:
    async def run() -> None:
        one, two = FakeDevice(), FakeDevice("C0:00:00:00:00:02")
        for device in (one, two):
            binding = Binding(MachineKind.INDOOR_BIKE, address=device.address)
            async with keeping(FakeAir(one, two), state=tmp_path, binding=binding) as kept:
                await kept.up()
                assert device.client is not None

    run_virtual(run())


def test_a_released_link_is_closed_within_a_second_and_stays_so_until_resumed() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            kept.bluetooth.release("bike", "given away", None)
            await asyncio.sleep(0.5)
            assert bike.client is None
            assert kept.verdicts[-1] is Verdict.RELEASED
            connects = bike.calls["connect"]
            await asyncio.sleep(3600)
            assert bike.calls["connect"] == connects
            assert kept.air.scanning == 0
            kept.bluetooth.resume("bike")
            await kept.up()

    run_virtual(run())


def test_a_release_for_minutes_ends_by_itself_and_works_during_a_search() -> None:
    async def run() -> None:
        bike = FakeDevice(is_on=False)
        async with keeping(FakeAir(bike)) as kept:
            await asyncio.sleep(1.0)
            kept.bluetooth.release("bike", "given away", 5.0)
            await kept.told(Verdict.RELEASED, 1.0)
            bike.is_on = True
            took_s = await kept.up(400)
            assert took_s == pytest.approx(300, abs=4)

    run_virtual(run())


def test_values_of_a_connection_that_is_over_are_dropped_and_counted() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            await settled(lambda: bool(bike.subscribers))
            _, _, old = bike.subscribers[0]
            bike.drop()
            old(bytearray(RECORD))
            await kept.up()
            old(bytearray(RECORD))
            await asyncio.sleep(0.1)
            assert kept.records() == []
            assert kept.bike.gate is not None
            assert kept.bike.gate.late == 2

    run_virtual(run())


def test_a_fault_of_ours_costs_one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        bike = FakeDevice()
        bike.faults["connect"].append(ZeroDivisionError())
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            assert Verdict.LOST in kept.verdicts

    run_virtual(run())


def test_a_name_with_control_characters_reaches_nobody_raw() -> None:
    async def run() -> None:
        one = FakeDevice(name="Bike\x1b]8;;http://x\x07 [/x]")
        two = replace(one, address="C0:00:00:00:00:02")
        async with keeping(FakeAir(one, two)) as kept:
            change = await kept.told(Verdict.AMBIGUOUS)
            assert change.reason.isprintable()

    run_virtual(run())


def test_a_link_taken_back_before_it_was_closed_is_told_as_down() -> None:
    async def run() -> None:
        bike = FakeDevice()
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            bike.faults["disconnect"].append(3.0)
            bike.is_on = False
            kept.bluetooth.release("bike", "for a phone", None)
            await asyncio.sleep(1)
            kept.bluetooth.resume("bike")
            await asyncio.sleep(5)
            assert kept.verdicts[-1] is Verdict.SEARCHING
            assert not kept.bike.is_up

    run_virtual(run())


def test_what_is_published_of_an_error_holds_no_address() -> None:
    async def run() -> None:
        bike = FakeDevice()
        bike.faults["connect"].extend([BleakError("failed")] * 8)
        async with keeping(FakeAir(bike)) as kept:
            change = await kept.told(Verdict.NO_ANSWER)
            assert bike.address not in change.reason
            assert "...00:01" in change.reason

    run_virtual(run())


@pytest.mark.parametrize("answer", [BleakError("Reading is not permitted"), NEVER])
def test_a_quiet_device_is_never_asked_for_what_it_does_not_answer(
    answer: BleakError | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = FakeClient.read_gatt_char

    async def read_battery_only(self: FakeClient, one: Any, **more: Any) -> bytearray:
        if one.uuid.startswith("00002acc"):
            if isinstance(answer, BleakError):
                raise answer
            await asyncio.Event().wait()
        return await read(self, one, **more)

    monkeypatch.setattr(FakeClient, "read_gatt_char", read_battery_only)

    async def run() -> None:
        battery = {0x180F: {0x2A19: ("read", b"\x50")}}
        async with keeping(FakeAir(FakeDevice(services={**BIKE, **battery}))) as kept:
            await kept.up()
            await asyncio.sleep(600)
            assert kept.bike.gate is not None
            assert kept.bike.gate.connections <= 3
            assert kept.bike.is_up

    run_virtual(run())


def test_a_trainer_is_not_its_own_power_meter() -> None:
    async def run() -> None:
        trainer = FakeDevice(advertised=(0x1826, 0x1818))
        trainer.services = {**BIKE, 0x1818: {0x2A63: ("notify", b"")}}
        bluetooth = Bluetooth(FakeAir(trainer).radio(), state_directory=None)
        targets = [
            Target("bike", Binding(MachineKind.INDOOR_BIKE)),
            Target("power", Binding(SensorKind.POWER_METER)),
        ]
        link = bluetooth.link("bike", targets)
        tasks = [
            asyncio.create_task(bluetooth.run()),
            asyncio.create_task(link.run(lambda _: None)),
        ]
        await asyncio.sleep(30)
        assert [one.is_up for one in link.supervisors] == [True, False]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(run())


def test_a_device_that_is_bound_by_its_address_is_nobody_elses() -> None:
    async def run() -> None:
        bluetooth = Bluetooth(FakeAir(FakeDevice()).radio(), state_directory=None)
        links = [
            bluetooth.link("any", [Target("any", Binding(MachineKind.INDOOR_BIKE))]),
            bluetooth.link(
                "own",
                [Target("own", Binding(MachineKind.INDOOR_BIKE, address="c0:00:00:00:00:01"))],
            ),
        ]
        tasks = [asyncio.create_task(link.run(lambda _: None)) for link in links]
        tasks.append(asyncio.create_task(bluetooth.run()))
        await asyncio.sleep(30)
        assert [one.is_up for one in bluetooth.supervisors()] == [False, True]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(run())


def test_another_device_that_fits_is_told_only_while_it_is_near() -> None:
    async def run() -> None:
        bike, guest = FakeDevice(), FakeDevice("C0:00:00:00:00:02", "Guest", is_on=False)
        async with keeping(FakeAir(bike, guest)) as kept:
            await kept.up()
            kept.beat(bike)
            await asyncio.sleep(40)
            guest.is_on = True
            bike.drop()
            await kept.told(Verdict.AMBIGUOUS)
            guest.is_on = False
            await asyncio.sleep(3600)
            bike.drop()
            await kept.told(Verdict.LOST)
            await kept.up()
            assert kept.verdicts[-1] is None

    run_virtual(run())


def test_no_device_is_taken_for_two_sources() -> None:
    async def run() -> None:
        bike = FakeDevice()
        bluetooth = Bluetooth(FakeAir(bike).radio(), state_directory=None)
        links = [
            bluetooth.link(one, [Target(one, Binding(MachineKind.INDOOR_BIKE, name=name))])
            for one, name in (("one", "Bike*"), ("other", "*ike"))
        ]
        tasks = [asyncio.create_task(link.run(lambda _: None)) for link in links]
        tasks.append(asyncio.create_task(bluetooth.run()))
        await asyncio.sleep(30)
        assert sorted(one.is_up for one in bluetooth.supervisors()) == [False, True]
        assert len({client for client, _, _ in bike.subscribers}) == 1
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(run())


def test_services_that_are_shown_late_are_no_verdict_on_the_machine() -> None:
    async def run() -> None:
        bike = FakeDevice(services={0x1826: {}})
        async with keeping(FakeAir(bike)) as kept:
            await kept.told(Verdict.NO_ANSWER)
            bike.services = dict(BIKE)
            await kept.up()
            assert Verdict.WRONG_SERVICES not in kept.verdicts

    run_virtual(run())


def test_a_fact_that_cost_the_link_is_asked_for_again_hours_later() -> None:
    async def run() -> None:
        bike = FakeDevice()
        bike.faults["read"].extend([0.0, 0.0, 0.0, NEVER])
        async with keeping(FakeAir(bike)) as kept:
            await kept.up()
            await kept.told(Verdict.LOST)
            await kept.up()
            kept.beat(bike)
            await asyncio.sleep(UNANSWERED_FOR_S)
            assert kept.records(0x2ACC) == []
            bike.drop()
            await settled(lambda: bool(kept.records(0x2ACC)))

    run_virtual(run())


def test_nobody_listens_while_somebody_connects() -> None:
    async def run() -> None:
        bike = FakeDevice()
        air = FakeAir(bike)
        scanning_at_connect: list[int] = []

        async def answer(call: str) -> None:
            if call == "connect":
                scanning_at_connect.append(air.scanning)

        bike.answer = answer  # type: ignore[method-assign]
        async with keeping(air) as kept:
            rower = Target("rower", Binding(MachineKind.ROWER))
            other = kept.bluetooth.link("rower", [rower])
            searching = asyncio.create_task(other.run(kept.arrivals.append))
            await kept.up()
            await asyncio.sleep(1.0)
            assert scanning_at_connect == [0]
            assert air.scanning == 1  # the other one is still being searched
            searching.cancel()
            await asyncio.gather(searching, return_exceptions=True)

    run_virtual(run())
