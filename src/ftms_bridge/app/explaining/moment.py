"""What an explanation consists of: changes, labels, and one moment with all its channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.calibration import Reading
from ftms_bridge.motion.direction import DirectionEstimate
from ftms_bridge.motion.evidence import NEVER, Channel
from ftms_bridge.motion.profile import DirectionProfile, Drivetrain, Mismatch
from ftms_bridge.recordings.format import Marker
from ftms_bridge.telemetry.blocks import AvailabilityWord

Detail = Mapping[str, int | float | str | bool | None]


@dataclass(frozen=True, slots=True)
class Label:
    """What the rider really does from an instant on, as a recording says.

    word: of a person (``kind`` label) or of the simulator (``kind`` truth). evident: whether the
    mechanics show it; None where nobody says.
    """

    at_s: float
    kind: str
    word: str
    evident: bool | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to the direction; ``detail`` is that of the event of this kind.

    label: what the rider really did then, if the recording says so.
    """

    at_s: float
    kind: str
    detail: Detail
    label: Label | None


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel at an instant; log-odds are positive for backward.

    value: what was read last. age_s: how long ago it was read, None when it was never heard; a
    mute one is not listened to.
    fails: when it is wrong or silent. is_hint: it can support, and not decide alone.
    """

    channel: str
    source: str
    value: str | float | None
    llr: float
    cap: float
    age_s: float | None
    fresh_s: float
    trust: str
    is_swapped: bool
    is_hint: bool
    is_promising: bool
    forward_must_wait: bool
    note: str | None
    fails: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Why the estimator says what it says at one instant; times are those of the recording.

    measured: what evidence alone says. declared_until: when a declaration ends by itself.
    total: sum of the log-odds. needs_stop: another direction takes a stop or a dip first.
    open_since: since when it would hold if another one were found now.
    """

    at_s: float
    time: str | None
    availability: AvailabilityWord
    reading: Reading
    estimate: DirectionEstimate
    measured: DirectionEstimate
    declared: DirectionEstimate | None
    declared_until: float | None
    total: float
    drivetrain: Drivetrain
    needs_stop: bool
    open_since: float
    conflict: tuple[str, ...]
    channels: tuple[ChannelRow, ...]
    profile: DirectionProfile | None
    mismatch: Mismatch | None
    label: Label | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a recording says about the direction of one machine; ``moment`` if one was asked for."""

    file: Path
    machine: MachineSpec
    changes: tuple[Change, ...]
    moment: Moment | None
    labels: int
    ends_s: float


def channel_row(channel: Channel, at: float) -> ChannelRow:
    """Return what there is to say of a channel at an instant."""
    trust = "mute" if channel.is_mute else "proven" if channel.proven else "unproven"
    kind = channel.kind
    return ChannelRow(
        channel=kind.name,
        source=channel.source,
        value=channel.describe(),
        llr=channel.llr,
        cap=channel.cap,
        age_s=None if channel.at == NEVER else max(at - channel.at, 0.0),
        fresh_s=channel.fresh_s,
        trust=trust,
        is_swapped=channel.polarity < 0,
        is_hint=not channel.can_decide,
        is_promising=kind.promising,
        forward_must_wait=kind.forward == 0.0 < kind.forward_later and not channel.proven,
        note=None if channel.note is None else channel.note.value,
        fails=kind.fails,
    )


def label_of(marker: Marker, machine: str) -> Label | None:
    """Return what a marker says the rider of a machine does, or None."""
    if marker.kind not in ("label", "truth") or marker.source not in (None, machine):
        return None
    detail = marker.detail
    word = detail.get("row", detail.get("direction"))
    if not isinstance(word, str):
        return None
    evident = detail.get("evident")
    return Label(marker.at, marker.kind, word, evident if isinstance(evident, bool) else None)
