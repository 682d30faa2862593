"""What one channel may say: capped, earned, and the same for both ways."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.motion.evidence import DECIDES, NEVER, Channel, ChannelKind
from ftms_bridge.motion.profile import UNPROVEN, ChannelProof, DirectionProfile
from tests.motion.bench import kind_of_channel, proof, proven

EITHER = st.sampled_from([-1, 0, 1])
STATED = st.tuples(st.just("state"), EITHER)
LEANT = st.tuples(st.just("lean"), st.floats(-9.0, 9.0, allow_nan=False))
FADED = st.tuples(st.just("fade"), st.floats(0.0, 1.0))
SAID = st.lists(st.one_of(STATED, LEANT, FADED), max_size=12)
ONE_WAY = kind_of_channel("one_way", backward=5.0, forward=0.0, forward_later=4.0, cap=5.0)


def made(kind: ChannelKind, *proofs: ChannelProof) -> Channel:
    return Channel(kind, "s", proven(*proofs))


def say(channel: Channel, what: tuple[str, float], at: float) -> None:
    word, value = what
    if word == "state":
        channel.state(int(value), at)
    elif word == "lean":
        channel.lean(value, at)
    else:
        channel.fade(value)


@settings(max_examples=60)
@given(said=SAID, cap=st.floats(0.0, 6.0), is_proven=st.booleans())
def test_nothing_is_believed_beyond_the_cap(
    said: list[tuple[str, float]], cap: float, is_proven: bool
) -> None:
    proofs = [proof("k", "s")] if is_proven else []
    channel = made(kind_of_channel("k", cap=cap, cap_proven=cap), *proofs)
    for at, what in enumerate(said):
        say(channel, what, float(at))
        assert abs(channel.llr) <= cap


@settings(max_examples=60)
@given(said=SAID, is_proven=st.booleans())
def test_what_is_mirrored_is_believed_as_much_the_other_way(
    said: list[tuple[str, float]], is_proven: bool
) -> None:
    proofs = [proof("k", "s")] if is_proven else []
    one, other = made(kind_of_channel("k"), *proofs), made(kind_of_channel("k"), *proofs)
    for at, (word, value) in enumerate(said):
        say(one, (word, value), float(at))
        say(other, (word, value if word == "fade" else -value), float(at))
        assert one.llr == -other.llr


@settings(max_examples=60)
@given(said=SAID)
def test_an_inverted_sensor_with_inverted_proof_says_the_same(
    said: list[tuple[str, float]],
) -> None:
    kind = kind_of_channel("k", backward=1.0, forward=1.0, proven=2.5)
    right, wrong = made(kind, proof("k", "s")), made(kind, proof("k", "s", polarity=-1))
    for at, (word, value) in enumerate(said):
        say(right, (word, value), float(at))
        say(wrong, (word, value if word == "fade" else -value), float(at))
        assert right.llr == wrong.llr


@pytest.mark.parametrize("sign", [-1, 1])
def test_an_unproven_statement_counts_from_the_second_in_a_row(sign: int) -> None:
    channel = made(kind_of_channel())
    channel.state(sign, 1.0)
    assert channel.llr == 0.0
    channel.state(sign, 2.0)
    assert channel.llr * sign >= DECIDES
    assert (channel.turned_at, channel.spoke_at) == (1.0, 2.0)


def test_a_proven_statement_counts_at_once_where_nothing_was_believed() -> None:
    channel = made(kind_of_channel("k"), proof("k", "s"))
    channel.state(1, 1.0)
    assert channel.llr >= DECIDES


@pytest.mark.parametrize("is_proven", [False, True])
def test_one_contradiction_takes_away_what_was_believed_and_two_turn_it(is_proven: bool) -> None:
    channel = made(kind_of_channel("k"), *([proof("k", "s")] if is_proven else []))
    for at in range(5):
        channel.state(1, float(at))
    channel.state(-1, 5.0)
    assert channel.llr == 0.0
    channel.state(-1, 6.0)
    assert channel.llr <= -DECIDES
    assert channel.turned_at == 5.0


def test_a_sample_that_says_neither_way_leaves_what_was_believed() -> None:
    channel = made(kind_of_channel("k"), proof("k", "s"))
    channel.state(1, 1.0)
    believed = channel.llr
    channel.state(0, 2.0)
    channel.lean(0.0, 3.0)
    assert (channel.llr, channel.at, channel.spoke_at) == (believed, 3.0, 1.0)


def test_forward_is_worth_nothing_before_backward_was_said() -> None:
    channel = made(ONE_WAY)
    for at in range(50):
        channel.state(-1, float(at))
        assert channel.llr == 0.0
    for at in range(50, 53):
        channel.state(1, float(at))
    channel.state(-1, 53.0)
    channel.state(-1, 54.0)
    assert channel.llr <= -DECIDES


def test_one_wrong_sample_does_not_make_forward_worth_anything() -> None:
    channel = made(ONE_WAY)
    for at in range(30):
        channel.state(1 if at % 3 == 0 else -1, float(at))
        assert channel.llr == 0.0


def test_proof_makes_forward_worth_as_much_as_backward() -> None:
    one_way = kind_of_channel("one_way", backward=0.0, forward=0.0)
    channel = made(one_way, proof("one_way", "s"))
    channel.state(-1, 1.0)
    forward = channel.llr
    channel.reset()
    channel.state(1, 2.0)
    assert channel.llr == -forward >= DECIDES


def test_few_samples_of_calibration_make_one_sample_worth_less_but_more_add_up() -> None:
    kind = kind_of_channel("k", backward=0.0, forward=0.0)
    channel = made(kind, ChannelProof("k", "s", 1, samples=2, cap=log(3)))
    channel.state(1, 1.0)
    assert channel.llr == pytest.approx(log(3))
    for at in range(2, 9):
        channel.state(1, float(at))
    assert channel.llr == kind.cap_proven


def test_calibration_takes_nothing_away_from_what_it_confirms() -> None:
    sure = kind_of_channel("k", backward=5.0, cap=5.0)
    weak = ChannelProof("k", "s", 1, samples=1, cap=log(2))
    channel = made(sure, weak)
    channel.state(1, 1.0)
    assert channel.llr == 5.0


def test_a_channel_that_says_the_same_both_ways_is_not_listened_to() -> None:
    channel = Channel(kind_of_channel("k"), "s", DirectionProfile(blind=(("k", "s"),)))
    for at in range(5):
        channel.state(1, float(at))
        channel.lean(9.0, float(at))
    assert channel.is_mute
    assert channel.llr == 0.0
    assert not channel.can_decide


def test_a_proof_of_another_source_proves_nothing() -> None:
    assert not made(kind_of_channel("k"), proof("k", "other")).proven


def test_only_what_reaches_the_threshold_can_decide() -> None:
    assert made(kind_of_channel(cap=DECIDES)).can_decide
    assert not made(kind_of_channel(cap=DECIDES - 0.1)).can_decide
    assert not made(kind_of_channel(backward=0.0, forward=0.0)).can_decide
    weak = kind_of_channel("weak", backward=0.0, forward=0.0, cap=0.0)
    assert made(weak, proof("weak", "s")).can_decide


def test_trust_that_is_taken_back_takes_back_what_was_believed() -> None:
    channel = made(kind_of_channel("k", backward=0.0, forward=0.0), proof("k", "s"))
    channel.state(1, 1.0)
    channel.trust(UNPROVEN)
    assert (channel.llr, channel.proven, channel.can_decide) == (0.0, False, False)
    channel.state(1, 2.0)
    channel.state(1, 3.0)
    assert channel.llr == 0.0


def test_a_new_channel_has_never_spoken() -> None:
    channel = made(kind_of_channel())
    assert (channel.llr, channel.at, channel.spoke_at, channel.value) == (0.0, NEVER, NEVER, None)
    channel.weigh(1.0)
    assert channel.at == NEVER
