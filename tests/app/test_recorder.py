"""What a live run publishes, its recording brings about again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from ftms_bridge.app.bridge import Bridge
from ftms_bridge.app.play import Player
from ftms_bridge.app.recorder import Recorder, RecorderSettings
from ftms_bridge.control.commands import DIRECTIONS, Command, Verb
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import (
    Arrival,
    DirectionReading,
    LinkChange,
    Notification,
    Verdict,
)
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile, Drivetrain
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.recordings.replay import arrival_of
from ftms_bridge.telemetry.publish import Publish

SPEC = MachineSpec(
    "bike", MachineKind.INDOOR_BIKE, sensors=(SensorSpec("strap", SensorKind.HEART_RATE),),
    auto_quirk=True,
)  # fmt: skip
RECORD = encode(0x2AD2, {"speed_kmh": 25.0, "cadence_rpm": 60.0, "distance_m": 5})
PROFILES = {
    "bike": DirectionProfile(
        drivetrain=Drivetrain.FIXED,
        channels=(ChannelProof("direction_sensor", "bike", -1, 12, 2.5),),
    )
}
"""The sensor was found to be mounted the wrong way round."""
WALL = 1_767_225_600.0


def down(at: float, verdict: Verdict, source: str = "bike") -> LinkChange:
    return LinkChange(at, source, up=False, reason=f"it is {verdict.value}", verdict=verdict)


STORY: list[Arrival | Command] = [
    down(0.0, Verdict.SEARCHING),
    down(0.5, Verdict.NOT_SEEN, "strap"),
    LinkChange(1.0, "bike", up=True, verdict=Verdict.CHANGED_IDENTITY),
    Notification(1.1, "bike", 0x2A00, b"VOLT-0123"),
    *(Notification(2.0 + second, "bike", 0x2AD2, RECORD) for second in range(8)),
    DirectionReading(9.0, "bike", -1.0),
    DirectionReading(9.0, "bike", -62.5),
    Command("bike", Verb.LAP, "1"),
    Command("bike", Verb.DECLARE, "d", direction="backward"),
    DirectionReading(8.0, "bike", 0.0),
    Command("bike", Verb.LINK, "2", action="release", minutes=0.5),
    down(9.5, Verdict.RELEASED),
    DirectionReading(20.0, "bike", 1.0),
    Command("bike", Verb.DECLARE, direction="clear"),
    down(40.0, Verdict.ADAPTER_MISSING),
    Command("bike", Verb.LINK, action="resume"),
    Command("bike", Verb.LINK, "busy", action="resume"),
    down(41.0, Verdict.SEARCHING),
]


class Switch:
    """Obeys, but not a command that is called busy."""

    def obey(self, command: Command) -> str | None:
        return "not_now" if command.request_id == "busy" else None


class Outlet:
    """Keeps what is published, as bytes."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes]] = []

    def publish(self, effect: Publish) -> None:
        self.told.append((effect.topic.name, to_json(effect.payload)))


def core(spec: MachineSpec, profiles: Mapping[str, DirectionProfile]) -> Pipeline:
    return Pipeline(PipelineSettings((spec,), run_id="run", wall_zero=WALL, profiles=profiles))


def recorded(folder: Path) -> Path:
    """Return the only recording in a folder."""
    (file,) = folder.glob("*.ndjson")
    return file


async def lived(
    folder: Path, story: Sequence[Arrival | Command] = STORY
) -> list[tuple[str, bytes]]:
    """Live the story with a recorder, and return what was published."""
    header = RecordingHeader((SPEC,), wall_start=WALL, run_id="run", profiles=PROFILES)
    recorder = Recorder(RecorderSettings(folder, 0), header, wall=lambda: WALL)
    recorder.open()
    outlet, now = Outlet(), [0.0]
    bridge = Bridge(core(SPEC, PROFILES), outlet, lambda: now[0], recorder, links=Switch())
    bridge.begin()
    for step in story:
        if isinstance(step, Command):
            bridge.obey(step)
        else:
            now[0] = max(now[0], step.at)
            bridge.deliver(step)
    bridge.finish()
    recorder.close()
    return outlet.told


def replayed(folder: Path) -> list[tuple[str, bytes]]:
    """Return what the only recording in a folder brings about."""
    recording, outlet = RecordingReader(recorded(folder)), Outlet()
    again = core(recording.header.machines[0], recording.header.profiles)
    Player(again, lambda _, effect: outlet.publish(effect)).play(recording)
    return outlet.told


async def test_a_run_with_verdicts_quirks_hand_overs_and_directions_is_replayed_byte_by_byte(
    tmp_path: Path,
) -> None:
    live = await lived(tmp_path)
    assert replayed(tmp_path) == live
    assert sum(b'"reason":"not_now"' in payload for _, payload in live) == 1
    assert any(b"jetblack-volt" in payload for _, payload in live)


async def test_markers_say_the_verdict_and_the_whole_command(tmp_path: Path) -> None:
    await lived(tmp_path)
    marks = [entry for entry in RecordingReader(recorded(tmp_path)) if isinstance(entry, Marker)]
    commands = [dict(mark.detail) for mark in marks if mark.kind == "command"]
    assert commands == [
        {"verb": "lap", "id": "1"},
        {"verb": "declare", "id": "d", "direction": "backward"},
        {"verb": "link", "id": "2", "action": "release", "minutes": 0.5},
        {"verb": "declare", "id": None, "direction": "clear"},
        {"verb": "link", "id": None, "action": "resume"},
        {"verb": "link", "id": "busy", "action": "resume", "refusal": "not_now"},
    ]
    assert [mark.detail.get("verdict") for mark in marks if "connect" in mark.kind] == [
        "searching", "not_seen", "changed_identity", "released", "adapter_missing", "searching",
    ]  # fmt: skip


async def test_readings_are_recorded_in_their_order_with_the_instant_that_counted(
    tmp_path: Path,
) -> None:
    await lived(tmp_path)
    entries = list(RecordingReader(recorded(tmp_path)))
    readings = [arrival_of(entry) for entry in entries if getattr(entry, "kind", "") == "sensor"]
    assert readings == [
        DirectionReading(9.0, "bike", -1.0), DirectionReading(9.0, "bike", -62.5),
        DirectionReading(9.0, "bike", 0.0), DirectionReading(20.0, "bike", 1.0),
    ]  # fmt: skip


async def test_the_profiles_of_the_run_are_in_its_recording(tmp_path: Path) -> None:
    await lived(tmp_path)
    assert RecordingReader(recorded(tmp_path)).header.profiles == PROFILES


async def test_a_ride_both_ways_with_a_direction_sensor_is_replayed_byte_by_byte(
    tmp_path: Path,
) -> None:
    """The sensor speaks five times a second, between the records, and now and then a person."""
    story: list[Arrival | Command] = []
    for tick in range(600):
        at = tick / 5
        if tick % 5 == 0:
            story.append(Notification(at, "bike", 0x2AD2, RECORD))
        if not 300 <= tick < 400:
            story.append(DirectionReading(at + 0.07, "bike", -60.0 if tick < 250 else 62.5))
        if tick in (320, 380):
            direction = "backward" if tick == 320 else "clear"
            story.append(Command("bike", Verb.DECLARE, str(tick), direction=direction))
    live = await lived(tmp_path, story)
    assert replayed(tmp_path) == live
    said = [json.loads(text)["direction"] for topic, text in live if topic == "state"]
    assert {"forward", "backward"} <= set(said)


instants = st.integers(0, 4000).map(lambda ticks: ticks / 16)
values = st.floats(-300, 300) | st.sampled_from([-1.0, 0.0, 1.0])
steps = st.one_of(
    st.builds(Notification, instants, st.just("bike"), st.just(0x2AD2), st.just(RECORD)),
    st.builds(DirectionReading, instants, st.just("bike"), values),
    st.builds(LinkChange, instants, st.just("bike"), st.booleans()),
    st.builds(
        Command, st.just("bike"), st.sampled_from([verb for verb in Verb if verb is not Verb.LINK]),
        direction=st.sampled_from(DIRECTIONS),
    ),
)  # fmt: skip


@settings(max_examples=40)
@given(st.lists(steps, max_size=40))
def test_any_story_with_readings_and_declarations_is_replayed_byte_by_byte(
    story: list[Arrival | Command],
) -> None:
    begun = LinkChange(0.0, "bike", up=False)  # a replay begins with the first entry
    with TemporaryDirectory() as folder:
        live = asyncio.run(lived(Path(folder), [begun, *story]))
        assert replayed(Path(folder)) == live
