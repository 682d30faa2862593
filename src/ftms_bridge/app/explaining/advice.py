"""What it would take to know the direction, or to know it better, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ftms_bridge.app.calibration_words import WAYS_OUT, WAYS_OUT_ON_FOOT
from ftms_bridge.app.explaining.moment import ChannelRow, Explanation, Moment
from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.calibration_steps import CAN_BE_CALIBRATED
from ftms_bridge.motion.direction import Direction, DirectionBasis, Reason

KNOWN: Final = frozenset({Direction.FORWARD, Direction.BACKWARD})


def advice(explanation: Explanation, moment: Moment) -> list[str]:
    """Return what would help, the most helpful first; a sentence or two each."""
    return list(_advice(explanation, moment))


def _advice(explanation: Explanation, moment: Moment) -> Iterator[str]:
    estimate, machine = moment.estimate, explanation.machine
    mismatch = moment.mismatch
    if mismatch is not None:
        yield (
            f"Its {mismatch.what} is {mismatch.found!r} now and was {mismatch.expected!r} when it "
            f"was calibrated, so nothing counts as proven: {_calibrate(explanation)}."
        )
    if estimate.direction is Direction.STOPPED and estimate.basis is DirectionBasis.MEASURED:
        yield "Nothing: it stands still."
    elif estimate.direction in KNOWN and estimate.basis is DirectionBasis.MEASURED:
        yield from _known(explanation, moment)
    elif estimate.direction is not Direction.UNKNOWN:
        yield "It is only what you declared; evidence alone says nothing here."
        yield from _of_reason(explanation, moment, moment.measured.reason)
    elif machine.kind not in CAN_BE_CALIBRATED:
        yield f"Nothing: a {machine.kind.value.replace('_', ' ')} has no other way round."
    else:
        yield from _of_reason(explanation, moment, estimate.reason)


def _known(explanation: Explanation, moment: Moment) -> Iterator[str]:
    sign = 1.0 if moment.estimate.direction is Direction.BACKWARD else -1.0
    speaking = [row for row in moment.channels if row.llr * sign > 0.0]
    if speaking and not any(row.trust == "proven" for row in speaking):
        yield (
            "It is known, but from channels that were never proven for this machine: "
            f"{_calibrate(explanation)}."
        )
    else:
        yield "Nothing: it is known."


def _of_reason(explanation: Explanation, moment: Moment, reason: Reason | None) -> Iterator[str]:
    say = _ADVICE.get(reason) if reason is not None else None
    if say is not None:
        yield from say(explanation, moment)


def _calibrate(explanation: Explanation) -> str:
    """Return the command, with this recording if it has labels."""
    command = f"ftms-bridge calibrate {explanation.machine.id}"
    if explanation.labels:
        return f"{command}, or from the labels of this recording with --from"
    return command


def _promising(moment: Moment) -> list[ChannelRow]:
    """Return the channels that are heard, and that calibration could prove."""
    return [
        row
        for row in moment.channels
        if row.is_promising and row.trust == "unproven" and row.age_s is not None
    ]


def _ways_out(explanation: Explanation) -> str:
    on_foot = explanation.machine.kind is MachineKind.TREADMILL
    return WAYS_OUT_ON_FOOT if on_foot else WAYS_OUT


def _nothing_sent(explanation: Explanation, moment: Moment) -> Iterator[str]:
    if _promising(moment):
        yield from _unproven(explanation, moment)
        return
    yield "Nothing that this machine has sent so far depends on the direction."
    if moment.profile is None:
        yield f"Never calibrated, so that is not certain: {_calibrate(explanation)}."
    yield _ways_out(explanation)


def _unproven(explanation: Explanation, moment: Moment) -> Iterator[str]:
    names = ", ".join(row.channel for row in _promising(moment))
    heard = f" ({names})" if names else ""
    yield (
        f"Something that is heard could tell{heard}, but was never shown to follow you on this "
        f"machine: {_calibrate(explanation)}."
    )


def _speed_source(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield (
        "If the speed is measured at the wheel and not made up from the cadence, the wheel against "
        f"the crank could tell. Find out: {_calibrate(explanation)}."
    )
    yield _ways_out(explanation)


def _not_driving(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield (
        "Wait until you drive the wheel again, or until it has run down: legs that turn lightly "
        "forward look like legs that turn backward while it rolls."
    )


def _after_stop(explanation: Explanation, moment: Moment) -> Iterator[str]:
    if any(row.trust == "proven" and not row.is_hint for row in moment.channels):
        yield (
            "Go on: it may have turned round at the last stop or dip; the next clear samples tell."
        )
    else:
        yield from _unproven(explanation, moment)


def _conflict(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield (
        f"{' and '.join(moment.conflict) or 'Channels'} contradict each other. Was a sensor "
        f"mounted anew, the other way round? {_calibrate(explanation).capitalize()}."
    )


def _stale(explanation: Explanation, moment: Moment) -> Iterator[str]:
    silent = [
        row
        for row in moment.channels
        if row.trust == "proven" and (row.age_s is None or row.age_s > row.fresh_s)
    ]
    if moment.availability != "online":
        yield "Nothing is heard of the machine: is it on, and is nobody else connected to it?"
    for row in silent:
        ago = "never" if row.age_s is None else f"not for {row.age_s:.0f} s"
        yield f"{row.channel} of {row.source} was heard {ago}: look after it."


def _gear(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield "Drive steadily for some turns in this gear; a gear that was calibrated is known at once."


def _blind_cadence(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield "Turn a little faster or slower: at some cadences a crank angle looks alike both ways."


def _too_slow(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield "Move faster, or stand still for two seconds: then it says stopped."


def _gait(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield "Walk forward or backward: these steps look like neither."


def _unreadable(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield f"See what is odd about its records: ftms-bridge doctor {explanation.file}"


def _declare_again(explanation: Explanation, moment: Moment) -> Iterator[str]:
    yield f"Say it again: ftms-bridge declare {explanation.machine.id} forward (or backward)."
    yield from _of_reason(explanation, moment, moment.measured.reason)


_ADVICE: Final[dict[Reason, Callable[[Explanation, Moment], Iterator[str]]]] = {
    Reason.NO_DIRECTIONAL_CHANNEL: _nothing_sent,
    Reason.CHANNEL_UNPROVEN: _unproven,
    Reason.SPEED_SOURCE_UNVERIFIED: _speed_source,
    Reason.NOT_DRIVING: _not_driving,
    Reason.AFTER_STOP_UNCONFIRMED: _after_stop,
    Reason.CONFLICTING_EVIDENCE: _conflict,
    Reason.EVIDENCE_STALE: _stale,
    Reason.GEAR_UNKNOWN: _gear,
    Reason.BLIND_CADENCE: _blind_cadence,
    Reason.BELOW_MIN_SPEED: _too_slow,
    Reason.GAIT_OTHER: _gait,
    Reason.PARSE_UNCERTAIN: _unreadable,
    Reason.DECLARATION_EXPIRED: _declare_again,
}
"""A test holds them together with the reasons."""
