"""The steps of the calibration wizard and what it asks for, in plain words.

Nothing here controls a machine: the person does everything. A belt is never to be reversed, and
nobody is to turn round on one, unless it has been seen to stand still.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.calibration_trace import Part


class Need(Enum):
    """What must be seen for a step to count its seconds."""

    STILL = "still"
    MOVING = "moving"
    ROLLING = "rolling"


class Late(Enum):
    """What happens when it is not seen in time."""

    COUNT = "count"
    SKIP = "skip"
    END = "end"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is asked for, what must be seen, and for how long.

    key: name of the prompt, for translations. text: the same in words. part: what its readings are
    labelled with while they count. wait_s: patience until it is seen; late: what then.
    note: what to say meanwhile.
    """

    key: str
    text: str
    part: Part
    need: Need
    count_s: float
    wait_s: float
    late: Late
    note: str = ""


EACH_WAY_S: Final = 30.0
"""Long enough for twenty clean samples a second apart, with settling and a bad link: from there on
what is proven can decide alone (ln 21 > 3)."""

EACH_WALK_S: Final = 60.0
STILL_S: Final = 5.0
TURN_S: Final = 10.0
COAST_S: Final = 10.0
SPEED_UP_S: Final = 6.0

READY_WAIT_S: Final = 120.0
MOVE_WAIT_S: Final = 90.0
ROLL_OUT_S: Final = 120.0
"""A heavy flywheel takes that long to stand still."""

UNSEEN_S: Final = 12.0
"""Some machines show nothing at all while the legs turn backward: then it counts unseen."""

ROLL_WAIT_S: Final = 15.0

CAN_BE_CALIBRATED: Final = frozenset(
    {MachineKind.INDOOR_BIKE, MachineKind.CROSS_TRAINER, MachineKind.TREADMILL}
)
"""On a rower or a climber there is no way round to move."""

_SEE_NOTHING = "I see no movement yet."
_ROLLS = "Waiting until all stands still."


def _forward(text: str) -> Step:
    return Step(
        "forward", text, Part.FORWARD, Need.MOVING, EACH_WAY_S, MOVE_WAIT_S, Late.END, _SEE_NOTHING
    )


def _stop(key: str, text: str) -> Step:
    return Step(key, text, Part.STILL, Need.STILL, STILL_S, ROLL_OUT_S, Late.SKIP, _ROLLS)


_BIKE_READY = Step(
    "ready",
    "Sit down and hold the bar. Do not pedal yet. You do everything yourself: I only watch, and "
    "switch nothing on the machine.",
    Part.STILL, Need.STILL, 3.0, READY_WAIT_S, Late.SKIP, _ROLLS,
)  # fmt: skip

_BIKE_FORWARD = _forward("Pedal FORWARD, easily and evenly: about 70 turns a minute, one gear.")

_BIKE_BACKWARD = Step(
    "backward",
    "Pedal BACKWARD, slowly at first, then evenly: about 70 turns a minute or what is easy. "
    "Does the maker of your bike forbid it, or do you not want to? Then skip this.",
    Part.BACKWARD, Need.MOVING, EACH_WAY_S, UNSEEN_S, Late.COUNT,
    "I see no movement. Some machines show none backward; keep on pedalling, it counts.",
)  # fmt: skip

_SPEED_UP = Step(
    "speed_up", "Pedal FORWARD once more, a little faster than before.",
    Part.OTHER, Need.MOVING, SPEED_UP_S, MOVE_WAIT_S, Late.SKIP, _SEE_NOTHING,
)  # fmt: skip

_COAST = Step(
    "coast",
    "Now keep your feet STILL and let it roll. Do the pedals turn by themselves? Then there is no "
    "freewheel: let them come to rest, and skip this.",
    Part.COAST, Need.ROLLING, COAST_S, ROLL_WAIT_S, Late.SKIP, "Waiting for still feet.",
)  # fmt: skip

_GHOST = Step(
    "ghost",
    "While it rolls, turn the pedals FORWARD so slowly that they do not drive it.",
    Part.GHOST, Need.MOVING, COAST_S, ROLL_WAIT_S, Late.SKIP, _SEE_NOTHING,
)  # fmt: skip

BIKE: Final = (
    _BIKE_READY,
    _BIKE_FORWARD,
    _stop("stop", "STOP pedalling and wait until the wheel stands still."),
    _BIKE_BACKWARD,
    _stop("stop_again", "STOP, and wait until all stands still."),
    _SPEED_UP,
    _COAST,
)

BIKE_WITH_GHOST: Final = (*BIKE, _SPEED_UP, _GHOST)

CROSS_TRAINER: Final = (
    Step(
        "ready_standing",
        "Step on and hold the handles. Keep still. You do everything yourself: I only watch, and "
        "switch nothing on the machine.",
        Part.STILL, Need.STILL, 3.0, READY_WAIT_S, Late.SKIP, _ROLLS,
    ),
    _forward("Walk FORWARD, easily and evenly."),
    _stop("stop", "STOP and wait until the pedals stand still."),
    Step(
        "backward_standing",
        "Walk BACKWARD, slowly at first, then evenly. Hold the handles.",
        Part.BACKWARD, Need.MOVING, EACH_WAY_S, UNSEEN_S, Late.COUNT, _BIKE_BACKWARD.note,
    ),
    _stop("stop_again", "STOP, and wait until all stands still."),
)  # fmt: skip

TREADMILL: Final = (
    Step(
        "belt_ready",
        "The belt must STAND STILL. Clip on the safety key and hold the handrail. You start and "
        "stop the belt yourself: I only watch, and send the machine nothing.",
        Part.STILL, Need.STILL, 3.0, READY_WAIT_S, Late.END,
        "The belt runs. Stop it; I begin when it stands still.",
    ),
    Step(
        "belt_forward",
        "Start the belt slowly, at 1.5 to 2.5 km/h, and walk FORWARD. Hold the handrail.",
        Part.FORWARD, Need.MOVING, EACH_WALK_S, MOVE_WAIT_S, Late.END, _SEE_NOTHING,
    ),
    Step(
        "belt_stop", "STOP the belt, and hold the handrail until it stands still.",
        Part.STILL, Need.STILL, STILL_S, ROLL_OUT_S, Late.END, "The belt still runs. Stop it.",
    ),
    Step(
        "belt_turn",
        "The belt stands still. TURN ROUND now, hand on the rail. A belt that can run the other "
        "way: set that now, at a standstill, and stay as you are.",
        Part.STILL, Need.STILL, TURN_S, ROLL_OUT_S, Late.END,
        "The belt runs. Stop it before you turn round.",
    ),
    Step(
        "belt_backward",
        "Start the belt at the SAME slow speed, and walk BACKWARD. Hold the handrail.",
        Part.BACKWARD, Need.MOVING, EACH_WALK_S, MOVE_WAIT_S, Late.SKIP, _SEE_NOTHING,
    ),
    Step(
        "belt_end", "STOP the belt, and hold the handrail until it stands still.",
        Part.STILL, Need.STILL, STILL_S, ROLL_OUT_S, Late.END, "The belt still runs. Stop it.",
    ),
)  # fmt: skip


def steps_for(kind: MachineKind, *, ghost: bool = False) -> tuple[Step, ...]:
    """Return the steps for a kind of machine; none for one that cannot be calibrated.

    ghost: also ask a cyclist to turn the legs without driving.
    """
    if kind is MachineKind.TREADMILL:
        return TREADMILL
    if kind is MachineKind.CROSS_TRAINER:
        return CROSS_TRAINER
    if kind is MachineKind.INDOOR_BIKE:
        return BIKE_WITH_GHOST if ghost else BIKE
    return ()
