"""What a live run publishes, its recording brings about again."""

from __future__ import annotations

from pathlib import Path

from pydantic_core import to_json

from ftms_bridge.app.bridge import Bridge
from ftms_bridge.app.play import Player
from ftms_bridge.app.recorder import Recorder, RecorderSettings
from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Arrival, LinkChange, Notification, Verdict
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.recordings.format import Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.telemetry.publish import Publish

SPEC = MachineSpec(
    "bike", MachineKind.INDOOR_BIKE, sensors=(SensorSpec("strap", SensorKind.HEART_RATE),),
    auto_quirk=True,
)  # fmt: skip
RECORD = encode(0x2AD2, {"speed_kmh": 25.0, "cadence_rpm": 60.0, "distance_m": 5})
WALL = 1_767_225_600.0


def down(at: float, verdict: Verdict, source: str = "bike") -> LinkChange:
    return LinkChange(at, source, up=False, reason=f"it is {verdict.value}", verdict=verdict)


STORY: list[Arrival | Command] = [
    down(0.0, Verdict.SEARCHING),
    down(0.5, Verdict.NOT_SEEN, "strap"),
    LinkChange(1.0, "bike", up=True, verdict=Verdict.CHANGED_IDENTITY),
    Notification(1.1, "bike", 0x2A00, b"VOLT-0123"),
    *(Notification(2.0 + second, "bike", 0x2AD2, RECORD) for second in range(8)),
    Command("bike", Verb.LAP, "1"),
    Command("bike", Verb.LINK, "2", action="release", minutes=0.5),
    down(9.5, Verdict.RELEASED),
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


def core(spec: MachineSpec) -> Pipeline:
    return Pipeline(PipelineSettings((spec,), run_id="run", wall_zero=WALL))


def recorded(folder: Path) -> Path:
    """Return the only recording in a folder."""
    (file,) = folder.glob("*.ndjson")
    return file


async def lived(folder: Path) -> list[tuple[str, bytes]]:
    """Live the story with a recorder, and return what was published."""
    header = RecordingHeader((SPEC,), wall_start=WALL, run_id="run")
    recorder = Recorder(RecorderSettings(folder, 0), header, wall=lambda: WALL)
    recorder.open()
    outlet, now = Outlet(), [0.0]
    bridge = Bridge(core(SPEC), outlet, lambda: now[0], recorder, links=Switch())
    bridge.begin()
    for step in STORY:
        if isinstance(step, Command):
            bridge.obey(step)
        else:
            now[0] = step.at
            bridge.deliver(step)
    bridge.finish()
    recorder.close()
    return outlet.told


async def test_a_run_with_verdicts_quirks_and_hand_overs_is_replayed_byte_by_byte(
    tmp_path: Path,
) -> None:
    live = await lived(tmp_path)
    recording = RecordingReader(recorded(tmp_path))
    outlet = Outlet()
    Player(core(recording.header.machines[0]), lambda _, effect: outlet.publish(effect)).play(
        recording
    )
    assert outlet.told == live
    assert sum(b'"reason":"not_now"' in payload for _, payload in live) == 1
    assert any(b"jetblack-volt" in payload for _, payload in live)


async def test_markers_say_the_verdict_and_the_whole_command(tmp_path: Path) -> None:
    await lived(tmp_path)
    marks = [entry for entry in RecordingReader(recorded(tmp_path)) if isinstance(entry, Marker)]
    commands = [dict(mark.detail) for mark in marks if mark.kind == "command"]
    assert commands == [
        {"verb": "lap", "id": "1"},
        {"verb": "link", "id": "2", "action": "release", "minutes": 0.5},
        {"verb": "link", "id": None, "action": "resume"},
        {"verb": "link", "id": "busy", "action": "resume", "refusal": "not_now"},
    ]
    assert [mark.detail.get("verdict") for mark in marks if "connect" in mark.kind] == [
        "searching", "not_seen", "changed_identity", "released", "adapter_missing", "searching",
    ]  # fmt: skip
