"""A ride is played as the bridge plays it, and every change of the word is seen when it happens."""

from __future__ import annotations

from collections.abc import Sequence

from ftms_bridge.app.evaluating.listening import Listener
from ftms_bridge.app.evaluating.samples import Row, Scored
from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
from ftms_bridge.motion.direction import Direction, DirectionEstimate, Reason
from ftms_bridge.motion.evidence import Evidence
from ftms_bridge.simulator.motion import Row as TrueRow
from ftms_bridge.simulator.motion import TrueDirection, Truth
from ftms_bridge.simulator.scenario import Fault
from ftms_bridge.simulator.simulation import Event
from ftms_bridge.telemetry.publish import Publish

UNKNOWN = DirectionEstimate(Direction.UNKNOWN, 0.0, reason=Reason.EVIDENCE_STALE)


class FakeTracker:
    """Says what it is told to say."""

    def __init__(self) -> None:
        self.measured = UNKNOWN

    def evidence(self, at: float) -> list[Evidence]:
        return [Evidence("channel", "bike", None, 2.0, at, proven=True)]


class FakeCore:
    """Takes a reading's sign for the direction, and forgets it 2 s later by its timer."""

    def __init__(self) -> None:
        self.tracker = FakeTracker()
        self.calls: list[str] = []
        self._due: float | None = None

    def begin(self, at: float) -> list[Publish]:
        return self._log(f"begin {at:g}")

    def receive(self, notification: Notification) -> list[Publish]:
        return self._log(f"receive {notification.at:g}")

    def change_link(self, change: LinkChange) -> list[Publish]:
        return self._log(f"link {change.at:g}")

    def sense(self, reading: DirectionReading) -> list[Publish]:
        way = Direction.FORWARD if reading.value > 0 else Direction.BACKWARD
        self.tracker.measured = DirectionEstimate(way, reading.at, confidence=0.99)
        self._due = reading.at + 2.0
        return self._log(f"sense {reading.at:g}")

    def deadline(self) -> float | None:
        return self._due

    def handle_timer(self, at: float) -> list[Publish]:
        self.tracker.measured, self._due = UNKNOWN, None
        return self._log(f"timer {at:g}")

    def finish(self, at: float) -> list[Publish]:
        return self._log(f"finish {at:g}")

    def direction(self, machine: str) -> FakeTracker:
        assert machine == "bike"
        return self.tracker

    def _log(self, call: str) -> list[Publish]:
        self.calls.append(call)
        return []


def truth(at: float, row: TrueRow = "forward", cadence: float = 80.0) -> Truth:
    return Truth(at, "bike", TrueDirection.FORWARD, True, 20.0, cadence, 100.0, row, True)


def listen(
    events: Sequence[Event],
    *,
    faults: Sequence[Fault] = (),
    angle_rate_hz: float | None = None,
    with_evidence: bool = False,
) -> tuple[list[Scored], FakeCore]:
    core = FakeCore()
    listener = Listener(
        core,
        core.direction("bike"),
        faults,
        angle_rate_hz=angle_rate_hz,
        with_evidence=with_evidence,
    )
    listener.listen(events)
    assert listener.notifications == sum(isinstance(one, Notification) for one in events)
    return listener.samples, core


def note(at: float, source: str = "bike") -> Notification:
    return Notification(at, source, 0x2AD2, b"")


def test_timers_come_before_what_arrives_later() -> None:
    samples, core = listen(
        [truth(0.0), DirectionReading(0.5, "bike", 1.0), truth(1.0), note(2.5), truth(3.0)]
    )
    assert core.calls == ["begin 0", "sense 0.5", "timer 2.5", "receive 2.5", "finish 3"]
    assert [(one.at, one.said.value) for one in samples] == [
        (0.0, "unknown"), (0.5, "forward"), (1.0, "forward"), (2.5, "unknown"), (3.0, "unknown"),
    ]  # fmt: skip
    assert samples[1].confidence == 0.99
    assert samples[3].reason is Reason.EVIDENCE_STALE


def test_a_change_belongs_to_the_truth_of_its_instant() -> None:
    samples, _ = listen(
        [
            DirectionReading(0.0, "bike", 1.0), truth(0.25, "other"),
            DirectionReading(0.5, "bike", -1.0), LinkChange(0.6, "bike", up=True), truth(0.75),
        ]
    )  # fmt: skip
    assert [(one.at, one.row) for one in samples] == [
        (0.25, Row.OTHER), (0.5, Row.OTHER), (0.75, Row.FORWARD),
    ]  # fmt: skip


def test_silence_and_faults_are_disturbances_for_a_while() -> None:
    quiet, _ = listen([note(0.0), truth(1.0), truth(3.0), note(4.0), truth(13.0), note(14.0)])
    assert [one.disturbed for one in quiet] == [False, True, True]
    regular: list[Event] = []
    for second in range(31):
        regular += [note(float(second)), truth(float(second))]
    fault = Fault(kind="garbage", at_s=5.0, duration_s=2.0)
    faulty, _ = listen(regular, faults=[fault])
    assert [one.at for one in faulty if one.disturbed] == [float(at) for at in range(5, 17)]


def test_blind_cadences_carry_no_evidence() -> None:
    events: list[Event] = [note(0.0), truth(0.5, cadence=60.0), truth(1.0, cadence=75.0)]
    samples, _ = listen(events, angle_rate_hz=1.0)
    assert [one.evident for one in samples] == [False, True]


def test_what_is_not_heard_carries_no_evidence() -> None:
    samples, _ = listen([truth(0.0), note(0.5), truth(1.0), truth(3.5)])
    assert [one.evident for one in samples] == [False, True, False]


def test_evidence_is_noted_on_demand() -> None:
    assert listen([truth(1.0)])[0][0].evidence == ()
    (row,) = listen([truth(1.0)], with_evidence=True)[0][0].evidence
    assert (row.llr, row.age_s) == (2.0, 1.0)
