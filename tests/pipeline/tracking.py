"""A tracker that says what a test wants, and sessions ridden in given directions."""

from __future__ import annotations

from dataclasses import dataclass, field

from ftms_bridge.motion.declaration import Declaration
from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate, Reason
from ftms_bridge.motion.evidence import Evidence
from ftms_bridge.motion.profile import Drivetrain
from ftms_bridge.telemetry.wall import WallLabel
from ftms_bridge.workout.metrics import Sample
from ftms_bridge.workout.ride import Ride

WALL = WallLabel(1_700_000_000.0)
UNKNOWN = DirectionEstimate(Direction.UNKNOWN, 0.0, reason=Reason.NOT_DRIVING)
ANGLE = Evidence("crank_angle", "pedals", "rising", 4.236, 0.304, proven=True)
COUNTER = Evidence("wheel_counter", "bike", -12.34567, -1.0, 0.1, proven=False)


def measured(direction: Direction, since: float = 10.0) -> DirectionEstimate:
    return DirectionEstimate(
        direction, since, DirectionBasis.MEASURED, confidence=0.998, onset_uncertainty_s=0.52
    )


def declared(direction: Direction, since: float = 10.0) -> DirectionEstimate:
    return DirectionEstimate(direction, since, DirectionBasis.DECLARED)


@dataclass
class FakeTracker:
    """What documents read of a tracker, each part as the test sets it."""

    estimate: DirectionEstimate = UNKNOWN
    measured: DirectionEstimate = UNKNOWN
    declared: DirectionEstimate | None = None
    declared_until: float | None = None
    drivetrain: Drivetrain = Drivetrain.UNKNOWN
    rows: list[Evidence] = field(default_factory=list)
    belt: int | None = None

    @property
    def declaration(self) -> Declaration:
        """Return what was declared."""
        declaration = Declaration()
        declaration.estimate, declaration.expires_at = self.declared, self.declared_until
        return declaration

    def evidence(self, at: float) -> list[Evidence]:
        return self.rows

    def belt_sign(self) -> int | None:
        return self.belt


def ridden(*parts: tuple[int, Direction], power_w: float | None = 200.0) -> Ride:
    """Return a session ridden at 36 km/h for so many seconds in each direction."""
    ride, at = Ride("run-bike-0", 0.0, {}), 0.0
    sample = Sample(True, 36.0, 90.0, power_w)
    ride.step(0.0, at, sample, Direction.UNKNOWN)
    for seconds, direction in parts:
        for _ in range(seconds):
            at += 1.0
            ride.step(1.0, at, sample, direction)
    return ride
