"""What a source keeps per characteristic and per shape of record."""

from __future__ import annotations

from ftms_bridge.gatt.codec import Codec
from ftms_bridge.measurement.assembly import Assembly
from ftms_bridge.measurement.counters import Counter, RevolutionRate
from ftms_bridge.measurement.signals import Lane


class Inlet:
    """One characteristic of one source: its codec and, for split records, its assembly."""

    __slots__ = ("assembly", "carries_signals", "codec")

    def __init__(self, codec: Codec, *, carries_signals: bool) -> None:
        self.codec = codec
        self.carries_signals = carries_signals
        self.assembly = Assembly()


class LaneTrack:
    """A lane with the counters and rates that live on its fields."""

    __slots__ = ("counters", "crank", "crank_rate", "derived", "lane", "wheel", "wheel_rate")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.counters: tuple[tuple[int, Counter], ...] = ()
        self.crank: tuple[int, int] | None = None
        self.wheel: tuple[int, int] | None = None
        self.crank_rate: RevolutionRate | None = None
        self.wheel_rate: RevolutionRate | None = None
        self.derived: Lane | None = None
