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
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.watch import DirectionWatch
from ftms_bridge.pipeline.links import LinkState, verdict_word
from ftms_bridge.pipeline.reports import Reports
from ftms_bridge.pipeline.sessions import Sessions
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.telemetry.blocks import AvailabilityWord
from ftms_bridge.telemetry.messages import EventType
from ftms_bridge.telemetry.pacing import Pace
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.workout.metrics import Sample
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
        self.state = MachineState(
            signals=Signals(spec),
            session=SessionTracker(settings.rules),
            direction=DirectionWatch(directional=spec.kind is MachineKind.CROSS_TRAINER),
        )
        self._last_at = -NEVER
        self.own = self._source(spec.id, quirk=spec.quirk)
        self.sources = {spec.id: self.own}
        for sensor in spec.sensors:
            self.sources[sensor.id] = self._source(
                sensor.id, wheel_circumference_m=sensor.wheel_circumference_m
            )
        self._chooses_quirk = spec.auto_quirk and spec.quirk is None
        self.state.links = {
            name: LinkState(name, source.quirk) for name, source in self.sources.items()
        }
        self._link = self.state.links[spec.id]
        self.state.availability_reason = self._link.reason_for(self.state.availability)
        self._sensors = tuple(self.sources.values())[1:]
        self._rules = settings.rules
        self._silence = SilenceWatch()
        self._lost = False
        self._live_pace = Pace(settings.live_interval_s)
        self._next_state_at = NEVER
        self._speed = self.state.signals.watch("speed_kmh")
        self._cadence = self.state.signals.watch("cadence_rpm")
        self._power = self.state.signals.watch("power_w")
        self._hr = self.state.signals.watch("hr_bpm")
        self._reports = Reports(spec.id, self.state, settings)
        self._sessions = Sessions(
            spec.id,
            self.state,
            self._reports,
            run_id=settings.run_id,
            counters=self.own.counters,
        )

    def receive(self, source: Source, characteristic: int, data: bytes, at: float) -> list[Publish]:
        """Take one notification of the machine or one of its sensors; return what is due."""
        if source is not self.own:
            source.receive(characteristic, data, at)
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
            self._sessions.hush(at)
            self._reports.live(at)
        if self.state.availability == "stale" and at >= self._last_at + OFFLINE_AFTER_S:
            self._go_offline(at)
        self._sessions.handle_timer(at)
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
        """Return since when no session is open and nothing moves; None while one is open."""
        return self._sessions.idle_since

    def command(self, command: Command, at: float) -> list[Publish]:
        """Carry out a command, or tell what the shell made of it; the result is among what is due.

        A link is not the core's to open or close: what comes of it arrives as a change of the link.
        """
        is_done_by_shell = command.verb is Verb.LINK
        reason = command.refusal if is_done_by_shell else self._sessions.carry_out(command.verb, at)
        self._reports.result(command, reason, at)
        self._rearm()
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
        speed_kmh = self._speed.value(at)
        cadence_rpm = self._cadence.value(at)
        power_w = self._power.value(at)
        rules = self._rules
        moving = (
            (speed_kmh is not None and speed_kmh >= rules.min_speed_kmh)
            or (cadence_rpm is not None and cadence_rpm >= rules.min_cadence_rpm)
            or (power_w is not None and power_w >= rules.min_power_w)
        )
        sample = Sample(moving, speed_kmh, cadence_rpm, power_w, hr_bpm=self._hr.value(at))
        self._sessions.step(dt_s, at, sample, gap)
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
        elif self._chooses_quirk and characteristic in SAYS:
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
        pause_over_at = self.state.session.deadline()
        if pause_over_at is not None:
            wake_at = min(wake_at, pause_over_at)
        for source in self.sources.values():
            waiting = source.deadline()
            if waiting is not None:
                wake_at = min(wake_at, waiting)
        self.wake_at = wake_at

    def _source(
        self,
        source_id: str,
        *,
        quirk: str | None = None,
        wheel_circumference_m: float | None = None,
    ) -> Source:
        return Source(
            source_id,
            self.state.signals,
            quirk=quirk,
            wheel_circumference_m=wheel_circumference_m,
        )
