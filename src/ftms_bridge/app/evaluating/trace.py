"""One ride as lines of text: what was true, what was said, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftms_bridge.app.evaluating.samples import SIDE_OF, Scored
from ftms_bridge.motion.direction import Direction


def trace_lines(samples: Sequence[Scored]) -> Iterator[str]:
    """Yield a line for each change of truth or word; ``!`` marks words that are not true."""
    yield f"{'s':>9}  {'true':<9} {'evident':<8}{'said':<9} reason or confidence, evidence"
    before: tuple[object, ...] = ()
    for sample in samples:
        key = (sample.row, sample.evident, sample.said, sample.reason)
        if key != before:
            yield trace_line(sample)
        before = key


def trace_line(sample: Scored) -> str:
    """Return one instant as a line."""
    is_wrong = sample.said in SIDE_OF.values() and SIDE_OF.get(sample.row) is not sample.said
    return (
        f"{sample.at:9.2f}  {sample.row.value:<9} {'yes' if sample.evident else 'no':<8}"
        f"{sample.said.value:<9}{'!' if is_wrong else ' '}{_grounds(sample)}"
    )


def _grounds(sample: Scored) -> str:
    parts = [f"{sample.speed_kmh:.1f} km/h {sample.cadence_per_min:.0f}/min"]
    if sample.reason is not None:
        parts.append(sample.reason.value)
    if sample.confidence is not None:
        parts.append(f"{sample.confidence:.3f}")
    if sample.said is not Direction.UNKNOWN:
        parts.append(f"since {sample.since:.2f}")
    parts += [
        f"{one.channel}@{one.source} {one.llr:+.2f} ({one.value}, {one.age_s:.1f} s"
        f"{'' if one.proven else ', unproven'})"
        for one in sample.evidence
    ]
    return "; ".join(parts)
