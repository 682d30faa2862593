"""The direction of one machine in the pipeline: told when it changes, credited to the session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ftms_bridge.gatt.codec import Decoded
from ftms_bridge.measurement.identity import said_of
from ftms_bridge.motion.direction import Direction
from ftms_bridge.motion.estimator import DirectionTracker
from ftms_bridge.motion.profile import UNPROVEN, DirectionProfile, Mismatch
from ftms_bridge.pipeline.direction_events import DirectionEvents
from ftms_bridge.pipeline.state import MachineState
from ftms_bridge.workout.metrics import Sample
from ftms_bridge.workout.ride import Ride

DECLARED: Final = {
    "forward": Direction.FORWARD,
    "backward": Direction.BACKWARD,
    "stopped": Direction.STOPPED,
    "clear": None,
}
"""Words of a declaration; ``clear`` takes it back."""

KEY_PULLED: Final = "stopped_by_safety_key"
"""Op of the machine status after which whoever stood on a belt does not do so any more."""


class Heading:
    """Gives the tracker what it needs, and tells what comes of it.

    After every call the session knows where the next direction would begin, and a direction that
    was just confirmed is credited back to its onset.
    profile: what is proven about the machine, as long as it says to be the one that was calibrated.
    mismatch: in what it is another one, or None.
    """

    def __init__(
        self, known: MachineState, events: DirectionEvents, profile: DirectionProfile = UNPROVEN
    ) -> None:
        self.profile = profile
        self.mismatch: Mismatch | None = None
        self._ride: Ride | None = None
        self._status: Decoded | None = None
        self._known = known
        self._tracker: DirectionTracker = known.direction
        self._events = events
        self._told = self._tracker.estimate
        self._settled = self._tracker.measured
        self._declared = self._tracker.declaration.estimate
        self._conflict = self._tracker.posterior.fusion.conflict
        self._marked_at = self._tracker.posterior.onset_at

    def receive(self, sample: Sample, at: float) -> None:
        """Take what one believable record of the machine says."""
        self._ride = self._known.ride
        self._tracker.receive(
            at,
            moving=sample.moving,
            speed_kmh=sample.speed_kmh,
            cadence_rpm=sample.cadence_rpm,
            power_w=sample.power_w,
        )
        self._follow(at)

    def doubt(self, at: float) -> None:
        """Take note that a record had no value of motion that can be believed."""
        self._ride = self._known.ride
        self._tracker.doubt(at)
        self._follow(at)

    def hear(self, source: str, characteristic: int, at: float) -> None:
        """Take note that a sensor has sent something."""
        self._tracker.hear(source, characteristic, at)
        self._follow(at)

    def sense(self, value: float, at: float) -> None:
        """Take a reading of the direction sensor."""
        self._tracker.sense(value, at)
        self._follow(at)

    def declare(self, word: str | None, at: float) -> str | None:
        """Take what the user declares; return None, or why it cannot be taken."""
        if word not in DECLARED:
            return "unknown_direction"
        if self._known.availability != "online":
            return "machine_is_silent"
        self._tracker.declare(DECLARED[word], at)
        self._declared = self._tracker.declaration.estimate
        self._events.declared(at)
        self._follow(at)
        return None

    def identify(self, last_read: Mapping[int, Decoded], at: float) -> None:
        """Take what the machine says of itself: another machine or firmware proves nothing."""
        mismatch = self.profile.contradiction(said_of(last_read))
        if mismatch == self.mismatch:
            return
        if mismatch is None or self.mismatch is None:
            self._tracker.trust(self.profile if mismatch is None else UNPROVEN, at)
        self.mismatch = mismatch
        self._events.profile_void(mismatch, at)
        self._follow(at)

    def obey_status(self, status: Decoded | None, at: float) -> None:
        """End a declaration when the newest machine status says that the safety key is out."""
        is_news, self._status = status is not self._status, status
        if is_news and status is not None and status.fields.get("op") == KEY_PULLED:
            self.expire("safety_key", at)

    def follow_session(self, at: float) -> None:
        """End a declaration with the session in which it held."""
        before, self._ride = self._ride, self._known.ride
        if before is not None and self._ride is None:
            self.expire("session_ended", at)

    def expire(self, cause: str, at: float) -> None:
        """End the declaration, if there is any; the cause is a word of ``DirectionEvents``."""
        self._tracker.expire_declaration()
        self._follow(at, cause)

    def lose(self, at: float) -> None:
        """Take note that nothing is heard for the moment; a declaration holds on."""
        self._tracker.lose(at)
        self._follow(at)

    def deadline(self) -> float | None:
        """Return when a declaration ends by itself."""
        return self._tracker.declaration.expires_at

    def _follow(self, at: float, cause: str = "stop") -> None:
        """Tell what has changed; ``cause`` is why a declaration ended, if one did."""
        tracker = self._tracker
        if tracker.measured is not self._settled:
            self._settle()
        if tracker.posterior.onset_at != self._marked_at:
            self._marked_at = tracker.posterior.onset_at
            if self._known.ride is not None:
                self._known.ride.by_direction.pin()
        if tracker.estimate is not self._told:
            before, self._told = self._told, tracker.estimate
            self._events.changed(before, at)
        if tracker.declaration.estimate is not self._declared:
            ended, self._declared = self._declared, tracker.declaration.estimate
            if ended is not None:
                self._events.expired(ended, cause, at)
        if tracker.posterior.fusion.conflict != self._conflict:
            self._conflict = tracker.posterior.fusion.conflict
            if tracker.posterior.fusion.conflict is not None:
                self._events.conflict(at)

    def _settle(self) -> None:
        """Credit the time since the onset to a direction that was just confirmed."""
        before, self._settled = self._settled, self._tracker.measured
        if self._known.ride is not None:
            self._known.ride.follow(before, self._settled)
