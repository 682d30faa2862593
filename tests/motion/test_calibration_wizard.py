"""The wizard as a state machine: what it asks, when it counts, and what it never asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.calibration import Part, Reading
from ftms_bridge.motion.calibration_steps import (
    CAN_BE_CALIBRATED,
    EACH_WALK_S,
    EACH_WAY_S,
    UNSEEN_S,
    steps_for,
)
from ftms_bridge.motion.calibration_wizard import Outcome, Wizard

KINDS = [one for one in MachineKind if one in CAN_BE_CALIBRATED]
BIKE, BELT = MachineKind.INDOOR_BIKE, MachineKind.TREADMILL


class Person:
    """Does what a step asks for, one reading a second."""

    def __init__(self, kind: MachineKind, *, ghost: bool = False) -> None:
        self.at = 0.0
        self.wizard = Wizard(kind, 0.0, ghost=ghost)
        self.keys: list[str] = []
        self.parts: list[Part] = []
        self._kind = kind

    def show(self, speed: float, cadence: float | None, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.at += 1.0
            self.wizard.see(Reading(self.at, speed, cadence))
            key = self.wizard.prompt.key
            if not self.keys or self.keys[-1] != key:
                self.keys.append(key)
            if not self.parts or self.parts[-1] is not self.wizard.part:
                self.parts.append(self.wizard.part)

    def obey(self) -> None:
        """Do what the present step asks for, for a second."""
        key = self.wizard.prompt.key
        if self._kind is BELT:
            walks = key in ("belt_forward", "belt_backward")
            self.show(2.0 if walks else 0.0, None)
        elif key == "coast":
            self.show(15.0, 0.0)
        else:
            pedals = not key.startswith(("ready", "stop"))
            self.show(20.0 if pedals else 0.0, 70.0 if pedals else 0.0)

    def follow(self, limit_s: int = 400) -> None:
        """Follow to the end."""
        while self.wizard.outcome is Outcome.RUNNING and limit_s:
            self.obey()
            limit_s -= 1


@pytest.mark.parametrize("kind", KINDS)
def test_who_follows_comes_to_the_end_in_three_minutes(kind: MachineKind) -> None:
    person = Person(kind)
    person.follow()
    assert person.wizard.outcome is Outcome.DONE
    assert person.keys == [step.key for step in steps_for(kind)]
    assert person.at <= 180.0


@pytest.mark.parametrize("kind", KINDS)
def test_each_way_is_seen_for_its_time(kind: MachineKind) -> None:
    person, seen = Person(kind), {Part.FORWARD: 0, Part.BACKWARD: 0}
    while person.wizard.outcome is Outcome.RUNNING:
        person.obey()
        if person.wizard.part in seen:
            seen[person.wizard.part] += 1
    least = EACH_WALK_S if kind is BELT else EACH_WAY_S
    assert min(seen.values()) >= least - 2


def test_nothing_is_labelled_until_it_is_seen() -> None:
    person = Person(BIKE)
    person.show(0.0, 0.0, 5)
    assert person.wizard.prompt.key == "forward"
    person.show(0.0, 0.0, 20)
    assert person.parts[-1:] == [Part.OTHER]
    assert "no movement" in person.wizard.prompt.note
    person.show(20.0, 70.0)
    assert person.parts[-1:] == [Part.FORWARD]


def test_a_pause_stops_the_count_and_the_label() -> None:
    person = Person(BIKE)
    person.show(0.0, 0.0, 5)
    person.show(20.0, 70.0, 10)
    left_s = person.wizard.prompt.left_s
    person.show(0.0, 0.0, 10)
    assert person.wizard.part is Part.OTHER
    assert person.wizard.prompt.left_s >= left_s - 3.0


def test_a_machine_that_shows_nothing_backward_counts_all_the_same() -> None:
    person = Person(BIKE)
    while person.wizard.prompt.key != "backward":
        person.obey()
    person.show(0.0, 0.0, int(UNSEEN_S) + 2)
    assert person.wizard.part is Part.BACKWARD
    assert "keep on pedalling" in person.wizard.prompt.note
    person.show(0.0, 0.0, int(EACH_WAY_S) + 2)
    assert person.wizard.prompt.key == "stop_again"


def test_who_never_moves_forward_is_told_so_at_the_end() -> None:
    person = Person(BIKE)
    person.show(0.0, 0.0, 120)
    assert person.wizard.outcome is Outcome.ENDED
    assert "no movement" in person.wizard.problem


def test_a_silent_machine_is_named() -> None:
    wizard = Wizard(BIKE, 0.0)
    wizard.tick(10.0)
    assert "says nothing" in wizard.prompt.note


def test_a_skipped_step_is_left_out() -> None:
    person = Person(BIKE)
    while person.wizard.prompt.key != "backward":
        person.obey()
    assert person.wizard.skip(person.at)
    person.follow()
    assert person.wizard.outcome is Outcome.DONE
    assert Part.BACKWARD not in person.parts
    assert not person.wizard.skip(person.at)


def test_ghost_pedalling_is_asked_for_only_when_wanted() -> None:
    person = Person(BIKE, ghost=True)
    person.follow()
    assert "ghost" in person.keys
    assert "ghost" not in [step.key for step in steps_for(BIKE)]


def test_nobody_is_asked_to_turn_round_on_a_moving_belt() -> None:
    person = Person(BELT)
    while person.wizard.prompt.key != "belt_stop":
        person.obey()
    person.show(2.0, None, 60)
    assert person.wizard.prompt.key == "belt_stop"
    assert not person.wizard.skip(person.at)
    person.show(2.0, None, 120)
    assert person.wizard.outcome is Outcome.ENDED
    assert "Stop it" in person.wizard.problem


def test_a_belt_that_starts_while_somebody_turns_round_counts_nothing() -> None:
    person = Person(BELT)
    while person.wizard.prompt.key != "belt_turn":
        person.obey()
    person.show(2.0, None, 30)
    assert person.wizard.prompt.key == "belt_turn"
    assert person.wizard.part is Part.OTHER
    assert "Stop it before you turn" in person.wizard.prompt.note


def test_a_fast_belt_counts_nothing_and_is_to_slow_down() -> None:
    person = Person(BELT)
    while person.wizard.prompt.key != "belt_backward":
        person.obey()
    person.show(5.0, None, 20)
    assert person.wizard.part is Part.OTHER
    assert "slow down" in person.wizard.prompt.note


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.2, 2.0, 6.0]), st.integers(1, 40), st.booleans()),
        max_size=40,
    )
)
def test_whatever_a_belt_does_the_turn_comes_after_a_standstill(
    plan: list[tuple[float, int, bool]],
) -> None:
    wizard, at, still_s = Wizard(BELT, 0.0), 0.0, 0.0
    for speed, seconds, skip in plan:
        for _ in range(seconds):
            before = wizard.prompt.key
            at += 1.0
            wizard.see(Reading(at, speed))
            still_s = still_s + 1.0 if speed < 0.3 else 0.0
            if before == "belt_stop" and wizard.prompt.key == "belt_turn":
                assert still_s >= 3.0
        if skip:
            wizard.skip(at)


@pytest.mark.parametrize("kind", [one for one in MachineKind if one not in CAN_BE_CALIBRATED])
def test_other_machines_have_nothing_to_calibrate(kind: MachineKind) -> None:
    assert steps_for(kind) == ()
    with pytest.raises(ValueError, match="nothing to calibrate"):
        Wizard(kind, 0.0)


def test_no_step_asks_to_reverse_or_to_switch_anything_by_itself() -> None:
    texts = " ".join(step.text for step in steps_for(BELT))
    assert "STAND STILL" in texts
    assert texts.count("handrail") + texts.count("rail.") >= 5
    assert "standstill" in texts
