"""What a pipeline is told at start; frozen, because nothing of it changes while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ftms_bridge.measurement.sources import MachineSpec
from ftms_bridge.motion.profile import DirectionProfile
from ftms_bridge.workout.session import SessionRules

LIVE_INTERVAL_S = 0.25
"""At most four ``live`` documents per second and machine by default."""


@dataclass(frozen=True, slots=True)
class PipelineSettings:
    """Machines and rules of one run.

    run_id: part of every session and event id; random per daemon start, fixed in a replay.
    wall_zero: Unix time in seconds at instant 0, or None when that is not known.
    live_interval_s: least time between two ``live`` documents of a machine.
    profiles: by machine, what calibration has proven about it; nothing for a machine not named.
    """

    machines: tuple[MachineSpec, ...]
    run_id: str
    wall_zero: float | None = None
    rules: SessionRules = field(default_factory=SessionRules)
    live_interval_s: float = LIVE_INTERVAL_S
    profiles: Mapping[str, DirectionProfile] = field(default_factory=dict)
