from __future__ import annotations

from ftms_bridge.ble.backoff import LONGEST_S, PATIENT_FAILURES, PATIENT_S, STABLE_S, BackOff


def test_rests_grow_to_the_patient_one_and_later_to_the_longest() -> None:
    back_off = BackOff(lambda: 0.0)
    rests = [back_off.rest_s() for _ in range(30)]
    assert rests[:6] == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0]
    assert max(rests[:PATIENT_FAILURES]) == PATIENT_S
    assert rests[-1] == LONGEST_S
    assert rests == sorted(rests)


def test_chance_makes_a_rest_shorter_by_a_quarter_at_most() -> None:
    assert BackOff(lambda: 0.999).rest_s() > 0.25 * 0.75


def test_only_a_connection_that_lasted_ends_the_trouble() -> None:
    back_off = BackOff(lambda: 0.0)
    back_off.rest_s()
    back_off.rest_s()
    back_off.ended(0.0, was_heard=False)
    back_off.rest_s()
    assert back_off.failures == 3
    back_off.ended(0.1, was_heard=False)
    assert back_off.failures == 3
    back_off.ended(0.1, was_heard=True)
    assert back_off.failures == 2
    assert back_off.rest_s() == 1.0
    back_off.ended(STABLE_S - 1, was_heard=False)
    assert back_off.failures == 2
    back_off.ended(STABLE_S, was_heard=False)
    assert back_off.rest_s() == 0.25
