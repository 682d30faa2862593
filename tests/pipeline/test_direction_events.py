"""What happens to the direction is told once."""

from __future__ import annotations

from typing import Any

from ftms_bridge.measurement.signals import Signals
from ftms_bridge.measurement.source import Source
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.estimator import DirectionTracker
from ftms_bridge.motion.profile import UNPROVEN, Mismatch
from ftms_bridge.pipeline.direction_events import DirectionEvents
from ftms_bridge.pipeline.reports import REPEAT_EVERY_S, Reports
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.workout.session import SessionRules, SessionTracker
from tests.pipeline.tracking import ANGLE, COUNTER, UNKNOWN, WALL, FakeTracker, declared, measured

BACKWARD = Direction.BACKWARD


class Bench:
    """Events of a fake tracker, and what they put into the reports."""

    def __init__(self, tracker: FakeTracker) -> None:
        spec = MachineSpec("bike", MachineKind.INDOOR_BIKE)
        signals = Signals(spec)
        known = MachineState(
            signals=signals,
            session=SessionTracker(SessionRules()),
            direction=DirectionTracker(spec, UNPROVEN, signals, {"bike": Source("bike", signals)}),
        )
        self._reports = Reports("bike", known, PipelineSettings((spec,), run_id="r"))
        self.events = DirectionEvents(self._reports, tracker, WALL)

    def told(self) -> list[tuple[str, Any]]:
        payloads: list[Any] = [effect.payload for effect in self._reports.take()]
        return [(payload["type"], payload["detail"]) for payload in payloads]


def test_a_change_is_told_with_onset_and_the_channel_that_speaks_for_it() -> None:
    bench = Bench(FakeTracker(measured(BACKWARD), rows=[COUNTER, ANGLE]))
    bench.events.changed(UNKNOWN, 12.0)
    assert bench.told() == [
        ("direction_changed", {
            "from": "unknown", "to": "backward", "basis": "measured", "confidence": 0.998,
            "reason": None, "onset": "2023-11-14T22:13:30.000Z", "onset_t_s": 10.0,
            "onset_uncertainty_s": 0.5, "channel": "crank_angle",
        })
    ]  # fmt: skip


def test_what_is_unknown_says_why_and_names_no_channel() -> None:
    bench = Bench(FakeTracker(UNKNOWN, rows=[ANGLE]))
    bench.events.changed(measured(BACKWARD), 12.0)
    ((_, detail),) = bench.told()
    assert (detail["to"], detail["reason"], detail["channel"]) == ("unknown", "not_driving", None)


def test_another_basis_is_a_change_and_another_confidence_is_none() -> None:
    bench = Bench(FakeTracker(measured(BACKWARD)))
    bench.events.changed(measured(BACKWARD, since=9.0), 12.0)
    assert bench.told() == []
    bench.events.changed(declared(BACKWARD), 12.0)
    assert [name for name, _ in bench.told()] == ["direction_changed"]


def test_a_conflict_names_both_sides_and_is_not_repeated_at_once() -> None:
    bench = Bench(FakeTracker(rows=[ANGLE, COUNTER]))
    for at in (1.0, 2.0, 1.5 + REPEAT_EVERY_S):
        bench.events.conflict(at)
    sides = {"forward": "wheel_counter", "backward": "crank_angle"}
    assert bench.told() == [
        ("direction_conflict", {**sides, "count": 1}),
        ("direction_conflict", {**sides, "count": 2}),
    ]


def test_a_declaration_is_told_from_its_begin_to_its_end() -> None:
    tracker = FakeTracker(declared=declared(BACKWARD), declared_until=130.0)
    bench = Bench(tracker)
    bench.events.declared(10.0)
    bench.events.expired(declared(BACKWARD), "stop", 20.0)
    tracker.declared = None
    bench.events.declared(30.0)
    assert bench.told() == [
        ("direction_declared", {"direction": "backward", "expires_s": 120.0}),
        ("declaration_expired", {"direction": "backward", "cause": "stop"}),
        ("direction_declared", {"direction": None, "expires_s": None}),
    ]


def test_a_profile_that_counts_no_more_says_why_and_nothing_when_it_counts_again() -> None:
    bench = Bench(FakeTracker())
    bench.events.profile_void(Mismatch("firmware", "1.9", "2.0"), 10.0)
    bench.events.profile_void(None, 20.0)
    assert bench.told() == [
        ("profile_void", {"what": "firmware", "expected": "1.9", "found": "2.0"}),
        ("profile_void", {"what": None, "expected": None, "found": None}),
    ]
