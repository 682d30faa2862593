"""What several channels say together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.motion.direction import Reason
from ftms_bridge.motion.evidence import DECIDES, Channel
from ftms_bridge.motion.fusion import CONFLICT_S, SURE, Fusion
from tests.motion.bench import saying

SPOKEN = st.lists(
    st.tuples(
        st.floats(-6.0, 6.0, allow_nan=False),
        st.sampled_from("abc"),
        st.booleans(),
        st.booleans(),
    ),
    max_size=6,
)


def fused(*channels: Channel, at: float = 0.0, persists: bool = False) -> float:
    return Fusion(channels).add_up(at, persists=persists)


@settings(max_examples=80)
@given(spoken=SPOKEN)
def test_the_sum_is_capped_and_symmetric(spoken: list[tuple[float, str, bool, bool]]) -> None:
    one, other = (
        Fusion(
            saying(sign * llr, source, explicit=explicit, is_proven=is_proven)
            for llr, source, explicit, is_proven in spoken
        )
        for sign in (1, -1)
    )
    for at in (0.0, 4.0):
        total = one.add_up(at, persists=False)
        assert abs(total) <= SURE
        assert total == -other.add_up(at, persists=False)
        assert (one.conflict is None) == (other.conflict is None)


@settings(max_examples=40)
@given(spoken=SPOKEN)
def test_a_sensor_never_counts_for_more_than_its_strongest_channel(
    spoken: list[tuple[float, str, bool, bool]],
) -> None:
    channels = [saying(llr, "one", explicit=explicit) for llr, _, explicit, _ in spoken]
    assert abs(fused(*channels)) <= max((abs(one.llr) for one in channels), default=0.0)


def test_sensors_are_added_and_channels_of_one_sensor_are_not() -> None:
    assert fused(saying(2.0, "a"), saying(1.5, "b")) == 3.5
    assert fused(saying(2.0, "a"), saying(1.5, "a")) == 2.0


def test_what_states_the_way_is_heard_before_what_leans_to_it() -> None:
    stated, leant = saying(3.0, explicit=True), saying(-5.0, explicit=False)
    assert fused(stated, leant) == fused(leant, stated) == 3.0


def test_a_sensor_that_contradicts_itself_is_not_heard() -> None:
    assert fused(saying(4.0), saying(-5.0)) == 0.0
    assert fused(saying(4.0), saying(-5.0), saying(3.5, "b")) == 3.5
    assert fused(saying(4.0), saying(-1.0)) == 4.0


def test_what_is_too_old_counts_only_where_a_direction_persists() -> None:
    old = saying(4.0, fresh_s=5.0)
    assert fused(old, at=5.0) == 4.0
    assert fused(old, at=5.1) == 0.0
    assert fused(old, at=180.0, persists=True) == 4.0
    assert fused(old, at=181.0, persists=True) == (0.0 if old.is_explicit else 4.0)


def test_the_leader_is_the_strongest_voice() -> None:
    weak, strong = saying(2.0, "a"), saying(-3.0, "b")
    fusion = Fusion([weak, strong])
    fusion.add_up(0.0, persists=False)
    assert fusion.leader is strong
    strong.llr = 0.0
    fusion.add_up(0.0, persists=False)
    assert fusion.leader is weak
    weak.llr = 0.0
    fusion.add_up(0.0, persists=False)
    assert fusion.leader is None


def conflict_after(seconds: float, *channels: Channel) -> tuple[Channel, Channel] | None:
    fusion = Fusion(channels)
    fusion.add_up(0.0, persists=True)
    fusion.add_up(seconds, persists=True)
    return fusion.conflict


def test_two_proven_sensors_that_contradict_each_other_are_told_after_a_while() -> None:
    back, forth = saying(4.0, "a"), saying(-4.0, "b")
    assert conflict_after(CONFLICT_S, back, forth) is None
    assert conflict_after(CONFLICT_S + 0.1, back, forth) == (back, forth)
    assert conflict_after(CONFLICT_S + 0.1, forth, back) == (back, forth)


@pytest.mark.parametrize(
    "other",
    [
        saying(-4.0, "b", is_proven=False),
        saying(-(DECIDES - 0.1), "b"),
        saying(4.0, "b"),
        saying(-4.0, "a"),
    ],
    ids=["unproven", "weak", "agrees", "same_sensor"],
)
def test_nothing_else_is_a_conflict(other: Channel) -> None:
    assert conflict_after(10.0, saying(4.0, "a"), other) is None


def test_a_conflict_ends_when_one_of_them_gives_in() -> None:
    back, forth = saying(4.0, "a"), saying(-4.0, "b")
    fusion = Fusion([back, forth])
    for at in (0.0, 4.0):
        fusion.add_up(at, persists=True)
    forth.llr = 0.0
    fusion.add_up(5.0, persists=True)
    assert fusion.conflict is None
    forth.llr = -4.0
    for at in (6.0, 8.0):
        fusion.add_up(at, persists=True)
    assert fusion.conflict is None


def test_reset_forgets_everything() -> None:
    fusion = Fusion([saying(4.0, "a"), saying(-4.0, "b")])
    for at in (0.0, 4.0):
        fusion.add_up(at, persists=True)
    fusion.reset()
    assert (fusion.total, fusion.leader, fusion.conflict) == (0.0, None, None)
    assert fusion.add_up(5.0, persists=True) == 0.0


def test_the_note_of_a_proven_channel_is_the_better_one() -> None:
    guess, sure = saying(0.0, "a", is_proven=False), saying(0.0, "b")
    guess.note, sure.note = Reason.GAIT_OTHER, Reason.BLIND_CADENCE
    fusion = Fusion([guess, sure])
    assert fusion.note() is Reason.BLIND_CADENCE
    sure.note = None
    assert fusion.note() is Reason.GAIT_OTHER
    guess.note = None
    assert fusion.note() is None


def test_rows_come_strongest_first_and_the_silent_ones_only_if_asked_for() -> None:
    silent, weak, strong = saying(0.0, "a"), saying(1.0, "b"), saying(-4.0, "c", is_proven=False)
    fusion = Fusion([silent, weak, strong])
    rows = fusion.rows(2.0, silent=False)
    assert [(row.source, row.llr, row.age_s, row.proven) for row in rows] == [
        ("c", -4.0, 2.0, False),
        ("b", 1.0, 2.0, True),
    ]
    assert [row.source for row in fusion.rows(2.0, silent=True)] == ["c", "b", "a"]
