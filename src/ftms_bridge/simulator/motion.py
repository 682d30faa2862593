"""What is physically true at this instant, and the label that says so in a recording."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from ftms_bridge.units import kmh_from_mps


class TrueDirection(Enum):
    """How the rider really moves; the value is the word used in labels."""

    FORWARD = "forward"
    BACKWARD = "backward"
    STOPPED = "stopped"
    SIDEWAYS = "sideways"
    """Shuffling sideways, or turning round on the belt."""


Row = Literal["forward", "backward", "stopped", "other"]
"""What a detector should say: ``other`` is motion that is none of the three. The wheel rolls over
still cranks, or somebody shuffles, turns round or stands beside a running belt."""


@dataclass(slots=True)
class Motion:
    """Rider and machine at one instant; physics writes it, firmware and sensors only read it.

    crank_rpm, crank_turns: signed, forward positive; the turns since the start are the crank's
        angle as an integrated quantity. Both stay 0 on a treadmill.
    surface_mps, wheel_turns: signed speed of the wheel's rim or the belt's surface and, for wheels,
        the turns since the start.
    pedal_torque_nm: what the rider puts on the crank, positive when it pushes forward.
    drive_power_w: what crosses into the wheel; brake_power_w: what the brake takes, never negative.
    driving: the rider moves the wheel or walks on the belt, in contrast to coasting.
    row: which of the four things to be told apart this is.
    evident: the mechanics differ from those of the other ways of moving, so that an ideal observer
        of this drivetrain could tell. Not while nothing moves.
    steps, step_rate_spm: walking steps; on a cross trainer two per turn of the crank.
    key_pulled: the safety key of the treadmill is out.
    """

    direction: TrueDirection = TrueDirection.STOPPED
    driving: bool = False
    row: Row = "stopped"
    evident: bool = False
    crank_rpm: float = 0.0
    crank_turns: float = 0.0
    surface_mps: float = 0.0
    wheel_turns: float = 0.0
    pedal_torque_nm: float = 0.0
    drive_power_w: float = 0.0
    brake_power_w: float = 0.0
    resistance_pct: float = 0.0
    incline_pct: float = 0.0
    steps: float = 0.0
    step_rate_spm: float = 0.0
    heart_rate_bpm: float = 0.0
    key_pulled: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """The label of one instant: what a detector of direction should have said.

    speed_kmh: signed speed of wheel or belt. A freewheel rolls forward under a backward crank, and
        a normal belt runs forward under a rider who has turned round.
    cadence_per_min: turns of the crank, or steps on a treadmill; negative backward.
    driving: False while coasting, pedalling without load, or standing beside a running belt.
    power_w: mechanical power that crosses from the crank into the wheel; None on a treadmill.
    row, evident: see ``Motion``.
    """

    at: float
    source: str
    direction: TrueDirection
    driving: bool
    speed_kmh: float
    cadence_per_min: float
    power_w: float | None
    row: Row = "stopped"
    evident: bool = False


def label(motion: Motion, at: float, source: str, *, walking: bool) -> Truth:
    """Return the label of this instant, rounded far below what any machine resolves."""
    sign = -1.0 if motion.direction is TrueDirection.BACKWARD else 1.0
    cadence = sign * motion.step_rate_spm if walking else motion.crank_rpm
    # adding 0.0 turns -0.0 into 0.0
    return Truth(
        at=at,
        source=source,
        direction=motion.direction,
        driving=motion.driving,
        speed_kmh=round(kmh_from_mps(motion.surface_mps), 3),
        cadence_per_min=round(cadence, 2),
        power_w=None if walking else round(motion.drive_power_w, 1) + 0.0,
        row=motion.row,
        evident=motion.evident,
    )
