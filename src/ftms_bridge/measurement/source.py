"""One machine or sensor as a source: bytes in, lanes filled, counters stepped.

This is the way of every notification: one look-up for the characteristic, one decode, one look-up
for the lane, two assignments, and a step for each counter that changed.
"""

from __future__ import annotations

from typing import Final

from ftms_bridge.gatt.codec import Decoded, Status, codec_for
from ftms_bridge.measurement.counters import (
    DISTANCE_M,
    ELAPSED_S,
    ENERGY_KCAL,
    STEPS,
    Change,
    Counter,
    CounterKind,
    RevolutionRate,
    WheelKind,
)
from ftms_bridge.measurement.quantities import QUANTITY_OF_FIELD
from ftms_bridge.measurement.revolutions import RevolutionTrack
from ftms_bridge.measurement.signals import Basis, Lane, Number, Signals
from ftms_bridge.measurement.speed_sign import SpeedSign
from ftms_bridge.measurement.tracks import Inlet, LaneTrack

_COUNTED: Final[dict[str, CounterKind]] = {
    "distance_m": DISTANCE_M,
    "elapsed_s": ELAPSED_S,
    "energy_kcal": ENERGY_KCAL,
    "step_count": STEPS,
}
_OK: Final = Status.OK  # looking up a member of an enum costs as much as a look-up in a dict
_FIRST: Final = Change.FIRST
_GREW: Final = Change.GREW
_CSC_MEASUREMENT: Final = 0x2A5B
_MACHINE_DATA: Final = frozenset({0x2ACD, 0x2ACE, 0x2ACF, 0x2AD0, 0x2AD1, 0x2AD2})
"""Data characteristics of the Fitness Machine Service."""
_CARRY_SIGNALS: Final = _MACHINE_DATA | {0x2A37, 0x2A53, _CSC_MEASUREMENT, 0x2A63}
"""Characteristics whose notifications are measurements; the others are facts about the machine."""
_SIGNED_SPEED: Final = frozenset({0x2ACD, 0x2AD2})
"""Belts and bikes: where a machine that turns backward could send a negative speed."""
_MAX_LANES: Final = 32
"""Shapes remembered per source, before it starts over: a sender with more flag words than this is
broken or hostile (house choice; the machines in the corpus use one to three)."""


class Source:
    """Receives the notifications of one machine or sensor.

    damaged: notifications that were cut, had surplus bytes or were too short;
    unknown: notifications of characteristics that this program does not know;
    changes: counter changes worth telling (reset, fall, jump) since they were last taken;
    last_read: the newest value of each characteristic that is no measurement;
    quirk: the profile with which records are read; `use_quirk` changes it.
    lane: the lane of the newest record, or None before the first.
    rates: the revolution counters that were heard so far, by characteristic and kind.
    speed_sign: whether the speed is sent as the two's complement of a negative one.
    """

    def __init__(
        self,
        source_id: str,
        signals: Signals,
        *,
        quirk: str | None = None,
        wheel_circumference_m: float | None = None,
    ) -> None:
        self.id = source_id
        self.damaged = 0
        self.unknown = 0
        self.changes: list[tuple[str, Change]] = []
        self.last_read: dict[int, Decoded] = {}
        self.counters: dict[str, Counter] = {}
        self._signals = signals
        self.quirk = quirk
        self._wheel_circumference_m = wheel_circumference_m
        self._inlets: dict[int, Inlet | None] = {}
        self._splitting: list[Inlet] = []
        self._tracks: dict[object, LaneTrack | None] = {}
        self._counting: int | None = None
        self.lane: Lane | None = None
        self.speed_sign = SpeedSign()
        self.rates: dict[tuple[int, WheelKind], RevolutionRate] = {}

    @property
    def partial(self) -> int:
        """Return how many records were passed on without their end."""
        return sum(inlet.assembly.partial for inlet in self._splitting)

    def receive(self, characteristic: int, data: bytes, at: float) -> bool:
        """Take one notification; return whether values changed hands (a record is whole)."""
        inlet = self._inlets.get(characteristic)
        if inlet is None:
            inlet = self._open_inlet(characteristic)
            if inlet is None:
                self.unknown += 1
                return False
        decoded = inlet.codec.decode(data)
        if decoded.reading.status is not _OK and not self._accept_damaged(decoded, data):
            return False
        if not inlet.carries_signals:
            self.last_read[characteristic] = decoded
            return False
        if decoded.reading.shape.more_data or inlet.assembly.parts:
            if inlet not in self._splitting:
                self._splitting.append(inlet)
            finished = inlet.assembly.receive(decoded, at)
            for part in finished:
                self._merge(part, at)
            return bool(finished)
        return self._merge(decoded, at)

    def deadline(self) -> float | None:
        """Return when a waiting part of a record is late."""
        if not self._splitting:
            return None
        waiting = [inlet.assembly.deadline() for inlet in self._splitting]
        return min((at for at in waiting if at is not None), default=None)

    def expire(self, at: float) -> bool:
        """Pass on the parts that waited too long; return whether there were any."""
        if not self._splitting:
            return False
        late = [part for inlet in self._splitting for part in inlet.assembly.expire(at)]
        for part in late:
            self._merge(part, at)
        return bool(late)

    def rebase(self) -> None:
        """Forget the last counter readings: what happened in a gap is not credited."""
        for counter in self.counters.values():
            counter.rebase()

    def forget(self) -> None:
        """Let no value be current any more, and no part wait for its rest: the link is gone."""
        for inlet in self._splitting:
            inlet.assembly.parts = []
        for track in self._tracks.values():
            if track is not None:
                track.lane.clear()
                if track.revolutions is not None:
                    track.revolutions.lane.clear()

    def use_quirk(self, quirk: str | None) -> None:
        """Read what comes from now on with another profile, or with None as it is specified.

        Values that were read otherwise are not current any more; counters go on.
        Raises ConfigError when there is no such profile.
        """
        codecs = {number: codec_for(number, quirk) for number in self._inlets}
        self.quirk = quirk
        for number, inlet in self._inlets.items():
            codec = codecs[number]
            if inlet is not None and codec is not None:
                inlet.codec = codec
                inlet.assembly.parts = []
        self._tracks.clear()
        self._signals.drop_lanes(self.id)
        for counter in self.counters.values():
            counter.rebase()

    def _open_inlet(self, characteristic: int) -> Inlet | None:
        if characteristic not in self._inlets:
            codec = codec_for(characteristic, self.quirk)
            self._inlets[characteristic] = (
                None
                if codec is None
                else Inlet(codec, carries_signals=characteristic in _CARRY_SIGNALS)
            )
        return self._inlets[characteristic]

    def _accept_damaged(self, decoded: Decoded, data: bytes) -> bool:
        """Say whether the fields of a damaged notification can be believed, and count it.

        Those before a cut can. Surplus bytes mean that the flags lie and every later field may be
        shifted (Life Fitness bikes), unless they are zeros, which is padding.
        """
        self.damaged += 1
        if decoded.status is Status.TRUNCATED:
            cut = len(decoded.shape.names) - len(decoded.values)
            decoded.values.extend([None] * cut)
            return True
        return decoded.status is Status.TRAILING and not any(data[-decoded.extra_bytes :])

    def _merge(self, decoded: Decoded, at: float) -> bool:
        shape = decoded.reading.shape
        track = self._tracks.get(shape)
        if track is None:
            track = self._open_track(decoded)
            if track is None:
                return False
        lane = self.lane = track.lane
        # the rows of measurements hold numbers; words and lists are in other characteristics
        values: list[Number | None] = decoded.values  # type: ignore[assignment]
        lane.values = values
        lane.at = at
        if track.speed >= 0:
            self.speed_sign.receive(values[track.speed], values, track.speed)
        for index, counter in track.counters:
            reading = values[index]
            if reading is not None and reading != counter.last:
                change = counter.receive(int(reading), at)
                if change is not _GREW and change is not _FIRST:
                    self.changes.append((shape.names[index], change))
        revolutions = track.revolutions
        if revolutions is not None:
            falls = revolutions.falls
            revolutions.receive(values, at)
            if revolutions.falls != falls:
                self.changes.append(("revolutions", Change.FELL))
        return True

    def _open_track(self, decoded: Decoded) -> LaneTrack | None:
        shape = decoded.shape
        if shape in self._tracks:
            return None  # it has nothing to show
        if len(self._tracks) >= _MAX_LANES:
            self._tracks.clear()
            self._signals.drop_lanes(self.id)
        names = [QUANTITY_OF_FIELD.get(name) for name in shape.names]
        if dict(shape.constants).get("contact") is False:
            names = [None] * len(names)  # a strap without skin contact sends numbers all the same
        revolutions = "crank_revs" in shape.names or "wheel_revs" in shape.names
        if not any(names) and not revolutions:
            self._tracks[shape] = None
            return None
        lane = Lane(self.id, Basis.MEASURED, names, fields=shape.index, backward=shape.backward)
        track = LaneTrack(lane)
        if shape.characteristic in _SIGNED_SPEED:
            track.speed = shape.index.get("speed_kmh", -1)
        track.counters = tuple(
            (index, self.counters.setdefault(name, Counter(_COUNTED[name])))
            for index, name in enumerate(shape.names)
            if name in _COUNTED and self._counts(shape.characteristic)
        )
        self._tracks[shape] = track
        self._signals.add_lane(lane)
        if revolutions:
            track.revolutions = RevolutionTrack(
                self.id, shape, self.rates, self._wheel_circumference_m
            )
            if track.revolutions.lane.names:
                self._signals.add_lane(track.revolutions.lane)
        return track

    def _counts(self, characteristic: int) -> bool:
        """Say whether the totals of this characteristic are the machine's own.

        Sensors count too, in other units; and of two data characteristics the first one counts.
        """
        if characteristic not in _MACHINE_DATA:
            return False
        if self._counting is None:
            self._counting = characteristic
        return self._counting == characteristic
