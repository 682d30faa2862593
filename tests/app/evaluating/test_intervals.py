"""The back-dated record is rebuilt as it stands in the end, and compared with the intervals."""

from __future__ import annotations

from ftms_bridge.app.evaluating.intervals import Stretch, backdated, interval_errors
from ftms_bridge.app.evaluating.samples import Scored
from ftms_bridge.motion.direction import Direction
from tests.app.evaluating.made import ride


def say_since(samples: list[Scored], at: int, since: float) -> list[Scored]:
    """Let the word that is first said at a second hold since an earlier one."""
    word = samples[at].said
    for sample in samples[at:]:
        if sample.said is not word:
            break
        sample.since = since
    return samples


def test_a_confirmed_onset_labels_the_past_anew() -> None:
    samples = say_since(ride("10f 10b", "13F 2? 5B"), 15, 10.0)
    assert backdated(samples) == [
        Stretch(Direction.FORWARD, 0.0, 10.0),
        Stretch(Direction.BACKWARD, 10.0, 20.0),
    ]


def test_an_onset_before_the_ride_begins_with_it() -> None:
    samples = say_since(ride("10f", "3? 7F"), 3, -5.0)
    assert backdated(samples) == [Stretch(Direction.FORWARD, 0.0, 10.0)]


def test_an_estimate_that_changes_nothing_is_no_new_stretch() -> None:
    assert len(backdated(ride("10f", "10F"))) == 1
    assert backdated([]) == []


def test_perfect_back_dating_has_no_error() -> None:
    samples = say_since(ride("40f 40b", "43F 2? 35B"), 45, 40.0)
    assert interval_errors(samples) == [0.0, 0.0]


def test_latency_without_back_dating_is_an_error() -> None:
    assert interval_errors(ride("40f 40b", "43F 2? 35B")) == [3.0, -5.0]


def test_intervals_that_are_short_or_never_said_do_not_count() -> None:
    assert interval_errors(ride("29f 40b", "29F 40?")) == []


def test_what_is_credited_between_two_intervals_goes_to_the_nearer() -> None:
    samples = ride("40f 10s 40f", "44F 4S 42F")
    assert interval_errors(samples) == [4.0, 2.0]
