"""A ride on the virtual radio: every device sends what the simulation says, when it says it."""

from __future__ import annotations

import asyncio

import pytest

from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.simulator.air import SUPERVISION_S, Air
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.on_air import LATEST_S, OnAir
from ftms_bridge.simulator.peripheral import Lies
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.simulation import Simulation
from tests.simulator.build import forward, scenario
from tests.simulator.central import Central
from tests.virtual_clock import run_virtual

BIKE, HEART = 0x2AD2, 0x2A37
STRAP = {"kind": "heart_rate", "id": "strap"}


def sent(given: Scenario, source: str) -> list[tuple[float, bytes]]:
    return [
        (event.at, event.data)
        for event in Simulation(given).events()
        if isinstance(event, Notification) and event.source == source
    ]


async def follow(air: Air, ride: OnAir, source: str, number: int) -> Central:
    """Return a central that is subscribed to one device."""
    central = await Central(air, f"F0:F1:F2:F3:F4:{number & 0xFF:02X}").start()
    await central.connect(ride.peripherals[source].address)
    await central.peer.request_mtu(247)
    await central.subscribe(number)
    return central


def test_machine_and_sensor_send_on_links_of_their_own() -> None:
    given = scenario(forward(20), sensor=[STRAP], firmware={"rate_hz": 4.0})

    async def main() -> None:
        air = Air()
        async with OnAir(air, given) as ride:
            bike = await follow(air, ride, "machine", BIKE)
            strap = await follow(air, ride, "strap", HEART)
            await ride.wait()
            await asyncio.sleep(0.1)
            assert ride.machine.connections == 1
        expected = [data for _, data in sent(given, "machine")]
        got = bike.values(BIKE)
        assert len(got) > 70
        assert got == expected[-len(got) :]
        hearts = strap.values(HEART)
        assert len(hearts) > 15
        assert hearts == [data for _, data in sent(given, "strap")][-len(hearts) :]

    run_virtual(main())


def test_notifications_come_when_the_simulation_says() -> None:
    given = scenario(forward(20))
    at = {data: when for when, data in sent(given, "machine")}

    async def main() -> list[float]:
        air = Air()
        loop = asyncio.get_running_loop()
        async with OnAir(air, given) as ride:
            zero = loop.time()
            central = await follow(air, ride, "machine", BIKE)
            late = []
            for _ in range(10):
                seen = len(central.got)
                while len(central.got) == seen:
                    await asyncio.sleep(0.001)
                late.append(loop.time() - zero - at[central.got[-1][1]])
        return late

    assert all(0 <= late < 0.01 for late in run_virtual(main()))


def test_a_scripted_disconnection_is_a_device_that_vanishes_for_a_while() -> None:
    fault = {"kind": "disconnect", "at_s": 10, "duration_s": 30}

    async def main() -> None:
        air = Air()
        async with OnAir(air, scenario(forward(60), fault=[fault])) as ride:
            central = await follow(air, ride, "machine", BIKE)
            await asyncio.sleep(9.5 + SUPERVISION_S)
            assert ride.machine.is_connected
            await asyncio.sleep(1)
            assert central.lost == [8]
            got = len(central.got)
            await central.connect(ride.machine.address)  # waits until it is there
            assert asyncio.get_running_loop().time() == pytest.approx(40, abs=1)
            await central.subscribe(BIKE)
            await asyncio.sleep(3)
            assert len(central.got) > got
            await ride.wait()
            await asyncio.sleep(SUPERVISION_S + 0.1)
            assert central.lost == [8, 8]

    run_virtual(main())


def test_a_device_can_be_switched_off_and_on_whatever_the_script_says() -> None:
    fault = {"kind": "disconnect", "at_s": 10, "duration_s": 5}

    async def main() -> None:
        air = Air()
        async with OnAir(air, scenario(forward(60), sensor=[STRAP], fault=[fault])) as ride:
            central = await follow(air, ride, "machine", BIKE)
            ride.switch_off("machine")
            await asyncio.sleep(30)
            assert central.lost == [8]
            await central.device.start_scanning()
            await asyncio.sleep(1)
            heard = {str(advert.address) for advert in central.adverts}
            assert heard == {ride.peripherals["strap"].address}
            await ride.switch_on("machine")
            await asyncio.sleep(1)
            assert str(ride.machine.address) in {str(a.address) for a in central.adverts}
            with pytest.raises(UsageError, match="nobody"):
                ride.switch_off("nobody")

    run_virtual(main())


def test_the_truth_is_told_to_who_asks() -> None:
    told: list[Truth] = []

    async def main() -> None:
        async with OnAir(Air(), scenario(forward(10)), on_truth=told.append) as ride:
            await ride.wait()

    run_virtual(main())
    assert len(told) >= 10
    assert told[-1].source == "machine"


def test_after_a_long_sleep_the_ride_goes_on_from_now() -> None:
    async def main() -> int:
        air = Air()
        loop = asyncio.get_running_loop()
        async with OnAir(air, scenario(forward(600))) as ride:
            central = await follow(air, ride, "machine", BIKE)
            await asyncio.sleep(5)
            before = len(central.got)
            loop._jumping.now += 100 * LATEST_S  # type: ignore[attr-defined]
            await asyncio.sleep(5)
            return len(central.got) - before

    assert run_virtual(main()) <= 5 + LATEST_S + 1


def test_a_broken_ride_is_told_at_the_end() -> None:
    def fail(truth: Truth) -> None:
        raise ZeroDivisionError(truth.source)

    async def main() -> None:
        async with OnAir(Air(), scenario(forward(10)), on_truth=fail):
            await asyncio.sleep(5)

    with pytest.raises(ZeroDivisionError):
        run_virtual(main())


def test_lies_and_names_reach_the_device() -> None:
    async def main() -> None:
        lies = {"machine": Lies(missing=frozenset({BIKE}))}
        air = Air()
        async with OnAir(
            air, scenario(forward(10)), name="Mine", lies=lies, late_name=True
        ) as ride:
            central = await Central(air).start()
            await central.connect(ride.machine.address)
            assert BIKE not in (await central.discover())[0x1826]
            assert await central.read(0x2A00) == b"Mine"
            assert b"Mine" in ride.machine.table.scan_response

    run_virtual(main())
