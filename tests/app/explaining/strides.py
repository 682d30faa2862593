"""Small recordings of a cross trainer with a direction bit, made to be explained."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile, Drivetrain
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.recordings.header import RecordingHeader
from ftms_bridge.recordings.writer import RecordingWriter

TRAINER = MachineSpec("trainer", MachineKind.CROSS_TRAINER)
PROVEN = DirectionProfile(
    firmware="1.9",
    drivetrain=Drivetrain.FIXED,
    channels=(ChannelProof("movement_direction_bit", "trainer", 1, 60, 4.1),),
)
CRANK = SensorSpec("meter", SensorKind.POWER_METER)
FORWARD, BACKWARD, STILL = "000000f401", "008000f401", "0000000000"


def strides(start: float, seconds: int, bits: str = FORWARD) -> list[Entry]:
    """Return a record a second."""
    return [
        Notification(start + second, "trainer", 0x2ACE, bytes.fromhex(bits))
        for second in range(seconds)
    ]


def label(at: float, word: str) -> Marker:
    return Marker(at, "label", detail={"direction": word})


def declared(at: float, word: str) -> Marker:
    return Marker(at, "command", "trainer", {"verb": "declare", "id": None, "direction": word})


def firmware(at: float, text: str) -> Entry:
    return Notification(at, "trainer", 0x2A26, text.encode())


def write(
    path: Path,
    entries: Iterable[Entry],
    *machines: MachineSpec,
    profile: DirectionProfile | None = None,
) -> Path:
    """Write a recording of 2023-11-14T22:13:20Z; the profile is that of the trainer."""
    header = RecordingHeader(
        machines or (TRAINER,),
        wall_start=1_700_000_000.0,
        software="test",
        run_id="abc",
        profiles={} if profile is None else {"trainer": profile},
    )
    with RecordingWriter(path, header) as writer:
        for entry in entries:
            if isinstance(entry, Notification):
                writer.write(entry)
            else:
                writer.mark(entry)
    return path


def there_and_back(path: Path, profile: DirectionProfile | None = PROVEN) -> Path:
    """Write half a minute forward, a stop, half a minute backward, with labels."""
    entries = [
        label(0.0, "forward"), *strides(0.0, 30),
        label(30.0, "stopped"), *strides(30.0, 6, STILL),
        label(36.0, "backward"), *strides(36.0, 30, BACKWARD),
    ]  # fmt: skip
    return write(path, entries, profile=profile)
