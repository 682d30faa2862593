"""Puts what one machine has to say into payloads, numbers them, and collects them until taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ftms_bridge.control.commands import Command
from ftms_bridge.gatt.codec import Decoded
from ftms_bridge.measurement.quantities import QUANTITIES
from ftms_bridge.measurement.signals import Signal
from ftms_bridge.measurement.source import Source
from ftms_bridge.motion.direction import DirectionEstimate
from ftms_bridge.pipeline.documents import (
    direction_block,
    lap_summary,
    link_rows,
    metrics_block,
    session_block,
    signal_sources,
    signal_values,
    tenths,
)
from ftms_bridge.pipeline.hints import HINTS
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.telemetry.blocks import AvailabilityWord, DirectionWord, Number
from ftms_bridge.telemetry.messages import (
    CONTRACT_VERSION,
    EventType,
    Payload,
    SessionSummary,
    State,
)
from ftms_bridge.telemetry.pacing import Repeats
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import (
    AVAILABILITY,
    EVENT,
    LINK,
    LIVE,
    RESULT,
    SESSION_LAST,
    STATE,
    Topic,
)
from ftms_bridge.telemetry.wall import WallLabel
from ftms_bridge.workout.ride import Lap, Ride
from ftms_bridge.workout.session import Cue, SessionState

_ENDED_BY: Final = {Cue.END_ASKED: "command", Cue.IDLE_TOO_LONG: "idle", Cue.SHUTDOWN: "shutdown"}
_TOLD_STATUS: Final = frozenset(
    {"reset", "stopped_or_paused_by_user", "stopped_by_safety_key", "started_or_resumed_by_user",
     "control_permission_lost"}
)  # fmt: skip
"""Machine status worth an event; the others repeat targets several times a second."""
_IN_STATE: Final = (
    "speed_kmh", "cadence_rpm", "power_w", "hr_bpm", "incline_pct", "resistance",
    "step_rate_spm", "machine_energy_kcal",
)  # fmt: skip
"""The signals that everybody looks at; the others are in the live document."""
_TOLD_SOURCES: Final = ("speed_kmh", "cadence_rpm", "power_w", "hr_bpm")
REPEAT_EVERY_S: Final = 10.0
"""Least time between two events about the same misbehaviour (house choice)."""
_NOTHING_SHOWN: Final = {name: Signal(QUANTITIES[name]) for name in _IN_STATE}
"""What a retained state shows of a machine that is not heard: values must not freeze in it."""


class Reports:
    """Builds and numbers the payloads of one machine."""

    def __init__(self, machine: str, known: MachineState, settings: PipelineSettings) -> None:
        self._machine = machine
        self._known = known
        self._run_id = settings.run_id
        self._wall = WallLabel(settings.wall_zero)
        self._effects: list[Publish] = []
        self._live_seq = 0
        self._state_seq = 0
        self._events = 0
        self._last_state: State | None = None
        self._put_into_words(known.direction.estimate)
        self._believed: dict[str, str] = {}
        self._repeats = Repeats(REPEAT_EVERY_S)
        self._status: Decoded | None = None
        self._shown = {name: known.signals.watch(name) for name in _IN_STATE}

    def take(self) -> list[Publish]:
        """Return what has been collected since the last call."""
        effects = self._effects
        if effects:
            self._effects = []
        return effects

    def live(self, at: float) -> None:
        """Add the document of everything known now."""
        known = self._known
        fresh = known.availability == "online"
        signals = known.signals.known()
        values = signal_values(signals, at)
        self._live_seq += 1
        self._add(LIVE, {
            "schema": CONTRACT_VERSION,
            "machine": self._machine,
            "seq": self._live_seq,
            "t_s": round(at, 3),
            "time": self._wall.at(at),
            "availability": known.availability,
            "availability_reason": known.availability_reason,
            "fresh": fresh,
            "signals": values,
            "sources": signal_sources(signals, values, at),
            "direction": direction_block(known.direction.estimate, at),
            "session": session_block(known, at),
            "interval": None,
            "metrics": metrics_block(known.ride, fresh=fresh),
        })  # fmt: skip

    def state(self, at: float, *, only_if_changed: bool) -> None:
        """Add the flat state; if asked, only when more than its number and time has changed."""
        state = self._state(at)
        last = self._last_state
        if only_if_changed and last is not None:
            unchanged: State = {**state, "seq": last["seq"], "time": last["time"]}
            if unchanged == last:
                return
        self._state_seq += 1
        state["seq"] = self._state_seq
        self._last_state = state
        self._add(STATE, state)

    def event(
        self, event_type: EventType, detail: Mapping[str, Number | str | bool | None], at: float
    ) -> None:
        """Add something that happened once, with an id that tells a repeated delivery."""
        self._events += 1
        ride = self._known.ride
        self._add(EVENT, {
            "schema": CONTRACT_VERSION,
            "machine": self._machine,
            "event_id": f"{self._run_id}-{self._machine}-e{self._events}",
            "t_s": round(at, 3),
            "time": self._wall.at(at),
            "type": event_type,
            "session_id": None if ride is None else ride.session_id,
            "detail": detail,
        })  # fmt: skip

    def repeated(self, event_type: EventType, source: str, names: list[str], at: float) -> None:
        """Tell what a sender may repeat with every record: once, then every ten seconds."""
        count = self._repeats.take(f"{event_type} {source}", at)
        if count is not None:
            counters = ", ".join(sorted(set(names)))
            self.event(event_type, {"source": source, "counters": counters, "count": count}, at)

    def sources(self, at: float) -> None:
        """Tell when another source is believed than a second ago: one fell silent or is back."""
        for name in _TOLD_SOURCES:
            signal = self._shown[name]
            signal.value(at)
            if signal.lane is None:
                continue
            now, before = signal.lane.source, self._believed.get(name)
            self._believed[name] = now
            if before is not None and before != now:
                self.event("source_changed", {"quantity": name, "before": before, "now": now}, at)

    def availability(self, word: AvailabilityWord) -> None:
        """Add the availability word."""
        self._add(AVAILABILITY, word)

    def links(self, at: float) -> None:
        """Add how every link is."""
        self._add(LINK, {
            "schema": CONTRACT_VERSION,
            "machine": self._machine,
            "time": self._wall.at(at),
            "links": link_rows(self._known.links.values(), self._wall),
        })  # fmt: skip

    def result(self, command: Command, reason: str | None, at: float) -> None:
        """Add what became of a command; no reason means that it was done."""
        self._add(RESULT, {
            "schema": CONTRACT_VERSION,
            "machine": self._machine,
            "id": command.request_id,
            "verb": command.verb.value,
            "status": "done" if reason is None else "rejected",
            "reason": reason,
            "hint": None if reason is None else HINTS.get(reason),
            "time": self._wall.at(at),
        })  # fmt: skip

    def lap(self, lap: Lap, at: float) -> None:
        """Add the event of a finished lap."""
        detail: Mapping[str, int | float | None] = {**lap_summary(lap)}  # type: ignore[dict-item]
        self.event("lap", detail, at)

    def machine_status(self, source: Source, at: float) -> None:
        """Add an event for a machine status that a person would want to know."""
        decoded = source.last_read.get(0x2ADA)
        if decoded is None or decoded is self._status:
            return  # this one was damaged; what is kept is an older one
        self._status = decoded
        fields = decoded.fields
        op = fields.get("op")
        if op in _TOLD_STATUS:
            param = fields.get("param")
            known = param if isinstance(param, int | str) else None
            self.event("machine_status", {"op": str(op), "param": known}, at)

    def summary(self, ride: Ride, cue: Cue, before: SessionState, at: float) -> None:
        """Add the summary of a session that ends now, and its event.

        A session that ends out of a pause ended when the pause began.
        """
        ended_at = self._known.session.paused_at if before is SessionState.PAUSED else at
        ride.lap(ended_at)
        ended_by = _ENDED_BY[cue]
        payload: SessionSummary = {
            "schema": CONTRACT_VERSION,
            "machine": self._machine,
            "session_id": ride.session_id,
            "started": self._wall.at(ride.started_at),
            "ended": self._wall.at(ended_at),
            "ended_by": ended_by,  # type: ignore[typeddict-item]
            "elapsed_s": tenths(ended_at - ride.started_at) or 0.0,
            "moving_s": tenths(ride.metrics.totals.moving_s) or 0.0,
            "gap_s": tenths(ride.gap_s) or 0.0,
            "gaps": ride.gaps,
            "counter_resets": ride.counter_resets,
            "metrics": metrics_block(ride, fresh=False),
            "laps": [lap_summary(lap) for lap in ride.laps],
        }
        self.event("session_ended", {"ended_by": ended_by}, at)
        self._add(SESSION_LAST, payload)

    def _state(self, at: float) -> State:
        known = self._known
        fresh = known.availability == "online"
        shown = self._shown if fresh else _NOTHING_SHOWN
        if known.direction.estimate is not self._estimate:
            self._put_into_words(known.direction.estimate)
        ride = known.ride
        totals = None if ride is None else ride.metrics.totals
        rolling = None if ride is None or not fresh else ride.metrics.rolling
        return {
            "schema": CONTRACT_VERSION,
            "machine": self._machine,
            "seq": 0,
            "time": self._wall.at(at),
            "availability": known.availability,
            "availability_reason": known.availability_reason,
            "fresh": fresh,
            "direction": self._direction,
            "direction_reason": self._reason,
            "session_state": known.session.state.value,
            "session_id": None if ride is None else ride.session_id,
            "elapsed_s": 0.0 if ride is None else tenths(at - ride.started_at) or 0.0,
            "moving_s": 0.0 if totals is None else tenths(totals.moving_s) or 0.0,
            "lap": 0 if ride is None else ride.lap_number,
            "speed_kmh": shown["speed_kmh"].value(at),
            "cadence_rpm": shown["cadence_rpm"].value(at),
            "power_w": shown["power_w"].value(at),
            "hr_bpm": shown["hr_bpm"].value(at),
            "incline_pct": shown["incline_pct"].value(at),
            "resistance": shown["resistance"].value(at),
            "step_rate_spm": shown["step_rate_spm"].value(at),
            "machine_energy_kcal": shown["machine_energy_kcal"].value(at),
            "distance_m": None if ride is None else ride.distance_m,
            "work_kj": None if totals is None else tenths(totals.work_kj),
            "power_3s_w": None if rolling is None else tenths(rolling.mean_w(0)),
            "power_30s_w": None if rolling is None else tenths(rolling.mean_w(2)),
            "avg_power_w": None if totals is None else tenths(totals.avg_power_w),
            "avg_speed_kmh": None if totals is None else tenths(totals.avg_speed_kmh),
        }

    def _put_into_words(self, estimate: DirectionEstimate) -> None:
        """Keep the words of an estimate: it changes seldom, and asking an enum is dear."""
        self._estimate = estimate
        self._direction: DirectionWord = estimate.direction.value
        self._reason = None if estimate.reason is None else estimate.reason.value

    def _add(self, topic: Topic, payload: Payload) -> None:
        self._effects.append(Publish(topic, self._machine, payload))
