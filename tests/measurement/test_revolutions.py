"""Revolution counts of one source, turned into cadence and wheel speed."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import codec_for, encode
from ftms_bridge.measurement.counters import CRANK, WHEEL_CPS, WHEEL_CSC, RevolutionRate, WheelKind
from ftms_bridge.measurement.revolutions import RevolutionTrack
from ftms_bridge.measurement.signals import Basis, Number

CSC, CPS = 0x2A5B, 0x2A63
RIM_M = 2.1
Rates = dict[tuple[int, WheelKind], RevolutionRate]


class Counting:
    """Tracks of one source that share their rates, as a source keeps them."""

    def __init__(self, characteristic: int, rim_m: float | None = RIM_M) -> None:
        self.rates: Rates = {}
        self._characteristic = characteristic
        self._rim_m = rim_m
        self._tracks: dict[object, RevolutionTrack] = {}

    def receive(self, at: float, **fields: int) -> RevolutionTrack:
        """Take a notification; return the track of its shape."""
        codec = codec_for(self._characteristic, None)
        assert codec is not None
        decoded = codec.decode(encode(self._characteristic, fields))
        shape = decoded.reading.shape
        if shape not in self._tracks:
            self._tracks[shape] = RevolutionTrack("s", shape, self.rates, self._rim_m)
        values: list[Number | None] = decoded.values  # type: ignore[assignment]
        self._tracks[shape].receive(values, at)
        return self._tracks[shape]


def test_a_crank_gives_a_cadence_from_the_second_event() -> None:
    counting = Counting(CSC)
    assert counting.receive(0.0, crank_revs=10, crank_event=0).lane.values == [None]
    track = counting.receive(1.0, crank_revs=11, crank_event=768)
    assert (track.lane.names, track.lane.values) == (("cadence_rpm",), [80.0])
    assert (track.lane.at, track.lane.basis) == (1.0, Basis.DERIVED)


@pytest.mark.parametrize(("characteristic", "ticks"), [(CSC, 1024), (CPS, 2048)])
def test_a_wheel_gives_a_speed_by_the_clock_of_its_service(characteristic: int, ticks: int) -> None:
    power = {"power_w": 100} if characteristic == CPS else {}
    counting = Counting(characteristic)
    counting.receive(0.0, wheel_revs=100, wheel_event=0, **power)
    track = counting.receive(1.0, wheel_revs=104, wheel_event=ticks, **power)
    assert track.lane.names == ("speed_kmh",)
    assert track.lane.values == [pytest.approx(4 * RIM_M * 3.6, abs=0.01)]


def test_both_counts_of_a_record_are_taken() -> None:
    counting = Counting(CSC)
    first = {"wheel_revs": 100, "wheel_event": 0, "crank_revs": 10, "crank_event": 0}
    then = {"wheel_revs": 104, "wheel_event": 1024, "crank_revs": 11, "crank_event": 1024}
    counting.receive(0.0, **first)
    track = counting.receive(1.0, **then)
    assert track.lane.names == ("cadence_rpm", "speed_kmh")
    assert track.lane.values == [60.0, pytest.approx(30.24, abs=0.01)]


def test_a_wheel_of_unknown_size_gives_no_speed_but_its_falls_are_seen() -> None:
    counting = Counting(CSC, rim_m=None)
    counting.receive(0.0, wheel_revs=100, wheel_event=0)
    track = counting.receive(1.0, wheel_revs=97, wheel_event=1024)
    assert (track.lane.names, track.lane.values) == ((), [])
    assert track.falls == 1
    assert counting.rates[CSC, WHEEL_CSC].turned == -3


def test_a_count_that_falls_gives_the_size_of_the_pace() -> None:
    counting = Counting(CSC)
    counting.receive(0.0, crank_revs=100, crank_event=0)
    track = counting.receive(1.0, crank_revs=99, crank_event=1024)
    assert (track.lane.values, track.falls) == ([60.0], 1)
    assert counting.receive(2.0, crank_revs=100, crank_event=2048).falls == 1


def test_shapes_of_one_characteristic_share_their_counts() -> None:
    counting = Counting(CPS)
    counting.receive(0.0, power_w=1, crank_revs=10, crank_event=0)
    other = counting.receive(
        1.0, power_w=1, wheel_revs=5, wheel_event=0, crank_revs=11, crank_event=1024
    )
    assert other.lane.values[0] == 60.0
    assert set(counting.rates) == {(CPS, CRANK), (CPS, WHEEL_CPS)}


def test_without_a_count_there_is_nothing_to_derive() -> None:
    track = Counting(CPS).receive(0.0, power_w=100)
    assert (track.lane.names, track.lane.values, track.falls) == ((), [], 0)
