"""Whether the reason that is given for ``unknown`` is one that fits the situation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ftms_bridge.app.evaluating.samples import SIDE_OF, Row, Scored, is_blind, weighted
from ftms_bridge.motion.direction import Direction, Reason
from ftms_bridge.motion.profile import Drivetrain

SETTLING_S: Final = 15.0
"""Time after a stop or a reversal in which the new way need not be found yet (house choice)."""

SLOW_KMH: Final = 1.0
SLOW_PER_MIN: Final = 20.0
"""Below these a machine hardly shows motion (house choice; 0.3 km/h and 10/min are a stop)."""

BLIND_MARGIN: Final = 2.0
"""Cadence is shown late and with scatter, so a word about a blind one may be early or late."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known about a ride beside its samples.

    is_null: nothing on this rig can tell the way. is_unproven: it could, but calibration proved
    nothing. drivetrain: the true one. angle_rate_hz: packets per second of a meter whose crank
    angles are what tells the way; None for other rigs.
    """

    is_null: bool = False
    is_unproven: bool = False
    drivetrain: Drivetrain = Drivetrain.UNKNOWN
    angle_rate_hz: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant with its past.

    since_change_s: since the truth changed its row. since_stop_s: since the rider last stood
    still; infinite when never.
    """

    sample: Scored
    setting: Setting
    since_change_s: float
    since_stop_s: float


@dataclass(frozen=True, slots=True)
class Rule:
    """In such a moment these reasons are right; the rules add up. why: one line for people."""

    name: str
    applies: Callable[[Moment], bool]
    reasons: frozenset[Reason]
    why: str


_SILENT: Final = frozenset(
    {Reason.NO_DIRECTIONAL_CHANNEL, Reason.CHANNEL_UNPROVEN, Reason.SPEED_SOURCE_UNVERIFIED}
)
_BELTS: Final = frozenset({Drivetrain.BELT, Drivetrain.REVERSIBLE_BELT})


def _is_slow(moment: Moment) -> bool:
    sample = moment.sample
    return (
        sample.row is Row.STOPPED
        or abs(sample.speed_kmh) < SLOW_KMH
        or abs(sample.cadence_per_min) < SLOW_PER_MIN
    )


def _is_settling(moment: Moment) -> bool:
    return moment.since_stop_s < SETTLING_S or moment.since_change_s < SETTLING_S


def _is_near_blind(moment: Moment) -> bool:
    rate_hz = moment.setting.angle_rate_hz
    cadence = moment.sample.cadence_per_min
    return rate_hz is not None and is_blind(cadence, rate_hz, margin=BLIND_MARGIN)


RULES: Final = (
    Rule(
        "null rig",
        lambda moment: moment.setting.is_null,
        _SILENT | {Reason.NOT_DRIVING},
        "no channel of this machine can tell the way, or none is proven",
    ),
    Rule(
        "nothing proven",
        lambda moment: moment.setting.is_unproven,
        frozenset({Reason.CHANNEL_UNPROVEN, Reason.SPEED_SOURCE_UNVERIFIED, Reason.GEAR_UNKNOWN}),
        "there is a channel, but calibration could not prove it",
    ),
    Rule(
        "disturbed",
        lambda moment: moment.sample.disturbed,
        frozenset({Reason.EVIDENCE_STALE, Reason.PARSE_UNCERTAIN, Reason.AFTER_STOP_UNCONFIRMED}),
        "records are missing or damaged: what was seen before no longer holds",
    ),
    Rule(
        "slow or still",
        _is_slow,
        frozenset({Reason.BELOW_MIN_SPEED, Reason.EVIDENCE_STALE}),
        "too slow for anything to be read from it; sensors fall silent at a stop",
    ),
    Rule(
        "after a stop or a change",
        lambda moment: _is_settling(moment) and not moment.setting.is_null,
        frozenset({Reason.AFTER_STOP_UNCONFIRMED, Reason.BELOW_MIN_SPEED}),
        "the way may have changed in the dip, and fresh evidence has not confirmed one yet",
    ),
    Rule(
        "a reversal is under way",
        lambda moment: moment.since_change_s < SETTLING_S and moment.sample.evident,
        frozenset({Reason.CONFLICTING_EVIDENCE}) | {Reason.NOT_DRIVING},
        "slow channels still say the old way while fast ones say the new one; nobody drives yet",
    ),
    Rule(
        "neither way on a drive",
        lambda moment: moment.sample.row is Row.OTHER and moment.setting.drivetrain not in _BELTS,
        frozenset({Reason.NOT_DRIVING}),
        "nobody drives: coasting, no load, or standing while the shown speed still falls",
    ),
    Rule(
        "neither way on a belt",
        lambda moment: moment.sample.row is Row.OTHER and moment.setting.drivetrain in _BELTS,
        frozenset({Reason.GAIT_OTHER, Reason.NOT_DRIVING, Reason.AFTER_STOP_UNCONFIRMED}),
        "sideways, or beside the belt: no walking that has a way",
    ),
    Rule(
        "overrun",
        lambda moment: (
            moment.setting.drivetrain is Drivetrain.FREEWHEEL
            and not moment.sample.evident
            and moment.sample.row in SIDE_OF
        ),
        frozenset({Reason.NOT_DRIVING, Reason.GEAR_UNKNOWN, Reason.EVIDENCE_STALE}),
        "the wheel runs faster than the crank: forward and backward look the same",
    ),
    Rule(
        "blind cadence",
        _is_near_blind,
        frozenset({Reason.BLIND_CADENCE}),
        "half a turn from packet to packet is the same both ways",
    ),
    Rule(
        "weak gait",
        lambda moment: (
            moment.setting.drivetrain in _BELTS
            and moment.sample.row in SIDE_OF
            and not moment.setting.is_null
        ),
        frozenset({Reason.AFTER_STOP_UNCONFIRMED, Reason.GAIT_OTHER}),
        "after a stop the step rate has to add up to a decision, and it may never do so",
    ),
)
"""Every reason that is accepted, and when; what no rule allows counts as wrong."""


def accepted(moment: Moment) -> frozenset[Reason]:
    """Return the reasons that are right at this moment."""
    return frozenset().union(*(rule.reasons for rule in RULES if rule.applies(moment)))


def situation(moment: Moment) -> str:
    """Return the truth of a moment in a few words, for the list of wrong reasons."""
    sample = moment.sample
    if sample.row in SIDE_OF:
        return "moving, evidence" if sample.evident else "moving, no evidence"
    return "standing" if sample.row is Row.STOPPED else "neither way"


@dataclass(slots=True)
class ReasonScore:
    """Seconds of ``unknown``, how many with a right reason, and the wrong ones by situation."""

    unknown_s: float = 0.0
    right_s: float = 0.0
    by_reason_s: dict[str, float] = field(default_factory=dict)
    wrong_s: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, other: ReasonScore) -> None:
        """Add the score of another ride."""
        self.unknown_s += other.unknown_s
        self.right_s += other.right_s
        for name, seconds in other.by_reason_s.items():
            self.by_reason_s[name] = self.by_reason_s.get(name, 0.0) + seconds
        for key, seconds in other.wrong_s.items():
            self.wrong_s[key] = self.wrong_s.get(key, 0.0) + seconds


def reasons(samples: Sequence[Scored], setting: Setting) -> ReasonScore:
    """Return how much of what was unknown had a reason that fits."""
    result = ReasonScore()
    row: Row | None = None
    changed_at = stopped_at = float("-inf")
    for sample, seconds in weighted(samples):
        if sample.row is not row:
            row, changed_at = sample.row, sample.at
        if sample.row is Row.STOPPED:
            stopped_at = sample.at
        if sample.said is not Direction.UNKNOWN:
            continue
        moment = Moment(sample, setting, sample.at - changed_at, sample.at - stopped_at)
        _count(result, moment, seconds)
    return result


def _count(result: ReasonScore, moment: Moment, seconds: float) -> None:
    reason = moment.sample.reason
    name = "none" if reason is None else reason.value
    result.unknown_s += seconds
    result.by_reason_s[name] = result.by_reason_s.get(name, 0.0) + seconds
    if reason in accepted(moment):
        result.right_s += seconds
    else:
        key = (situation(moment), name)
        result.wrong_s[key] = result.wrong_s.get(key, 0.0) + seconds
