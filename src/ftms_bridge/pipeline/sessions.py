"""The sessions of one machine: what a record, a command or silence does to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ftms_bridge.control.commands import Verb
from ftms_bridge.measurement.counters import Counter
from ftms_bridge.pipeline.reports import Reports
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.workout.metrics import Sample
from ftms_bridge.workout.ride import Ride
from ftms_bridge.workout.session import Cue, SessionState

DOUBT_LIMIT_S: Final = 10.0
"""Time without any value of motion after which a session pauses, as if the machine were silent."""

MAX_LAPS: Final = 1000
"""Laps of one session; more come from a button that is stuck (house choice)."""

_CUE_OF: Final = {
    Verb.PAUSE: Cue.PAUSE_ASKED,
    Verb.RESUME: Cue.RESUME_ASKED,
    Verb.END: Cue.END_ASKED,
}
_WITHHELD: Final = Sample(moving=False)


class Sessions:
    """Starts, pauses, resumes and ends the sessions of one machine, and credits what is ridden.

    counters: the machine's own counters, by field name; they appear as the machine sends them.
    """

    def __init__(
        self,
        machine: str,
        known: MachineState,
        reports: Reports,
        *,
        run_id: str,
        counters: Mapping[str, Counter],
    ) -> None:
        self._known = known
        self._tracker = known.session
        self._reports = reports
        self._counters = counters
        self._id_stem = f"{run_id}-{machine}"
        self._last_id = -1
        self._moving = False
        self._doubt_since: float | None = None
        self._distance_m = 0
        self._idle_from: float | None = None

    @property
    def idle_since(self) -> float | None:
        """Return since when no session is open and nothing moves; None while one is open."""
        return self._idle_from if self._known.ride is None else None

    def begin(self, at: float) -> None:
        """Take note that the run starts: nothing has moved before."""
        self._idle_from = at

    def step(self, dt_s: float, at: float, sample: Sample, gap: bool) -> bool:
        """Credit the time since the last record, then take over what this record says.

        Return whether it has a value of motion that can be believed.
        """
        believable = (
            sample.speed_kmh is not None
            or sample.cadence_rpm is not None
            or sample.power_w is not None
        )
        if not believable:
            sample.moving = self._distance_grew()
        ride = self._known.ride
        if ride is not None:
            if gap:
                ride.interrupt()
            said = self._known.direction.measured.direction
            shown = _WITHHELD if self._tracker.asked else sample
            ride.step(0.0 if gap else dt_s, at, shown, said)
        if not believable:
            self._doubt(sample.moving, at)
        elif not (sample.moving and self._moving):  # who moves on changes nothing
            self._doubt_since = None
            self._follow(sample.moving, at)
        started = self._known.ride
        if started is None and sample.moving:  # rolling on after an end that was asked for
            self._idle_from = at
        if started is not None and started is not ride:
            started.metrics.step(0.0, sample)  # its time begins with this record
        elif gap and ride is not None and self._tracker.state is SessionState.ACTIVE:
            ride.note_gap(dt_s)
            self._reports.event("gap", {"duration_s": round(dt_s, 3)}, at)
        return believable

    def carry_out(self, verb: Verb, at: float) -> str | None:
        """Do what a verb asks; return None, or the reason why it cannot be done."""
        ride = self._known.ride
        if ride is None:
            return "no_session"
        if verb is Verb.LAP:
            if len(ride.laps) >= MAX_LAPS:
                return "too_many_laps"
            paused = self._tracker.state is SessionState.PAUSED
            self._reports.lap(ride.lap(self._tracker.paused_at if paused else at), at)
            return None
        if verb is Verb.RESUME and self._known.availability != "online":
            return "machine_is_silent"
        done = self.cue(_CUE_OF[verb], at)
        return None if done else f"session_is_{self._tracker.state.value}"

    def cue(self, cue: Cue, at: float, since: float | None = None) -> bool:
        """Give the session a cue and tell what came of it; return whether anything did.

        since: the instant from which it holds, when it is noticed later than that.
        """
        before = self._tracker.state
        if not self._tracker.cue(cue, at if since is None else since):
            return False
        self._change(before, cue, at)
        return True

    def lose(self, at: float, since: float) -> None:
        """Take note that the machine is not heard any more, since an instant."""
        self.hush()
        if self._known.ride is not None:
            self._known.ride.interrupt()
        self.cue(Cue.LINK_LOST, at, since)
        self._tracker.forget_asked()

    def hush(self) -> None:
        """Take note that nothing is heard for the moment: what was seen no longer holds."""
        self._moving = False
        self._doubt_since = None

    def handle_timer(self, at: float) -> None:
        """End a session that has been paused for too long."""
        pause_over_at = self._tracker.deadline()
        if pause_over_at is not None and at >= pause_over_at:
            self.cue(Cue.IDLE_TOO_LONG, at)

    def _follow(self, moving: bool, at: float) -> None:
        before = self._tracker.state
        if self._tracker.receive(moving=moving, at=at):
            self._change(before, Cue.MOVING if moving else Cue.STILL, at)
        self._moving = moving and self._tracker.state is SessionState.ACTIVE

    def _doubt(self, moving: bool, at: float) -> None:
        """Handle a record without any value of motion: that is no standing still.

        A distance counter that grows all the same says that there is motion.
        """
        self._moving = False
        if moving:
            self._doubt_since = None
            self._follow(moving, at)
        elif self._doubt_since is None:
            self._doubt_since = at
        elif at - self._doubt_since >= DOUBT_LIMIT_S:
            self.cue(Cue.LINK_LOST, at, self._doubt_since)

    def _distance_grew(self) -> bool:
        distance = self._counters.get("distance_m")
        if distance is None:
            return False
        before, self._distance_m = self._distance_m, distance.total
        return distance.total > before

    def _change(self, before: SessionState, cue: Cue, at: float) -> None:
        now = self._tracker.state
        ride = self._known.ride
        if now is SessionState.ACTIVE and (ride is None or before is not SessionState.PAUSED):
            self._start(at)
        elif now is SessionState.ACTIVE and ride is not None:
            ride.resume()
            self._reports.event("session_resumed", {}, at)
        elif now is SessionState.PAUSED and ride is not None:
            if cue is Cue.PAUSE_ASKED:
                ride.withhold()
            self._reports.event("session_paused", {"cue": cue.name.lower()}, at)
        elif ride is not None:
            self._reports.summary(ride, cue, before, at)
            self._known.ride = None
            self._idle_from = at
        self._moving = False
        self._reports.state(at, only_if_changed=False)

    def _start(self, at: float) -> None:
        """Start a session; its id holds the second in which it began, alike in a replay."""
        self._last_id = max(int(at), self._last_id + 1)
        self._known.ride = Ride(f"{self._id_stem}-{self._last_id}", at, self._counters)
        self._reports.event("session_started", {}, at)
