from __future__ import annotations

from dataclasses import replace

import pytest

from ftms_bridge.ble.binding import Binding, Candidate
from ftms_bridge.measurement.sources import MachineKind, SensorKind

BIKE = Candidate(
    "C0:00:00:00:00:01", "KICKR 12", -60, frozenset({0x1826}), frozenset({MachineKind.INDOOR_BIKE})
)
TREADMILL = replace(
    BIKE, address="C0:00:00:00:00:02", name="Walk", kinds=frozenset({MachineKind.TREADMILL})
)
MUTE_KIND = replace(BIKE, address="C0:00:00:00:00:03", name="Old", kinds=frozenset())
STRAP = Candidate(
    "C0:00:00:00:00:04", "HRM", -40, frozenset({0x180D}), frozenset({SensorKind.HEART_RATE})
)


def bind(**more: object) -> Binding:
    return Binding(**{"kind": MachineKind.INDOOR_BIKE, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("binding", "fitting"),
    [
        (bind(), {BIKE, MUTE_KIND}),
        (bind(kind=MachineKind.TREADMILL), {TREADMILL, MUTE_KIND}),
        (bind(kind=SensorKind.HEART_RATE), {STRAP}),
        (bind(kind=SensorKind.FOOT_POD), set()),
        (bind(address="c0:00:00:00:00:02"), {TREADMILL}),
        (bind(name="kickr*"), {BIKE}),
        (bind(name="*"), {BIKE, TREADMILL, MUTE_KIND, STRAP}),
        (bind(name="KICKR 1?"), set()),
        (bind(name="[K]ICKR 12"), set()),
    ],
)
def test_what_fits(binding: Binding, fitting: set[Candidate]) -> None:
    assert {one for one in (BIKE, TREADMILL, MUTE_KIND, STRAP) if binding.fits(one)} == fitting


def test_an_address_wins_over_a_name() -> None:
    assert bind(address=TREADMILL.address, name="KICKR*").fits(TREADMILL)


def test_nothing_is_chosen_among_several_unless_told() -> None:
    other = replace(BIKE, address="C0:00:00:00:00:09", rssi_dbm=-50)
    assert bind().choose([BIKE], None) is BIKE
    assert bind().choose([BIKE, other], None) is None
    assert bind(pick="strongest").choose([BIKE, other], None) is other
    assert bind(pick="strongest").choose([replace(other, rssi_dbm=None), BIKE], None) is BIKE
    assert bind().choose([], None) is None


def test_the_known_one_is_taken_among_many_and_no_other_ever() -> None:
    other = replace(BIKE, address="C0:00:00:00:00:09")
    assert bind().choose([other, BIKE], BIKE.address.lower()) is BIKE
    assert bind(pick="strongest").choose([other], BIKE.address) is None


def test_another_wish_of_the_user_has_another_text() -> None:
    texts = {bind().text, bind(name="a").text, bind(address="a").text, bind(pick="strongest").text}
    assert len(texts) == 3  # how to pick does not change what is meant
