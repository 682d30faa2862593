"""The daemon as a whole against a real broker: births, values, commands, outages, goodbyes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ftms_bridge.app.daemon import Daemon
from ftms_bridge.app.profiles import profile_path
from ftms_bridge.app.replaying import Replay, ReplaySettings
from ftms_bridge.cli.main import load
from ftms_bridge.config.settings import Settings
from ftms_bridge.errors import ConfigError, OutputFailed
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.reader import RecordingReader
from tests.brokers import HOST, BrokerProcess, Ear, free_port, listening


def settings(recording: Path, folder: Path, **more: Any) -> Settings:
    """Return settings for one bike that plays a recording over and over, fast."""
    link = {"type": "recording", "file": str(recording), "speed": 20.0, "loop": True}
    return Settings.model_validate(
        {
            "machine": [{"id": "bike", "kind": "indoor_bike", "link": link}],
            "recording": {"directory": str(folder / "recordings")},
            "telemetry": {"health_every_s": 1},
            **more,
        }
    )


@asynccontextmanager
async def running(made: Settings, port: int) -> AsyncIterator[Daemon]:
    """Run a daemon, and stop it in good order."""
    stop = asyncio.Event()
    daemon = Daemon(made, BrokerSettings(host=HOST, port=port))
    task = asyncio.create_task(daemon.run(stop))
    try:
        yield daemon
    finally:
        stop.set()
        await task


def payload_of(ear: Ear, topic: str) -> Any:
    return json.loads(ear.texts(topic)[-1])


async def test_a_newcomer_sees_availability_state_and_live_within_seconds(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    async with listening(broker.port) as ear, running(settings(recording, tmp_path), broker.port):
        await ear.until(lambda e: len(e.texts("ftms/bike/live")) > 2)
        await ear.until(lambda e: "ftms/bike/state" in {m.topic for m in e.heard})
        assert ear.texts("ftms/bridge/availability") == ["online"]
        assert ear.texts("ftms/bike/availability")[-1] == "online"
        info = payload_of(ear, "ftms/bridge/info")
        assert info["machines"] == [
            {"id": "bike", "name": "Test bike", "kind": "indoor_bike", "sensors": []}
        ]
        live = payload_of(ear, "ftms/bike/live")
        assert live["direction"]["reason"] == "speed_source_unverified"


async def test_commands_arrive_and_are_answered(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    async with listening(broker.port) as ear, running(settings(recording, tmp_path), broker.port):
        await ear.until(lambda e: "session_started" in "".join(e.texts("ftms/bike/event")))
        await ear.client.publish("ftms/bike/set/lap", '{"id": "l1"}', qos=1)
        await ear.client.publish("ftms/bike/set/fly", '{"id": "f1"}', qos=1)
        await ear.until(lambda e: len(e.texts("ftms/bike/result")) == 2)
        results = {r["id"]: r for r in map(json.loads, ear.texts("ftms/bike/result"))}
        assert results["l1"]["status"] == "done"
        assert (results["f1"]["status"], results["f1"]["reason"]) == ("rejected", "unknown_verb")
        assert "lap" in results["f1"]["hint"]


async def test_a_stop_ends_the_session_and_says_offline_everywhere(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    async with listening(broker.port) as ear:
        async with running(settings(recording, tmp_path), broker.port):
            await ear.until(lambda e: "session_started" in "".join(e.texts("ftms/bike/event")))
        await ear.until(lambda e: e.texts("ftms/bridge/availability")[-1:] == ["offline"])
        assert ear.texts("ftms/bike/availability")[-1] == "offline"
        assert payload_of(ear, "ftms/bike/session/last")["ended_by"] == "shutdown"


async def test_the_summary_of_a_live_session_equals_the_replay_of_its_recording(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    async with listening(broker.port) as ear:
        async with running(settings(recording, tmp_path), broker.port):
            await ear.until(lambda e: "session_started" in "".join(e.texts("ftms/bike/event")))
            await ear.client.publish("ftms/bike/set/lap", "{}", qos=1)
            await ear.until(lambda e: len(e.texts("ftms/bike/live")) > 6)
        await ear.until(lambda e: len(e.texts("ftms/bike/session/last")) == 1)
        live = payload_of(ear, "ftms/bike/session/last")
    (file,) = (tmp_path / "recordings").glob("*.ndjson")
    replayed = Replay(ReplaySettings(files=(file,), base="ftms")).run().summaries[-1]
    assert replayed["session_id"] == live["session_id"]
    assert replayed["metrics"] == live["metrics"]
    assert [lap["distance_m"] for lap in replayed["laps"]] == [
        lap["distance_m"] for lap in live["laps"]
    ]
    assert replayed["moving_s"] == live["moving_s"]


async def test_a_direction_sensor_is_heard_and_recorded(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    async with listening(broker.port) as ear, running(settings(recording, tmp_path), broker.port):
        await ear.until(lambda e: len(e.texts("ftms/bike/live")) > 2)
        for payload in ("-62.5", "junk", '{"value": 1}'):
            await ear.client.publish("ftms/bike/sensor/direction", payload, qos=1)
        await ear.client.publish("ftms/bike/set/declare", '{"direction": "clear"}', qos=1)
        await ear.until(lambda e: bool(e.texts("ftms/bike/result")))
        await ear.until(
            lambda e: '"commands_rejected":1,' in "".join(e.texts("ftms/bridge/health"))
        )
    (file,) = (tmp_path / "recordings").glob("*.ndjson")
    marks = [entry for entry in RecordingReader(file) if isinstance(entry, Marker)]
    assert [mark.detail["value"] for mark in marks if mark.kind == "sensor"] == [-62.5, 1.0]
    assert [mark.detail["direction"] for mark in marks if mark.kind == "command"] == ["clear"]


async def test_a_broker_that_is_down_at_the_start_is_found_when_it_comes(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    broker.kill()
    async with running(settings(recording, tmp_path), broker.port) as daemon:
        await asyncio.sleep(0.3)
        assert daemon.pipeline.counters.notifications > 0
        await asyncio.to_thread(broker.start)
        async with listening(broker.port) as ear:
            await ear.until(lambda e: len(e.texts("ftms/bike/live")) > 0)
            assert payload_of(ear, "ftms/bridge/info")["machines"][0]["id"] == "bike"


async def test_health_counts_what_goes_through(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    async with listening(broker.port) as ear, running(settings(recording, tmp_path), broker.port):
        await ear.until(lambda e: len(e.texts("ftms/bridge/health")) >= 2)
        health = payload_of(ear, "ftms/bridge/health")
        assert health["mqtt_connected"] is True
        assert health["notifications"] > 5
        assert health["mqtt_published"] > 5
        assert health["recording"] == "on"
        assert health["machines"] == {"bike": "online"}
        assert 10 < health["rss_mb"] < 500


def test_a_link_that_delivers_another_kind_is_a_configuration_error(
    recording: Path, tmp_path: Path
) -> None:
    link = {"type": "recording", "file": str(recording)}
    machine = {"id": "belt", "kind": "treadmill", "link": link}
    with pytest.raises(ConfigError, match=r"machine\[0\].kind"):
        Daemon(settings(recording, tmp_path, machine=[machine]))


def test_a_recording_folder_that_cannot_be_written_is_told_at_the_start(
    recording: Path, tmp_path: Path
) -> None:
    (tmp_path / "recordings").write_text("a file where the folder should be")
    with pytest.raises(OutputFailed, match=r"recording\.directory"):
        Daemon(settings(recording, tmp_path))


def config_file(recording: Path, folder: Path, port: int) -> Path:
    path = folder / "bridge.toml"
    path.write_text(
        f'[mqtt]\nhost = "{HOST}"\nport = {port}\n'
        f'[recording]\ndirectory = "{folder / "recordings"}"\n'
        '[[machine]]\nid = "bike"\nkind = "indoor_bike"\n'
        f'link = {{ type = "recording", file = "{recording}", speed = 5.0, loop = true }}\n'
    )
    return path


async def spawn(recording: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "ftms_bridge", "run", "--config",
         str(config_file(recording, folder, port))],
        stderr=subprocess.PIPE,
    )  # fmt: skip


async def test_a_service_manager_stops_the_process_in_good_order(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    process = await spawn(recording, tmp_path, broker.port)
    async with listening(broker.port) as ear:
        await ear.until(lambda e: len(e.texts("ftms/bike/live")) > 0)
        process.send_signal(signal.SIGTERM)
        await ear.until(lambda e: e.texts("ftms/bridge/availability")[-1:] == ["offline"])
        assert await asyncio.to_thread(process.wait, 5) == 0


async def test_a_killed_process_is_announced_by_its_last_will(
    broker: BrokerProcess, recording: Path, tmp_path: Path
) -> None:
    process = await spawn(recording, tmp_path, broker.port)
    async with listening(broker.port) as ear:
        await ear.until(lambda e: len(e.texts("ftms/bike/live")) > 0)
        process.kill()
        await ear.until(lambda e: e.texts("ftms/bridge/availability")[-1:] == ["offline"])
        process.wait()
    (file,) = (tmp_path / "recordings").glob("*.ndjson")
    report = Replay(ReplaySettings(files=(file,), base="ftms")).run()
    assert report.notifications > 0
    assert report.damaged_lines <= 1


async def test_a_process_without_its_broker_keeps_running(recording: Path, tmp_path: Path) -> None:
    process = await spawn(recording, tmp_path, free_port())
    await asyncio.sleep(2.0)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = await asyncio.to_thread(process.communicate, None, 5)
    assert process.returncode == 0, errors
    assert b"127.0.0.1" in errors
    assert os.fsencode(str(tmp_path)) in errors  # where it records


SHORT_RIDE = """
[machine]
id = "trainer"
kind = "cross_trainer"

[drivetrain]
coupling = "fixed"
gear = 4.0
wheel_circumference_m = 0.45

[firmware]
rate_hz = 2.0
direction_bit = "set"

[[phase]]
duration_s = 2.5
direction = "forward"
cadence_rpm = 30

[[phase]]
duration_s = 600
direction = "backward"
cadence_rpm = 30
ramp_s = 1
"""


LIVE_TRAINER = "ftms/cross_trainer/live"


def measured(word: str) -> str:
    """Return how a live document begins to say so."""
    return f'"direction":{{"direction":"{word}","basis":"measured"'


def calibrated(folder: Path, port: int) -> Path:
    """Return a configuration of two machines: one was calibrated, the other's profile is broken."""
    ride, config = folder / "ride.ndjson", folder / "calibration.toml"
    (folder / "short.toml").write_text(SHORT_RIDE)
    config.write_text(
        f'[bluetooth]\nstate_directory = "{folder}"\n[[machine]]\nid = "cross_trainer"\n'
        'kind = "cross_trainer"\n'
        'link = { type = "simulator", scenario = "cross_trainer_bit15" }\n'
    )
    for name, words in (
        ("simulate", ["cross_trainer_bit15", "--out", str(ride)]),
        ("calibrate", ["cross_trainer", "--from", str(ride), "--config", str(config)]),
    ):
        result = CliRunner().invoke(load(name), words)
        assert result.exit_code == 0, result.output
    profile_path(folder, "bike").write_text("nonsense")
    path = folder / "bridge.toml"
    path.write_text(
        f'[mqtt]\nhost = "{HOST}"\nport = {port}\n'
        f'[bluetooth]\nstate_directory = "{folder}"\n'
        f'[recording]\ndirectory = "{folder / "recordings"}"\n'
        '[[machine]]\nid = "cross_trainer"\nkind = "cross_trainer"\n'
        f'link = {{ type = "simulator", scenario = "{folder / "short.toml"}" }}\n'
        '[[machine]]\nid = "bike"\nkind = "indoor_bike"\n'
        'link = { type = "simulator", scenario = "bike_freewheel_intervals" }\n'
    )
    return path


async def test_what_was_calibrated_is_used_and_a_broken_profile_is_only_told(
    broker: BrokerProcess, tmp_path: Path
) -> None:
    config = calibrated(tmp_path, broker.port)
    process = subprocess.Popen(
        [sys.executable, "-m", "ftms_bridge", "run", "--config", str(config)],
        stderr=subprocess.PIPE,
    )
    async with listening(broker.port) as ear:
        await ear.until(lambda e: measured("forward") in "".join(e.texts(LIVE_TRAINER)))
        await ear.until(lambda e: measured("backward") in "".join(e.texts(LIVE_TRAINER)))
        assert payload_of(ear, LIVE_TRAINER)["direction"]["evidence"][0]["proven"]
        await ear.until(lambda e: len(e.texts("ftms/bike/live")) > 0)
        assert payload_of(ear, "ftms/bike/live")["direction"]["direction"] != "forward"
    process.send_signal(signal.SIGTERM)
    _, errors = await asyncio.to_thread(process.communicate, None, 5)
    assert process.returncode == 0
    told = errors.decode()
    assert "bike: nothing is known about its directions" in told
    assert str(profile_path(tmp_path, "bike")) in told
    assert "ftms-bridge calibrate" in told
    assert "calibrated for direction: cross_trainer" in told
    (file,) = (tmp_path / "recordings").glob("*.ndjson")
    assert set(RecordingReader(file).header.profiles) == {"cross_trainer"}
    replayed = Replay(ReplaySettings(files=(file,), base="ftms")).run()
    (trainer,) = [one for one in replayed.summaries if one["machine"] == "cross_trainer"]
    assert trainer["by_direction"]["forward"]["time_s"] > 0.0
    assert trainer["by_direction"]["backward"]["time_s"] > 0.0
