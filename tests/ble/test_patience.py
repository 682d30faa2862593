from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.ble.patience import Patience, Step


def steps(patience: Patience, begin: float, end: float) -> list[tuple[float, Step]]:
    """Return what was asked for and when, looking twice a second."""
    asked: list[tuple[float, Step]] = []
    for tick in range(int(begin * 2), int(end * 2) + 1):
        step = patience.step(tick / 2)
        if step is not Step.NOTHING:
            asked.append((tick / 2, step))
        if step is Step.RECONNECT:
            break
    return asked


def test_a_machine_that_fell_silent_is_subscribed_again_and_then_connected_anew() -> None:
    patience = Patience(0.0, quiet=False)
    for second in range(10):
        patience.hear(float(second))
    assert steps(patience, 9.0, 60.0) == [(14.0, Step.RESUBSCRIBE), (19.0, Step.RECONNECT)]


def test_a_machine_that_was_never_heard_is_connected_anew_once() -> None:
    first = [(5.0, Step.RESUBSCRIBE), (10.0, Step.RECONNECT)]
    assert steps(Patience(0.0, quiet=False), 0.0, 60.0) == first


def test_a_machine_that_is_silent_by_habit_is_only_probed() -> None:
    asked = steps(Patience(0.0, quiet=True), 0.0, 61.0)
    assert [step for _, step in asked] == [Step.RESUBSCRIBE, *[Step.PROBE] * 4]


def test_a_quiet_machine_that_spoke_again_is_watched_as_closely_as_any() -> None:
    patience = Patience(0.0, quiet=True)
    patience.hear(100.0)
    assert steps(patience, 100.0, 200.0)[-1] == (110.0, Step.RECONNECT)


def test_a_slow_rhythm_gets_the_time_it_needs() -> None:
    patience = Patience(0.0, quiet=False)
    for count in range(12):
        assert patience.step(count * 5.0 + 4.9) in (Step.NOTHING, Step.RESUBSCRIBE)
        patience.hear(count * 5.0 + 5.0)
    asked = steps(patience, 60.0, 200.0)
    assert asked == [(75.0, Step.RESUBSCRIBE), (90.0, Step.RECONNECT)]


def test_a_long_pause_is_no_rhythm() -> None:
    patience = Patience(0.0, quiet=False)
    patience.hear(0.0)
    patience.hear(300.0)
    assert steps(patience, 300.0, 400.0)[-1] == (310.0, Step.RECONNECT)


@given(st.lists(st.floats(0.05, 2.9), min_size=2, max_size=40))
def test_a_machine_that_keeps_sending_is_left_alone(intervals: list[float]) -> None:
    patience, at = Patience(0.0, quiet=False), 0.0
    for interval in intervals:
        at += interval
        assert patience.step(at) is Step.NOTHING
        patience.hear(at)
