"""What each reason for ``unknown`` means, in words for people, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ftms_bridge.motion.direction import Reason


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """One sentence on what is the matter, and one on what to do about it."""

    meaning: str
    remedy: str


_WORDS: Final = {
    Reason.NO_DIRECTIONAL_CHANNEL: ReasonWords(
        "Nothing that this machine or its sensors send depends on the direction.",
        "A direction sensor of your own where crank or belt turn back, else declare it; "
        "no software can do better.",
    ),
    Reason.CHANNEL_UNPROVEN: ReasonWords(
        "Something may depend on it, but it was not shown to follow you on this machine.",
        "Calibrate; a machine that was calibrated already proved nothing there.",
    ),
    Reason.SPEED_SOURCE_UNVERIFIED: ReasonWords(
        "Speed and cadence could tell, if the speed is measured and not made up from the cadence.",
        "Calibrate: the step in which you let it roll finds that out.",
    ),
    Reason.NOT_DRIVING: ReasonWords(
        "The cranks do not drive the wheel: you coast, or turn the legs without load, "
        "and that looks the same both ways.",
        "Nothing; it ends when you drive again, or turn the legs below the speed of the wheel.",
    ),
    Reason.AFTER_STOP_UNCONFIRMED: ReasonWords(
        "You slowed down or stopped, so you may have turned round, "
        "and nothing has confirmed a direction since.",
        "Keep moving evenly for some seconds.",
    ),
    Reason.CONFLICTING_EVIDENCE: ReasonWords(
        "Two proven sensors say opposite things for more than 3 s.",
        "Look at the evidence, find out which of them is wrong or belongs to somebody else, "
        "and calibrate again.",
    ),
    Reason.EVIDENCE_STALE: ReasonWords(
        "What could tell the direction was not heard lately.",
        "Look at the link of the machine or the sensor, and at the battery of the sensor.",
    ),
    Reason.GEAR_UNKNOWN: ReasonWords(
        "Power and speed fit another gear than the one that was calibrated.",
        "Stay in the new gear until it is sure, or go back; calibrate in the gear that you use.",
    ),
    Reason.BLIND_CADENCE: ReasonWords(
        "At this cadence the crank stands in the same place at every packet, "
        "whichever way it turns.",
        "Pedal ten turns a minute faster or slower.",
    ),
    Reason.BELOW_MIN_SPEED: ReasonWords(
        "Too slow to tell motion from standing still, and not yet long enough to call it a stop.",
        "Nothing.",
    ),
    Reason.GAIT_OTHER: ReasonWords(
        "The steps fit neither of your two ways of walking: sideways, holding on, "
        "or you stand beside the belt.",
        "Nothing, if that is what you do; else calibrate again at the speed that you walk.",
    ),
    Reason.PARSE_UNCERTAIN: ReasonWords(
        "The last record had no value of motion that can be believed.",
        "Nothing, if it is rare; else make a recording, and ask the doctor about it.",
    ),
    Reason.DECLARATION_EXPIRED: ReasonWords(
        "What you declared has ended, and nothing is measured.",
        "Declare it again.",
    ),
}

REASON_WORDS: Final[Mapping[Reason, ReasonWords]] = MappingProxyType(_WORDS)
"""Every reason has its words; a test fails for one that has none."""
