"""Puts into words which way the rider moves, on what evidence, and what falls to each direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, TypedDict

from ftms_bridge.motion.declaration import Declaration
from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate
from ftms_bridge.motion.evidence import Evidence
from ftms_bridge.motion.profile import Drivetrain
from ftms_bridge.pipeline.documents import tenths, thousandths
from ftms_bridge.telemetry.blocks import Number
from ftms_bridge.telemetry.directions import (
    DeclaredBlock,
    DirectionBasisWord,
    DirectionBlock,
    DirectionColumn,
    DirectionColumns,
    DirectionWord,
    EvidenceRow,
    MeasuredBlock,
    MotionBlock,
)
from ftms_bridge.telemetry.wall import WallLabel
from ftms_bridge.units import JOULES_PER_KILOJOULE, KMH_PER_MPS
from ftms_bridge.workout.bouts import COLUMNS
from ftms_bridge.workout.ride import Ride

_NO_TIMES_S: Final = [0.0, 0.0, 0.0, 0.0]
EVIDENCE_AT_MOST: Final = 6
"""Rows of evidence in a document: more channels do not speak of one machine (house choice)."""


class Tracked(Protocol):
    """What is read of the tracker of directions."""

    @property
    def estimate(self) -> DirectionEstimate:
        """Return what is published."""

    @property
    def measured(self) -> DirectionEstimate:
        """Return what evidence alone says."""

    @property
    def declaration(self) -> Declaration:
        """Return what was declared."""

    @property
    def drivetrain(self) -> Drivetrain:
        """Return how the rider is coupled to what is measured."""

    def evidence(self, at: float) -> list[Evidence]:
        """Return what each channel says, strongest first."""

    def belt_sign(self) -> int | None:
        """Return 1 for a belt that runs forward, -1 for one in reverse, None while not known."""


class FlatDirection(TypedDict):
    """What the flat state says of the direction; a part of it."""

    direction: DirectionWord
    direction_basis: DirectionBasisWord | None
    direction_confidence: float | None
    direction_reason: str | None
    direction_since: str | None
    direction_switches: int
    forward_s: float
    backward_s: float
    stopped_s: float
    unknown_s: float


class DirectionWords:
    """The words of what the tracker says; kept, because it changes seldom and enums are dear."""

    def __init__(self, tracked: Tracked, wall: WallLabel) -> None:
        self._tracked = tracked
        self._wall = wall
        self._take(tracked.estimate)
        self._measure(tracked.measured)

    def _look(self) -> None:
        """Take over what the tracker says now."""
        tracked = self._tracked
        if tracked.estimate is not self._estimate:
            self._take(tracked.estimate)
        if tracked.measured is not self._measured:
            self._measure(tracked.measured)

    def block(self, at: float) -> DirectionBlock:
        """Return what is said about the direction."""
        self._look()
        estimate = self._estimate
        return {
            "direction": self._direction,
            "basis": self._basis,
            "confidence": self._confidence,
            "reason": self._reason,
            "since": self._since,
            "since_s": tenths(at - estimate.since),
            "onset_uncertainty_s": tenths(estimate.onset_uncertainty_s),
            "measured": self._measured_words,
            "declared": self._declared(at),
            "evidence": evidence_rows(self._tracked.evidence(at)),
        }

    def flat(self, ride: Ride | None) -> FlatDirection:
        """Return the same in few words, with what falls to each direction."""
        self._look()
        times_s = _NO_TIMES_S if ride is None else ride.by_direction.times_s()
        return {
            "direction": self._direction,
            "direction_basis": self._basis,
            "direction_confidence": self._confidence,
            "direction_reason": self._reason,
            "direction_since": self._since,
            "direction_switches": 0 if ride is None else ride.by_direction.switches,
            "forward_s": tenths(times_s[0]) or 0.0,
            "backward_s": tenths(times_s[1]) or 0.0,
            "stopped_s": tenths(times_s[2]) or 0.0,
            "unknown_s": tenths(times_s[3]) or 0.0,
        }

    def motion(
        self, speed_kmh: Number | None, cadence_rpm: Number | None, incline_pct: Number | None
    ) -> MotionBlock:
        """Return values of now with the sign of the direction."""
        tracked = self._tracked
        direction = tracked.estimate.direction
        if direction is Direction.BACKWARD and tracked.drivetrain is Drivetrain.FREEWHEEL:
            speed_kmh = None  # the wheel rolls on, or stands: nothing drives it
        if direction is Direction.STOPPED and tracked.estimate.basis is DirectionBasis.DECLARED:
            direction = Direction.UNKNOWN  # what the machine shows is not declared away
        belt = None if incline_pct is None else tracked.belt_sign()
        return {
            "signed_speed_kmh": signed(speed_kmh, direction),
            "signed_cadence_rpm": signed(cadence_rpm, direction),
            "effective_incline_pct": (
                None if belt is None or incline_pct is None else 0.0 + incline_pct * belt
            ),
        }

    def _take(self, estimate: DirectionEstimate) -> None:
        self._estimate = estimate
        self._direction: DirectionWord = estimate.direction.value
        self._basis: DirectionBasisWord | None = basis_word(estimate.basis)
        self._reason = None if estimate.reason is None else estimate.reason.value
        self._confidence = estimate.confidence
        self._since = self._wall.at(estimate.since)

    def _measure(self, measured: DirectionEstimate) -> None:
        self._measured = measured
        self._measured_words: MeasuredBlock = {
            "direction": measured.direction.value,
            "confidence": measured.confidence,
            "reason": None if measured.reason is None else measured.reason.value,
        }

    def _declared(self, at: float) -> DeclaredBlock | None:
        declaration = self._tracked.declaration
        declared, until = declaration.estimate, declaration.expires_at
        if declared is None:
            return None
        left_s = None if until is None else tenths(max(until - at, 0.0))
        return {"direction": declared.direction.value, "expires_s": left_s}


class ColumnBlocks:
    """The blocks of a session per direction; only the column that grows is made anew."""

    def __init__(self) -> None:
        self._ride: Ride | None = None
        self._known = (False, False, False)
        self._times_s: list[float] = []
        self._blocks: list[DirectionColumn] = []

    def block(self, ride: Ride) -> DirectionColumns:
        """Return the session so far per direction."""
        totals, columns = ride.metrics.totals, ride.by_direction
        known = (
            totals.speed_known_s > 0.0, totals.cadence_known_s > 0.0, totals.power_known_s > 0.0
        )  # fmt: skip
        times_s, before_s = columns.times_s(), self._times_s
        if ride is not self._ride or known != self._known:
            self._ride, self._known = ride, known
            self._blocks = [column_block(ride, column) for column in range(len(COLUMNS))]
        else:
            for column, time_s in enumerate(times_s):
                if time_s != before_s[column]:
                    self._blocks[column] = column_block(ride, column)
        self._times_s = times_s
        forward, backward, stopped, unknown = self._blocks
        return {
            "forward": forward,
            "backward": backward,
            "stopped": stopped,
            "unknown": unknown,
            "still_s": thousandths(columns.still_s),
            "switches": columns.switches,
        }


def column_block(ride: Ride, column: int) -> DirectionColumn:
    """Return one column of a session with its bouts; spelled out, because it is on the way."""
    columns, totals = ride.by_direction, ride.metrics.totals
    time_s, speed_kmh_s, cadence_rpm_s, power_j = columns.column(column)
    bouts, longest_s = columns.bouts(column)
    return {
        "time_s": thousandths(time_s),
        "distance_m": thousandths(speed_kmh_s / KMH_PER_MPS) if totals.speed_known_s else None,
        "revolutions": thousandths(cadence_rpm_s / 60.0) if totals.cadence_known_s else None,
        "work_kj": thousandths(power_j / JOULES_PER_KILOJOULE) if totals.power_known_s else None,
        "bouts": bouts,
        "longest_bout_s": thousandths(longest_s),
    }


def evidence_rows(evidence: Sequence[Evidence]) -> list[EvidenceRow]:
    """Return what the strongest channels say."""
    return [
        {
            "channel": row.channel,
            "source": row.source,
            "value": _shown(row.value),
            "llr": hundredths(row.llr) or 0.0,
            "age_s": hundredths(row.age_s) or 0.0,
            "proven": row.proven,
        }
        for row in evidence[:EVIDENCE_AT_MOST]
    ]


def _shown(value: str | float | None) -> str | float | None:
    """Return what was read; a number without the digits that nobody measured."""
    return value if value is None or isinstance(value, str) else round(value, 3)


def signed(value: Number | None, direction: Direction) -> Number | None:
    """Return a value with the sign of a direction; None while the direction is unknown."""
    if value is None or direction is Direction.UNKNOWN:
        return None
    if direction is Direction.FORWARD:
        return value
    return 0.0 if direction is Direction.STOPPED else 0.0 - value


def basis_word(basis: DirectionBasis | None) -> DirectionBasisWord | None:
    """Return the word of a basis."""
    return None if basis is None else basis.value


def hundredths(value: float | None) -> float | None:
    """Return a value with two decimals, or None."""
    if value is None:
        return None
    return int(value * 100.0 + (0.5 if value >= 0.0 else -0.5)) / 100.0
