"""Words about the direction for people: why, on what ground, by what evidence, for how long."""

from __future__ import annotations

from typing import Final

from ftms_bridge.dashboard.document import Document
from ftms_bridge.dashboard.reading import DirectionReading, EvidenceReading
from ftms_bridge.dashboard.words import age, duration, figure

REASONS: Final = {
    "no_directional_channel": "this machine sends nothing that tells direction",
    "channel_unproven": "what could tell it is not proven for this machine: calibrate it",
    "speed_source_unverified": "its speed may be made up from the cadence: calibrate it",
    "not_driving": "the cranks do not drive the wheel now",
    "after_stop_unconfirmed": "it may have turned round since it slowed down",
    "conflicting_evidence": "what tells the direction contradicts itself",
    "evidence_stale": "nothing recent to tell it by",
    "gear_unknown": "its gear is not known",
    "blind_cadence": "the sensor cannot tell it at this cadence",
    "below_min_speed": "still, or too slow to be sure",
    "gait_other": "neither forward nor backward steps",
    "parse_uncertain": "its last record cannot be believed",
    "declaration_expired": "what was declared holds no longer: declare it again",
}
"""Why the direction is unknown; a reason from a newer bridge is shown as it comes."""

_CAUSES: Final = {
    "time": "its time is over",
    "stop": "the machine stopped or slowed down",
    "link_lost": "the machine is not heard",
    "safety_key": "the safety key was pulled",
    "session_ended": "the session ended",
    "contradicted": "what is measured says otherwise",
}

WAYS: Final = ("forward", "backward", "stopped", "unknown")


def ground(direction: DirectionReading) -> str:
    """Return why the direction is unknown, or what it rests on."""
    if direction.word == "unknown":
        reason = direction.reason or "no reason given"
        return REASONS.get(reason, reason.replace("_", " "))
    basis, sure = direction.basis or "", direction.confidence
    return basis if sure is None else f"{basis}, {_percent(sure)} sure"


def since(direction: DirectionReading) -> str:
    """Return how long the direction has been so, if that is known."""
    return "" if direction.since_s is None else f"for {duration(direction.since_s)}"


def proof(direction: DirectionReading) -> str:
    """Return what the strongest channel says, if any says something."""
    top = direction.evidence
    if top is None or not top.llr:
        return ""
    doubt = ", but is not proven" if direction.word == "unknown" and not top.proven else ""
    return f"{_channel(top)} says {'backward' if top.llr > 0.0 else 'forward'}{doubt}"


def proof_at_length(direction: DirectionReading) -> str:
    """Return the same with value, strength, age and whether calibration has proven it."""
    top = direction.evidence
    if top is None or not top.llr:
        return ""
    read = f" ({top.value})" if top.value else ""
    said = f"{_channel(top)}{read} says {'backward' if top.llr > 0.0 else 'forward'}"
    proven = "proven" if top.proven else "not proven"
    strength = f"log-odds {figure(abs(top.llr), 1)}"
    return " · ".join([said, proven, strength, f"{age(top.age_s or 0.0)} ago"])


def share_words(metrics: dict[str, float | None]) -> str:
    """Return how long each direction was ridden; nothing for a bridge that does not say so."""
    told = [
        f"{way} {duration(time_s)}"
        for way in WAYS
        if (time_s := metrics.get(f"{way}_s")) is not None
    ]
    return "  ".join(told)


def bout_words(metrics: dict[str, float | None]) -> list[str]:
    """Return how often the direction changed, and the longest time backward, if there was any."""
    switches, longest_s = metrics.get("direction_switches"), metrics.get("longest_backward_s")
    told = []
    if switches:
        told.append(f"{figure(switches)} {'switch' if switches == 1.0 else 'switches'}")
    if longest_s:
        told.append(f"longest back {duration(longest_s)}")
    return told


def changed(detail: Document) -> str:
    """Return an event about another direction in words."""
    now = detail.text("to") or "unknown"
    if now == "unknown":
        reason = detail.text("reason") or "no reason given"
        return f"direction unknown: {REASONS.get(reason, reason.replace('_', ' '))}"
    grounds = [detail.text("basis") or ""]
    channel, sure = detail.text("channel"), detail.number("confidence")
    if channel:
        grounds.append(f"by {channel.replace('_', ' ')}")
    if sure is not None:
        grounds.append(f"{_percent(sure)} sure")
    return f"{now}: {', '.join(filter(None, grounds))}"


def conflict(detail: Document) -> str:
    """Return an event about a contradiction in words."""
    forward, backward = (
        (detail.text(way) or "nothing").replace("_", " ") for way in ("forward", "backward")
    )
    return f"{forward} says forward, {backward} backward"


def declared(detail: Document) -> str:
    """Return an event about a declaration in words."""
    word, expires_s = detail.text("direction"), detail.number("expires_s")
    if word is None:
        return "declaration taken back"
    return f"declared {word}" if expires_s is None else f"declared {word} for {age(expires_s)}"


def expired(detail: Document) -> str:
    """Return an event about the end of a declaration in words."""
    cause = detail.text("cause") or "no reason given"
    told = _CAUSES.get(cause, cause.replace("_", " "))
    return f"declared {detail.text('direction') or 'direction'} no longer holds: {told}"


def _channel(evidence: EvidenceReading) -> str:
    return evidence.channel.replace("_", " ")


def _percent(share: float) -> str:
    """Return a share as per cent; never more than it is."""
    per_cent = share * 100.0
    return f"{figure(per_cent, 1 if per_cent > 99.0 else 0)} %"
