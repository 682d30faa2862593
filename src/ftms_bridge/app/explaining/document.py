"""An explanation as one JSON object, for programs; docs/cli.md shows the command.

Words and units are those of the MQTT contract; None means not known.
"""

from __future__ import annotations

from math import isfinite

from ftms_bridge.app.explaining.advice import advice
from ftms_bridge.app.explaining.moment import Change, ChannelRow, Explanation, Label, Moment
from ftms_bridge.app.explaining.words import is_unweighed
from ftms_bridge.motion.direction import DirectionEstimate

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def document(explanation: Explanation) -> dict[str, Json]:
    """Return everything that is known, ready for ``json.dumps``."""
    found: dict[str, Json] = {
        "file": str(explanation.file),
        "machine": explanation.machine.id,
        "kind": explanation.machine.kind.value,
        "changes": [_change(change) for change in explanation.changes],
    }
    if explanation.moment is not None:
        found |= _moment(explanation, explanation.moment)
    return found


def _moment(explanation: Explanation, moment: Moment) -> dict[str, Json]:
    declared, mismatch, reading = moment.declared, moment.mismatch, moment.reading
    return {
        "t_s": moment.at_s,
        "time": moment.time,
        "availability": moment.availability,
        "label": _label(moment.label),
        "direction": _estimate(moment.estimate),
        "measured": _estimate(moment.measured),
        "declared": None if declared is None else _estimate(declared),
        "declared_until_s": moment.declared_until,
        "log_odds": None if is_unweighed(moment) else round(moment.total, 3),
        "drivetrain": moment.drivetrain.value,
        "needs_stop": moment.needs_stop,
        "open_since_s": moment.open_since,
        "conflict": list(moment.conflict),
        "calibrated": moment.profile is not None,
        "profile_void": None if mismatch is None else {
            "what": mismatch.what, "expected": mismatch.expected, "found": mismatch.found
        },
        "signals": {
            "speed_kmh": reading.speed_kmh,
            "cadence_rpm": reading.cadence_rpm,
            "power_w": reading.power_w,
            "step_rate_spm": reading.step_rate_spm,
        },
        "channels": [_channel(row) for row in moment.channels],
        "needs": [*advice(explanation, moment)],
    }  # fmt: skip


def _estimate(estimate: DirectionEstimate) -> dict[str, Json]:
    return {
        "direction": estimate.direction.value,
        "basis": None if estimate.basis is None else estimate.basis.value,
        "confidence": estimate.confidence,
        "reason": None if estimate.reason is None else estimate.reason.value,
        "since_s": estimate.since,
        "onset_uncertainty_s": estimate.onset_uncertainty_s,
    }


def _channel(row: ChannelRow) -> dict[str, Json]:
    return {
        "channel": row.channel,
        "source": row.source,
        "value": row.value,
        "llr": round(row.llr, 3),
        "cap": row.cap,
        "age_s": None if row.age_s is None else round(row.age_s, 3),
        "fresh_s": row.fresh_s if isfinite(row.fresh_s) else None,
        "state": row.trust,
        "swapped": row.is_swapped,
        "note": row.note,
    }


def _change(change: Change) -> dict[str, Json]:
    return {
        "t_s": change.at_s,
        "type": change.kind,
        "detail": dict(change.detail),
        "label": _label(change.label),
    }


def _label(label: Label | None) -> Json:
    if label is None:
        return None
    return {
        "direction": label.word, "kind": label.kind, "t_s": label.at_s, "evident": label.evident
    }  # fmt: skip
