"""Another firmware proves nothing; a declaration ends with what it was said for."""

from __future__ import annotations

from typing import Any

import pytest

from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile, Drivetrain
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.workout.session import SessionRules
from tests.pipeline.rides import bike, drive, payloads, ride

FIRMWARE, MODEL, MANUFACTURER = 0x2A26, 0x2A24, 0x2A29
MACHINE_STATUS = 0x2ADA
BY_KEY = b"\x03"
BIT = ChannelProof("movement_direction_bit", "trainer", 1, 60, 4.1)
PROVEN = DirectionProfile(
    manufacturer="Maker", model="M1", firmware="1.9", drivetrain=Drivetrain.FIXED, channels=(BIT,)
)


def trainer(profile: DirectionProfile = PROVEN) -> Pipeline:
    spec = MachineSpec("trainer", MachineKind.CROSS_TRAINER)
    return Pipeline(PipelineSettings((spec,), run_id="run", profiles={"trainer": profile}))


def strides(start: float, seconds: int, *, backward: bool) -> list[Notification]:
    """Return a record a second at 5 km/h with the direction bit."""
    data = bytes.fromhex("008000f401" if backward else "000000f401")
    return [Notification(start + second, "trainer", 0x2ACE, data) for second in range(seconds)]


def says(at: float, characteristic: int, text: str) -> Notification:
    return Notification(at, "trainer", characteristic, text.encode())


def said(pipeline: Pipeline, machine: str = "trainer") -> Direction:
    return pipeline.machine(machine).state.direction.estimate.direction


def told(effects: list[tuple[float, Publish]], kind: str) -> list[Any]:
    return [event["detail"] for event in payloads(effects, "event") if event["type"] == kind]


def test_the_firmware_that_was_calibrated_is_trusted() -> None:
    pipeline = trainer()
    words = [says(0.0, MANUFACTURER, "Maker"), says(0.0, MODEL, "M1"), says(0.0, FIRMWARE, "1.9")]
    effects = drive(pipeline, [*words, *strides(0.0, 10, backward=False)])
    assert said(pipeline) is Direction.FORWARD
    assert told(effects, "profile_void") == []


def test_another_firmware_proves_nothing_and_that_is_told_once() -> None:
    pipeline = trainer()
    words = [says(0.0, MANUFACTURER, "Maker"), says(0.0, FIRMWARE, "2.0"), says(1.0, MODEL, "M1")]
    effects = drive(pipeline, [*words, *strides(1.0, 20, backward=False)])
    assert said(pipeline) is Direction.UNKNOWN
    assert told(effects, "profile_void") == [
        {"what": "firmware", "expected": "1.9", "found": "2.0"}
    ]
    assert not any(one.proven for one in pipeline.machine("trainer").state.direction.channels)


def test_what_was_said_is_taken_back_and_said_again_with_the_right_firmware() -> None:
    pipeline = trainer()
    drive(pipeline, strides(0.0, 10, backward=False))
    assert said(pipeline) is Direction.FORWARD
    drive(pipeline, [says(10.0, FIRMWARE, "2.0"), *strides(10.0, 5, backward=False)])
    assert said(pipeline) is Direction.UNKNOWN
    effects = drive(pipeline, [says(15.0, FIRMWARE, "1.9"), *strides(15.0, 5, backward=False)])
    assert said(pipeline) is Direction.FORWARD
    assert told(effects, "profile_void") == [{"what": None, "expected": None, "found": None}]


@pytest.mark.parametrize(
    ("profile", "word"),
    [
        (DirectionProfile(drivetrain=Drivetrain.FIXED, channels=(BIT,)), "2.0"),
        (PROVEN, ""),
    ],
    ids=["the profile does not know it", "the machine does not say it"],
)
def test_what_one_side_does_not_know_contradicts_nothing(
    profile: DirectionProfile, word: str
) -> None:
    pipeline = trainer(profile)
    effects = drive(pipeline, [says(0.0, FIRMWARE, word), *strides(0.0, 10, backward=True)])
    assert said(pipeline) is Direction.BACKWARD
    assert told(effects, "profile_void") == []


def test_a_profile_is_trusted_again_only_when_all_is_right() -> None:
    pipeline = trainer()
    other = [says(0.0, MODEL, "M2"), says(0.0, FIRMWARE, "7")]
    drive(pipeline, [*other, says(1.0, MODEL, "M1"), *strides(1.0, 10, backward=False)])
    assert said(pipeline) is Direction.UNKNOWN
    mismatch = pipeline.machine("trainer").heading.mismatch
    assert mismatch is not None
    assert (mismatch.what, mismatch.found) == ("firmware", "7")


def declaring(pipeline: Pipeline, at: float, machine: str, word: str) -> None:
    pipeline.command(Command(machine, Verb.DECLARE, direction=word), at)


def belt() -> Pipeline:
    spec = MachineSpec("belt", MachineKind.TREADMILL)
    return Pipeline(PipelineSettings((spec,), run_id="run"))


def steps(start: float, seconds: int) -> list[Notification]:
    data = encode(0x2ACD, {"speed_kmh": 3.0})
    return [Notification(start + second, "belt", 0x2ACD, data) for second in range(seconds)]


def test_the_safety_key_ends_a_declaration_at_once() -> None:
    pipeline = belt()
    drive(pipeline, steps(0.0, 10))
    declaring(pipeline, 10.0, "belt", "backward")
    assert said(pipeline, "belt") is Direction.BACKWARD
    effects = drive(pipeline, [Notification(11.0, "belt", MACHINE_STATUS, BY_KEY)])
    assert told(effects, "declaration_expired") == [
        {"direction": "backward", "cause": "safety_key"}
    ]
    assert said(pipeline, "belt") is Direction.UNKNOWN


@pytest.mark.parametrize("status", [b"\x04", b"\x02\x01", b""])
def test_another_status_or_a_damaged_one_ends_nothing(status: bytes) -> None:
    pipeline = belt()
    drive(pipeline, [*steps(0.0, 5), Notification(5.0, "belt", MACHINE_STATUS, BY_KEY)])
    drive(pipeline, steps(6.0, 4))
    declaring(pipeline, 10.0, "belt", "backward")
    effects = drive(pipeline, [Notification(11.0, "belt", MACHINE_STATUS, status)])
    assert told(effects, "declaration_expired") == []
    assert said(pipeline, "belt") is Direction.BACKWARD


def riding() -> Pipeline:
    spec = MachineSpec("bike", MachineKind.INDOOR_BIKE)
    rules = SessionRules(pause_after_s=2.0, end_after_s=20.0)
    pipeline = Pipeline(PipelineSettings((spec,), run_id="run", rules=rules))
    drive(pipeline, ride(0.0, 10, speed_kmh=25.0, cadence_rpm=80.0))
    declaring(pipeline, 10.0, "bike", "backward")
    return pipeline


def test_the_end_of_a_session_ends_a_declaration() -> None:
    pipeline = riding()
    at_end = [(11.0, one) for one in pipeline.command(Command("bike", Verb.END), 11.0)]
    ended = {"direction": "backward", "cause": "session_ended"}
    assert told(at_end, "declaration_expired") == [ended]
    assert said(pipeline, "bike") is Direction.UNKNOWN


def test_the_end_of_the_run_ends_a_declaration_with_its_session() -> None:
    pipeline = riding()
    effects = [(11.0, one) for one in pipeline.finish(11.0)]
    ended = {"direction": "backward", "cause": "session_ended"}
    assert told(effects, "declaration_expired") == [ended]


def test_a_session_that_ends_out_of_a_pause_takes_a_declaration_of_the_pause_along() -> None:
    pipeline = riding()
    still = [bike(11.0 + second, speed_kmh=0.0, cadence_rpm=0.0) for second in range(9)]
    drive(pipeline, still)
    declaring(pipeline, 20.0, "bike", "backward")
    more = [bike(20.0 + second, speed_kmh=0.0, cadence_rpm=0.0) for second in range(1, 25)]
    effects = drive(pipeline, more)
    ended = {"direction": "backward", "cause": "session_ended"}
    assert told(effects, "declaration_expired") == [ended]


def test_what_is_declared_before_a_session_survives_its_begin_and_not_its_end() -> None:
    spec = MachineSpec("bike", MachineKind.INDOOR_BIKE)
    pipeline = Pipeline(PipelineSettings((spec,), run_id="run"))
    drive(pipeline, ride(0.0, 3, speed_kmh=0.0, cadence_rpm=0.0))
    declaring(pipeline, 2.5, "bike", "backward")
    drive(pipeline, ride(3.0, 20, speed_kmh=25.0, cadence_rpm=80.0))
    assert said(pipeline, "bike") is Direction.BACKWARD
    pipeline.command(Command("bike", Verb.END), 23.0)
    assert said(pipeline, "bike") is Direction.UNKNOWN
