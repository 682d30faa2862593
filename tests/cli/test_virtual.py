"""``ftms-bridge virtual`` shows what is on the air, and lets other processes use it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bumble import device, hci
from bumble.transport import open_transport
from click.testing import CliRunner

from ftms_bridge.app.on_air import VirtualRadio, VirtualSettings, run_virtual_radio
from ftms_bridge.cli.virtual import command
from ftms_bridge.errors import BridgeError, UsageError

RUN = "from ftms_bridge.cli.virtual import command; command()"


async def until_ready(settings: VirtualSettings) -> VirtualRadio:
    shown: list[VirtualRadio] = []
    stop = asyncio.Event()

    def ready(radio: VirtualRadio) -> None:
        shown.append(radio)
        stop.set()

    await run_virtual_radio(settings, ready, stop)
    return shown[0]


async def test_the_default_is_a_bike_and_a_treadmill_with_their_sensors() -> None:
    radio = await until_ready(VirtualSettings(port=0))
    assert [one.kind for one in radio.devices] == ["indoor_bike", "", "treadmill", ""]
    assert radio.devices[0].name == "Virtual bike"
    assert radio.radio.startswith("tcp:127.0.0.1:")


async def test_another_seed_is_another_set_of_machines() -> None:
    one, two = [await until_ready(VirtualSettings(port=0, seed=seed)) for seed in (1, 2)]
    assert not {d.address for d in one.devices} & {d.address for d in two.devices}


async def test_the_same_machine_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="same machine"):
        await until_ready(VirtualSettings(("demo_bike", "demo_bike"), port=0))


async def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ftms_bridge.simulator.air", None)
    with pytest.raises(UsageError) as caught:
        await until_ready(VirtualSettings(port=0))
    assert "pip install 'ftms-bridge[demo]'" in caught.value.hint


def test_a_scenario_that_is_not_there_is_an_error_for_people() -> None:
    result = CliRunner().invoke(command, ["no_such_ride", "--port", "0"])
    assert isinstance(result.exception, BridgeError)
    assert "no_such_ride" in result.exception.what


async def test_another_process_scans_the_machine_until_ctrl_c(tmp_path: Path) -> None:
    scenario = tmp_path / "ride.toml"
    scenario.write_text(
        '[machine]\nid = "mine"\nkind = "indoor_bike"\nname = "a\\u001b[31mb"\n'
        '[[phase]]\nduration_s = 60\ndirection = "forward"\ncadence_rpm = 80\n',
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(scenario), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={"PYTHONPATH": ":".join(sys.path), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        lines: list[str] = []
        while "--radio" not in (lines[-1] if lines else ""):
            line = await asyncio.to_thread(process.stdout.readline)
            assert line, (process.stderr and process.stderr.read(), lines)
            lines.append(line)
        heard = await scan(int(lines[-1].rpartition(":")[2]))
        assert heard in "".join(lines)
        assert "\x1b" not in "".join(lines)
    finally:
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.to_thread(process.communicate, timeout=20)
    assert process.returncode == 0, err
    assert err == ""


async def scan(port: int) -> str:
    """Return the first address that is heard on the radio at this port."""
    transport = await open_transport(f"tcp-client:127.0.0.1:{port}")
    central = device.Device.with_hci(
        "central", hci.Address("F0:F1:F2:F3:F4:F5"), transport.source, transport.sink
    )
    central.classic_enabled = False
    heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(advertisement: device.Advertisement) -> None:
        if not heard.done():
            heard.set_result(str(advertisement.address))

    central.on("advertisement", hear)
    await central.power_on()
    await central.start_scanning()
    async with asyncio.timeout(10):
        address = await heard
    await transport.close()
    return address
