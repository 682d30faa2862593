"""Which channels a machine with its sensors has, and whose records each of them listens to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ftms_bridge.measurement.signals import Signals
from ftms_bridge.measurement.source import Source
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind
from ftms_bridge.motion.channels.crank_angle import CrankAngle, ExtremeAngles
from ftms_bridge.motion.channels.engagement import EngagementLine
from ftms_bridge.motion.channels.events import FallingDistance, NegativeClimb, StatusText
from ftms_bridge.motion.channels.gait import GaitRatio
from ftms_bridge.motion.channels.power import MeterContradiction, NegativePower
from ftms_bridge.motion.channels.stated import (
    DirectionSensor,
    MovementBit,
    RevolutionCounter,
    SignedSpeed,
)
from ftms_bridge.motion.evidence import Channel
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.motion.reading import MotionReading

PEDALLED = frozenset({MachineKind.INDOOR_BIKE, MachineKind.CROSS_TRAINER})
COUNTING = frozenset({SensorKind.SPEED_CADENCE, SensorKind.POWER_METER})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What channels are made from: a machine, its profile, its sources and what they measure."""

    spec: MachineSpec
    profile: DirectionProfile
    signals: Signals
    sources: Mapping[str, Source]
    reading: MotionReading


def build_channels(around: Surroundings) -> dict[str, tuple[Channel, ...]]:
    """Return the channels by the source with whose records they are weighed."""
    own = [*_own_channels(around)]
    found: dict[str, tuple[Channel, ...]] = {}
    for sensor in around.spec.sensors:
        channels: list[Channel] = []
        if sensor.kind in COUNTING:
            channels += _counting_channels(around, sensor.id)
        if sensor.kind is SensorKind.POWER_METER:
            channels += _meter_channels(around, sensor.id)
            if around.spec.kind in PEDALLED:
                own.append(_contradiction(around, sensor.id))
        elif sensor.kind is SensorKind.FOOT_POD:
            own.append(_gait(around, sensor.id))
        found[sensor.id] = tuple(channels)
    by_hand = DirectionSensor(around.profile)
    return {around.spec.id: tuple(own), **found, by_hand.source: (by_hand,)}


def _own_channels(around: Surroundings) -> list[Channel]:
    spec, profile, reading = around.spec, around.profile, around.reading
    source, watch = around.sources[spec.id], around.signals.watch_source
    channels: list[Channel] = [StatusText(source, profile)]
    if spec.kind is MachineKind.CROSS_TRAINER:
        channels.append(MovementBit(source, profile))
    elif spec.kind in {MachineKind.INDOOR_BIKE, MachineKind.TREADMILL}:
        channels.append(SignedSpeed(source, profile))
        channels.append(FallingDistance(source, profile, reading))
    if spec.kind is MachineKind.TREADMILL:
        incline, lost = watch(spec.id, "incline_pct"), watch(spec.id, "elev_gain_neg_m")
        channels.append(NegativeClimb(source, profile, incline=incline, lost=lost))
    if spec.kind is MachineKind.INDOOR_BIKE:
        power = watch(spec.id, "power_w")
        channels.append(NegativePower(spec.id, profile, power=power, reading=reading))
        channels.append(
            EngagementLine(
                spec.id, profile, speed=watch(spec.id, "speed_kmh"),
                cadence=watch(spec.id, "cadence_rpm"), power=power,
            )
        )  # fmt: skip
    return channels


def _counting_channels(around: Surroundings, sensor: str) -> list[Channel]:
    source = around.sources[sensor]
    return [
        RevolutionCounter(source, around.profile, crank=False),
        RevolutionCounter(source, around.profile, crank=True),
    ]


def _meter_channels(around: Surroundings, sensor: str) -> list[Channel]:
    source, watch = around.sources[sensor], around.signals.watch_source
    return [
        CrankAngle(source, around.profile, watch(sensor, "cadence_rpm")),
        ExtremeAngles(source, around.profile),
        NegativePower(
            sensor, around.profile, power=watch(sensor, "power_w"), reading=around.reading
        ),
    ]


def _contradiction(around: Surroundings, sensor: str) -> Channel:
    watch = around.signals.watch_source
    return MeterContradiction(
        sensor,
        around.profile,
        machine=watch(around.spec.id, "power_w"),
        cadence=watch(around.spec.id, "cadence_rpm"),
        meter=watch(sensor, "power_w"),
        meter_rpm=watch(sensor, "cadence_rpm"),
        reading=around.reading,
    )


def _gait(around: Surroundings, source: str) -> Channel:
    rate = around.signals.watch_source(source, "step_rate_spm")
    return GaitRatio(source, around.profile, rate=rate, reading=around.reading)
