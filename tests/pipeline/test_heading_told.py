"""What comes of a direction: told once per change, credited to the session since its onset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile, Drivetrain
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.telemetry.publish import Publish
from tests.pipeline.rides import drive, payloads

CROSS_TRAINER = 0x2ACE
KINDS = {"trainer": MachineKind.CROSS_TRAINER, "belt": MachineKind.TREADMILL}
BIT = ChannelProof("movement_direction_bit", "trainer", 1, 60, 4.1)
SENSOR = ChannelProof("direction_sensor", "direction_sensor", 1, 60, 4.1)


class Run:
    """One machine in a pipeline that gathers all that is told."""

    def __init__(self, machine: str = "trainer", **profile: Any) -> None:
        spec = MachineSpec(machine, KINDS[machine])
        profiles = {machine: DirectionProfile(**profile)}
        self._machine = machine
        self.pipeline = Pipeline(PipelineSettings((spec,), run_id="run", profiles=profiles))
        self.effects: list[tuple[float, Publish]] = [(0.0, e) for e in self.pipeline.begin(0.0)]

    def stride(self, start: float, seconds: int, *, backward: bool, speed: float = 6.0) -> None:
        """Move on a cross trainer, one record a second."""
        data = encode(CROSS_TRAINER, {"speed_kmh": speed, "backward": backward})
        self._take([Notification(start + n, self._machine, CROSS_TRAINER, data)
                    for n in range(seconds)])  # fmt: skip

    def walk(self, start: float, seconds: int, speed: float = 4.0) -> None:
        """Let a belt run, one record a second."""
        data = encode(0x2ACD, {"speed_kmh": speed})
        self._take([Notification(start + n, self._machine, 0x2ACD, data) for n in range(seconds)])

    def lose(self, at: float) -> None:
        self._take([LinkChange(at, self._machine, up=False)])

    def wait(self, until: float) -> None:
        self.effects += drive(self.pipeline, [], until)

    def sense(self, value: float, at: float) -> None:
        self._add(at, self.pipeline.sense(DirectionReading(at, self._machine, value)))

    def declare(self, word: str | None, at: float) -> Any:
        """Declare; return the result."""
        command = Command(self._machine, Verb.DECLARE, "7", direction=word)
        self._add(at, self.pipeline.command(command, at))
        return payloads(self.effects, "result")[-1]

    def told(self, kind: str) -> list[Any]:
        events = payloads(self.effects, "event")
        return [event["detail"] for event in events if event["type"] == kind]

    def ways(self) -> list[str]:
        """Return the directions that were told, in order."""
        return [detail["to"] for detail in self.told("direction_changed")]

    def summary(self, at: float) -> Any:
        """End the run; return what its session amounts to per direction."""
        self._add(at, self.pipeline.finish(at))
        return payloads(self.effects, "session_last")[-1]

    def _take(self, arrivals: Sequence[Notification | LinkChange]) -> None:
        self.effects += drive(self.pipeline, arrivals)

    def _add(self, at: float, effects: Sequence[Publish]) -> None:
        self.effects += [(at, effect) for effect in effects]


def test_a_change_is_told_once_however_long_it_lasts() -> None:
    run = Run(channels=(BIT,))
    run.stride(0.0, 60, backward=False)
    assert run.ways() == ["forward"]
    run.stride(60.0, 2, backward=False, speed=0.0)
    run.stride(62.0, 60, backward=True)
    assert run.ways() == ["forward", "unknown", "backward"]
    (_, _, turned) = run.told("direction_changed")
    assert (turned["basis"], turned["channel"]) == ("measured", "movement_direction_bit")


def test_another_reason_alone_is_not_told() -> None:
    run = Run()
    run.stride(0.0, 30, backward=False)
    run.wait(5000.0)
    assert run.ways() == []


def test_standing_still_and_silence_are_told() -> None:
    run = Run(channels=(BIT,))
    run.stride(0.0, 10, backward=False)
    run.stride(10.0, 5, backward=False, speed=0.0)
    run.stride(15.0, 5, backward=False)
    run.wait(40.0)
    assert run.ways() == ["forward", "unknown", "stopped", "forward", "unknown"]


def test_a_contradiction_is_told_and_not_repeated_at_every_record() -> None:
    run = Run(channels=(BIT, SENSOR))
    for at in range(20):
        run.sense(-1.0, at + 0.1)
        run.stride(float(at), 1, backward=False)
    conflicts = run.told("direction_conflict")
    assert 1 <= len(conflicts) <= 2
    assert conflicts[0]["forward"] == "movement_direction_bit"
    assert conflicts[0]["backward"] == "direction_sensor"


@pytest.mark.parametrize("word", ["forward", "backward", "stopped"])
def test_a_declaration_is_accepted_and_told(word: str) -> None:
    run = Run("belt")
    run.walk(0.0, 5)
    assert run.declare(word, 4.5)["status"] == "done"
    assert run.told("direction_declared") == [{"direction": word, "expires_s": 120.0}]
    assert run.ways() == [word]
    assert run.told("direction_changed")[0]["basis"] == "declared"


def test_a_declaration_is_taken_back_without_having_expired() -> None:
    run = Run("belt")
    run.walk(0.0, 5)
    run.declare("backward", 4.5)
    assert run.declare("clear", 5.0)["status"] == "done"
    assert run.told("direction_declared")[-1] == {"direction": None, "expires_s": None}
    assert run.ways() == ["backward", "unknown"]
    run.wait(200.0)
    assert run.told("declaration_expired") == []


@pytest.mark.parametrize("word", [None, "sideways", "FORWARD", ""])
def test_other_words_are_refused(word: str | None) -> None:
    run = Run("belt")
    run.walk(0.0, 5)
    result = run.declare(word, 4.5)
    assert (result["status"], result["reason"]) == ("rejected", "unknown_direction")
    assert run.told("direction_declared") == []


def test_nothing_can_be_declared_of_a_machine_that_is_not_heard() -> None:
    run = Run("belt")
    assert run.declare("forward", 0.5)["reason"] == "machine_is_silent"
    run.walk(1.0, 5)
    run.lose(6.0)
    assert run.declare("forward", 7.0)["reason"] == "machine_is_silent"


def expired(run: Run) -> list[str]:
    assert all(detail["direction"] == "backward" for detail in run.told("declaration_expired"))
    return [detail["cause"] for detail in run.told("declaration_expired")]


def test_a_declaration_ends_by_its_time() -> None:
    run = Run("belt")
    run.walk(0.0, 5)
    run.declare("backward", 4.5)
    run.walk(5.0, 119)
    assert expired(run) == []
    run.walk(124.0, 3)
    assert expired(run) == ["time"]
    assert run.ways() == ["backward", "unknown"]
    assert run.told("direction_changed")[-1]["reason"] == "declaration_expired"


def test_a_declaration_ends_with_a_stop() -> None:
    run = Run("belt")
    run.walk(0.0, 5)
    run.declare("backward", 4.5)
    run.walk(5.0, 4, speed=0.0)
    assert expired(run) == ["stop"]


def test_a_declaration_ends_with_a_dip_where_only_a_dip_lets_turn_round() -> None:
    run = Run("belt", drivetrain=Drivetrain.REVERSIBLE_BELT)
    run.walk(0.0, 20)
    run.declare("backward", 19.5)
    assert run.told("direction_declared") == [{"direction": "backward", "expires_s": None}]
    run.walk(20.0, 200)
    assert expired(run) == []
    run.walk(220.0, 1, speed=0.8)
    assert expired(run) == ["stop"]


def test_a_declaration_ends_with_the_link_and_with_silence() -> None:
    for silence in (False, True):
        run = Run("belt")
        run.walk(0.0, 5)
        run.declare("backward", 4.5)
        if silence:
            run.wait(20.0)
        else:
            run.lose(5.0)
        assert expired(run) == ["link_lost"]


def test_what_is_measured_is_told_over_what_was_declared() -> None:
    run = Run("belt", channels=(SENSOR,))
    run.walk(0.0, 5)
    run.declare("backward", 4.5)
    run.sense(1.0, 4.6)
    run.sense(1.0, 4.7)
    last = run.told("direction_changed")[-1]
    assert (last["from"], last["to"], last["basis"]) == ("backward", "forward", "measured")


def times(summary: Any) -> dict[str, float]:
    columns = ("forward", "backward", "stopped", "unknown")
    return {column: summary["by_direction"][column]["time_s"] for column in columns}


def test_a_direction_that_is_found_late_is_credited_since_the_rider_set_off() -> None:
    run = Run("belt", channels=(SENSOR,), drivetrain=Drivetrain.REVERSIBLE_BELT)
    run.walk(0.0, 31)
    run.sense(-1.0, 30.1)
    run.sense(-1.0, 30.2)
    run.walk(31.0, 10)
    summary = run.summary(40.0)
    assert times(summary) == {"forward": 0.0, "backward": 40.0, "stopped": 0.0, "unknown": 0.0}
    assert run.told("direction_changed")[0]["onset_t_s"] == 0.0


def test_what_lies_before_a_dip_is_not_credited_to_what_was_found_after_it() -> None:
    run = Run("belt", channels=(SENSOR,), drivetrain=Drivetrain.REVERSIBLE_BELT)
    run.walk(0.0, 30)
    run.walk(30.0, 2, speed=0.8)
    run.walk(32.0, 10)
    run.sense(1.0, 41.1)
    run.walk(42.0, 9)
    sums = times(run.summary(50.0))
    assert sums["unknown"] == pytest.approx(30.0, abs=1.0)
    assert sums["forward"] == pytest.approx(20.0, abs=1.0)
    assert sum(sums.values()) == pytest.approx(50.0)


def test_what_is_declared_is_told_but_not_measured_time() -> None:
    run = Run("belt")
    run.walk(0.0, 10)
    run.declare("backward", 9.5)
    run.walk(10.0, 11)
    assert times(run.summary(20.0))["unknown"] == 20.0


def test_the_sums_by_direction_equal_the_session() -> None:
    run = Run(channels=(BIT,))
    for block in range(6):
        start = block * 40.0
        run.stride(start, 34, backward=block % 2 == 1)
        run.stride(start + 34.0, 6, backward=block % 2 == 1, speed=0.0)
    summary = run.summary(240.0)
    columns = summary["by_direction"]
    sums = times(summary)
    assert sum(sums.values()) - columns["still_s"] == pytest.approx(summary["moving_s"], rel=0.001)
    assert columns["switches"] == 5
    assert columns["forward"]["bouts"] == columns["backward"]["bouts"] == 3
    assert sums["forward"] == pytest.approx(sums["backward"], abs=1.0)
    assert sums["unknown"] <= 1.0
