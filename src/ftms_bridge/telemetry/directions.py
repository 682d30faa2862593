"""The words and blocks of the public contract that tell which way the rider moves."""

from __future__ import annotations

from typing import Literal, TypedDict

DirectionWord = Literal["forward", "backward", "stopped", "unknown"]
DirectionBasisWord = Literal["measured", "declared"]


class EvidenceRow(TypedDict):
    """What one channel says of the direction.

    channel: name of the [channel](direction.md), such as crank_counter.
    source: id of the machine or sensor that feeds it.
    value: what was read, in words or as a number.
    llr: what it adds now: the natural logarithm of how much likelier backward is than forward, so
    it is positive for backward; from 3 on it can decide alone.
    age_s: time since it was read.
    proven: whether calibration has proven the channel for this machine and firmware.
    """

    channel: str
    source: str
    value: str | int | float | None
    llr: float
    age_s: float
    proven: bool


class MeasuredBlock(TypedDict):
    """What evidence alone says of the direction, whatever was declared.

    direction: unknown unless there is evidence.
    confidence: from 0 to 1; None while it is unknown.
    reason: why it is unknown; else None.
    """

    direction: DirectionWord
    confidence: float | None
    reason: str | None


class DeclaredBlock(TypedDict):
    """What you have declared of the direction, whatever evidence says.

    direction: what you have declared.
    expires_s: after how long it ends by itself; None when it ends with the next stop.
    """

    direction: DirectionWord
    expires_s: float | None


class DirectionBlock(TypedDict):
    """Which way the rider moves, or why that cannot be known.

    direction: unknown unless there is evidence or a declaration; stopped is a measurement too.
    basis: what the direction rests on; None while it is unknown.
    confidence: from 0 to 1, as of the moment it was found; None while it is unknown or declared.
    reason: why it is unknown, such as no_directional_channel; else None.
    since: RFC 3339 UTC label of its onset, or None as with every label.
    since_s: for how long this has been so; the onset can lie before it was found.
    onset_uncertainty_s: how far the true onset may lie from it; None while that is not known.
    measured: what evidence alone says.
    declared: what you have declared; None while that is nothing.
    evidence: what each channel says, strongest first, six at most.
    """

    direction: DirectionWord
    basis: DirectionBasisWord | None
    confidence: float | None
    reason: str | None
    since: str | None
    since_s: float | None
    onset_uncertainty_s: float | None
    measured: MeasuredBlock
    declared: DeclaredBlock | None
    evidence: list[EvidenceRow]


class MotionBlock(TypedDict):
    """Values with the sign of the direction; None while it is unknown.

    signed_speed_kmh: speed, negative backward, zero while stopped; None backward on a freewheel,
    which does not drive the wheel then.
    signed_cadence_rpm: cadence, negative backward, zero while stopped.
    effective_incline_pct: incline of the belt times the way it runs: walking on a belt that runs
    in reverse goes down where the machine says up; None while that way is not known, and for
    machines without a belt.
    """

    signed_speed_kmh: float | None
    signed_cadence_rpm: float | None
    effective_incline_pct: float | None


class DirectionShare(TypedDict):
    """What falls to one direction; the four of them add up to the whole.

    time_s: time in which it was said; for stopped with the time in which nothing moved.
    distance_m: speed times time; the four add up to integrated_distance_m.
    revolutions: cadence times time.
    work_kj: power times time.
    """

    time_s: float
    distance_m: float | None
    revolutions: float | None
    work_kj: float | None


class DirectionColumn(DirectionShare):
    """What falls to one direction of a session, with its bouts.

    time_s: time in which it was said; for stopped with the time in which nothing moved.
    distance_m: speed times time; the four add up to integrated_distance_m.
    revolutions: cadence times time.
    work_kj: power times time.
    bouts: how often there was one, from its onset until another direction, stopped or a gap;
    unknown of up to 5 s in between does not end one.
    longest_bout_s: the longest, without the unknown time in it.
    """

    bouts: int
    longest_bout_s: float


class LapShares(TypedDict):
    """A lap per direction; a direction that is found later does not change a lap that was told.

    forward: what falls to forward.
    backward: what falls to backward.
    stopped: what falls to stopped.
    unknown: what nobody can assign.
    """

    forward: DirectionShare
    backward: DirectionShare
    stopped: DirectionShare
    unknown: DirectionShare


class DirectionColumns(TypedDict):
    """The session per direction as it was measured, from the onset of each.

    What was only declared is in unknown.

    forward: what falls to forward.
    backward: what falls to backward.
    stopped: what falls to stopped.
    unknown: what nobody can assign.
    still_s: time in which nothing moved, or a pause was asked for: the times of the four less this
    are moving_s.
    switches: how often forward followed backward or the reverse.
    """

    forward: DirectionColumn
    backward: DirectionColumn
    stopped: DirectionColumn
    unknown: DirectionColumn
    still_s: float
    switches: int
