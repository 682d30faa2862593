"""Why nothing is said although the rider moves."""

from __future__ import annotations

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.evidence import NEVER
from ftms_bridge.motion.fusion import Fusion
from ftms_bridge.motion.profile import UNPROVEN, DirectionProfile, SpeedSource


class WhyUnknown:
    """Finds the most helpful reason: a contradiction, a channel's own word, what is missing."""

    __slots__ = ("_fusion", "_kind", "profile")

    def __init__(self, fusion: Fusion, kind: MachineKind) -> None:
        self._fusion = fusion
        self._kind = kind
        self.profile: DirectionProfile = UNPROVEN

    def at(self, at: float) -> Reason:
        """Return the reason at this instant."""
        fusion = self._fusion
        if fusion.conflict is not None:
            return Reason.CONFLICTING_EVIDENCE
        note = fusion.note()
        if note is not None:
            return note
        is_promising = False
        for channel in fusion.channels:
            if channel.at == NEVER or channel.is_mute:
                continue
            is_told = channel.proven or (channel.kind.promising and channel.could_say_this)
            if channel.can_decide and is_told:
                is_stale = at - channel.at > channel.fresh_s
                return Reason.EVIDENCE_STALE if is_stale else Reason.AFTER_STOP_UNCONFIRMED
            is_promising = is_promising or channel.kind.promising
        return self._nothing_spoke(is_promising=is_promising)

    def _nothing_spoke(self, *, is_promising: bool) -> Reason:
        if is_promising:
            return Reason.CHANNEL_UNPROVEN
        is_bike = self._kind is MachineKind.INDOOR_BIKE
        if is_bike and self.profile.speed_source is SpeedSource.UNKNOWN:
            return Reason.SPEED_SOURCE_UNVERIFIED
        return Reason.NO_DIRECTIONAL_CHANNEL
