"""What a source keeps per characteristic and per shape of record."""

from __future__ import annotations

from ftms_bridge.gatt.codec import Codec
from ftms_bridge.measurement.assembly import Assembly
from ftms_bridge.measurement.counters import Counter
from ftms_bridge.measurement.revolutions import RevolutionTrack
from ftms_bridge.measurement.signals import Lane


class Inlet:
    """One characteristic of one source: its codec and, for split records, its assembly."""

    __slots__ = ("assembly", "carries_signals", "codec")

    def __init__(self, codec: Codec, *, carries_signals: bool) -> None:
        self.codec = codec
        self.carries_signals = carries_signals
        self.assembly = Assembly()


class LaneTrack:
    """A lane with the counters and rates that live on its fields.

    speed: position of a speed that some machines send as a two's complement; -1 for none.
    """

    __slots__ = ("counters", "lane", "revolutions", "speed")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.counters: tuple[tuple[int, Counter], ...] = ()
        self.revolutions: RevolutionTrack | None = None
        self.speed = -1
