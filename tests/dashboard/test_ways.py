"""The direction in words: why, on what ground, by what evidence, for how long."""

from __future__ import annotations

from ftms_bridge.dashboard.reading import DirectionReading, EvidenceReading
from ftms_bridge.dashboard.ways import (
    REASONS,
    bout_words,
    ground,
    proof,
    proof_at_length,
    share_words,
    since,
)
from ftms_bridge.motion.direction import Reason

ANGLE = EvidenceReading("crank_angle", "rising", 4.2, 0.3, proven=True)
COUNTER = EvidenceReading("wheel_counter", "", -1.0, None, proven=False)
TIMES = {"forward_s": 500.0, "backward_s": 190.0, "stopped_s": 24.0, "unknown_s": 40.0}


def test_every_reason_of_the_core_has_words() -> None:
    assert set(REASONS) == {reason.value for reason in Reason}


def test_an_unknown_direction_says_why() -> None:
    no_channel = DirectionReading("unknown", "no_directional_channel")
    assert ground(no_channel) == "this machine sends nothing that tells direction"
    assert ground(DirectionReading("unknown", "some_new_reason")) == "some new reason"
    assert ground(DirectionReading("unknown")) == "no reason given"


def test_a_known_direction_says_what_it_rests_on() -> None:
    assert ground(DirectionReading("backward", basis="declared")) == "declared"
    sure = DirectionReading("backward", basis="measured", confidence=0.97, since_s=65.0)
    assert ground(sure) == "measured, 97 % sure"
    assert since(sure) == "for 1:05"
    assert since(DirectionReading("stopped")) == ""


def test_what_is_nearly_certain_is_not_called_certain() -> None:
    sure = DirectionReading("backward", basis="measured", confidence=0.998)
    assert ground(sure) == "measured, 99.8 % sure"


def test_the_strongest_evidence_is_told_short_and_at_length() -> None:
    known = DirectionReading("backward", evidence=ANGLE)
    assert proof(known) == "crank angle says backward"
    assert proof_at_length(known) == (
        "crank angle (rising) says backward · proven · log-odds 4.2 · 0.3 s ago"
    )
    unknown = DirectionReading("unknown", "channel_unproven", evidence=COUNTER)
    assert proof(unknown) == "wheel counter says forward, but is not proven"
    assert proof_at_length(unknown) == (
        "wheel counter says forward · not proven · log-odds 1.0 · 0.0 s ago"
    )


def test_without_evidence_nothing_is_told_of_it() -> None:
    mute = EvidenceReading("crank_angle", "blind", 0.0, 0.3, proven=True)
    for direction in (DirectionReading("unknown"), DirectionReading("unknown", evidence=mute)):
        assert (proof(direction), proof_at_length(direction)) == ("", "")


def test_the_time_of_each_direction_is_told() -> None:
    assert share_words(dict(TIMES)) == "forward 8:20  backward 3:10  stopped 0:24  unknown 0:40"
    assert share_words({"forward_s": None}) == ""


def test_bouts_are_told_when_there_were_any() -> None:
    metrics = {"direction_switches": 4.0, "longest_backward_s": 95.0}
    assert bout_words(dict(metrics)) == ["4 switches", "longest back 1:35"]
    assert bout_words({"direction_switches": 1.0}) == ["1 switch"]
    assert bout_words({"direction_switches": 0.0, "longest_backward_s": 0.0}) == []
