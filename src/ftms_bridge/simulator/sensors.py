"""Sensors on rider and machine: speed and cadence, power, heart rate, foot pod."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from random import Random
from typing import Final, Protocol

from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.fields import Value
from ftms_bridge.simulator.belt import walked_kmh
from ftms_bridge.simulator.counters import POWER_WHEEL_TICKS_PER_S, RevolutionCounter
from ftms_bridge.simulator.crank_angle import CrankAngle
from ftms_bridge.simulator.drive import RAD_S_PER_RPM
from ftms_bridge.simulator.firmware import (
    LEAST_KMH,
    LEAST_PER_MIN,
    LEAST_W,
    Shown,
    without_sign,
)
from ftms_bridge.simulator.motion import Motion
from ftms_bridge.simulator.radio import Payload
from ftms_bridge.simulator.rider import RUNNING_MPS
from ftms_bridge.simulator.sensor_tables import (
    BluetoothSensor,
    FootPod,
    HeartRate,
    PowerMeter,
    SpeedCadence,
)
from ftms_bridge.units import mps_from_kmh

CSC_MEASUREMENT: Final = 0x2A5B
POWER_MEASUREMENT: Final = 0x2A63
POWER_VECTOR: Final = 0x2A64
HEART_RATE_MEASUREMENT: Final = 0x2A37
RSC_MEASUREMENT: Final = 0x2A53

POD_SMOOTHING_S: Final = 2.0
"""A foot pod averages over some steps; house choice."""

WHEEL_BITS: Final = 32


class Source(Protocol):
    """Something that watches the motion and speaks at its own rate: a machine or a sensor."""

    id: str
    rate_hz: float

    def observe(self, motion: Motion, at: float, dt: float) -> None:
        """Take the true motion at ``at``, ``dt`` seconds after the last one."""

    def payloads(self, motion: Motion, faults: Collection[str]) -> Iterator[Payload]:
        """Yield what is sent now, while these kinds of fault are active."""

    def reset(self) -> None:
        """Start the counters again."""


class SpeedCadenceSensor:
    """Counts revolutions of wheel and crank, with the time of the last of each."""

    def __init__(self, spec: SpeedCadence) -> None:
        self.id = spec.id
        self.rate_hz = spec.rate_hz
        self._swapped = spec.swapped
        signed = spec.counts == "turns"
        self._wheel: RevolutionCounter | None = None
        self._crank: RevolutionCounter | None = None
        if spec.wheel:
            self._wheel = RevolutionCounter(
                first=spec.first_wheel_revs, bits=WHEEL_BITS, signed=signed
            )
        if spec.crank:
            self._crank = RevolutionCounter(first=spec.first_crank_revs, signed=signed)

    def observe(self, motion: Motion, at: float, dt: float) -> None:
        """Take the angles of wheel and crank."""
        wheel_turns, crank_turns = motion.wheel_turns, motion.crank_turns
        if self._swapped:
            wheel_turns, crank_turns = crank_turns, wheel_turns
        if self._wheel is not None:
            self._wheel.observe(wheel_turns, at, dt)
        if self._crank is not None:
            self._crank.observe(crank_turns, at, dt)

    def payloads(self, motion: Motion, faults: Collection[str]) -> Iterator[Payload]:
        """Yield one measurement, also when nothing new was counted."""
        yield CSC_MEASUREMENT, encode(CSC_MEASUREMENT, counts(self._wheel, self._crank))

    def reset(self) -> None:
        """Start the counts at 0, as after a change of the battery."""
        for counter in (self._wheel, self._crank):
            if counter is not None:
                counter.reset()


class PowerMeterSensor:
    """Measures torque at pedals or hub, and turns it into power with its own cadence."""

    def __init__(self, spec: PowerMeter, rng: Random) -> None:
        self.id = spec.id
        self.rate_hz = spec.rate_hz
        self._spec = spec
        self._power = Shown(spec.smoothing_s, least=LEAST_W)
        signed = spec.counts == "turns"
        self._crank = RevolutionCounter(first=spec.first_crank_revs, signed=signed)
        self._wheel = RevolutionCounter(
            first=spec.first_wheel_revs,
            bits=WHEEL_BITS,
            ticks_per_s=POWER_WHEEL_TICKS_PER_S,
            signed=signed,
        )
        self._angle = CrankAngle(spec, rng) if spec.vector or spec.extremes else None

    def observe(self, motion: Motion, at: float, dt: float) -> None:
        """Take torque, cadence and angles."""
        self._power.step(self._power_w(motion), dt)
        self._crank.observe(motion.crank_turns, at, dt)
        self._wheel.observe(motion.wheel_turns, at, dt)
        if self._angle is not None:
            self._angle.observe(motion)

    def payloads(self, motion: Motion, faults: Collection[str]) -> Iterator[Payload]:
        """Yield the measurement and, if the meter has it, the vector with the crank's angle."""
        spec = self._spec
        fields: dict[str, Value] = {"power_w": round(self._power.value)}
        wheel = self._wheel if spec.wheel else None
        fields.update(counts(wheel, self._crank if spec.crank else None))
        if self._angle is not None and spec.extremes:
            fields.update(self._angle.extremes())
        yield POWER_MEASUREMENT, encode(POWER_MEASUREMENT, fields)
        if self._angle is not None and spec.vector:
            vector = counts(None, self._crank)
            vector["first_angle_deg"] = self._angle.degrees()
            yield POWER_VECTOR, encode(POWER_VECTOR, vector)

    def reset(self) -> None:
        """Start the counts at 0, as after a change of the battery."""
        self._crank.reset()
        self._wheel.reset()

    def _power_w(self, motion: Motion) -> float:
        """Return torque times speed of rotation; a meter blind to its sense takes it as forward."""
        if self._spec.place == "hub":
            power_w = motion.drive_power_w
        else:
            turning = motion.crank_rpm if self._spec.senses_rotation else abs(motion.crank_rpm)
            power_w = motion.pedal_torque_nm * turning * RAD_S_PER_RPM
        return without_sign(power_w * self._spec.power_scale, self._spec.negative_power)


class HeartRateStrap:
    """Sends the heart rate, with skin contact."""

    def __init__(self, spec: HeartRate) -> None:
        self.id = spec.id
        self.rate_hz = spec.rate_hz

    def observe(self, motion: Motion, at: float, dt: float) -> None:
        """Do nothing: the rate itself has all the memory there is."""

    def payloads(self, motion: Motion, faults: Collection[str]) -> Iterator[Payload]:
        """Yield one measurement."""
        fields: dict[str, Value] = {"contact": True, "hr_bpm": round(motion.heart_rate_bpm)}
        yield HEART_RATE_MEASUREMENT, encode(HEART_RATE_MEASUREMENT, fields)

    def reset(self) -> None:
        """Do nothing: there are no counters."""


class FootPodSensor:
    """Measures speed and cadence of the feet, not of the belt; it knows no direction."""

    def __init__(self, spec: FootPod) -> None:
        self.id = spec.id
        self.rate_hz = spec.rate_hz
        self._spec = spec
        self._speed = Shown(POD_SMOOTHING_S, least=mps_from_kmh(LEAST_KMH))
        self._cadence = Shown(POD_SMOOTHING_S, least=LEAST_PER_MIN)
        self._distance_m = 0.0

    def observe(self, motion: Motion, at: float, dt: float) -> None:
        """Take the movement of the feet."""
        speed_mps = mps_from_kmh(walked_kmh(motion)) * self._spec.speed_scale
        self._speed.step(speed_mps, dt)
        feet = 2.0 if self._spec.counts == "strides" else 1.0
        self._cadence.step(motion.step_rate_spm / feet, dt)
        self._distance_m += speed_mps * dt

    def payloads(self, motion: Motion, faults: Collection[str]) -> Iterator[Payload]:
        """Yield one measurement with the total distance."""
        fields: dict[str, Value] = {
            "running": self._speed.value > RUNNING_MPS,
            "speed_mps": self._speed.value,
            "cadence_spm": min(round(self._cadence.value), 0xFF),
            "distance_m": self._distance_m,
        }
        yield RSC_MEASUREMENT, encode(RSC_MEASUREMENT, fields)

    def reset(self) -> None:
        """Start the distance again."""
        self._distance_m = 0.0


def counts(wheel: RevolutionCounter | None, crank: RevolutionCounter | None) -> dict[str, Value]:
    """Return the fields of these counters, named as in CSC and power measurements."""
    fields: dict[str, Value] = {}
    if wheel is not None:
        fields.update(wheel_revs=wheel.count, wheel_event=wheel.event)
    if crank is not None:
        fields.update(crank_revs=crank.count, crank_event=crank.event)
    return fields


def sensor_source(spec: BluetoothSensor, rng: Random) -> Source:
    """Return the sensor that this table of the scenario describes; ``rng`` makes its errors."""
    if isinstance(spec, PowerMeter):
        return PowerMeterSensor(spec, rng)
    if isinstance(spec, SpeedCadence):
        return SpeedCadenceSensor(spec)
    return HeartRateStrap(spec) if isinstance(spec, HeartRate) else FootPodSensor(spec)
