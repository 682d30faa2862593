"""What happens with a profile that is wrong: whether a contradiction is seen, and how fast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ftms_bridge.app.evaluating.samples import DECIDED, SIDE_OF, Recent, Row, Scored, weighted
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain, GaitBaseline

CASES: Final = (
    "inverted_polarity", "wrong_drivetrain", "ratio_high", "ratio_low", "swapped_sensor",
    "mixed_sensors",
)  # fmt: skip
"""The last one leaves the profile as it is: the ride has the sensors of another ride."""

RATIO_ERROR: Final = 0.15
"""A cassette that was changed, or a wheel of another size (house choice)."""

CONTRADICTS_LLR: Final = 1.5
CONTRADICTS_AGE_S: Final = 5.0
"""A row of evidence from this strength on, not older, contradicts what is said: the strength
below which the estimator itself lets go of a direction."""

_OTHER_DRIVE: Final = {
    Drivetrain.FREEWHEEL: Drivetrain.FIXED,
    Drivetrain.FIXED: Drivetrain.FREEWHEEL,
    Drivetrain.BELT: Drivetrain.REVERSIBLE_BELT,
    Drivetrain.REVERSIBLE_BELT: Drivetrain.BELT,
    Drivetrain.UNKNOWN: Drivetrain.FIXED,
}


def spoil(profile: DirectionProfile, case: str, other: DirectionProfile) -> DirectionProfile:
    """Return the profile with one thing wrong in it.

    other: what calibration proved about another machine; its proofs are what `swapped_sensor`
    takes. Raises KeyError for a case that is none of `CASES`.
    """
    if case == "inverted_polarity":
        turned = tuple(replace(one, polarity=-one.polarity) for one in profile.channels)
        return replace(profile, channels=turned, gait=_mirrored(profile.gait))
    if case == "wrong_drivetrain":
        return replace(profile, drivetrain=_OTHER_DRIVE[profile.drivetrain])
    if case == "mixed_sensors":
        return profile
    if case == "swapped_sensor":
        return replace(
            other,
            manufacturer=profile.manufacturer,
            model=profile.model,
            firmware=profile.firmware,
            drivetrain=profile.drivetrain,
        )
    factor = {"ratio_high": 1.0 + RATIO_ERROR, "ratio_low": 1.0 - RATIO_ERROR}[case]
    return replace(
        profile,
        ratio_min=_times(profile.ratio_min, factor),
        ratio_max=_times(profile.ratio_max, factor),
    )


def _times(ratio: float | None, factor: float) -> float | None:
    return None if ratio is None else ratio * factor


def _mirrored(gait: GaitBaseline | None) -> GaitBaseline | None:
    if gait is None or gait.backward_spm is None:
        return gait
    return replace(gait, forward_spm=gait.backward_spm, backward_spm=gait.forward_spm)


@dataclass(slots=True)
class Contradictions:
    """What became of the wrong words of rides with a wrong profile.

    wrong_s: seconds of wrong words outside the transition window. undetected_s: those before
    anything contradicted them. resolved_s: per contradiction, seconds until the word was taken
    back (unknown, stopped, or right), or the ride was over.
    """

    rides: int = 0
    wrong_s: float = 0.0
    undetected_s: float = 0.0
    resolved_s: list[float] = field(default_factory=list)

    @property
    def longest_s(self) -> float:
        """Return the longest time that a wrong word stood after a contradiction; 0 for none."""
        return max(self.resolved_s, default=0.0)

    def add(self, other: Contradictions) -> None:
        """Add those of other rides."""
        self.rides += other.rides
        self.wrong_s += other.wrong_s
        self.undetected_s += other.undetected_s
        self.resolved_s += other.resolved_s


def contradictions(samples: Sequence[Scored], window_s: float) -> Contradictions:
    """Follow every wrong word from the first thing that contradicts it.

    A word is contradicted when the rider truly stands still, or when a proven row of evidence of
    another source than the one that carries the word says the opposite. The normal
    latency of a word at a stop is counted too. One that nothing
    contradicts is undetectable: a single inverted channel looks like a right one.
    """
    result, recent = Contradictions(rides=1), Recent(window_s)
    word: Direction | None = None
    since: float | None = None
    for sample, seconds in weighted(samples):
        recent.see(sample)
        if sample.said is not word or SIDE_OF.get(sample.row) is sample.said:
            # a word that has become true because the truth came round to it ends as well
            if since is not None:
                result.resolved_s.append(sample.at - since)
            word = since = None
        if sample.said not in DECIDED or SIDE_OF.get(sample.row) is sample.said:
            continue
        word = sample.said
        if since is None and is_contradicted(sample):
            since = sample.at
        if not recent.excuses(sample):
            result.wrong_s += seconds
            result.undetected_s += seconds if since is None else 0.0
    if since is not None:
        result.resolved_s.append(samples[-1].at - since)
    return result


def is_contradicted(sample: Scored) -> bool:
    """Say whether something that can be seen speaks against what is said."""
    if sample.row is Row.STOPPED:
        return True
    sign = 1.0 if sample.said is Direction.BACKWARD else -1.0
    fresh = [row for row in sample.evidence if row.age_s <= CONTRADICTS_AGE_S]
    carriers = [row for row in fresh if row.llr * sign > 0.0]
    carrier = max(carriers, key=lambda row: abs(row.llr), default=None)
    return any(
        row.proven
        and row.llr * sign <= -CONTRADICTS_LLR
        and (carrier is None or carrier.source != row.source)
        for row in fresh
    )
