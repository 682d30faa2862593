"""When a direction can have changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.motion.gate import GAP_S, Gate
from ftms_bridge.motion.profile import FLIP_NEEDS_STOP, Drivetrain

PACES = st.lists(st.floats(0.0, 150.0), min_size=1, max_size=30)


def settled(drivetrain: Drivetrain = Drivetrain.FIXED, smoothing_s: float = 1.0) -> Gate:
    """Return a gate after a minute at 80."""
    gate = Gate(drivetrain, smoothing_s)
    for _ in range(60):
        gate.receive(80.0, 1.0)
    return gate


@pytest.mark.parametrize("drivetrain", list(Drivetrain))
def test_only_a_drive_that_must_stop_to_turn_round_ever_closes(drivetrain: Drivetrain) -> None:
    assert settled(drivetrain).is_open == (drivetrain not in FLIP_NEEDS_STOP)


def test_it_begins_open_and_closes_only_when_the_pace_has_settled() -> None:
    gate = Gate(Drivetrain.FIXED, 1.0)
    assert gate.is_open
    for pace in (20.0, 60.0, 20.0, 60.0) * 4:
        gate.receive(pace, 1.0)
        assert gate.is_open
    for _ in range(6):
        gate.receive(60.0, 1.0)
    assert not gate.is_open


@pytest.mark.parametrize("drivetrain", sorted(FLIP_NEEDS_STOP, key=str))
def test_a_dip_opens_it_once(drivetrain: Drivetrain) -> None:
    gate = settled(drivetrain)
    assert gate.receive(20.0, 1.0)
    assert gate.is_open
    assert gate.depth == pytest.approx(0.25, abs=0.001)
    assert not gate.receive(18.0, 1.0)
    assert gate.is_open


@settings(max_examples=40)
@given(paces=st.lists(st.floats(76.0, 84.0), max_size=40))
def test_an_even_pace_never_opens_it(paces: list[float]) -> None:
    gate = settled()
    assert not any(gate.receive(pace, 1.0) for pace in paces)
    assert not gate.is_open


@settings(max_examples=40)
@given(paces=PACES)
def test_the_belt_of_one_way_never_dips_for_a_walker_turns_round_without(
    paces: list[float],
) -> None:
    gate = settled(Drivetrain.BELT)
    assert not any(gate.receive(pace, 1.0) for pace in paces)
    assert gate.is_open


@settings(max_examples=40)
@given(paces=st.lists(st.floats(10.0, 150.0), max_size=30), smoothing_s=st.floats(0.0, 5.0))
def test_standing_still_always_opens_it(paces: list[float], smoothing_s: float) -> None:
    gate = settled(smoothing_s=smoothing_s)
    for pace in paces:
        gate.receive(pace, 1.0)
    gate.receive(0.0, 1.0)
    assert gate.is_open


@settings(max_examples=40)
@given(paces=PACES, factor=st.sampled_from([0.25, 0.5, 2.0]))
def test_speed_and_cadence_dip_alike_whatever_their_unit(paces: list[float], factor: float) -> None:
    one, other = settled(), Gate(Drivetrain.FIXED, 1.0)
    for _ in range(60):
        other.receive(80.0 * factor, 1.0)
    for pace in paces:
        assert one.receive(pace, 1.0) == other.receive(pace * factor, 1.0)
        assert one.is_open == other.is_open


def test_slow_firmware_leaves_less_of_a_dip_so_less_opens_it() -> None:
    paces = [80.0 - n for n in range(80)]

    def opens_at(smoothing_s: float) -> float:
        return next(p for p in paces if settled(smoothing_s=smoothing_s).receive(p, 1.0))

    assert opens_at(0.0) < opens_at(1.0) < opens_at(3.0) < opens_at(5.0) < 80.0


def test_silence_opens_it_for_a_reversal_can_be_missed_then() -> None:
    assert not settled().receive(80.0, GAP_S)
    assert settled().receive(80.0, GAP_S + 0.1)


def test_a_reading_that_fades_after_a_dip_may_be_a_memory() -> None:
    gate = settled()
    gate.receive(50.0, 1.0)
    assert gate.is_falling
    gate.receive(30.0, 1.0)
    assert gate.is_falling
    for _ in range(3):
        gate.receive(30.0, 1.0)
    assert not gate.is_falling


def test_it_can_be_opened_from_outside_and_by_another_profile() -> None:
    gate = settled()
    gate.open()
    assert gate.is_open
    gate = settled()
    gate.trust(Drivetrain.REVERSIBLE_BELT, 1.0)
    assert gate.is_open
