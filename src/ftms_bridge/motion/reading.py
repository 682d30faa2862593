"""What one record says about motion, shared by the channels of a machine."""

from __future__ import annotations

Number = int | float


class MotionReading:
    """The newest values of motion of one machine; None where they are not known.

    It is written once per record and read by every channel, so it is one object that changes.
    cadence_rpm and power_w come from whoever is believed, speed_kmh too; sizes without sign but for
    the power. dt_s: time since the record before, at most 5 s.
    """

    __slots__ = ("at", "cadence_rpm", "dt_s", "power_w", "speed_kmh")

    def __init__(self) -> None:
        self.at = 0.0
        self.dt_s = 0.0
        self.speed_kmh: Number | None = None
        self.cadence_rpm: Number | None = None
        self.power_w: Number | None = None
