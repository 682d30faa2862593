"""What is known about one machine at this moment: read by the reports, written by the track."""

from __future__ import annotations

from dataclasses import dataclass, field

from ftms_bridge.measurement.signals import Signals
from ftms_bridge.motion.estimator import DirectionTracker
from ftms_bridge.pipeline.links import LinkState
from ftms_bridge.telemetry.blocks import AvailabilityWord
from ftms_bridge.workout.ride import Ride
from ftms_bridge.workout.session import SessionTracker


@dataclass(slots=True)
class MachineState:
    """The trackers of one machine side by side; ``ride`` is None while no session is open.

    availability_reason: one word, None while online. links: by source, the machine's own first.
    """

    signals: Signals
    session: SessionTracker
    direction: DirectionTracker
    availability: AvailabilityWord = "offline"
    availability_reason: str | None = None
    ride: Ride | None = None
    links: dict[str, LinkState] = field(default_factory=dict)
