from __future__ import annotations

import pytest
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError
from bleak_retry_connector import BleakConnectionError

from ftms_bridge.ble.bounded import TookTooLong
from ftms_bridge.ble.radio import CONNECT_LIMITS_S
from tests.ble.fake_air import NEVER, FakeAir, FakeDevice
from tests.virtual_clock import run_virtual


def ble_device(device: FakeDevice) -> BLEDevice:
    return BLEDevice(device.address, device.name, {})


def test_a_connection_that_hangs_ends_in_time_and_is_told_to_go() -> None:
    async def run() -> None:
        device = FakeDevice()
        device.faults["connect"].append(NEVER)
        air = FakeAir(device)
        radio = air.radio()
        with pytest.raises(TookTooLong, match="connecting"):
            await radio.connect(ble_device(device), "Bike", lambda: None)
        assert radio.clock() == pytest.approx(CONNECT_LIMITS_S[0], abs=0.1)
        assert device.calls["disconnect"] == 1

    run_virtual(run())


def test_a_connection_that_fails_leaves_nothing_behind() -> None:
    async def run() -> None:
        device = FakeDevice()
        device.faults["connect"].extend([BleakError("no")] * 2)
        with pytest.raises(BleakConnectionError):
            await FakeAir(device).radio().connect(ble_device(device), "Bike", lambda: None)
        assert device.calls["connect"] == 2
        assert device.calls["disconnect"] == 1

    run_virtual(run())


def test_a_disconnection_never_raises_and_says_whether_it_worked() -> None:
    async def run() -> None:
        device = FakeDevice()
        radio = FakeAir(device).radio()
        client = await radio.connect(ble_device(device), "Bike", lambda: None)
        device.faults["disconnect"].extend([BleakError("no"), NEVER, EOFError()])
        assert [await radio.disconnect(client) for _ in range(4)] == [False, False, False, True]

    run_virtual(run())


def test_the_loss_is_told_once() -> None:
    async def run() -> None:
        device, losses = FakeDevice(), []
        radio = FakeAir(device).radio()
        client = await radio.connect(ble_device(device), "Bike", lambda: losses.append(1))
        device.drop()
        await radio.disconnect(client)
        assert losses == [1]

    run_virtual(run())
