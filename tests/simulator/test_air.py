"""The virtual radio: what the library's own gets wrong is right, and faults are like real ones."""

from __future__ import annotations

import asyncio

import pytest
from bumble import core, hci

from ftms_bridge.errors import UsageError
from ftms_bridge.simulator.air import SUPERVISION_S, Air
from ftms_bridge.simulator.air_controller import LINK_LOSS, NEVER_BEGAN, REMOTE_ENDED
from ftms_bridge.simulator.gatt_tables import device_tables
from ftms_bridge.simulator.peripheral import Peripheral
from tests.simulator.build import forward, scenario
from tests.simulator.central import Central
from tests.virtual_clock import run_virtual

BIKE = 0x2AD2
RECORD = bytes.fromhex("44001c077c00d7ff")
A_MOMENT_S = 0.01
NAME = core.AdvertisingData.COMPLETE_LOCAL_NAME
SERVICES = core.AdvertisingData.Type.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS


async def bike(air: Air, *, name: str = "Bike", late_name: bool = False) -> Peripheral:
    table = device_tables(scenario(forward()), name=name, late_name=late_name)[0]
    made = Peripheral(air, table)
    await made.power_on()
    return made


async def linked(air: Air) -> tuple[Peripheral, Central]:
    peripheral = await bike(air)
    central = await Central(air).start()
    await central.connect(peripheral.address)
    await central.subscribe(BIKE)
    return peripheral, central


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_connection_to_nobody_can_be_given_up() -> None:
    async def main() -> float:
        air = Air()
        peripheral, central = await bike(air), await Central(air).start()
        began = now()
        with pytest.raises(core.TimeoutError):
            await central.device.connect(hci.Address("C0:00:00:00:00:09"), timeout=3)
        took = now() - began
        await central.connect(peripheral.address)
        assert peripheral.is_connected
        return took

    assert run_virtual(main()) == pytest.approx(3, abs=0.1)


def test_without_a_pending_connection_there_is_nothing_to_give_up() -> None:
    async def main() -> int:
        central = await Central(Air()).start()
        cancel = hci.HCI_LE_Create_Connection_Cancel_Command()
        answer = central.controller.on_hci_le_create_connection_cancel_command(cancel)
        return int(answer.status)

    assert run_virtual(main()) == hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR


def test_a_reset_ends_links_scan_and_pending_connection() -> None:
    async def main() -> None:
        peripheral, central = await linked(air := Air())
        central.controller.le_scan_enable = True
        central.controller.on_hci_reset_command(hci.HCI_Reset_Command())
        await asyncio.sleep(A_MOMENT_S)
        assert not peripheral.is_connected
        assert not central.controller.listens
        assert not central.controller.le_connections
        again = await Central(air, "F0:F1:F2:F3:F4:F6").start()
        await again.connect(peripheral.address)
        assert peripheral.connections == 2

    run_virtual(main())


def test_a_reset_stops_adverts() -> None:
    async def main() -> int:
        peripheral, central = await bike(air := Air()), await Central(air).start()
        advertiser = next(c for c in air.controllers if c is not central.controller)
        advertiser.on_hci_reset_command(hci.HCI_Reset_Command())
        await central.device.start_scanning()
        await asyncio.sleep(1)
        assert not peripheral.is_connected
        return len(central.adverts)

    assert run_virtual(main()) == 0


def test_data_carry_the_address_that_the_link_runs_on() -> None:
    async def main() -> list[bytes]:
        peripheral, central = await bike(air := Air()), await Central(air).start()
        own = hci.OwnAddressType.PUBLIC
        await central.connect(peripheral.address, own_address_type=own)
        await central.subscribe(BIKE)
        peripheral.notify(BIKE, RECORD)
        await asyncio.sleep(A_MOMENT_S)
        return central.values(BIKE)

    assert run_virtual(main()) == [RECORD]


def test_a_power_cut_is_noticed_after_the_supervision_time() -> None:
    async def main() -> None:
        peripheral, central = await linked(Air())
        peripheral.power_off()
        peripheral.notify(BIKE, RECORD)
        await asyncio.sleep(SUPERVISION_S - 0.01)
        assert central.lost == []
        await asyncio.sleep(0.02)
        assert central.lost == [LINK_LOSS]
        assert not peripheral.is_connected
        assert central.got == []
        await central.device.start_scanning()
        await asyncio.sleep(1)
        assert central.adverts == []
        await peripheral.power_on()
        await asyncio.sleep(1)
        assert central.adverts

    run_virtual(main())


def test_a_device_that_comes_back_early_has_forgotten_the_link() -> None:
    async def main() -> None:
        peripheral, central = await linked(Air())
        peripheral.power_off()
        await asyncio.sleep(1)
        await peripheral.power_on()
        await asyncio.sleep(A_MOMENT_S)
        assert not peripheral.is_connected
        assert central.lost == []
        await asyncio.sleep(SUPERVISION_S)
        assert central.lost == [LINK_LOSS]
        await central.connect(peripheral.address)
        assert peripheral.connections == 2

    run_virtual(main())


def test_a_link_of_later_outlives_the_time_out_of_an_earlier_one() -> None:
    async def main() -> list[int]:
        peripheral, central = await linked(Air())
        peripheral.power_off()
        await asyncio.sleep(1)
        await central.peer.connection.disconnect()
        await peripheral.power_on()
        await central.connect(peripheral.address)
        central.lost.clear()
        await asyncio.sleep(2 * SUPERVISION_S)
        return central.lost

    assert run_virtual(main()) == []


def test_a_mute_device_keeps_the_link_for_ever_and_nothing_passes() -> None:
    async def main() -> None:
        peripheral, central = await linked(air := Air())
        air.mute(peripheral.address)
        peripheral.notify(BIKE, RECORD)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(20):
                await central.read(0x2ACC)
        await asyncio.sleep(600)
        assert (central.got, central.lost) == ([], [])
        assert peripheral.is_connected
        air.unmute(peripheral.address)
        peripheral.notify(BIKE, RECORD)
        await asyncio.sleep(A_MOMENT_S)
        assert central.values(BIKE) == [RECORD]

    run_virtual(main())


def test_a_mute_device_lets_a_central_leave() -> None:
    async def main() -> None:
        peripheral, central = await linked(air := Air())
        air.mute(peripheral.address)
        await central.peer.connection.disconnect()
        await asyncio.sleep(A_MOMENT_S)
        assert not peripheral.is_connected
        await central.device.start_scanning()
        await asyncio.sleep(1)
        assert central.adverts == []

    run_virtual(main())


@pytest.mark.parametrize("reason", [LINK_LOSS, REMOTE_ENDED])
def test_a_dropped_link_is_gone_at_once(reason: int) -> None:
    async def main() -> tuple[list[int], bool]:
        peripheral, central = await linked(air := Air())
        air.drop(peripheral.address, reason)
        await asyncio.sleep(A_MOMENT_S)
        return central.lost, peripheral.is_connected

    assert run_virtual(main()) == ([reason], False)


@pytest.mark.parametrize(("active", "late", "heard"), [
    (True, True, "Bike"), (False, True, None), (True, False, "Bike"), (False, False, "Bike"),
])  # fmt: skip
def test_a_name_in_the_scan_response_is_only_heard_by_who_asks(
    active: bool, late: bool, heard: str | None
) -> None:
    async def main() -> None:
        await bike(air := Air(), late_name=late)
        central = await Central(air).start()
        await central.device.start_scanning(active=active)
        await asyncio.sleep(0.3)
        found = central.adverts[-1].data
        assert found.get(NAME) == heard
        assert len(found.get_all(SERVICES)) == 1

    run_virtual(main())


def test_adverts_come_every_100_ms_as_strong_as_the_place_says() -> None:
    async def main() -> None:
        peripheral, central = await bike(air := Air()), await Central(air).start()
        air.place(peripheral.address, -83)
        await central.device.start_scanning(active=False)
        await asyncio.sleep(10)
        assert 99 <= len(central.adverts) <= 101
        assert {advert.rssi for advert in central.adverts} == {-83}

    run_virtual(main())


def test_only_what_is_there_is_announced() -> None:
    async def main() -> hci.LeFeatureMask:
        return (await Central(Air()).start()).controller.le_features

    features = run_virtual(main())
    assert not features & hci.LeFeatureMask.LL_PRIVACY
    assert not features & hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    assert features & hci.LeFeatureMask.LE_ENCRYPTION


def test_of_two_centrals_one_gets_the_device() -> None:
    async def main() -> None:
        peripheral = await bike(air := Air())
        one, two = await Central(air).start(), await Central(air, "F0:F1:F2:F3:F4:F6").start()
        wishes = [c.device.connect(hci.Address(peripheral.address)) for c in (one, two)]
        await asyncio.gather(*wishes)
        await asyncio.sleep(1)
        assert sorted([one.lost, two.lost]) == [[], [NEVER_BEGAN]]
        assert peripheral.connections == 1

    run_virtual(main())


def test_an_adapter_that_is_pulled_out_frees_its_devices() -> None:
    async def main() -> None:
        peripheral, central = await linked(air := Air())
        air.unplug(central.controller)
        await asyncio.sleep(1)
        assert not peripheral.is_connected
        peripheral.notify(BIKE, RECORD)
        assert central.controller not in air.controllers

    run_virtual(main())


def test_an_address_that_nobody_has_is_an_error() -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="C0:00"):
            Air().mute("C0:00:00:00:00:09")

    run_virtual(main())
