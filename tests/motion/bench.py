"""A machine with sensors that sends real notifications to a tracker; proofs for its channels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log
from typing import Any, Final

from ftms_bridge.gatt.codec import encode
from ftms_bridge.measurement.signals import Signals
from ftms_bridge.measurement.source import Source
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate
from ftms_bridge.motion.estimator import DirectionTracker
from ftms_bridge.motion.evidence import Channel, ChannelKind
from ftms_bridge.motion.profile import UNPROVEN, ChannelProof, DirectionProfile

FORWARD, BACKWARD = Direction.FORWARD, Direction.BACKWARD
STOPPED, UNKNOWN = Direction.STOPPED, Direction.UNKNOWN
MEASURED, DECLARED = DirectionBasis.MEASURED, DirectionBasis.DECLARED
MIRRORED: Final = {FORWARD: BACKWARD, BACKWARD: FORWARD, STOPPED: STOPPED, UNKNOWN: UNKNOWN}

MACHINE: Final = "machine"
CSC, CPS, VECTOR, POD, TEXT = 0x2A5B, 0x2A63, 0x2A64, 0x2A53, 0x2AD3
RECORD_OF: Final = {
    MachineKind.INDOOR_BIKE: 0x2AD2,
    MachineKind.TREADMILL: 0x2ACD,
    MachineKind.CROSS_TRAINER: 0x2ACE,
}
METER: Final = SensorSpec("meter", SensorKind.POWER_METER)
COUNTER: Final = SensorSpec("counter", SensorKind.SPEED_CADENCE)
FOOT_POD: Final = SensorSpec("pod", SensorKind.FOOT_POD)


def proof(channel: str, source: str = MACHINE, *, polarity: int = 1) -> ChannelProof:
    """Return what twenty clean samples of both ways prove."""
    return ChannelProof(channel, source, polarity, samples=20, cap=log(21))


def proven(*proofs: ChannelProof, **rest: Any) -> DirectionProfile:
    return DirectionProfile(channels=proofs, **rest)


class Bench:
    """One machine with its sensors; every call returns what the tracker says then."""

    def __init__(
        self,
        kind: MachineKind,
        profile: DirectionProfile = UNPROVEN,
        *sensors: SensorSpec,
        prefer: tuple[tuple[str, tuple[str, ...]], ...] = (),
    ) -> None:
        self.spec = MachineSpec(MACHINE, kind, sensors=sensors, priority=prefer)
        self.signals = Signals(self.spec)
        self._believed = [self.signals.watch(n) for n in ("speed_kmh", "cadence_rpm", "power_w")]
        self.sources = {name: Source(name, self.signals) for name in (MACHINE, *ids(sensors))}
        self.tracker = DirectionTracker(self.spec, profile, self.signals, self.sources)

    @property
    def record_type(self) -> int:
        return RECORD_OF[self.spec.kind]

    def channel(self, name: str) -> Channel:
        return next(one for one in self.tracker.channels if one.kind.name == name)

    def record(self, at: float, **fields: Any) -> DirectionEstimate:
        """Send one record of the machine."""
        self.sources[MACHINE].receive(self.record_type, encode(self.record_type, fields), at)
        return self._step(at)

    def torn_record(self, at: float, **fields: Any) -> DirectionEstimate:
        """Send the part of a record that comes before the speed, and never the rest."""
        source = self.sources[MACHINE]
        source.receive(self.record_type, encode(self.record_type, fields, more_data=True), at)
        late_at = source.deadline()
        assert late_at is not None
        source.expire(late_at)
        return self._step(late_at)

    def _step(self, at: float) -> DirectionEstimate:
        speed, cadence, power = (signal.value(at) for signal in self._believed)
        if speed is None and cadence is None and power is None:
            self.tracker.doubt(at)
        else:
            moving = (speed or 0) >= 0.3 or (cadence or 0) >= 10 or (power or 0) >= 5
            self.tracker.receive(
                at, moving=moving, speed_kmh=speed, cadence_rpm=cadence, power_w=power
            )
        return self.tracker.estimate

    def sensor(self, name: str, at: float, characteristic: int, **fields: Any) -> DirectionEstimate:
        """Send one notification of a sensor."""
        self.sources[name].receive(characteristic, encode(characteristic, fields), at)
        self.tracker.hear(name, characteristic, at)
        return self.tracker.estimate

    def sense(self, value: float, at: float) -> DirectionEstimate:
        """Send a reading of the direction sensor."""
        self.tracker.sense(value, at)
        return self.tracker.estimate

    def text(self, words: str, at: float) -> None:
        """Send a training status."""
        data = encode(TEXT, {"training_status": "manual_mode", "text": words})
        self.sources[MACHINE].receive(TEXT, data, at)

    def run(self, start: float, seconds: int, **fields: Any) -> list[Direction]:
        """Send the same record once a second; return what is said after each."""
        return [self.record(start + n, **fields).direction for n in range(seconds)]

    def ride(
        self, start: float, seconds: int, step: Callable[[float], object], **fields: Any
    ) -> list[Direction]:
        """Call ``step`` before each record of the machine; return what is said after each."""
        said = []
        for n in range(seconds):
            step(start + n)
            said.append(self.record(start + n, **fields).direction)
        return said


def ids(sensors: Iterable[SensorSpec]) -> list[str]:
    return [sensor.id for sensor in sensors]


def kind_of_channel(name: str = "fake", **other: Any) -> ChannelKind:
    """Return a kind that can say both ways without being proven."""
    rows: dict[str, Any] = {
        "backward": 3.0, "forward": 3.0, "forward_later": 3.0, "proven": 6.0, "cap": 4.0,
        "cap_proven": 6.0, "fresh_s": 5.0, "explicit": True, "fails": "", "reference": "",
    }  # fmt: skip
    return ChannelKind(name, "", **(rows | other))


def saying(llr: float, source: str = "a", *, is_proven: bool = True, **kind: Any) -> Channel:
    """Return a channel that says this since the beginning."""
    made = kind_of_channel(**({"name": f"of_{source}"} | kind))
    profile = proven(proof(made.name, source)) if is_proven else UNPROVEN
    channel = Channel(made, source, profile)
    channel.llr, channel.at, channel.spoke_at = llr, 0.0, 0.0
    return channel
