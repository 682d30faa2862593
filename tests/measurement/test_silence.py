"""What counts as a gap."""

from __future__ import annotations

from ftms_bridge.measurement.silence import SilenceWatch


def watch(interval_s: float, count: int = 20) -> SilenceWatch:
    made = SilenceWatch()
    for _ in range(count):
        made.receive(interval_s)
    return made


def test_a_machine_at_4_hz_has_a_gap_after_3_s() -> None:
    assert not watch(0.25).is_gap(3.0)
    assert watch(0.25).is_gap(3.01)


def test_a_slow_machine_may_be_silent_for_three_of_its_intervals() -> None:
    assert not watch(5.0).is_gap(15.0)
    assert watch(5.0).is_gap(15.1)


def test_a_machine_that_becomes_slow_is_believed_after_a_while() -> None:
    made = watch(1.0)
    gaps = 0
    for _ in range(20):
        gaps += made.is_gap(5.0)
        made.receive(5.0)
    assert 0 < gaps < 10


def test_without_a_rhythm_3_s_are_the_limit() -> None:
    assert SilenceWatch().is_gap(3.5)
    assert not SilenceWatch().is_gap(2.5)


def test_a_few_late_records_do_not_change_the_rhythm() -> None:
    made = watch(1.0)
    for _ in range(5):
        made.receive(2.9)
    assert made.is_gap(3.1)
