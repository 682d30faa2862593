"""The tables ``[[sensor]]`` of a scenario file, with their units, ranges and defaults."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SourceId = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]
Rate = Annotated[float, Field(ge=0.1, le=20)]


class Table(BaseModel):
    """One table of a scenario: unknown keys, numbers as text and infinities are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class PowerMeter(Table):
    """``[[sensor]]`` with ``kind = "power_meter"``."""

    kind: Literal["power_meter"]
    id: SourceId
    rate_hz: Rate = Field(1.0, description="notifications per second")
    place: Literal["pedals", "hub"] = Field("pedals", description="where torque is measured")
    crank: bool = Field(True, description="crank revolutions in 2A63")
    wheel: bool = Field(False, description="wheel revolutions in 2A63, ticks of 1/2048 s")
    vector: bool = Field(False, description="also 2A64 with the first crank angle")
    smoothing_s: float = Field(0.5, ge=0, le=10, description="time constant of power")
    power_scale: float = Field(1.0, ge=0.1, le=3, description="calibration error")
    negative_power: Literal["clip", "keep", "abs"] = Field("clip", description="power below 0")
    counts: Literal["passes", "turns"] = Field(
        "passes", description="magnet passes of either way, or turns that fall backward"
    )
    angle_noise_deg: float = Field(
        0.0, ge=0, le=90, description="scatter of the angles (standard deviation)"
    )
    angle_sense: Literal["true", "assumed_forward"] = Field(
        "true", description="angles follow the crank, or grow whichever way it turns"
    )
    extremes: bool = Field(
        False, description="angles of greatest and least torque and dead spots in 2A63"
    )
    senses_rotation: bool = Field(
        False, description="knows which way the crank turns; else assumes forward"
    )
    first_crank_revs: int = Field(0, ge=0, le=0xFFFF, description="crank count at the start")
    first_wheel_revs: int = Field(0, ge=0, le=0xFFFFFFFF, description="wheel count at the start")


class SpeedCadence(Table):
    """``[[sensor]]`` with ``kind = "speed_cadence"``."""

    kind: Literal["speed_cadence"]
    id: SourceId
    rate_hz: Rate = Field(1.0, description="notifications per second")
    crank: bool = Field(True, description="crank revolutions")
    wheel: bool = Field(True, description="wheel revolutions")
    counts: Literal["passes", "turns"] = Field(
        "passes", description="magnet passes of either way, or turns that fall backward"
    )
    swapped: bool = Field(
        False, description="wired wrongly: the wheel count follows the crank, and vice versa"
    )
    first_crank_revs: int = Field(0, ge=0, le=0xFFFF, description="crank count at the start")
    first_wheel_revs: int = Field(0, ge=0, le=0xFFFFFFFF, description="wheel count at the start")


class HeartRate(Table):
    """``[[sensor]]`` with ``kind = "heart_rate"``."""

    kind: Literal["heart_rate"]
    id: SourceId
    rate_hz: Rate = Field(1.0, description="notifications per second")


class FootPod(Table):
    """``[[sensor]]`` with ``kind = "foot_pod"``."""

    kind: Literal["foot_pod"]
    id: SourceId
    rate_hz: Rate = Field(1.0, description="notifications per second")
    counts: Literal["steps", "strides"] = Field("steps", description="cadence of both feet or one")
    speed_scale: float = Field(1.0, ge=0.5, le=2, description="calibration error of its speed")


class DirectionTable(Table):
    """``[[sensor]]`` with ``kind = "direction"``: no Bluetooth device, its readings come by MQTT.

    On a treadmill it is worn on the foot and tells how the walker walks, not how the belt runs.
    """

    kind: Literal["direction"]
    id: SourceId
    rate_hz: Rate = Field(1.0, description="readings per second while something turns")
    reports: Literal["sign", "rate"] = Field(
        "sign", description="1 or -1; or the signed cadence, rounded to whole 1/min"
    )
    when_still: Literal["silent", "zero"] = Field("silent", description="what a stop looks like")
    inverted: bool = Field(False, description="wired the wrong way round: forward is negative")


BluetoothSensor = PowerMeter | SpeedCadence | HeartRate | FootPod
Sensor = Annotated[BluetoothSensor | DirectionTable, Field(discriminator="kind")]
