"""M1 to M3: what the estimate of the direction adds to each notification.

The pipeline with it against the same pipeline whose tracker hears nothing, on the same records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bench.loop import WARM_S, drive
from bench.rides import BIKE_SPEC, NEVER_LIVE_S, ride
from bench.rows import Bar, Row
from bench.timing import Candidate, Run, best_of
from ftms_bridge.gatt.codec import encode as encode_record
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.measurement.sources import MachineSpec, SensorKind, SensorSpec
from ftms_bridge.motion.profile import ChannelProof, DirectionProfile, Drivetrain, SpeedSource
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.pipeline.heading import Heading
from ftms_bridge.telemetry.messages import Payload
from ftms_bridge.workout.metrics import Sample

TIMED_S = 300
ROUNDS = 25
ADDED_NS = Bar(5000, of_value=True)
"""5 us per notification: what the direction may cost."""

METER = SensorSpec("meter", SensorKind.POWER_METER, 2.1)
FREEWHEEL = DirectionProfile(
    drivetrain=Drivetrain.FREEWHEEL, speed_source=SpeedSource.FLYWHEEL,
    ratio_min=0.29, ratio_max=0.33,
    channels=(ChannelProof("engagement_line", BIKE_SPEC.id, 1, 30, 3.4),),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """A machine with what is proven about it, and what it sends."""

    id: str
    what: str
    spec: MachineSpec
    profiles: Mapping[str, DirectionProfile]
    records: Callable[[int, int], Iterator[Notification]]


class Deaf(Heading):
    """A heading that hears nothing: the pipeline without an estimate."""

    def receive(self, sample: Sample, at: float) -> None:
        """Do nothing."""

    def hear(self, source: str, characteristic: int, at: float) -> None:
        """Do nothing."""


def with_meter(start_s: int, seconds: int) -> Iterator[Notification]:
    """Yield the ride of the bike, with a power meter that sends its angle as often."""
    for index, record in enumerate(ride(start_s, seconds)):
        yield record
        at = record.at + 0.05
        turned = index * 0.35
        counts = {
            "crank_revs": int(turned) % 65536,
            "crank_event": int(int(turned) / 1.4 * 1024) % 65536,
        }
        power = encode_record(0x2A63, {"power_w": 190, **counts})
        yield Notification(at, METER.id, 0x2A63, power)
        angle = {**counts, "first_angle_deg": int(turned % 1.0 * 360.0)}
        yield Notification(at + 0.01, METER.id, 0x2A64, encode_record(0x2A64, angle))


CASES = (
    Case("M1", "a bike without a profile", BIKE_SPEC, {}, ride),
    Case("M2", "a trusted freewheel bike", BIKE_SPEC, {BIKE_SPEC.id: FREEWHEEL}, ride),
    Case(
        "M3", "a bike with a meter that sends angles",
        MachineSpec("bike", BIKE_SPEC.kind, sensors=(METER,)), {}, with_meter,
    ),
)  # fmt: skip


def measure(rounds: int = ROUNDS) -> list[Row]:
    """Return for each case what the direction adds, and the ratio of the two pipelines."""
    rows = []
    for case in CASES:
        best = best_of({"with": loop(case), "without": loop(case, deaf=True)}, rounds)
        added_ns = best["with"] - best["without"]
        rows += [
            Row(case.id, f"direction: added per notification, {case.what}", "ns", added_ns,
                bar=ADDED_NS),
            Row(f"{case.id}r", f"whole pipeline, {case.what}", "ns", best["with"],
                best["without"], "the same without direction"),
        ]  # fmt: skip
    return rows


def loop(case: Case, *, deaf: bool = False) -> Candidate:
    """Return the middle of a ride, with the 1 Hz state built but not encoded."""
    warm = list(case.records(0, WARM_S))
    timed = list(case.records(WARM_S, TIMED_S))

    def prepare() -> Run:
        pipeline = Pipeline(
            PipelineSettings(
                (case.spec,), run_id="bench", live_interval_s=NEVER_LIVE_S, profiles=case.profiles
            )
        )
        if deaf:
            pipeline.machine(case.spec.id).heading.__class__ = Deaf
        drive(pipeline, warm, forget)
        return lambda: drive(pipeline, timed, forget)

    return Candidate(prepare, len(timed))


def forget(payload: Payload) -> None:
    """Take a payload and do nothing with it."""
