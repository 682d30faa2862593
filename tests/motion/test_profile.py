"""What is proven about a machine, and what its kind allows to assume."""

from __future__ import annotations

import pytest

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.profile import (
    FLIP_NEEDS_STOP,
    UNPROVEN,
    DirectionProfile,
    Drivetrain,
    SpeedSource,
    assumed_drivetrain,
)
from tests.motion.bench import proof, proven


def test_nothing_is_proven_unless_it_was() -> None:
    assert DirectionProfile() == UNPROVEN
    assert (UNPROVEN.drivetrain, UNPROVEN.speed_source) == (Drivetrain.UNKNOWN, SpeedSource.UNKNOWN)
    assert (UNPROVEN.ratio_min, UNPROVEN.gait, UNPROVEN.channels) == (None, None, ())


def test_a_proof_belongs_to_one_channel_of_one_source() -> None:
    angle, count = proof("crank_angle", "left"), proof("crank_counter", "left")
    profile = proven(angle, count)
    assert profile.proof("crank_angle", "left") is angle
    assert profile.proof("crank_counter", "left") is count
    assert profile.proof("crank_angle", "right") is None
    assert UNPROVEN.proof("crank_angle", "left") is None


@pytest.mark.parametrize(
    ("kind", "drivetrain"),
    [
        (MachineKind.INDOOR_BIKE, Drivetrain.UNKNOWN),
        (MachineKind.ROWER, Drivetrain.UNKNOWN),
        (MachineKind.CROSS_TRAINER, Drivetrain.FIXED),
        (MachineKind.TREADMILL, Drivetrain.BELT),
    ],
)
def test_the_kind_of_machine_allows_to_assume_a_drivetrain(
    kind: MachineKind, drivetrain: Drivetrain
) -> None:
    assert assumed_drivetrain(kind, UNPROVEN) is drivetrain


@pytest.mark.parametrize("kind", list(MachineKind))
def test_what_is_proven_counts_more_than_the_kind(kind: MachineKind) -> None:
    for drivetrain in set(Drivetrain) - {Drivetrain.UNKNOWN}:
        assert assumed_drivetrain(kind, DirectionProfile(drivetrain=drivetrain)) is drivetrain


def test_only_what_must_pass_through_zero_needs_a_stop_to_turn_round() -> None:
    assert frozenset({Drivetrain.FIXED, Drivetrain.REVERSIBLE_BELT}) == FLIP_NEEDS_STOP


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"manufacturer": "Maker", "model": "M1", "firmware": "1.9"}, None),
        ({"manufacturer": "Other", "model": "M2"}, "manufacturer"),
        ({"manufacturer": "Maker", "model": "M2", "firmware": "2.0"}, "model"),
        ({"firmware": "2.0"}, "firmware"),
        ({"firmware": ""}, None),
        ({"name": "Another"}, None),
        ({}, None),
    ],
)
def test_another_machine_or_firmware_contradicts_and_silence_does_not(
    said: dict[str, str], what: str | None
) -> None:
    profile = DirectionProfile(manufacturer="Maker", model="M1", firmware="1.9")
    mismatch = profile.contradiction(said)
    assert (mismatch and mismatch.what) == what
    assert UNPROVEN.contradiction(said) is None
