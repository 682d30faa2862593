"""Which way the rider of one machine moves, from everything that is heard of it.

Two posteriors stand side by side, measured and declared, and never mix. No plan is ever a reason to
believe anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ftms_bridge.measurement.signals import Signals
from ftms_bridge.measurement.source import Source
from ftms_bridge.measurement.sources import MachineKind, MachineSpec
from ftms_bridge.motion.channels.build import Surroundings, build_channels
from ftms_bridge.motion.channels.crank_angle import POWER_VECTOR
from ftms_bridge.motion.channels.stated import DirectionSensor, SignedSpeed
from ftms_bridge.motion.channels.table import CRANK_ANGLE
from ftms_bridge.motion.declaration import Declaration
from ftms_bridge.motion.direction import Direction, DirectionEstimate, Reason
from ftms_bridge.motion.evidence import DECIDES, NEVER, Channel, Evidence
from ftms_bridge.motion.fusion import Fusion
from ftms_bridge.motion.gate import GAP_S
from ftms_bridge.motion.posterior import MeasuredPosterior
from ftms_bridge.motion.profile import (
    FLIP_NEEDS_STOP,
    DirectionProfile,
    Drivetrain,
    assumed_drivetrain,
)
from ftms_bridge.motion.reading import MotionReading, Number
from ftms_bridge.motion.reasons import WhyUnknown

STOPPED_AFTER_S: Final = 1.5
"""Time without motion after which the rider counts as stopped (house choice: longer than the
dropouts of one notification that machines show in mid-ride)."""

STILL_DOUBTED_S: Final = 0.6
"""Time without motion after which a direction is not said any more; one record is a dropout."""

TURNING_HOLDS_S: Final = 2.0
"""How long a direction sensor's word that something turns holds against a machine that shows none:
some trainers show neither cadence nor speed when the legs turn backward."""

LONGEST_STEP_S: Final = 5.0
SELDOM_S: Final = 1.0
"""How often channels are weighed of which nothing is lost between two looks."""

NOT_SEEN: Final = frozenset({Reason.EVIDENCE_STALE, Reason.PARSE_UNCERTAIN})
NOTHING_BETTER: Final = frozenset(
    {Reason.NO_DIRECTIONAL_CHANNEL, Reason.CHANNEL_UNPROVEN, Reason.SPEED_SOURCE_UNVERIFIED,
     Reason.AFTER_STOP_UNCONFIRMED}
)  # fmt: skip
"""Reasons that a declaration could have filled; the others are worth more."""


class DirectionTracker:
    """Follows the direction of one machine; ``estimate`` is replaced only when it changes.

    estimate: what is published: measured if known, else declared, else unknown with a reason.
    posterior: what is measured. declaration: what the user said. channels: all that this machine
    and its sensors could have. drivetrain: proven, or assumed from the kind of machine.
    """

    def __init__(
        self,
        spec: MachineSpec,
        profile: DirectionProfile,
        signals: Signals,
        sources: Mapping[str, Source],
    ) -> None:
        self._kind = spec.kind
        self._machine = spec.id
        self._reading = MotionReading()
        around = Surroundings(spec, profile, signals, sources, self._reading)
        self._by_source = build_channels(around)
        self._own: tuple[Channel, ...] = ()
        self._seldom: tuple[Channel, ...] = ()
        self._seldom_at = NEVER
        self._has_cadence = False
        self._turned_at = NEVER
        self._is_hopeful = False
        self._cadence = signals.watch_source(spec.id, "cadence_rpm")
        self._speed = signals.watch_source(spec.id, "speed_kmh")
        self.channels = tuple(dict.fromkeys(c for row in self._by_source.values() for c in row))
        self._sensor = next(c for c in self.channels if isinstance(c, DirectionSensor))
        fusion = Fusion(self.channels)
        self._why = WhyUnknown(fusion, spec.kind)
        self.posterior = MeasuredPosterior(fusion, self._why, self._reading)
        self.declaration = Declaration()
        self._still_since: float | None = None
        self._moved_at = NEVER
        self.estimate = self.posterior.estimate
        self.trust(profile)

    def trust(self, profile: DirectionProfile, at: float | None = None) -> None:
        """Take over what calibration has proven; `UNPROVEN` takes everything back.

        at: when, if that is in the middle of a run: what was said was said on other grounds.
        """
        self._why.profile = profile
        self.drivetrain = assumed_drivetrain(self._kind, profile)
        self.posterior.trust(self.drivetrain, profile.smoothing_s)
        for channel in self.channels:
            channel.trust(profile)
        worth = {
            source: [channel for channel in row if channel.is_worth_weighing]
            for source, row in self._by_source.items()
        }
        self._vectors = {s: [c for c in row if c.kind is CRANK_ANGLE] for s, row in worth.items()}
        self._measurements = {
            s: [c for c in row if c.kind is not CRANK_ANGLE] for s, row in worth.items()
        }
        self._is_hopeful = any(channel.proven for channel in self.channels)
        own = worth[self._machine]
        self._own = tuple(c for c in own if not c.kind.seldom)
        self._seldom = tuple(c for c in own if c.kind.seldom)
        if at is not None:
            self.posterior.open(at)
            self._publish()

    def receive(
        self,
        at: float,
        *,
        moving: bool,
        speed_kmh: Number | None,
        cadence_rpm: Number | None,
        power_w: Number | None,
    ) -> None:
        """Take what one record of the machine says about motion; sizes without sign."""
        reading = self._reading
        dt_s = at - reading.at
        reading.at = at
        reading.dt_s = min(LONGEST_STEP_S, dt_s)
        reading.speed_kmh = speed_kmh
        reading.cadence_rpm = cadence_rpm
        reading.power_w = power_w
        measured = self.posterior.estimate
        if moving or at - self._turned_at <= TURNING_HOLDS_S:
            self._move(dt_s, at)
        else:
            self._stand_still(at)
        if self.posterior.estimate is not measured or self.declaration.expired:
            self._publish()

    def hear(self, source: str, characteristic: int, at: float) -> None:
        """Take note that a sensor has sent something."""
        if self._still_since is not None:
            return
        heard = self._vectors if characteristic == POWER_VECTOR else self._measurements
        channels = heard.get(source)
        if not channels:
            return
        said = False
        for channel in channels:
            before = channel.llr
            channel.weigh(at)
            said = said or channel.llr != before
        if said:
            self._decide(at)

    def sense(self, value: float, at: float) -> None:
        """Take a reading of the direction sensor: a step or 1/min, negative backward."""
        self._sensor.sense(value, at)
        self._turned_at = NEVER if value == 0.0 else at
        if value != 0.0 and self._moved_at > NEVER and self._still_since is not None:
            self._move(0.0, at)  # the machine does not show what the sensor sees
        self._decide(at)

    def declare(self, direction: Direction | None, at: float) -> None:
        """Take what the user says; None takes it back."""
        until_stop = self.drivetrain in FLIP_NEEDS_STOP
        self.declaration.declare(direction, at, until_stop=until_stop)
        self._publish()

    def expire_declaration(self) -> None:
        """End the declaration: session over, safety key pulled, or its time is up."""
        if self.declaration.expire():
            self._publish()

    def lose(self, at: float) -> None:
        """Take note that nothing is heard for the moment: what was seen no longer holds."""
        self._forget(Reason.EVIDENCE_STALE, at)

    def doubt(self, at: float) -> None:
        """Take note that a record had no value of motion that can be believed.

        It may be the first speed of a belt that runs back, so channels look at it all the same.
        """
        self._forget(Reason.PARSE_UNCERTAIN, at)
        for channel in self._own:
            if channel.is_explicit:
                channel.weigh(at)

    @property
    def measured(self) -> DirectionEstimate:
        """Return what the evidence alone says."""
        return self.posterior.estimate

    def evidence(self, at: float, *, silent: bool = False) -> list[Evidence]:
        """Return what each channel says, the strongest first; with silent ones if asked for."""
        return self.posterior.fusion.rows(at, silent=silent)

    def belt_sign(self) -> int | None:
        """Return 1 for a belt that runs forward, -1 for a reversed one, None when not known.

        An assumption is no knowledge: without calibration a belt may be one that reverses.
        """
        if self._kind is not MachineKind.TREADMILL:
            return None
        for channel in self.channels:
            if isinstance(channel, SignedSpeed) and abs(channel.llr) >= DECIDES:
                return -1 if channel.llr > 0.0 else 1
        return 1 if self._why.profile.drivetrain is Drivetrain.BELT else None

    def _move(self, dt_s: float, at: float) -> None:
        posterior = self.posterior
        if self._still_since is not None or self._moved_at == NEVER:
            if self._moved_at == NEVER or posterior.estimate.direction is Direction.STOPPED:
                posterior.set_off(at)
            self._still_since = None
        self._moved_at = at
        if dt_s > GAP_S:
            posterior.open(at)
        if self._is_hopeful or not posterior.is_idle or self.declaration.estimate is not None:
            self._look_for_dip(at)
        for channel in self._own:
            channel.weigh(at)
        if at - self._seldom_at >= SELDOM_S:
            self._seldom_at = at
            for channel in self._seldom:
                channel.weigh(at)
            self._is_hopeful = any(map(is_heard_hope, self.channels))
        posterior.decide(at)

    def _look_for_dip(self, at: float) -> None:
        """Look at what the machine itself shows: its smoothing is known.

        A cadence that was never above zero is none; the speed is looked at then.
        """
        pace = self._cadence.value(at)
        if not self._has_cadence or pace is None:
            self._has_cadence = pace is not None and pace > 0
            pace = pace if self._has_cadence else self._speed.value(at)
        dips = pace is not None and self.posterior.look_for_dip(pace, at)
        if dips and self.drivetrain in FLIP_NEEDS_STOP:
            self.declaration.expire()

    def _stand_still(self, at: float) -> None:
        posterior = self.posterior
        if self._still_since is None:
            self._still_since = at
            posterior.look_for_dip(0.0, at)
            if posterior.estimate.reason in NOT_SEEN:
                posterior.be_unknown(Reason.BELOW_MIN_SPEED, at)
        still_s = at - self._still_since
        if still_s >= STOPPED_AFTER_S:
            if posterior.estimate.direction is not Direction.STOPPED:
                posterior.stop(self._still_since, at, STOPPED_AFTER_S)
                self.declaration.expire()
        elif still_s >= STILL_DOUBTED_S and posterior.is_known:
            posterior.be_unknown(Reason.BELOW_MIN_SPEED, at)

    def _decide(self, at: float) -> None:
        """Say what follows from a sensor, while the machine moves."""
        if self._still_since is None and self._moved_at > NEVER:
            self.posterior.decide(at)
            self._publish()

    def _forget(self, reason: Reason, at: float) -> None:
        self._still_since = None
        self._moved_at = NEVER
        if self.measured.reason is not reason:
            self.posterior.open(at)
            self.posterior.be_unknown(reason, at)
        self._publish()

    def _publish(self) -> None:
        """Choose what is said: measured if known, else declared, else unknown."""
        measured, declared = self.posterior.estimate, self.declaration.estimate
        if measured.direction is not Direction.UNKNOWN:
            self.estimate = measured
        elif declared is not None:
            self.estimate = declared
        elif self.declaration.expired and measured.reason in NOTHING_BETTER:
            if self.estimate.since != measured.since or (
                self.estimate.reason is not Reason.DECLARATION_EXPIRED
            ):
                self.estimate = DirectionEstimate(
                    Direction.UNKNOWN, measured.since, reason=Reason.DECLARATION_EXPIRED
                )
        else:
            self.estimate = measured


def is_heard_hope(channel: Channel) -> bool:
    """Say whether a channel is heard that could decide: then dips must be known from before."""
    is_told = channel.proven or (channel.kind.promising and channel.at > NEVER)
    return is_told and channel.can_decide
