"""A recording as columns: per source and characteristic, every field over time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Final

from ftms_bridge.errors import ConfigError
from ftms_bridge.gatt.codec import Codec, Decoded, codec_for
from ftms_bridge.gatt.fields import Field
from ftms_bridge.gatt.layouts import DATA_CHARACTERISTICS
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.gatt.shapes import Status
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.recordings.format import Entry

MEASUREMENTS: Final = (*DATA_CHARACTERISTICS, 0x2A37, 0x2A53, 0x2A5B, 0x2A63)
"""The characteristics whose records are judged; all others are read once or say what happened."""

GAP_MEDIANS: Final = 3.0
GAP_S: Final = 3.0
"""A silence longer than three usual intervals, and than 3 s, is a gap: the rule of the bridge."""

BREAKS: Final = frozenset({"gap", "connect", "disconnect"})
"""Markers after which a counter may begin anew, and nothing was measured in between."""


@dataclass(slots=True)
class Track:
    """One field over time; records that lack it, or say that it is not available, are left out."""

    name: str
    row: Field
    times: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    @property
    def span_s(self) -> float:
        """Return the time from the first value to the last."""
        return self.times[-1] - self.times[0] if self.times else 0.0

    @property
    def distinct(self) -> int:
        """Return how many different values there are."""
        return len(set(self.values))

    @property
    def raw(self) -> list[int]:
        """Return the numbers as the machine sent them, before scaling."""
        return [round(value / self.row.resolution) for value in self.values]

    def at(self, time: float, within_s: float) -> float | None:
        """Return the value nearest in time, None when there is none so near."""
        place = bisect_left(self.times, time)
        near = [i for i in (place - 1, place) if 0 <= i < len(self.times)]
        best = min(near, key=lambda i: abs(self.times[i] - time), default=None)
        if best is None or abs(self.times[best] - time) > within_s:
            return None
        return self.values[best]


def believable(track: Track, limit: float) -> Track:
    """Return the track without the values beyond a limit."""
    kept = [
        (at, value)
        for at, value in zip(track.times, track.values, strict=True)
        if abs(value) <= limit
    ]
    return Track(track.name, track.row, [at for at, _ in kept], [value for _, value in kept])


class Stream:
    """All records of one characteristic from one source.

    breaks: when the link or the recording was interrupted. quirk: profile it was decoded with.
    """

    def __init__(self, source: str, codec: Codec, quirk: str | None) -> None:
        self.source = source
        self.codec = codec
        self.quirk = quirk
        self.characteristic: int = codec.layout.characteristic
        self.title: str = codec.layout.title
        self.times: list[float] = []
        self.tracks: dict[str, Track] = {}
        self.texts: dict[str, str] = {}
        self.breaks: list[float] = []
        self.statuses: Counter[Status] = Counter()
        self.cut: Counter[tuple[int, tuple[str, ...]]] = Counter()
        self.extra: Counter[tuple[int, int]] = Counter()

    def add(self, at: float, data: bytes) -> None:
        """Take one record."""
        decoded = self.codec.decode(data)
        self.times.append(at)
        self.statuses[decoded.status] += 1
        if decoded.status is Status.TRUNCATED:
            self.cut[len(data), decoded.missing] += 1
        elif decoded.status is Status.TRAILING:
            self.extra[decoded.shape.flags, decoded.extra_bytes] += 1
            if any(data[-decoded.extra_bytes :]):
                return  # all fields may have shifted, so none of them counts
        self._keep(at, decoded)

    def _keep(self, at: float, decoded: Decoded) -> None:
        for row, value in zip(decoded.shape.rows, decoded.values, strict=False):
            if isinstance(value, str):
                self.texts[row.name] = value
            elif isinstance(value, int | float) and not isinstance(value, bool):
                track = self.tracks.get(row.name)
                if track is None:
                    track = self.tracks[row.name] = Track(row.name, row)
                track.times.append(at)
                track.values.append(value)

    @property
    def span_s(self) -> float:
        """Return the time from the first record to the last."""
        return self.times[-1] - self.times[0] if self.times else 0.0

    @cached_property
    def interval_s(self) -> float:
        """Return the usual time between two records; 0 when there are less than two."""
        steps = [later - earlier for earlier, later in pairwise(self.times) if later > earlier]
        return median(steps) if steps else 0.0

    @property
    def gap_s(self) -> float:
        """Return the silence from which on nothing is credited."""
        return max(GAP_MEDIANS * self.interval_s, GAP_S)

    def is_broken(self, earlier: float, later: float) -> bool:
        """Say whether the link or the recording was interrupted between these times."""
        return bisect_right(self.breaks, later) > bisect_left(self.breaks, earlier)

    def steps(self, track: Track) -> Iterator[tuple[int, int]]:
        """Yield the places of two values in a row between which nothing is missing."""
        for i in range(1, len(track.times)):
            earlier, later = track.times[i - 1], track.times[i]
            if later - earlier <= self.gap_s and not self.is_broken(earlier, later):
                yield i - 1, i


@dataclass(frozen=True, slots=True)
class Columns:
    """A recording, taken apart. unknown: records of characteristics that have no layout here."""

    streams: tuple[Stream, ...]
    unknown: Mapping[int, int]

    @property
    def measured(self) -> tuple[Stream, ...]:
        """Return the streams that carry measurements."""
        return tuple(one for one in self.streams if one.characteristic in MEASUREMENTS)

    def find(self, characteristic: int, source: str | None = None) -> Stream | None:
        """Return the first stream of a characteristic, of one source or of any."""
        for stream in self.streams:
            if stream.characteristic == characteristic and source in (None, stream.source):
                return stream
        return None


def read_columns(entries: Iterable[Entry], machines: Iterable[MachineSpec]) -> Columns:
    """Take the entries apart; each machine's records are read with the quirk it was given."""
    quirks = {machine.id: machine.quirk for machine in machines}
    streams: dict[tuple[str, int], Stream] = {}
    unknown: Counter[int] = Counter()
    for entry in entries:
        if not isinstance(entry, Notification):
            if entry.kind in BREAKS:
                _break(streams.values(), entry.source, entry.at)
            continue
        key = entry.source, entry.characteristic
        stream = streams.get(key)
        if stream is None:
            stream = _open(entry, quirks.get(entry.source))
            if stream is None:
                unknown[entry.characteristic] += 1
                continue
            streams[key] = stream
        stream.add(entry.at, entry.data)
    return Columns(tuple(streams.values()), unknown)


def _break(streams: Iterable[Stream], source: str | None, at: float) -> None:
    for stream in streams:
        if source in (None, stream.source):
            stream.breaks.append(at)


def _open(first: Notification, quirk: str | None) -> Stream | None:
    try:
        codec = codec_for(first.characteristic, quirk)
    except ConfigError:  # the recording names a profile that this version does not have
        codec, quirk = codec_for(first.characteristic), None
    return None if codec is None else Stream(first.source, codec, quirk)
