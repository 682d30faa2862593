"""The newest value per quantity over all sources, with its source, age and basis.

A lane is the last record of one shape from one source. A machine that rotates its fields between
notifications simply fills several lanes, and every value keeps the age of its own lane. Writing is
two assignments per record; who is believed is decided when a value is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from ftms_bridge.measurement.quantities import QUANTITIES, Quantity
from ftms_bridge.measurement.sources import MachineSpec

Number = int | float

_NEVER: Final = float("-inf")
_TICK_S: Final = 1e-6
"""Resolution of arrival times; a value of exactly its greatest age is too old, whatever rounding
the subtraction of two instants does."""


class Basis(Enum):
    """How a value came about; the three never mix."""

    MEASURED = "measured"
    DERIVED = "derived"
    ESTIMATED = "estimated"


class Lane:
    """The last values of one shape from one source; ``names`` has None for what is not shown.

    fields: position of each decoded field, also of those that are no quantity.
    backward: what the flag word of this shape says of the direction; None where it has no such bit.
    """

    __slots__ = ("at", "backward", "basis", "fields", "names", "source", "values")

    def __init__(
        self,
        source: str,
        basis: Basis,
        names: Sequence[str | None],
        *,
        fields: Mapping[str, int] | None = None,
        backward: bool | None = None,
    ) -> None:
        self.source = source
        self.basis = basis
        self.names = tuple(names)
        self.fields: Mapping[str, int] = {} if fields is None else fields
        self.backward = backward
        self.at = _NEVER
        self.values: list[Number | None] = [None] * len(self.names)

    def clear(self) -> None:
        """Make every value too old."""
        self.at = _NEVER


class Signal:
    """One quantity of one machine: the newest value of the most believed source that is fresh.

    ``lane`` is where the value came from, or None when there is none.
    """

    __slots__ = (
        "_high",
        "_low",
        "_max_age_s",
        "_only",
        "_only_index",
        "_ranks",
        "lane",
        "quantity",
    )

    def __init__(self, quantity: Quantity) -> None:
        self.quantity = quantity
        self._max_age_s = quantity.max_age_s - _TICK_S
        self._low: Number = quantity.low
        self._high: Number = quantity.high
        self._ranks: list[tuple[int, list[tuple[Lane, int]]]] = []
        self._only: Lane | None = None
        self._only_index = 0
        self.lane: Lane | None = None

    @property
    def offered(self) -> bool:
        """Say whether any source has this quantity."""
        return bool(self._ranks)

    def add(self, rank: int, lane: Lane, index: int) -> None:
        """Add a place to look; a lower rank is believed first, equal ranks by age."""
        for known_rank, places in self._ranks:
            if known_rank == rank:
                places.append((lane, index))
                break
        else:
            self._ranks.append((rank, [(lane, index)]))
            self._ranks.sort(key=lambda row: row[0])
        one_place = len(self._ranks) == 1 and len(self._ranks[0][1]) == 1
        self._only, self._only_index = (lane, index) if one_place else (None, 0)

    def value(self, at: float) -> Number | None:
        """Return the current value, or None when it is not known or too old; sets ``lane``."""
        oldest = at - self._max_age_s
        lane = self._only
        if lane is None:
            return self._search(oldest)
        self.lane = lane  # one source, one shape: what most homes have
        if lane.at > oldest:
            value = lane.values[self._only_index]
            if value is not None and self._low <= value <= self._high:
                return value
        return None

    def drop(self, source: str) -> None:
        """Forget every place of a source."""
        ranks, self._ranks, self._only = self._ranks, [], None
        for rank, places in ranks:
            for lane, index in places:
                if lane.source != source:
                    self.add(rank, lane, index)

    def _search(self, oldest: float) -> Number | None:
        for _, places in self._ranks:
            lane, index = _newest(places)
            value = lane.values[index] if lane.at > oldest else None
            if value is not None and self._low <= value <= self._high:
                self.lane = lane
                return value
        self.lane = None
        return None


def _newest(places: list[tuple[Lane, int]]) -> tuple[Lane, int]:
    """Return the newest place of one source.

    A derived lane that has nothing to say (a counter that does not count) is passed over; a
    measured one is not: "not available" is what the sender says.
    """
    best = places[0]
    for place in places[1:]:
        lane, index = place
        silent = lane.basis is Basis.DERIVED and lane.values[index] is None
        best_silent = best[0].basis is Basis.DERIVED and best[0].values[best[1]] is None
        if (best_silent and not silent) or (best_silent == silent and lane.at > best[0].at):
            best = place
    return best


class Signals:
    """All signals of one machine, in the order of the quantities table."""

    def __init__(self, spec: MachineSpec) -> None:
        self._spec = spec
        self._priority = dict(spec.priority)
        self._signals: dict[str, Signal] = {}
        self._of_source: dict[tuple[str, str], Signal] = {}
        self._known: list[Signal] | None = None

    def watch(self, name: str) -> Signal:
        """Return the signal of a quantity, made on first use."""
        signal = self._signals.get(name)
        if signal is None:
            signal = self._signals[name] = Signal(QUANTITIES[name])
            order = list(QUANTITIES)
            self._signals = dict(sorted(self._signals.items(), key=lambda row: order.index(row[0])))
        return signal

    def watch_source(self, source: str, name: str) -> Signal:
        """Return the signal of a quantity as this one source gives it, made on first use.

        It must be asked for before the source is heard: lanes that are there already are not added.
        """
        return self._of_source.setdefault((source, name), Signal(QUANTITIES[name]))

    def add_lane(self, lane: Lane) -> None:
        """Make the values of a new lane known to the signals they belong to."""
        self._known = None
        for index, name in enumerate(lane.names):
            if name is not None:
                self.watch(name).add(self._rank(name, lane.source), lane, index)
                alone = self._of_source.get((lane.source, name))
                if alone is not None:
                    alone.add(0, lane, index)

    def drop_lanes(self, source: str) -> None:
        """Forget every lane of a source that has opened too many; it starts over."""
        self._known = None
        for signal in (*self._signals.values(), *self._of_source.values()):
            signal.drop(source)

    def known(self) -> list[Signal]:
        """Return every signal that any source has offered so far, in the table's order."""
        if self._known is None:
            self._known = [signal for signal in self._signals.values() if signal.offered]
        return self._known

    def _rank(self, name: str, source: str) -> int:
        sensors = [sensor.id for sensor in self._spec.sensors]
        machine = [self._spec.id]
        order = sensors + machine if QUANTITIES[name].prefers_sensor else machine + sensors
        named = [*self._priority.get(name, ()), *order]
        return named.index(source)
