"""Plays one simulated ride through the core, and notes what it says at each instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter

from ftms_bridge.app.evaluating.core import Core, Tracker
from ftms_bridge.app.evaluating.samples import Row, Scored, is_blind
from ftms_bridge.app.evaluating.tally import sums_error
from ftms_bridge.gatt.notification import LinkChange, Notification
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.scenario import Fault
from ftms_bridge.simulator.simulation import Event
from ftms_bridge.telemetry.messages import SessionSummary
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import SESSION_LAST

SILENT_S = 2.5
"""Silence of a source from which on records count as missing (the gap of the transition gate)."""

AFTERMATH_S = 10.0
"""How long a disturbance excuses a word like `evidence_stale` after its end (house choice)."""


class Listener:
    """Drives one core with one ride; reads the word at every label and at every change of it.

    angle_rate_hz: packets per second of a meter whose angles are all that shows the way: at its
    blind cadences nothing is evident; None for other rigs.
    core_s: wall time spent with notifications.
    """

    def __init__(
        self,
        core: Core,
        tracker: Tracker,
        faults: Sequence[Fault],
        *,
        angle_rate_hz: float | None = None,
        with_evidence: bool = False,
    ) -> None:
        self.samples: list[Scored] = []
        self.notifications = 0
        self.core_s = 0.0
        self.sums_error: float | None = None
        self._core = core
        self._tracker = tracker
        self._spans = [(one.at_s, one.at_s + one.duration_s + AFTERMATH_S) for one in faults]
        self._angle_rate_hz = angle_rate_hz
        self._with_evidence = with_evidence
        self._truth: Truth | None = None
        self._noted: object = None
        self._heard_at: dict[str, float] = {}
        self._disturbed_until = 0.0

    def listen(self, events: Iterable[Event]) -> None:
        """Play the whole ride."""
        last_at = 0.0
        self._core.begin(0.0)
        for event in events:
            self._wake_until(event.at)
            self._take(event)
            last_at = event.at
        self._keep_sums(self._core.finish(last_at))

    def _wake_until(self, at: float) -> None:
        core = self._core
        while (due := core.deadline()) is not None and due <= at:
            self._keep_sums(core.handle_timer(due))
            self._note_change(due)

    def _take(self, event: Event) -> None:
        if isinstance(event, Truth):
            self._truth = event
            self._note(event)
            return
        if isinstance(event, Notification):
            self._watch_silence(event)
            self.notifications += 1
            started = perf_counter()
            effects = self._core.receive(event)
            self.core_s += perf_counter() - started
        elif isinstance(event, LinkChange):
            effects = self._core.change_link(event)
        else:
            effects = self._core.sense(event)
        self._keep_sums(effects)
        self._note_change(event.at)

    def _note_change(self, at: float) -> None:
        if self._truth is not None and self._tracker.measured is not self._noted:
            self._note(self._truth, at)

    def _note(self, truth: Truth, at: float | None = None) -> None:
        estimate = self._tracker.measured
        self._noted = estimate
        now = truth.at if at is None else at
        self.samples.append(
            Scored(
                now,
                Row(truth.row),
                estimate.direction,
                estimate.since,
                estimate.confidence,
                estimate.reason,
                evident=truth.evident and self._is_heard(now) and not self._is_blind(truth),
                driving=truth.driving,
                speed_kmh=truth.speed_kmh,
                cadence_per_min=truth.cadence_per_min,
                disturbed=self._is_disturbed(now),
                evidence=tuple(self._tracker.evidence(now)) if self._with_evidence else (),
            )
        )

    def _is_heard(self, at: float) -> bool:
        """Say whether every source was heard lately: what is not sent shows no way."""
        return bool(self._heard_at) and all(
            at - heard_at <= SILENT_S for heard_at in self._heard_at.values()
        )

    def _is_blind(self, truth: Truth) -> bool:
        rate_hz = self._angle_rate_hz
        return rate_hz is not None and is_blind(truth.cadence_per_min, rate_hz)

    def _watch_silence(self, notification: Notification) -> None:
        before = self._heard_at.get(notification.source, notification.at)
        if notification.at - before > SILENT_S:
            self._disturbed_until = notification.at + AFTERMATH_S
        self._heard_at[notification.source] = notification.at

    def _is_disturbed(self, at: float) -> bool:
        return (
            at < self._disturbed_until
            or not self._is_heard(at)
            or any(begins_at <= at < ends_at for begins_at, ends_at in self._spans)
        )

    def _keep_sums(self, effects: Sequence[Publish]) -> None:
        for effect in effects:
            if effect.topic is SESSION_LAST:
                summary: SessionSummary = effect.payload  # type: ignore[assignment]
                self.sums_error = max(self.sums_error or 0.0, sums_error(summary))
