"""Why nothing is said."""

from __future__ import annotations

import pytest

from ftms_bridge.measurement.sources import MachineKind
from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.evidence import NEVER, Channel
from ftms_bridge.motion.fusion import Fusion
from ftms_bridge.motion.profile import DirectionProfile, SpeedSource
from ftms_bridge.motion.reasons import WhyUnknown
from tests.motion.bench import saying

BIKE, BELT = MachineKind.INDOOR_BIKE, MachineKind.TREADMILL


def why(*channels: Channel, kind: MachineKind = BELT, at: float = 1.0) -> Reason:
    return WhyUnknown(Fusion(channels), kind).at(at)


def silent() -> Channel:
    channel = saying(0.0)
    channel.at = channel.spoke_at = NEVER
    return channel


def test_a_machine_of_which_nothing_speaks_has_no_channel() -> None:
    assert why() is Reason.NO_DIRECTIONAL_CHANNEL
    assert why(silent()) is Reason.NO_DIRECTIONAL_CHANNEL


@pytest.mark.parametrize("source", list(SpeedSource))
def test_a_bike_whose_speed_nobody_checked_says_so(source: SpeedSource) -> None:
    reason = WhyUnknown(Fusion([]), BIKE)
    reason.profile = DirectionProfile(speed_source=source)
    unverified = source is SpeedSource.UNKNOWN
    assert (reason.at(1.0) is Reason.SPEED_SOURCE_UNVERIFIED) == unverified


def test_an_unproven_channel_that_calibration_could_prove_gives_hope() -> None:
    for promising, reason in (
        (True, Reason.CHANNEL_UNPROVEN),
        (False, Reason.NO_DIRECTIONAL_CHANNEL),
    ):
        channel = saying(0.0, is_proven=False, promising=promising, backward=0.0, forward=0.0)
        assert why(channel) is reason


def test_a_channel_that_could_decide_is_waited_for_or_is_stale() -> None:
    channel = saying(0.0, fresh_s=5.0)
    assert why(channel, at=4.0) is Reason.AFTER_STOP_UNCONFIRMED
    assert why(channel, at=6.0) is Reason.EVIDENCE_STALE


def test_a_channel_that_says_the_same_both_ways_gives_no_hope() -> None:
    channel = saying(0.0, promising=True, is_proven=False)
    assert why(channel) is Reason.AFTER_STOP_UNCONFIRMED
    channel.is_mute = True
    assert why(channel) is Reason.NO_DIRECTIONAL_CHANNEL


def test_what_a_channel_notes_is_said_before_what_is_missing() -> None:
    channel = saying(0.0, promising=True)
    channel.note = Reason.BLIND_CADENCE
    assert why(channel) is Reason.BLIND_CADENCE


def test_a_contradiction_is_said_before_everything() -> None:
    back, forth = saying(4.0, "a"), saying(-4.0, "b")
    back.note = Reason.BLIND_CADENCE
    fusion = Fusion([back, forth])
    reasons = WhyUnknown(fusion, BIKE)
    for at in (0.0, 3.5):
        fusion.add_up(at, persists=True)
    assert reasons.at(3.5) is Reason.CONFLICTING_EVIDENCE
