"""Profiles are spoiled in one way each; wrong words are followed from their contradiction on."""

from __future__ import annotations

import pytest

from ftms_bridge.app.evaluating.samples import Scored
from ftms_bridge.app.evaluating.wrong import Contradictions, contradictions, spoil
from ftms_bridge.motion.evidence import Evidence
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile, Drivetrain, GaitBaseline
from tests.app.evaluating.made import ride

GAIT = GaitBaseline("pod", 3.0, 100.0, 112.0, 0.02)
GOOD = DirectionProfile(
    model="A",
    drivetrain=Drivetrain.FREEWHEEL,
    ratio_min=0.2,
    ratio_max=0.4,
    channels=(ChannelProof("crank_angle", "meter", 1, 20, 3.0),),
    gait=GAIT,
)
OTHER = DirectionProfile(
    model="B",
    drivetrain=Drivetrain.FIXED,
    channels=(ChannelProof("crank_angle", "meter", -1, 30, 3.4),),
)


def test_inverted_polarity_turns_every_proof() -> None:
    spoiled = spoil(GOOD, "inverted_polarity", OTHER)
    assert [one.polarity for one in spoiled.channels] == [-1]
    assert spoiled.gait == GaitBaseline("pod", 3.0, 112.0, 100.0, 0.02)
    assert spoiled.ratio_min == 0.2


def test_a_baseline_of_one_way_cannot_be_mirrored() -> None:
    one_way = DirectionProfile(gait=GaitBaseline("pod", 3.0, 100.0, None, 0.02))
    assert spoil(one_way, "inverted_polarity", OTHER) == one_way


@pytest.mark.parametrize(("case", "factor"), [("ratio_high", 1.15), ("ratio_low", 0.85)])
def test_the_ratio_is_off_by_15_percent(case: str, factor: float) -> None:
    spoiled = spoil(GOOD, case, OTHER)
    assert spoiled.ratio_min == pytest.approx(0.2 * factor)
    assert spoiled.ratio_max == pytest.approx(0.4 * factor)
    assert spoil(DirectionProfile(), case, OTHER) == DirectionProfile()


def test_the_wrong_drivetrain_is_always_another_one() -> None:
    for drivetrain in Drivetrain:
        profile = DirectionProfile(drivetrain=drivetrain)
        assert spoil(profile, "wrong_drivetrain", OTHER).drivetrain is not drivetrain


def test_a_swapped_sensor_has_the_proofs_of_another_machine() -> None:
    spoiled = spoil(GOOD, "swapped_sensor", OTHER)
    assert spoiled.channels == OTHER.channels
    assert (spoiled.model, spoiled.drivetrain) == ("A", Drivetrain.FREEWHEEL)


def test_mixed_sensors_leave_the_profile_as_it_is() -> None:
    assert spoil(GOOD, "mixed_sensors", OTHER) is GOOD


def test_an_unknown_case_is_refused() -> None:
    with pytest.raises(KeyError):
        spoil(GOOD, "nothing", OTHER)


def speak(samples: list[Scored], at: int, *rows: Evidence) -> list[Scored]:
    for sample in samples[at:]:
        sample.evidence = rows
    return samples


def row(source: str, llr: float, *, age_s: float = 0.5, proven: bool = True) -> Evidence:
    return Evidence("channel", source, None, llr, age_s, proven)


def test_what_nothing_contradicts_is_undetected() -> None:
    found = contradictions(ride("20f", "20B"), 3.0)
    assert (found.wrong_s, found.undetected_s, found.resolved_s) == (20.0, 20.0, [])
    assert found.longest_s == 0.0


def test_a_stop_contradicts_a_wrong_word() -> None:
    found = contradictions(ride("20f 10s", "24B 6S"), 3.0)
    assert (found.wrong_s, found.undetected_s) == (24.0, 20.0)
    assert found.resolved_s == [4.0]


def test_the_end_of_the_ride_ends_a_word_too() -> None:
    assert contradictions(ride("20f 10s", "30B"), 3.0).resolved_s == [10.0]


def test_another_proven_source_contradicts() -> None:
    samples = speak(ride("20f", "16B 4?"), 10, row("meter", 4.0), row("bike", -2.0))
    assert contradictions(samples, 3.0).resolved_s == [6.0]


@pytest.mark.parametrize(
    "rows",
    [
        (row("meter", 4.0), row("meter", -2.0)),
        (row("meter", 4.0), row("bike", -2.0, proven=False)),
        (row("meter", 4.0), row("bike", -2.0, age_s=9.0)),
        (row("meter", 4.0), row("bike", -1.0)),
        (row("meter", 4.0), row("bike", 2.0)),
    ],
)
def test_weak_or_dependent_evidence_does_not(rows: tuple[Evidence, ...]) -> None:
    assert contradictions(speak(ride("20f", "16B 4?"), 10, *rows), 3.0).resolved_s == []


def test_a_word_that_only_persists_is_contradicted_by_its_own_source() -> None:
    samples = speak(ride("20f", "16B 4?"), 10, row("bike", 3.0, age_s=20.0), row("bike", -2.0))
    assert contradictions(samples, 3.0).resolved_s == [6.0]


def test_a_word_that_comes_true_ends_as_well() -> None:
    samples = speak(ride("20f 20b", "40B"), 10, row("bike", -2.0))
    assert contradictions(samples, 3.0).resolved_s == [10.0]


def test_the_usual_latency_is_not_wrong() -> None:
    found = contradictions(ride("20f 10b", "22F 8B"), 3.0)
    assert found == Contradictions(rides=1)


def test_they_add_up() -> None:
    total = Contradictions()
    for _ in range(2):
        total.add(contradictions(ride("20f 10s", "24B 6S"), 3.0))
    assert (total.rides, total.wrong_s, total.undetected_s) == (2, 48.0, 40.0)
    assert total.resolved_s == [4.0, 4.0]
