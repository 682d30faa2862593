"""The flat state: the same keys always, and the direction beside the values."""

from __future__ import annotations

from ftms_bridge.measurement.signals import Signals
from ftms_bridge.measurement.source import Source
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.estimator import DirectionTracker
from ftms_bridge.motion.profile import UNPROVEN
from ftms_bridge.pipeline.direction import DirectionWords
from ftms_bridge.pipeline.flat import FlatState
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.telemetry.messages import State
from ftms_bridge.workout.session import SessionRules, SessionTracker
from tests.pipeline.tracking import WALL, FakeTracker, measured, ridden

SPEC = MachineSpec("bike", MachineKind.INDOOR_BIKE)


def state(known: MachineState, tracker: FakeTracker) -> State:
    return FlatState("bike", known, words=DirectionWords(tracker, WALL), wall=WALL).at(20.0)


def known() -> MachineState:
    signals = Signals(SPEC)
    tracker = DirectionTracker(SPEC, UNPROVEN, signals, {"bike": Source("bike", signals)})
    return MachineState(signals, SessionTracker(SessionRules()), tracker)


def test_a_machine_that_is_not_heard_has_every_key() -> None:
    flat = state(known(), FakeTracker())
    assert set(flat) == set(State.__annotations__)
    assert (flat["speed_kmh"], flat["signed_speed_kmh"], flat["session_id"]) == (None, None, None)
    assert (flat["forward_s"], flat["unknown_s"], flat["direction_switches"]) == (0.0, 0.0, 0)


def test_a_session_has_its_times_by_direction() -> None:
    riding = known()
    riding.availability = "online"
    riding.ride = ridden((8, Direction.FORWARD), (12, Direction.BACKWARD))
    flat = state(riding, FakeTracker(measured(Direction.BACKWARD)))
    assert (flat["direction"], flat["direction_basis"]) == ("backward", "measured")
    assert flat["direction_since"] == "2023-11-14T22:13:30.000Z"
    assert (flat["forward_s"], flat["backward_s"], flat["direction_switches"]) == (8.0, 12.0, 1)
    assert flat["moving_s"] == 20.0
