"""A change of the direction in one line."""

from __future__ import annotations

from ftms_bridge.app.explaining.moment import Change, Detail


def telling(change: Change) -> str:
    """Return what happened, in a few words; what nobody knows is said as it comes."""
    detail = change.detail
    if change.kind == "direction_changed":
        return _changed(detail, change.at_s)
    if change.kind == "reason_changed":
        return f"still unknown: {detail['reason']}"
    if change.kind == "label_changed":
        return f"- the rider: {detail['word']}"
    if change.kind == "direction_conflict":
        return f"conflict: {detail['forward']} forward, {detail['backward']} backward"
    if change.kind == "direction_declared":
        said = detail["direction"]
        return "declaration taken back" if said is None else f"declared {said}"
    if change.kind == "declaration_expired":
        return f"declared {detail['direction']} holds no longer: {detail['cause']}"
    if change.kind == "profile_void":
        return _void(detail)
    return change.kind


def _changed(detail: Detail, at_s: float) -> str:
    word, onset_s = detail["to"], detail["onset_t_s"]
    if word == "unknown":
        return f"unknown: {detail['reason']}"
    if detail["basis"] == "declared":
        return f"{word}, declared"
    since = ""
    if isinstance(onset_s, int | float) and at_s - onset_s >= 0.05:
        since = f" since {onset_s:.1f}"
    channel = detail["channel"]
    by = "" if channel is None else f", {channel}"
    return f"{word}{since}{by}"


def _void(detail: Detail) -> str:
    if detail["what"] is None:
        return "profile counts again"
    return f"profile void: {detail['what']} is {detail['found']}, was {detail['expected']}"
