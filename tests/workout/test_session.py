"""The session's table of states, and when it starts, pauses and ends."""

from __future__ import annotations

from itertools import product

from ftms_bridge.workout.session import NEXT, Cue, SessionRules, SessionState, SessionTracker


def test_every_pair_of_state_and_cue_follows_the_table() -> None:
    for state, cue in product(SessionState, Cue):
        tracker = SessionTracker(SessionRules())
        tracker.state = state
        changed = tracker.cue(cue, 1.0)
        assert tracker.state is NEXT[state].get(cue, state)
        assert changed is (cue in NEXT[state] and NEXT[state][cue] is not state)


def test_the_first_motion_starts_a_session() -> None:
    tracker = SessionTracker(SessionRules())
    assert tracker.receive(moving=True, at=7.0)
    assert (tracker.state, tracker.started_at) == (SessionState.ACTIVE, 7.0)


def test_a_zero_between_two_moving_records_does_not_pause() -> None:
    tracker = SessionTracker(SessionRules())
    tracker.receive(moving=True, at=0.0)
    assert not tracker.receive(moving=False, at=1.0)
    assert not tracker.receive(moving=True, at=2.0)
    assert not tracker.receive(moving=False, at=4.5)
    assert tracker.state is SessionState.ACTIVE


def test_standing_still_pauses_and_motion_resumes() -> None:
    tracker = SessionTracker(SessionRules(pause_after_s=3.0))
    tracker.receive(moving=True, at=0.0)
    for at in (1.0, 2.0, 3.0):
        assert not tracker.receive(moving=False, at=at)
    assert tracker.receive(moving=False, at=4.0)
    assert tracker.state is SessionState.PAUSED
    assert tracker.receive(moving=True, at=20.0)
    assert (tracker.state, tracker.started_at) == (SessionState.ACTIVE, 0.0)


def test_a_pause_has_an_end_of_its_own() -> None:
    tracker = SessionTracker(SessionRules(end_after_s=300.0))
    assert tracker.deadline() is None
    tracker.receive(moving=True, at=0.0)
    assert tracker.deadline() is None
    tracker.cue(Cue.LINK_LOST, 10.0)
    assert tracker.deadline() == 310.0


def test_a_pause_asked_for_lasts_while_the_rider_rolls_on() -> None:
    tracker = SessionTracker(SessionRules())
    tracker.receive(moving=True, at=0.0)
    tracker.cue(Cue.PAUSE_ASKED, 5.0)
    assert not tracker.receive(moving=True, at=6.0)
    states = [tracker.state]
    assert tracker.cue(Cue.RESUME_ASKED, 7.0)
    states.append(tracker.state)
    assert states == [SessionState.PAUSED, SessionState.ACTIVE]


def test_after_a_stop_motion_ends_a_pause_that_was_asked_for() -> None:
    tracker = SessionTracker(SessionRules())
    tracker.receive(moving=True, at=0.0)
    tracker.cue(Cue.PAUSE_ASKED, 5.0)
    tracker.receive(moving=False, at=6.0)
    tracker.receive(moving=False, at=7.0)
    assert tracker.receive(moving=True, at=30.0)


def test_rolling_on_after_an_end_that_was_asked_for_starts_nothing() -> None:
    tracker = SessionTracker(SessionRules())
    tracker.receive(moving=True, at=0.0)
    tracker.cue(Cue.END_ASKED, 50.0)
    assert not tracker.open
    assert not tracker.receive(moving=True, at=51.0)
    tracker.receive(moving=False, at=52.0)
    tracker.receive(moving=False, at=53.0)
    assert tracker.receive(moving=True, at=60.0)
    assert tracker.started_at == 60.0


def test_motion_after_an_idle_end_starts_a_new_session() -> None:
    tracker = SessionTracker(SessionRules())
    tracker.receive(moving=True, at=0.0)
    tracker.cue(Cue.LINK_LOST, 10.0)
    tracker.cue(Cue.IDLE_TOO_LONG, 310.0)
    assert tracker.receive(moving=True, at=400.0)
    assert tracker.started_at == 400.0
