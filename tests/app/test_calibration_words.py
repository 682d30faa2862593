"""Prompts fit the terminal, and the end says plainly what can be known and what cannot."""

from __future__ import annotations

import pytest

from ftms_bridge.app.calibration_words import (
    can_decide,
    profile_lines,
    prompt_lines,
    reading_line,
    result_lines,
)
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.calibration import CalibrationResult, Reading
from ftms_bridge.motion.calibration_channels import Finding
from ftms_bridge.motion.calibration_steps import CAN_BE_CALIBRATED, steps_for
from ftms_bridge.motion.calibration_wizard import Prompt
from ftms_bridge.motion.profile import (
    UNPROVEN,
    ChannelProof,
    DirectionProfile,
    Drivetrain,
    GaitBaseline,
    SpeedSource,
)

BIKE, BELT = MachineKind.INDOOR_BIKE, MachineKind.TREADMILL
STEPS = [step for kind in MachineKind if kind in CAN_BE_CALIBRATED for step in steps_for(kind)]


def words(kind: MachineKind, profile: DirectionProfile) -> str:
    return " ".join(" ".join(profile_lines(kind, profile)).split())


@pytest.mark.parametrize("columns", [80, 60, 40])
@pytest.mark.parametrize("counting", [True, False])
def test_every_prompt_fits_the_terminal(columns: int, counting: bool) -> None:
    shown = Reading(0.0, 25.0, 70.0, 120.0, 60.0)
    for step in STEPS:
        prompt = Prompt(
            step.key, step.text, step.note, count_s=30, left_s=12, counting=counting, number=2, of=7
        )
        lines = prompt_lines(prompt, shown, "connected", columns)
        assert max(map(len, lines)) < columns
        assert columns < 80 or len(lines) <= 20
        assert ("12 s to go" in "".join(lines)) == counting


def test_without_readings_the_link_is_shown() -> None:
    prompt = Prompt("forward", "Pedal.", "", count_s=30, left_s=30, counting=False, number=1, of=1)
    assert any(
        "link: searching" in line for line in prompt_lines(prompt, Reading(0), "searching", 80)
    )
    assert reading_line(Reading(0)) == ""


def test_nothing_proven_is_said_with_the_ways_out() -> None:
    text = words(BIKE, UNPROVEN)
    assert "No direction is measured" in text
    assert "ftms-bridge declare" in text


def test_a_machine_that_sends_the_same_both_ways_is_told_so() -> None:
    text = words(
        BIKE, DirectionProfile(drivetrain=Drivetrain.FIXED, speed_source=SpeedSource.SYNTHESISED)
    )
    assert "no software can tell" in text


def test_a_plain_belt_does_not_notice_which_way_you_face() -> None:
    assert "Which way you face" in words(BELT, DirectionProfile(drivetrain=Drivetrain.BELT))


def test_a_freewheel_says_what_it_cannot_tell_even_when_proven() -> None:
    proof = ChannelProof("engagement_line", "bike", 1, 25, 3.2)
    text = words(
        BIKE,
        DirectionProfile(
            firmware="7", drivetrain=Drivetrain.FREEWHEEL, ratio_min=0.34, ratio_max=0.36,
            coasting_power=True, channels=(proof,),
        ),
    )  # fmt: skip
    assert "Backward whenever you pedal and the wheel does not follow" in text
    assert "not_driving" in text
    assert "0.340 to 0.360" in text
    assert "power although nobody drives" in text
    assert "Another firmware" in text


def test_a_freewheel_that_proved_nothing_is_explained() -> None:
    assert "like coasting" in words(BIKE, DirectionProfile(drivetrain=Drivetrain.FREEWHEEL))


def test_a_swapped_channel_is_named() -> None:
    proof = ChannelProof("direction_sensor", "direction_sensor", -1, 30, 3.4)
    text = words(BIKE, DirectionProfile(channels=(proof,)))
    assert "which has it swapped" in text
    assert "Ways out" not in text


def test_steps_tell_slowly_and_of_one_walker() -> None:
    proof = ChannelProof("gait_ratio", "pod", 1, 30, 3.4)
    gait = GaitBaseline("pod", 2.0, 80.0, 90.0, 0.02)
    text = words(BELT, DirectionProfile(gait=gait, channels=(proof,), warnings=("Short.",)))
    assert can_decide(proof)
    assert "from your steps, after half a minute" in text
    assert "somebody else" in text
    assert "80 a minute forward, 90 backward" in text
    assert "Note: Short." in text


def test_a_result_lists_its_findings() -> None:
    finding = Finding("wheel_counter", "hub", "says the same both ways: it cannot tell", blind=True)
    result = CalibrationResult(UNPROVEN, (finding,), ("A text.",), ("A problem.",))
    lines = result_lines(BIKE, result)
    assert max(map(len, lines)) <= 78
    text = " ".join(" ".join(lines).split())
    assert "wheel_counter (the wheel's revolution count falls), from hub: says the same" in text
    assert "A text." in text
    assert "Note: A problem." in text
