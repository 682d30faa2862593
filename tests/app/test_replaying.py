"""Replays: transcripts that do not differ by a byte, and a broker that hears everything."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from ftms_bridge.app.replaying import Replay, ReplaySettings
from ftms_bridge.errors import BrokerUnavailable, DataError, InputMissing, OutputFailed
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter
from tests.app.conftest import BIKE
from tests.brokers import HOST, BrokerProcess, Ear, free_port, listening


def transcript(*files: Path) -> list[dict[str, Any]]:
    out = io.BytesIO()
    Replay(ReplaySettings(files=files, base="ftms")).run(out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_two_replays_give_the_same_bytes(recording: Path, tmp_path: Path) -> None:
    outs = [tmp_path / "one", tmp_path / "two"]
    for out in outs:
        Replay(ReplaySettings(files=(recording,), base="ftms")).run(out)
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert outs[0].stat().st_size > 10_000


def test_a_transcript_line_says_when_where_and_what(recording: Path) -> None:
    lines = transcript(recording)
    words = [line for line in lines if line["topic"] == "ftms/bike/availability"]
    assert words[:2] == [
        {"t": 0.0, "topic": "ftms/bike/availability", "qos": 1, "retain": True, "payload": word}
        for word in ("offline", "online")
    ]
    live = next(line for line in lines if line["topic"] == "ftms/bike/live")
    assert (live["qos"], live["retain"]) == (0, False)
    assert live["payload"]["time"] == "2023-11-14T22:13:20.000Z"


def test_recorded_commands_and_lost_links_happen_again(recording: Path) -> None:
    lines = transcript(recording)
    results = [line["payload"] for line in lines if line["topic"] == "ftms/bike/result"]
    assert [(result["id"], result["status"]) for result in results] == [("7", "done")]
    events = [line["payload"]["type"] for line in lines if line["topic"] == "ftms/bike/event"]
    assert events == ["session_started", "lap", "link", "session_paused", "session_ended"]
    summary = next(line["payload"] for line in lines if "session" in line["topic"])
    assert summary["session_id"] == "abc-bike-0"
    assert [lap["distance_m"] for lap in summary["laps"]] == [210, 203]


def test_speed_does_not_change_what_is_published(recording: Path, tmp_path: Path) -> None:
    fast, slow = tmp_path / "fast", tmp_path / "slow"
    Replay(ReplaySettings(files=(recording,), base="ftms")).run(fast)
    Replay(ReplaySettings(files=(recording,), base="ftms", speed=500.0)).run(slow)
    assert fast.read_bytes() == slow.read_bytes()


def test_several_recordings_play_side_by_side(recording: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ndjson"
    other.write_bytes(recording.read_bytes().replace(b'"run_id":"abc"', b'"run_id":"xyz"'))
    report = Replay(ReplaySettings(files=(recording, other), base="ftms")).run()
    assert {summary["machine"] for summary in report.summaries} == {"bike", "bike_2"}


def test_damage_is_reported_and_costs_only_its_line(recording: Path) -> None:
    data = recording.read_bytes()
    recording.write_bytes(data.replace(b'"t":10.000000', b'"t":1Q.000000') + b'{"t":61.0,"ch')
    report = Replay(ReplaySettings(files=(recording,), base="ftms")).run()
    assert report.damaged_lines == 2
    assert report.notifications == 59
    assert all(str(recording) in text for text in report.damage)


def test_a_recording_of_nothing_replays_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "nothing.ndjson"
    RecordingWriter(path, RecordingHeader((BIKE,), run_id="abc")).close()
    for speed in (None, 100.0):
        report = Replay(ReplaySettings(files=(path,), base="ftms", speed=speed)).run()
        assert (report.notifications, report.summaries) == (0, [])


def test_missing_and_useless_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        Replay(ReplaySettings(files=(tmp_path / "none.ndjson",), base="ftms"))
    useless = tmp_path / "useless.ndjson"
    useless.write_text("hello\n")
    with pytest.raises(DataError):
        Replay(ReplaySettings(files=(useless,), base="ftms"))


def test_a_transcript_that_cannot_be_written_says_so(recording: Path, tmp_path: Path) -> None:
    replay = Replay(ReplaySettings(files=(recording,), base="ftms"))
    with pytest.raises(OutputFailed, match="cannot be written"):
        replay.run(tmp_path / "no" / "such" / "folder")


def test_a_broker_that_is_not_there_stops_a_replay_at_full_speed(
    recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftms_bridge.app.replaying._BROKER_LIMIT_S", 0.1)
    broker = BrokerSettings(host=HOST, port=free_port())
    with pytest.raises(BrokerUnavailable, match="No broker answers"):
        Replay(ReplaySettings(files=(recording,), base="ftms", broker=broker)).run()


async def replay_to(broker: BrokerProcess, recording: Path, speed: float | None) -> Replay:
    replay = Replay(
        ReplaySettings(
            files=(recording,),
            base="gym",
            speed=speed,
            broker=BrokerSettings(host=HOST, port=broker.port),
        )
    )
    await asyncio.to_thread(replay.run)
    return replay


@pytest.mark.parametrize("speed", [None, 100.0])
async def test_a_broker_hears_every_event_the_summary_and_a_goodbye(
    broker: BrokerProcess, recording: Path, speed: float | None
) -> None:
    async with listening(broker.port) as ear:
        replay = await replay_to(broker, recording, speed)
        await ear.until(lambda e: e.texts("gym/bridge/availability") == ["online", "offline"])
        await ear.until(lambda e: len(e.texts("gym/bike/event")) == 5)
        assert [json.loads(text)["type"] for text in ear.texts("gym/bike/event")] == [
            "session_started", "lap", "link", "session_paused", "session_ended",
        ]  # fmt: skip
        summary = json.loads(ear.texts("gym/bike/session/last")[-1])
        assert summary == replay.report.summaries[0]
        assert ear.texts("gym/bike/availability")[-1] == "offline"
    async with listening(broker.port) as late:
        await late.until(lambda e: len({m.topic for m in e.heard}) >= 7)
        assert {message.topic for message in late.heard} == {
            "gym/bridge/availability", "gym/bridge/info", "gym/bridge/health",
            "gym/bike/availability", "gym/bike/link", "gym/bike/state", "gym/bike/session/last",
        }  # fmt: skip
        assert all(message.retain for message in late.heard)
    assert replay.report.not_delivered == 0


async def test_a_broker_that_restarts_in_the_middle_gets_every_retained_topic_again(
    broker: BrokerProcess, recording: Path
) -> None:
    task = asyncio.create_task(replay_to(broker, recording, 8.0))

    def rides(ear: Ear) -> bool:
        return len(ear.texts("gym/bike/state")) > 3

    async with listening(broker.port) as ear:
        await ear.until(rides)
    await asyncio.to_thread(broker.kill)
    await asyncio.sleep(0.2)
    await asyncio.to_thread(broker.start)
    async with listening(broker.port) as ear:
        await ear.until(rides)
        retained = {"gym/bridge/info", "gym/bridge/availability", "gym/bike/availability"}
        await ear.until(lambda e: retained <= {message.topic for message in e.heard})
        await task
        await ear.until(lambda e: len(e.texts("gym/bike/session/last")) >= 1)
        await ear.until(lambda e: "session_ended" in "".join(e.texts("gym/bike/event")))
        health = [json.loads(text) for text in ear.texts("gym/bridge/health")]
    assert health[-1]["mqtt_reconnections"] == 1


def test_a_replay_knows_what_was_proven_when_it_was_recorded(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[PipelineSettings] = []

    def note(settings: PipelineSettings) -> Pipeline:
        told.append(settings)
        return Pipeline(settings)

    monkeypatch.setattr("ftms_bridge.app.replaying.Pipeline", note)
    proven = {"bike": DirectionProfile(drivetrain=Drivetrain.FIXED)}
    known = tmp_path / "known.ndjson"
    RecordingWriter(known, RecordingHeader((BIKE,), run_id="abc", profiles=proven)).close()
    for file in (recording, known):
        Replay(ReplaySettings(files=(file,), base="ftms"))
    assert [settings.profiles for settings in told] == [{}, proven]
