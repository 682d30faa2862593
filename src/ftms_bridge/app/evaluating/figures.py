"""The figures of one rig, worked out from its counts: what the table and the JSON show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf, isinf

from ftms_bridge.app.evaluating.onsets import Onset, percentile, with_misses
from ftms_bridge.app.evaluating.score import Matrix, calibration_error
from ftms_bridge.app.evaluating.tally import Tally
from ftms_bridge.app.evaluating.wrong import Contradictions

SHARES = (("p50", 0.50), ("p90", 0.90), ("p95", 0.95), ("p99", 0.99))

Latency = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class OnsetFigures:
    """Latencies of a group of onsets, in seconds.

    label: which group. latency_s: percentiles over the onsets that were found.
    latency_with_misses_s: the same with a miss as an infinite latency (None means never).
    """

    label: str
    onsets: int
    missed: int
    latency_s: Latency
    latency_with_misses_s: Latency


@dataclass(frozen=True, slots=True)
class WrongFigures:
    """What a wrong profile led to; see `Contradictions`."""

    wrong_s: float
    undetected_s: float
    contradictions: int
    longest_wrong_s: float
    resolved_p50_s: float | None
    resolved_p95_s: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one rig; shares from 0 to 1, None where there is nothing to divide by."""

    rig: str
    letter: str
    meaning: str
    expects: str
    rides: int
    hours: float
    confusion_s: dict[str, dict[str, float]]
    selective_error: float | None
    strict_error: float | None
    late_s: float
    wrong_s: dict[str, float]
    coverage: float | None
    evident_coverage: float | None
    no_evidence_share: float | None
    onsets: list[OnsetFigures]
    held_onsets: int
    false_flips: int
    false_flips_per_h: float | None
    intervals: int
    interval_bias_s: float | None
    interval_abs_s: float | None
    ece: float | None
    unknown_s: float
    reason_correctness: float | None
    reasons_s: dict[str, float]
    wrong_reasons_s: dict[str, float]
    outputs: int
    sums_error: float | None
    us_per_notification: float | None
    wrong: WrongFigures | None = None

    def as_dict(self) -> dict[str, object]:
        """Return them for JSON: only numbers that JSON knows, to a millionth."""
        return {name: _rounded(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Title:
    """What a rig is called and what is expected of it."""

    rig: str
    letter: str
    meaning: str
    expects: str


def figures(title: Title, tally: Tally) -> Figures:
    """Return the figures of one rig."""
    score, covered, reasons = tally.score, tally.score.coverage, tally.reasons
    hours = score.seconds / 3600.0
    biases = tally.interval_errors_s
    return Figures(
        rig=title.rig,
        letter=title.letter,
        meaning=title.meaning,
        expects=title.expects,
        rides=score.rides,
        hours=hours,
        confusion_s=_named(score.matrix),
        selective_error=score.errors.selective,
        strict_error=score.errors.strict,
        late_s=score.errors.late_s,
        wrong_s={row.value: seconds for row, seconds in score.errors.by_row_s.items()},
        coverage=_ratio(covered.decided_s, covered.moving_s),
        evident_coverage=_ratio(covered.evident_decided_s, covered.evident_s),
        no_evidence_share=_ratio(covered.moving_s - covered.evident_s, covered.moving_s),
        onsets=_onset_groups(tally.onsets),
        held_onsets=tally.held,
        false_flips=score.flips,
        false_flips_per_h=_ratio(score.flips, hours),
        intervals=len(biases),
        interval_bias_s=_ratio(sum(biases), len(biases)),
        interval_abs_s=_ratio(sum(map(abs, biases)), len(biases)),
        ece=calibration_error(score.bins),
        unknown_s=reasons.unknown_s,
        reason_correctness=_ratio(reasons.right_s, reasons.unknown_s),
        reasons_s=_by_size(reasons.by_reason_s),
        wrong_reasons_s=_by_size({f"{one} ({at})": s for (at, one), s in reasons.wrong_s.items()}),
        outputs=score.outputs,
        sums_error=tally.sums_error,
        us_per_notification=_ratio(tally.core_s * 1e6, tally.notifications),
        wrong=None if tally.contradictions is None else _wrong_figures(tally.contradictions),
    )


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return round(value, 6) if isinstance(value, float) else value


def _named(matrix: Matrix) -> dict[str, dict[str, float]]:
    return {
        row.value: {word.value: seconds for word, seconds in words.items()}
        for row, words in matrix.items()
    }


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _by_size(seconds: dict[str, float]) -> dict[str, float]:
    return dict(sorted(seconds.items(), key=lambda pair: (-pair[1], pair[0])))


def _onset_groups(found: Sequence[Onset]) -> list[OnsetFigures]:
    """Group onsets by the rate of what shows the way, and count from the evidence on as well."""
    groups = [
        _group(f"{rate:g} Hz", [one for one in found if one.rate_hz == rate])
        for rate in sorted({one.rate_hz for one in found})
    ]
    if len(groups) != 1:
        groups.append(_group("all", found))
    groups.append(_group("with evidence", [one for one in found if one.has_evidence]))
    from_evidence = [
        Onset(one.rate_hz, one.evidence_latency_s, None, one.evidence_came_late, True)
        for one in found
        if one.has_evidence
    ]
    groups.append(_group("from evidence", from_evidence))
    late = [one for one in from_evidence if one.evidence_came_late]
    return [*groups, _group("from late evidence", late)] if late else groups


def _group(label: str, found: Sequence[Onset]) -> OnsetFigures:
    latencies = with_misses(found)
    times = [latency for latency in latencies if not isinf(latency)]
    return OnsetFigures(
        label, len(found), len(found) - len(times), _percentiles(times), _percentiles(latencies)
    )


def _percentiles(values: Sequence[float]) -> Latency:
    return {name: _finite(percentile(values, share)) for name, share in SHARES}


def _finite(value: float | None) -> float | None:
    return None if value is None or value == inf else value


def _wrong_figures(found: Contradictions) -> WrongFigures:
    return WrongFigures(
        wrong_s=found.wrong_s,
        undetected_s=found.undetected_s,
        contradictions=len(found.resolved_s),
        longest_wrong_s=found.longest_s,
        resolved_p50_s=percentile(found.resolved_s, 0.50),
        resolved_p95_s=percentile(found.resolved_s, 0.95),
    )
