"""The counters of the radio, while a virtual machine comes and goes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, get_type_hints

from ftms_bridge.app.radio_meter import RadioMeter
from ftms_bridge.ble.verdicts import Trouble
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.telemetry.blocks import LinkHealth, RadioHealth
from tests.app.on_air import bridged
from tests.virtual_clock import run_virtual


def test_links_and_radio_are_counted(tmp_path: Path) -> None:
    seen: list[Any] = []

    async def run() -> None:
        async with bridged(load_scenario("demo_bike"), folder=tmp_path) as world:
            meter = RadioMeter(world.bluetooth)
            assert meter.links() == {} or not any(one["up"] for one in meter.links().values())
            await asyncio.sleep(10.0)
            seen.append((meter.links(), meter.radio()))
            world.air.drop(world.rides["bike"].machine.address)
            await asyncio.sleep(10.0)
            world.rides["bike"].switch_off("strap")
            await asyncio.sleep(40.0)
            seen.append((meter.links(), meter.radio()))
            world.bluetooth.scanner.disturb(Trouble(Verdict.ADAPTER_MISSING, "unplugged"))
            seen.append((meter.links(), meter.radio()))

    run_virtual(run())
    (links, radio), (later, _), (_, unplugged) = seen
    assert set(links) == {"bike", "strap"}
    assert set(links["bike"]) == set(get_type_hints(LinkHealth))
    assert set(radio) == set(get_type_hints(RadioHealth))
    assert links["bike"]["up"] is True
    assert links["bike"]["verdict"] is None
    assert links["bike"]["connections"] == 1
    assert links["bike"]["reconnections"] == 0
    assert links["bike"]["notifications"] > 15
    assert links["bike"]["rssi_dbm"] < 0
    assert radio["adverts"] > 0
    assert (radio["hung"], radio["overflow"], radio["recoveries"]) == (0, 0, 0)
    assert later["bike"]["reconnections"] == 1
    assert later["strap"]["up"] is False
    assert later["strap"]["verdict"] == "not_seen"
    assert later["bike"]["notifications"] > links["bike"]["notifications"]
    assert later["bike"]["late"] == later["bike"]["duplicates"] == 0
    assert unplugged["trouble"] == "adapter_missing"
