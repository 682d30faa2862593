"""Puts what one machine has to say into payloads, numbers them, and collects them until taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ftms_bridge.control.commands import Command
from ftms_bridge.gatt.codec import Decoded
from ftms_bridge.measurement.source import Source
from ftms_bridge.pipeline.direction import (
    ColumnBlocks,
    DirectionWords,
)
from ftms_bridge.pipeline.documents import (
    lap_detail,
    lap_summary,
    link_rows,
    metrics_block,
    session_block,
    signal_sources,
    signal_values,
    tenths,
)
from ftms_bridge.pipeline.flat import FlatState
from ftms_bridge.pipeline.hints import HINTS
from ftms_bridge.pipeline.settings import PipelineSettings
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.telemetry.blocks import AvailabilityWord, Number
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
_TOLD_SOURCES: Final = ("speed_kmh", "cadence_rpm", "power_w", "hr_bpm")
REPEAT_EVERY_S: Final = 10.0
"""Least time between two events about the same misbehaviour (house choice)."""


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
        self._words = DirectionWords(known.direction, self._wall)
        self._columns = ColumnBlocks()
        self._believed: dict[str, str] = {}
        self._repeats = Repeats(REPEAT_EVERY_S)
        self._status: Decoded | None = None
        self._flat = FlatState(machine, known, words=self._words, wall=self._wall)
        self._told = {name: known.signals.watch(name) for name in _TOLD_SOURCES}

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
        ride, words = known.ride, self._words
        direction = words.block(at)
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
            "direction": direction,
            "motion": words.motion(
                values.get("speed_kmh"), values.get("cadence_rpm"), values.get("incline_pct")
            ),
            "session": session_block(known, at),
            "interval": None,
            "metrics": metrics_block(ride, fresh=fresh),
            "by_direction": None if ride is None else self._columns.block(ride),
        })  # fmt: skip

    def state(self, at: float, *, only_if_changed: bool) -> None:
        """Add the flat state; if asked, only when more than its number and time has changed."""
        state = self._flat.at(at)
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
        for name, signal in self._told.items():
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
        self.event("lap", lap_detail(lap), at)

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
        ended_at = at
        if before is SessionState.PAUSED:
            ended_at = self._known.session.paused_at
            ride.by_direction.trim()
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
            "by_direction": self._columns.block(ride),
            "laps": [lap_summary(lap) for lap in ride.laps],
        }
        self.event("session_ended", {"ended_by": ended_by}, at)
        self._add(SESSION_LAST, payload)

    def _add(self, topic: Topic, payload: Payload) -> None:
        self._effects.append(Publish(topic, self._machine, payload))
