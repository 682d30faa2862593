"""Looks on while a recording is played: every change of the direction, and one moment in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, cast

from ftms_bridge.app.explaining.moment import Change, Label, Moment, channel_row, label_of
from ftms_bridge.errors import UsageError
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.calibration import Reading
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.profile import FLIP_NEEDS_STOP, UNPROVEN
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.pipeline.machine import MachineTrack
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.telemetry.messages import Event
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import EVENT
from ftms_bridge.telemetry.wall import WallLabel

TOLD: Final = frozenset(
    {"direction_changed", "direction_conflict", "direction_declared", "declaration_expired",
     "profile_void"}
)  # fmt: skip
"""Events that say what happened to the direction."""

REASON_CHANGED: Final = "reason_changed"
LABEL_CHANGED: Final = "label_changed"
"""Changes that are no events: another reason for the same word, and what the rider really does."""

_UNKNOWN: Final = Direction.UNKNOWN

BEHIND_END_S: Final = 1.0
"""So long after its last entry a recording is still explained: an instant is seldom exact."""


class Onlooker:
    """Looks on while a recording is played: notes every change, and one moment in full."""

    def __init__(self, pipeline: Pipeline, spec: MachineSpec, wall: WallLabel) -> None:
        self.changes: list[Change] = []
        self.moment: Moment | None = None
        self.labels = 0
        self.last_at = 0.0
        self._pipeline = pipeline
        self._machine = spec.id
        self._track = pipeline.machine(spec.id)
        self._wall = wall
        self._label: Label | None = None
        self._known = self._track.state.direction.estimate
        self._is_over = False

    def watch(self, entries: Iterable[Entry], until: float | None) -> Iterator[Entry]:
        """Yield the entries up to an instant, and look at what each has changed.

        Raises UsageError when the instant is not in the recording.
        """
        first_at: float | None = None
        for entry in entries:
            if first_at is None:
                first_at = entry.at
                if until is not None and until < first_at:
                    raise _outside(until, f"it begins at {first_at:.1f} s")
            self._look()
            if until is not None and entry.at > until:
                break
            if isinstance(entry, Marker):
                self._take_label(entry)
            self.last_at = entry.at
            yield entry
        else:
            if until is not None and until > self.last_at + BEHIND_END_S:
                raise _outside(until, f"it ends at {self.last_at:.1f} s")
        self._look()
        if until is not None:
            self._let_pass(until)
            self.moment = self._look_closely(until)
        self._is_over = True

    def emit(self, at: float, effect: Publish) -> None:
        """Note an event that is about the direction."""
        if self._is_over or effect.topic is not EVENT or effect.machine != self._machine:
            return
        event = cast("Event", effect.payload)
        if event["type"] in TOLD:
            self._known = self._track.state.direction.estimate
            self.changes.append(Change(at, event["type"], event["detail"], self._label))

    def _look(self) -> None:
        """Note another reason: it is no event."""
        now, before = self._track.state.direction.estimate, self._known
        self._known = now
        if now.reason is not before.reason and now.direction is before.direction is _UNKNOWN:
            reason = None if now.reason is None else now.reason.value
            change = Change(self.last_at, REASON_CHANGED, {"reason": reason}, self._label)
            self.changes.append(change)

    def _take_label(self, marker: Marker) -> None:
        label = label_of(marker, self._machine)
        if label is None:
            return
        self.labels += 1
        before, self._label = self._label, label
        if before is None or before.word != label.word:
            self.changes.append(Change(marker.at, LABEL_CHANGED, {"word": label.word}, label))

    def _let_pass(self, until: float) -> None:
        """Do what was due since the last entry."""
        while (due := self._pipeline.deadline()) is not None and due <= until:
            for effect in self._pipeline.handle_timer(due):
                self.emit(due, effect)

    def _look_closely(self, at: float) -> Moment:
        track = self._track
        tracker, heading = track.state.direction, track.heading
        fusion = tracker.posterior.fusion
        conflict = () if fusion.conflict is None else tuple(c.kind.name for c in fusion.conflict)
        rows = [channel_row(channel, at) for channel in tracker.channels]
        rows.sort(key=lambda row: (row.age_s is None, -abs(row.llr), row.trust != "proven"))
        return Moment(
            at_s=at,
            time=self._wall.at(at),
            availability=track.state.availability,
            reading=_reading(track, at),
            estimate=tracker.estimate,
            measured=tracker.measured,
            declared=tracker.declaration.estimate,
            declared_until=tracker.declaration.expires_at,
            total=fusion.total,
            drivetrain=tracker.drivetrain,
            needs_stop=tracker.drivetrain in FLIP_NEEDS_STOP,
            open_since=tracker.posterior.onset_at,
            conflict=conflict,
            channels=tuple(rows),
            profile=None if heading.profile == UNPROVEN else heading.profile,
            mismatch=heading.mismatch,
            label=self._label,
        )


def _reading(track: MachineTrack, at: float) -> Reading:
    speed_kmh, cadence_rpm, power_w, step_rate_spm = track.motion.shown(at)
    return Reading(at, speed_kmh, cadence_rpm, power_w, step_rate_spm, None)


def _outside(at: float, where: str) -> UsageError:
    return UsageError(
        f"{at:.1f} s is not in the recording: {where}.",
        hint="Without --at all changes are listed, with their times.",
    )
