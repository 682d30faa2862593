"""Whole rides over real Bluetooth packets: scan, connect, services, values, losses."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from ftms_bridge.app.play import Player
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.telemetry.publish import Publish
from tests.app.on_air import WALL_ZERO, World, bridged
from tests.virtual_clock import run_virtual


def bike_at(rate_hz: float) -> Scenario:
    """Return the demo's bike, sending so many records per second."""
    bike = load_scenario("demo_bike")
    firmware = bike.firmware.model_copy(update={"rate_hz": rate_hz})
    return bike.model_copy(update={"firmware": firmware})


def lines(effects: list[Publish]) -> list[bytes]:
    return [
        effect.topic.path("ftms", machine=effect.machine).encode() + b" " + encode(effect.payload)
        for effect in effects
    ]


def replayed(folder: Path) -> list[bytes]:
    """Return what a replay of the only recording in a folder publishes."""
    [file] = folder.iterdir()
    recording = RecordingReader(file)
    effects: list[Publish] = []
    settings = PipelineSettings(recording.header.machines, run_id="air", wall_zero=WALL_ZERO)
    Player(Pipeline(settings), lambda _, effect: effects.append(effect)).play(recording)
    return lines(effects)


def test_half_an_hour_takes_seconds_and_its_recording_replays_to_the_same(tmp_path: Path) -> None:
    async def run() -> World:
        async with bridged(bike_at(4.0), folder=tmp_path) as world:
            await asyncio.sleep(1800.0)
        return world

    began = time.perf_counter()
    world = run_virtual(run())
    took_s = time.perf_counter() - began
    records = world.bridge.pipeline.counters.notifications
    assert records > 7150 + 1790  # bike at 4 Hz, strap at 1 Hz
    assert lines([effect for _, effect in world.out.effects]) == replayed(tmp_path)
    [summary] = world.out.payloads("session_last")
    assert summary["gaps"] == 0
    assert took_s < 20.0  # measured 4 to 5 s; a busy machine gets four times as much


def test_a_power_cut_is_stale_then_offline_then_one_gap_in_one_session(tmp_path: Path) -> None:
    async def run() -> World:
        async with bridged(load_scenario("demo_bike"), folder=tmp_path) as world:
            await asyncio.sleep(30.0)
            world.rides["bike"].switch_off("bike")
            await asyncio.sleep(20.0)
            await world.rides["bike"].switch_on("bike")
            await asyncio.sleep(10.0)
        return world

    out = run_virtual(run()).out
    assert out.words() == ["offline", "online", "stale", "offline", "online", "offline"]
    [gap] = out.events("gap")
    assert abs(gap["detail"]["duration_s"] - 20.0) <= 1.0
    assert len(out.events("session_started")) == 1
    [summary] = out.payloads("session_last")
    assert summary["gaps"] == 1


def test_a_name_that_comes_only_in_the_scan_response_is_enough(tmp_path: Path) -> None:
    async def run() -> World:
        async with bridged(
            load_scenario("demo_treadmill"), folder=tmp_path, late_name=True
        ) as world:
            await asyncio.sleep(10.0)
        return world

    assert "online" in run_virtual(run()).out.words("treadmill")


def test_the_adapter_can_be_taken_away_and_given_back(tmp_path: Path) -> None:
    async def run() -> World:
        async with bridged(load_scenario("demo_bike"), folder=tmp_path) as world:
            await asyncio.sleep(10.0)
            world.air.unplug(world.plugged[0])
            await world.adapter.close()
            await asyncio.sleep(20.0)
        return world

    out = run_virtual(run()).out
    verdicts = [one["detail"]["verdict"] for one in out.events("link")]
    assert "adapter_missing" in verdicts
    assert out.words()[-2:] == ["online", "offline"]
    assert out.words().count("online") == 2


def test_two_machines_with_sensors_share_one_adapter(tmp_path: Path) -> None:
    async def run() -> World:
        scenarios = load_scenario("demo_bike"), load_scenario("demo_treadmill")
        async with bridged(*scenarios, folder=tmp_path) as world:
            await asyncio.sleep(20.0)
            assert all(one.is_up for one in world.bluetooth.supervisors())
        return world

    world = run_virtual(run())
    live = world.out.payloads("live")[-1]
    assert live["signals"]["hr_bpm"] is not None
    assert world.out.payloads("live", "treadmill")[-1]["signals"]["step_rate_spm"] is not None


def test_after_many_losses_every_value_is_counted_once(tmp_path: Path) -> None:
    async def run() -> World:
        async with bridged(bike_at(4.0), folder=tmp_path) as world:
            bike = world.rides["bike"].machine
            for number in range(50):
                await asyncio.sleep(2.0)
                world.air.drop(bike.address, reason=0x08 if number % 2 else 0x13)
            await asyncio.sleep(10.0)
            assert bike.connections >= 50
        return world

    world = run_virtual(run())
    [file] = tmp_path.iterdir()
    supervisor = world.bluetooth.supervisors()[0]
    assert supervisor.gate is not None
    assert supervisor.gate.duplicates == 0
    rows = [one for one in RecordingReader(file) if getattr(one, "characteristic", 0) == 0x2AD2]
    per_second: dict[int, int] = {}
    for one in rows:
        per_second[int(one.at)] = per_second.get(int(one.at), 0) + 1
    assert max(per_second.values()) <= 5
