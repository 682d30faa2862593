"""Everything the core knows about one machine: sources, session, direction, what is due."""

from __future__ import annotations

from typing import Final

from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.notification import LinkChange
from ftms_bridge.measurement.counters import Change
from ftms_bridge.measurement.identity import SAYS, quirk_of
from ftms_bridge.measurement.signals import Signals
from ftms_bridge.measurement.silence import MIN_GAP_S, SilenceWatch
from ftms_bridge.measurement.source import Source
from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.estimator import DirectionTracker
from ftms_bridge.motion.profile import UNPROVEN
from ftms_bridge.pipeline.direction_events import DirectionEvents
from ftms_bridge.pipeline.heading import Heading
from ftms_bridge.pipeline.links import LinkState, verdict_word
from ftms_bridge.pipeline.motion_signals import MotionSignals
from ftms_bridge.pipeline.reports import Reports
from ftms_bridge.pipeline.sessions import Sessions
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.telemetry.blocks import AvailabilityWord
from ftms_bridge.telemetry.messages import EventType
from ftms_bridge.telemetry.pacing import Pace
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.wall import WallLabel
from ftms_bridge.workout.session import Cue, SessionTracker

STALE_AFTER_S: Final = 3.0
OFFLINE_AFTER_S: Final = 10.0
"""Silence after which a machine is stale, and offline (contract of the availability topic)."""

STATE_EVERY_S: Final = 1.0
_MACHINE_STATUS: Final = 0x2ADA
_TOLD_CHANGES: Final[dict[Change, EventType]] = {
    Change.RESET: "counter_reset",
    Change.FELL: "counter_decrease",
    Change.JUMPED: "counter_jump",
}
NEVER: Final = float("inf")


class MachineTrack:
    """One machine with its sensors, from notifications to payloads.

    The machine's own records are the clock of its session: they credit time, and their silence is
    a gap. Sensors only refresh the values that are read then.
    wake_at: when ``handle_timer`` wants to be called; never later than needed, at times earlier.
    """

    def __init__(self, spec: MachineSpec, settings: PipelineSettings) -> None:
        self.spec = spec
        self.wake_at = NEVER
        signals = Signals(spec)
        self.motion = MotionSignals(spec.id, signals, settings.rules)
        self._last_at = -NEVER
        self.own = Source(spec.id, signals, quirk=spec.quirk)
        self.sources = {spec.id: self.own}
        for sensor in spec.sensors:
            self.sources[sensor.id] = Source(
                sensor.id, signals, wheel_circumference_m=sensor.wheel_circumference_m
            )
        profile = settings.profiles.get(spec.id, UNPROVEN)
        self.state = MachineState(
            signals=signals,
            session=SessionTracker(settings.rules),
            direction=DirectionTracker(spec, profile, signals, self.sources),
        )
        self._chooses_quirk = spec.auto_quirk and spec.quirk is None
        self.state.links = {
            name: LinkState(name, source.quirk) for name, source in self.sources.items()
        }
        self._link = self.state.links[spec.id]
        self.state.availability_reason = self._link.reason_for(self.state.availability)
        self._sensors = tuple(self.sources.values())[1:]
        self._silence = SilenceWatch()
        self._lost = False
        self._live_pace = Pace(settings.live_interval_s)
        self._next_state_at = NEVER
        self._reports = Reports(spec.id, self.state, settings)
        self._sessions = Sessions(
            spec.id, self.state, self._reports,
            run_id=settings.run_id, counters=self.own.counters,
        )  # fmt: skip
        wall = WallLabel(settings.wall_zero)
        self.heading = Heading(
            self.state, DirectionEvents(self._reports, self.state.direction, wall), profile
        )

    def receive(self, source: Source, characteristic: int, data: bytes, at: float) -> list[Publish]:
        """Take one notification of the machine or one of its sensors; return what is due."""
        if source is not self.own:
            source.receive(characteristic, data, at)
            self.heading.hear(source.id, characteristic, at)
        else:
            dt_s = at - self._last_at
            gap = dt_s > MIN_GAP_S and self._open_gap(dt_s)
            if source.receive(characteristic, data, at):
                self._step(dt_s, at, gap)
            else:
                self._note_other(characteristic, at)
        if source.changes:
            self._tell_changes(source, at)
        return self._reports.take()

    def handle_timer(self, at: float) -> list[Publish]:
        """Do what is due by now: late parts, silence, the end of a pause, the 1 Hz state."""
        self._expire(at)
        if self.state.availability == "online" and at >= self._last_at + STALE_AFTER_S:
            self._change_availability("stale", at)
            self._sessions.hush()
            self.heading.lose(at)
            self._reports.live(at)
        if self.state.availability == "stale" and at >= self._last_at + OFFLINE_AFTER_S:
            self._go_offline(at)
        self._sessions.handle_timer(at)
        self.heading.follow_session(at)
        declared_until = self.heading.deadline()
        if declared_until is not None and at >= declared_until:
            self.heading.expire("time", at)
        if at >= self._next_state_at:
            self._next_state_at = at + STATE_EVERY_S
            if self._sensors:
                self._reports.sources(at)
            self._reports.state(at, only_if_changed=not self.state.session.open)
        self._rearm()
        return self._reports.take()

    def change_link(self, change: LinkChange) -> list[Publish]:
        """Take note that a link went up or down; a machine whose link is down is offline."""
        self.state.links[change.source].take(change)
        detail: dict[str, str | bool | None] = {
            "source": change.source,
            "up": change.up,
            "verdict": verdict_word(change),
            "reason": change.reason,
        }
        self._reports.event("link", detail, change.at)
        self._reports.links(change.at)
        if not change.up:
            # a link may say why it is down more than once: forgetting again changes nothing
            self.sources[change.source].forget()
        if change.source == self.spec.id:
            self._follow_own_link(change.at)
        self._rearm()
        return self._reports.take()

    @property
    def idle_since(self) -> float | None:
        """Return since when no session is open and nothing moves; None while one is open.

        Whether its link was up is not asked: a machine that was just found can have been idle long.
        """
        return self._sessions.idle_since

    def command(self, command: Command, at: float) -> list[Publish]:
        """Carry out a command, or tell what the shell made of it; the result is among what is due.

        A link is not the core's to open or close: what comes of it arrives as a change of the link.
        """
        if command.verb is Verb.LINK:
            reason = command.refusal
        elif command.verb is Verb.DECLARE:
            reason = self.heading.declare(command.direction, at)
        else:
            reason = self._sessions.carry_out(command.verb, at)
            self.heading.follow_session(at)
        self._reports.result(command, reason, at)
        self._rearm()
        return self._reports.take()

    def sense(self, value: float, at: float) -> list[Publish]:
        """Take a reading of the machine's direction sensor; return what is due."""
        self.heading.sense(value, at)
        return self._reports.take()

    def begin(self, at: float) -> list[Publish]:
        """Say that the machine is there, but not heard yet."""
        self._sessions.begin(at)
        self._reports.availability(self.state.availability)
        self._reports.links(at)
        self._reports.state(at, only_if_changed=False)
        return self._reports.take()

    def finish(self, at: float) -> list[Publish]:
        """End the session and say that the machine is offline."""
        self._sessions.cue(Cue.SHUTDOWN, at)
        self.heading.follow_session(at)
        if self.state.availability != "offline":
            self._go_offline(at)
        self.wake_at = NEVER
        return self._reports.take()

    def _step(self, dt_s: float, at: float, gap: bool) -> None:
        """Let a whole record of the machine take effect."""
        self._last_at = at
        self._lost = False
        if dt_s < NEVER:
            self._silence.receive(dt_s)
        if self.state.availability != "online":
            self._change_availability("online", at)
        sample = self.motion.sample(at)
        if self._sessions.step(dt_s, at, sample, gap):
            self.heading.receive(sample, at)
        else:
            self.heading.doubt(at)
        if self._live_pace.take(at):
            self._reports.live(at)

    def _expire(self, at: float) -> None:
        """Let the parts of records that have waited too long take effect."""
        for sensor in self._sensors:
            sensor.expire(at)
        waiting = self.own.deadline()
        if waiting is not None and at >= waiting:
            dt_s = at - self._last_at
            gap = dt_s > MIN_GAP_S and self._open_gap(dt_s)
            if self.own.expire(at):
                self._step(dt_s, at, gap)

    def _open_gap(self, silence_s: float) -> bool:
        """Say whether a silence is a gap; what the counters did in it is not credited."""
        if silence_s == NEVER or not (self._lost or self._silence.is_gap(silence_s)):
            return False
        self.own.rebase()
        return True

    def _change_availability(self, word: AvailabilityWord, at: float) -> None:
        self.state.availability = word
        self.state.availability_reason = self._link.reason_for(word)
        self._reports.availability(word)
        self._next_state_at = at
        self.wake_at = min(self.wake_at, at)

    def _go_offline(self, at: float) -> None:
        self.own.forget()
        self._lost = True
        self._change_availability("offline", at)
        self.heading.lose(at)
        self.heading.expire("link_lost", at)
        self._sessions.lose(at, since=self._last_at)
        self._reports.state(at, only_if_changed=True)

    def _follow_own_link(self, at: float) -> None:
        """Go offline with the machine's own link, and tell when the reason is another one."""
        known = self.state
        if not self._link.up and known.availability != "offline":
            self._go_offline(at)
        reason = self._link.reason_for(known.availability)
        if reason != known.availability_reason:
            known.availability_reason = reason
            self._reports.state(at, only_if_changed=True)

    def _choose_quirk(self, at: float) -> None:
        """Read the machine's records as machines of its kind send them, once it says what it is."""
        quirk = quirk_of(self.own.last_read)
        if quirk != self.own.quirk:
            self.own.use_quirk(quirk)
            self._link.quirk = quirk
            self._reports.links(at)

    def _note_other(self, characteristic: int, at: float) -> None:
        """Tell what the machine says of itself, and wait for the rest of a split record."""
        if characteristic == _MACHINE_STATUS:
            self._reports.machine_status(self.own, at)
            self.heading.obey_status(self.own.last_read.get(_MACHINE_STATUS), at)
        elif characteristic in SAYS:
            self.heading.identify(self.own.last_read, at)
            if self._chooses_quirk:
                self._choose_quirk(at)
        waiting = self.own.deadline()
        if waiting is not None and waiting < self.wake_at:
            self.wake_at = waiting

    def _tell_changes(self, source: Source, at: float) -> None:
        """Tell what counters did, at most one event per kind and ten seconds."""
        for told, event_type in _TOLD_CHANGES.items():
            names = [name for name, change in source.changes if change is told]
            if names:
                self._reports.repeated(event_type, source.id, names, at)
        source.changes.clear()

    def _rearm(self) -> None:
        """Find the next moment at which something is due."""
        wake_at = NEVER
        if self.state.availability == "online":
            wake_at = min(self._last_at + STALE_AFTER_S, self._next_state_at)
        elif self.state.availability == "stale":
            wake_at = min(self._last_at + OFFLINE_AFTER_S, self._next_state_at)
        for due in (self.state.session.deadline(), self.heading.deadline()):
            if due is not None:
                wake_at = min(wake_at, due)
        for source in self.sources.values():
            waiting = source.deadline()
            if waiting is not None:
                wake_at = min(wake_at, waiting)
        self.wake_at = wake_at
