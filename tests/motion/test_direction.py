"""The words for directions and for why there is none."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from enum import Enum

import pytest

from ftms_bridge.motion.direction import Direction, DirectionBasis, DirectionEstimate, Reason


def test_there_are_four_directions_and_two_bases() -> None:
    assert [one.value for one in Direction] == ["forward", "backward", "stopped", "unknown"]
    assert [one.value for one in DirectionBasis] == ["measured", "declared"]


def test_there_is_a_reason_for_everything_that_can_be_missing() -> None:
    assert {one.value for one in Reason} == {
        "no_directional_channel", "channel_unproven", "speed_source_unverified", "not_driving",
        "after_stop_unconfirmed", "conflicting_evidence", "evidence_stale", "gear_unknown",
        "blind_cadence", "below_min_speed", "gait_other", "parse_uncertain", "declaration_expired",
    }  # fmt: skip


@pytest.mark.parametrize("words", [Direction, DirectionBasis, Reason])
def test_words_are_unique_and_named_alike(words: type[Enum]) -> None:
    assert len(words) == len(words.__members__)
    assert all(one.value == one.name.lower() for one in words)


def test_an_estimate_says_nothing_that_it_was_not_given_and_does_not_change() -> None:
    estimate = DirectionEstimate(Direction.UNKNOWN, 3.0)
    assert (estimate.basis, estimate.confidence, estimate.reason) == (None, None, None)
    assert estimate.onset_uncertainty_s is None
    with pytest.raises(FrozenInstanceError):
        estimate.since = 4.0  # type: ignore[misc]
