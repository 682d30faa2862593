"""How one user steps forward and backward on a belt that runs at the same speed both times."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log
from typing import Final

from ftms_bridge.motion.calibration_trace import Part, Sample, median
from ftms_bridge.motion.profile import ChannelProof, GaitBaseline

WALKING_KMH: Final = 0.5
WALKING_SPM: Final = 20.0
"""Slower is no walking; house choices."""

SAME_SPEED: Final = 0.1
"""Speeds that differ by no more than this share are compared."""

MEAN_OVER_S: Final = 5.0
LEAST_MEANS: Final = 4
LEAST_SCATTER: Final = 0.015
"""Nobody walks more evenly than that from one day to the next; house choice."""

CLEAR: Final = 2.0
"""The two rates must differ by so many times the scatter."""

CAP: Final = 3.0
"""Steps support what others say and never decide alone (`docs/direction.md`, gait ratio)."""


@dataclass(frozen=True, slots=True)
class GaitFinding:
    """The user's baseline, if any steps were counted; proof when the two ways differ clearly."""

    baseline: GaitBaseline | None = None
    proof: ChannelProof | None = None
    texts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def study_gait(samples: list[Sample]) -> GaitFinding:
    """Return what labelled readings of a treadmill teach about how the user steps."""
    walked = [one for one in samples if _is_walk(one)]
    if not walked:
        text = "No steps are counted: a foot pod could tell a little about the way you walk."
        return GaitFinding(texts=(text,))
    source = Counter(one.reading.step_source or "" for one in walked).most_common(1)[0][0]
    own = [one for one in walked if (one.reading.step_source or "") == source]
    back = [one for one in own if one.part is Part.BACKWARD]
    ahead = [one for one in own if one.part is Part.FORWARD]
    speed = median([_speed(one) for one in back or ahead])
    forward, backward = _means(_at_speed(ahead, speed)), _means(_at_speed(back, speed))
    if len(forward) < LEAST_MEANS:
        text = "You walked forward for too short a time at the speed at which you walked backward."
        return GaitFinding(warnings=(text,))
    scatter = max(LEAST_SCATTER, _scatter(forward), _scatter(backward))
    baseline = GaitBaseline(
        source=source,
        speed_kmh=round(speed, 2),
        forward_spm=round(median(forward), 1),
        backward_spm=round(median(backward), 1) if len(backward) >= LEAST_MEANS else None,
        scatter=round(scatter, 4),
    )
    return _judge(baseline, min(len(forward), len(backward)))


def _judge(baseline: GaitBaseline, means: int) -> GaitFinding:
    """Say whether the user steps differently backward."""
    if baseline.backward_spm is None:
        text = (
            "Only your forward steps are known: a difference to them will support what others say."
        )
        return GaitFinding(baseline, texts=(text,))
    difference = abs(log(baseline.backward_spm / baseline.forward_spm))
    rates = (
        f"{baseline.forward_spm:.0f} steps a minute forward, {baseline.backward_spm:.0f} backward"
    )
    if difference <= CLEAR * baseline.scatter:
        text = f"Your step rates do not differ enough to tell the way you walk: {rates}."
        return GaitFinding(baseline, warnings=(text,))
    proof = ChannelProof(
        "gait_ratio", baseline.source, 1, means, round(min(CAP, log(means + 1)), 3)
    )
    return GaitFinding(baseline, proof, texts=(f"Your steps differ: {rates}.",))


def _is_walk(sample: Sample) -> bool:
    reading = sample.reading
    return (
        sample.part in (Part.FORWARD, Part.BACKWARD)
        and sample.settled
        and sample.speed_steady
        and reading.speed_kmh is not None
        and abs(reading.speed_kmh) >= WALKING_KMH
        and reading.step_rate_spm is not None
        and reading.step_rate_spm >= WALKING_SPM
    )


def _speed(sample: Sample) -> float:
    return abs(sample.reading.speed_kmh or 0.0)


def _at_speed(samples: list[Sample], speed_kmh: float) -> list[Sample]:
    return [one for one in samples if abs(_speed(one) - speed_kmh) <= SAME_SPEED * speed_kmh]


def _means(samples: list[Sample]) -> list[float]:
    """Return the mean step rate of each five seconds of which enough was seen."""
    bins: dict[int, list[float]] = {}
    for one in samples:
        spm = one.reading.step_rate_spm
        if spm is not None:
            bins.setdefault(int(one.reading.at // MEAN_OVER_S), []).append(spm)
    usual = median([float(len(values)) for values in bins.values()]) if bins else 0.0
    return [sum(values) / len(values) for values in bins.values() if len(values) >= usual / 2]


def _scatter(means: list[float]) -> float:
    """Return the relative standard deviation of the means; 0 when there are too few."""
    if len(means) < 2:
        return 0.0
    middle = sum(means) / len(means)
    variance = sum((one - middle) ** 2 for one in means) / (len(means) - 1)
    return float(variance**0.5 / middle)
