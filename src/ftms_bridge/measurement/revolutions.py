"""Revolution counts of one source, turned into cadence and wheel speed."""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.shapes import Shape
from ftms_bridge.measurement.counters import (
    CRANK,
    WHEEL_CPS,
    WHEEL_CSC,
    RevolutionRate,
    WheelKind,
)
from ftms_bridge.measurement.signals import Basis, Lane, Number
from ftms_bridge.units import kmh_from_mps

_CSC_MEASUREMENT: Final = 0x2A5B


class RevolutionTrack:
    """The revolution counts of one shape: where they stand, their rates, and the derived lane.

    Without a circumference the wheel gives no speed, but its count may fall all the same.
    """

    __slots__ = ("_crank", "_crank_rate", "_rim_m", "_wheel", "_wheel_rate", "falls", "lane")

    def __init__(
        self,
        source: str,
        shape: Shape,
        rates: dict[tuple[int, WheelKind], RevolutionRate],
        wheel_circumference_m: float | None,
    ) -> None:
        self.falls = 0
        self._rim_m = wheel_circumference_m
        self._crank = shape.index.get("crank_revs", -1)
        self._wheel = shape.index.get("wheel_revs", -1)
        of_csc = shape.characteristic == _CSC_MEASUREMENT
        self._crank_rate = _shared(rates, shape.characteristic, CRANK, self._crank)
        self._wheel_rate = _shared(
            rates, shape.characteristic, WHEEL_CSC if of_csc else WHEEL_CPS, self._wheel
        )
        names: list[str | None] = [] if self._crank_rate is None else ["cadence_rpm"]
        if self._wheel_rate is not None and wheel_circumference_m is not None:
            names.append("speed_kmh")
        self.lane = Lane(source, Basis.DERIVED, names)

    def receive(self, values: list[Number | None], at: float) -> None:
        """Take the values of a record and renew the derived lane."""
        fresh: list[Number | None] = []
        if self._crank_rate is not None:
            fresh.append(self._rpm(self._crank_rate, values, self._crank, at))
        if self._wheel_rate is not None:
            rpm = self._rpm(self._wheel_rate, values, self._wheel, at)
            if self._rim_m is not None:
                fresh.append(
                    None if rpm is None else round(kmh_from_mps(rpm / 60 * self._rim_m), 2)
                )
        self.lane.values = fresh
        self.lane.at = at

    def _rpm(
        self, rate: RevolutionRate, values: list[Number | None], index: int, at: float
    ) -> float | None:
        """Return the rate in 1/min; the event time follows the count in every layout."""
        revs, ticks = values[index], values[index + 1]
        if revs is None or ticks is None:
            return None
        falls = rate.falls
        rpm = rate.receive(int(revs), int(ticks), at)
        self.falls += rate.falls - falls
        return None if rpm is None else round(rpm, 1)


def _shared(
    rates: dict[tuple[int, WheelKind], RevolutionRate],
    characteristic: int,
    kind: WheelKind,
    index: int,
) -> RevolutionRate | None:
    """Return the rate that all shapes of a characteristic share, or None where it is not sent."""
    if index < 0:
        return None
    return rates.setdefault((characteristic, kind), RevolutionRate(kind))
