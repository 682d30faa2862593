"""The keys of a scenario file, with their units, ranges and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.simulator.sensor_tables import (
    BluetoothSensor,
    DirectionTable,
    PowerMeter,
    Rate,
    Sensor,
    SourceId,
    SpeedCadence,
    Table,
)

Names = Annotated[tuple[str, ...], Field(strict=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class MachineTable(Table):
    """``[machine]``: what is simulated."""

    id: SourceId = Field(description="id of the machine; also the source of its notifications")
    kind: Literal["indoor_bike", "treadmill", "cross_trainer"] = Field(
        description="kind of machine"
    )
    name: str = Field("", max_length=60, description="name for people")


class Drivetrain(Table):
    """``[drivetrain]``: crank, coupling, flywheel and brake of a bike or cross trainer."""

    coupling: Literal["freewheel", "fixed"] = Field(
        "fixed", description="one-way clutch, or wheel and crank always turn together"
    )
    gear: float = Field(2.4, ge=0.5, le=10, description="wheel turns per crank turn")
    wheel_circumference_m: float = Field(2.1, ge=0.2, le=4, description="rim travel per turn")
    flywheel_kgm2: float = Field(1.0, ge=0.05, le=20, description="inertia at the wheel's axle")
    crank_kgm2: float = Field(0.3, ge=0.05, le=2, description="inertia of cranks and legs")
    friction_nm: float = Field(0.3, ge=0, le=10, description="constant friction at the wheel")
    eddy_nms: float = Field(1.0, ge=0, le=10, description="brake at 100 %: torque per rad/s")
    air_nms2: float = Field(0.0, ge=0, le=0.2, description="fan: torque per (rad/s) squared")


class Belt(Table):
    """``[belt]``: the belt of a treadmill."""

    reversible: bool = Field(False, description="the motor can run backward; else the rider turns")
    acceleration_kmh_s: float = Field(0.5, gt=0, le=5, description="speed gained per second")
    braking_kmh_s: float = Field(0.6, gt=0, le=5, description="speed lost per second")
    emergency_kmh_s: float = Field(3.0, gt=0, le=10, description="the same for the safety key")
    reversal_pause_s: float = Field(2.0, ge=0, le=60, description="stand still before reversing")
    incline_pct_s: float = Field(0.5, gt=0, le=5, description="incline changed per second")


class Rider(Table):
    """``[rider]``: body and habits."""

    mass_kg: float = Field(75, ge=20, le=250, description="body mass")
    strength_nm: float = Field(80, ge=5, le=300, description="largest torque on the crank")
    ripple: float = Field(
        0.0, ge=0, le=0.9, description="how much two legs push unevenly: 0.5 between half and 1.25"
    )
    wander: float = Field(0.015, ge=0, le=0.2, description="slow scatter of cadence or step rate")
    backward_step_ratio: float = Field(
        1.10, ge=0.5, le=2, description="step rate backward / forward at the same speed"
    )
    step_rate: float = Field(
        1.0, ge=0.7, le=1.4, description="steps per minute against the usual at that speed"
    )
    turn_s: float = Field(2.0, ge=0, le=20, description="time to turn round on the belt")
    resting_bpm: float = Field(60, ge=30, le=120, description="heart rate at rest")
    max_bpm: float = Field(185, ge=100, le=230, description="highest heart rate")
    heart_lag_s: float = Field(45, ge=1, le=300, description="time constant of the heart rate")
    vo2_max: float = Field(45, ge=10, le=90, description="ml/kg/min, sets effort per power")


class Firmware(Table):
    """``[firmware]``: how the machine turns motion into fitness machine records."""

    rate_hz: Rate = Field(1.0, description="records per second")
    fields: Names = Field((), description="fields it sends, by name; empty: the usual ones")
    rotate: Annotated[tuple[Names, ...], Field(strict=False)] = Field(
        (), description="lists of fields; each record carries the next list"
    )
    oversize: Literal["send", "split", "truncate"] = Field(
        "send", description="what it does with a record longer than max_bytes"
    )
    max_bytes: int = Field(20, ge=8, le=244, description="notification size (ATT MTU - 3)")
    smoothing_s: float = Field(1.0, ge=0, le=20, description="time constant of shown values")
    hold_s: float = Field(0.0, ge=0, le=20, description="shown values stay this long after a stop")
    speed_source: Literal["wheel", "cadence"] = Field(
        "wheel", description="real wheel speed, or made up as speed_per_cadence x cadence"
    )
    speed_per_cadence: float = Field(0.3, gt=0, le=2, description="km/h per 1/min when made up")
    cadence_source: Literal["crank", "driven"] = Field(
        "crank", description="a sensor at the crank, or guessed: 0 unless the crank drives"
    )
    power_source: Literal["drive", "brake", "cadence"] = Field(
        "drive", description="into the wheel, from the table of the brake, or made up from cadence"
    )
    negative_power: Literal["clip", "keep", "abs"] = Field("clip", description="power below 0")
    speed_step_kmh: float = Field(0.01, ge=0.01, le=5, description="rounding of speed")
    cadence_step: float = Field(0.5, ge=0.5, le=10, description="rounding of cadence, 1/min")
    power_step_w: float = Field(1.0, ge=1, le=50, description="rounding of power")
    belt_sign: Literal["unsigned", "twos_complement"] = Field(
        "unsigned", description="speed of a belt that runs backward"
    )
    direction_bit: Literal["set", "never", "inverted"] = Field(
        "set", description="movement direction bit of a cross trainer"
    )
    machine_status: bool = Field(False, description="also send machine status 2ADA on changes")


class Radio(Table):
    """``[radio]``: the way through the air, the same for the machine and each sensor."""

    jitter_s: float = Field(0.05, ge=0, le=2, description="largest extra delay")
    loss: Share = Field(0.0, description="share of notifications that never arrive")


class Phase(Table):
    """``[[phase]]``: a stretch of what the rider does; what is not set stays as it was."""

    duration_s: float = Field(gt=0, le=86_400, description="length")
    direction: Literal["forward", "backward", "sideways", "stop"] = Field(
        description="way of the rider; sideways on a treadmill only"
    )
    cadence_rpm: float | None = Field(None, gt=0, le=180, description="bike, cross trainer: crank")
    speed_kmh: float | None = Field(
        None, gt=0, le=25, description="treadmill: belt; with stop the rider stands beside it"
    )
    power_w: float | None = Field(None, gt=0, le=2000, description="brake in constant power mode")
    resistance_pct: float | None = Field(None, ge=0, le=100, description="brake level instead")
    gear: float | None = Field(None, ge=0.5, le=10, description="freewheel: gear change")
    incline_pct: float | None = Field(None, ge=-10, le=40, description="treadmill: console incline")
    ramp_s: float = Field(3.0, ge=0, le=600, description="time to reach cadence, speed and power")
    motor_kmh: float | None = Field(
        None, ge=0, le=60, description="freewheel: a motor turns the wheel this fast; 0: off"
    )
    step_ratio: float | None = Field(
        None, ge=0.5, le=2, description="treadmill: factor on the step rate, as with hands on rails"
    )
    safety_key: bool = Field(False, description="treadmill, with stop: the key is pulled")


FaultKind = Literal[
    "loss", "gap", "freeze", "garbage", "all_ones", "truncate", "trailing", "duplicate",
    "disconnect", "reset", "zero_blip", "mph",
]  # fmt: skip

MOMENTARY: Final = frozenset({"reset"})
"""Faults without a length."""


class Fault(Table):
    """``[[fault]]``: something goes wrong for a while; times count from the script's start."""

    kind: FaultKind = Field(description="what goes wrong, see the table of faults")
    at_s: float = Field(ge=0, le=86_400, description="start")
    duration_s: float = Field(0.0, ge=0, le=86_400, description="length; reset has none")
    source: str = Field("", description='id of machine or sensor; "": the machine; "*": all')
    probability: Share = Field(1.0, description="share of the notifications in that time")
    length: int = Field(1, ge=0, le=244, description="truncate: bytes left; trailing: bytes added")


class Scenario(Table):
    """A rider's script on one machine with its sensors, firmware, radio and faults."""

    title: str = Field("", max_length=120, description="one line for the list")
    seed: int = Field(1, ge=0, description="seed when none is given")
    loop: bool = Field(False, description="start the script again for ever")
    machine_table: MachineTable = Field(alias="machine")
    drivetrain: Drivetrain = Drivetrain()
    belt: Belt = Belt()
    rider: Rider = Rider()
    firmware: Firmware = Firmware()
    radio: Radio = Radio()
    sensors: Annotated[tuple[Sensor, ...], Field(strict=False, alias="sensor")] = ()
    phases: Annotated[tuple[Phase, ...], Field(strict=False, alias="phase")]
    faults: Annotated[tuple[Fault, ...], Field(strict=False, alias="fault")] = ()

    @property
    def machine(self) -> MachineSpec:
        """Return the machine as the configuration of the bridge would describe it."""
        return self.machine_as({})

    def machine_as(self, ids: Mapping[str, str]) -> MachineSpec:
        """Return the machine with other ids; ``ids`` leads from the scenario's id to the other."""
        table = self.machine_table
        return MachineSpec(
            id=ids.get(table.id, table.id),
            kind=MachineKind(table.kind),
            name=table.name,
            sensors=tuple(self._sensor_spec(sensor, ids) for sensor in self.radio_sensors),
        )

    @property
    def radio_sensors(self) -> tuple[BluetoothSensor, ...]:
        """Return the sensors that are Bluetooth devices of their own."""
        return tuple(one for one in self.sensors if not isinstance(one, DirectionTable))

    @property
    def script_s(self) -> float:
        """Return the length of the script without repetition."""
        total = 0.0
        for phase in self.phases:
            total += phase.duration_s
        return total

    def _sensor_spec(self, sensor: BluetoothSensor, ids: Mapping[str, str]) -> SensorSpec:
        has_wheel = isinstance(sensor, PowerMeter | SpeedCadence) and sensor.wheel
        circumference = self.drivetrain.wheel_circumference_m if has_wheel else None
        return SensorSpec(ids.get(sensor.id, sensor.id), SensorKind(sensor.kind), circumference)
