"""Sessions at their edges: pauses asked for, lost links, doubt, gaps, and what is credited."""

from __future__ import annotations

from typing import Any

import pytest

from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import LinkChange, Notification
from ftms_bridge.measurement.sources import SensorKind, SensorSpec
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.telemetry.publish import Publish
from tests.pipeline.rides import BIKE, bike, bike_pipeline, drive, events, payloads

Effects = list[tuple[float, Publish]]


def rolling(start: float, seconds: int, *, rate_hz: int = 1) -> list[Notification]:
    """Return a steady ride: 25.2 km/h (7 m/s), 200 W, with a distance counter."""
    return [
        bike(
            start + n / rate_hz,
            speed_kmh=25.2,
            power_w=200,
            distance_m=round(7 * (start + n / rate_hz)),
        )
        for n in range(seconds * rate_hz)
    ]


def standing(start: float, seconds: int) -> list[Notification]:
    return [
        bike(start + n, speed_kmh=0.0, power_w=0, distance_m=round(7 * start))
        for n in range(seconds)
    ]


def obey(pipeline: Pipeline, verb: Verb, at: float) -> Effects:
    return [(at, effect) for effect in pipeline.command(Command("bike", verb), at)]


def finished(pipeline: Pipeline, effects: Effects, at: float) -> Any:
    """Finish and return the only summary."""
    effects = [*effects, *((at, effect) for effect in pipeline.finish(at))]
    (summary,) = payloads(effects, "session_last")
    return summary


def test_nothing_is_credited_in_a_pause_that_was_asked_for_even_if_the_rider_rolls_on() -> None:
    pipeline = bike_pipeline()
    effects = drive(pipeline, rolling(0.0, 61))
    effects += obey(pipeline, Verb.PAUSE, 60.5)
    effects += drive(pipeline, rolling(61.0, 180))
    effects += obey(pipeline, Verb.RESUME, 240.5)
    effects += drive(pipeline, rolling(241.0, 60))
    summary = finished(pipeline, effects, 300.0)
    assert summary["moving_s"] == pytest.approx(119.0, abs=1.1)
    assert summary["metrics"]["distance_m"] == pytest.approx(119 * 7, abs=8)
    assert summary["metrics"]["work_kj"] == pytest.approx(119 * 0.2, abs=0.3)
    assert summary["moving_s"] <= summary["elapsed_s"]


def test_a_pause_that_was_asked_for_does_not_end_the_session_under_a_rolling_rider() -> None:
    pipeline = bike_pipeline()
    effects = drive(pipeline, rolling(0.0, 10))
    effects += obey(pipeline, Verb.PAUSE, 9.5)
    effects += drive(pipeline, rolling(10.0, 600))
    assert events(effects) == ["session_started", "session_paused"]


def test_a_waiting_part_does_not_bring_a_lost_machine_back() -> None:
    pipeline = bike_pipeline()
    part = Notification(5.0, "bike", BIKE, bytes.fromhex("1100d20400"))
    effects = drive(
        pipeline, [*rolling(0.0, 5), part, LinkChange(5.5, "bike", up=False)], until=9.0
    )
    assert payloads(effects, "availability") == ["online", "offline"]


def test_a_gap_that_ends_in_a_lone_part_is_a_gap() -> None:
    pipeline = bike_pipeline()
    part = Notification(100.0, "bike", BIKE, bytes.fromhex("1100d20400"))
    effects = drive(pipeline, [*rolling(0.0, 10), part, *rolling(102.0, 5)], until=106.0)
    summary = finished(pipeline, effects, 106.0)
    assert summary["moving_s"] <= 9.0 + 6.0
    assert summary["gaps"] == 1


def test_time_is_not_credited_across_a_lost_link_however_slow_the_machine_is() -> None:
    pipeline = bike_pipeline()
    slow = [bike(5.0 * n, speed_kmh=25.2) for n in range(20)]
    back = [bike(109.0 + 5.0 * n, speed_kmh=25.2) for n in range(5)]
    effects = drive(pipeline, [*slow, LinkChange(96.0, "bike", up=False), *back])
    summary = finished(pipeline, effects, 129.0)
    assert summary["moving_s"] <= 95.0 + 20.0
    assert summary["moving_s"] <= summary["elapsed_s"]


def test_a_retained_state_does_not_freeze_values_of_a_machine_that_is_not_heard() -> None:
    strap = SensorSpec("strap", SensorKind.HEART_RATE)
    pipeline = bike_pipeline(strap)
    beats = [
        Notification(n + 0.2, "strap", 0x2A37, encode(0x2A37, {"hr_bpm": 150})) for n in range(40)
    ]
    arrivals = sorted([*rolling(0.0, 40), *beats], key=lambda n: n.at)
    cut: list[Any] = [*arrivals[:40], LinkChange(20.0, "bike", up=False), *arrivals[41:42]]
    effects = drive(pipeline, cut, until=60.0)
    state = payloads(effects, "state")[-1]
    assert state["availability"] == "offline"
    assert [state[key] for key in ("hr_bpm", "power_w", "power_3s_w", "speed_kmh")] == [None] * 4


def test_a_silent_machine_has_no_rolling_power() -> None:
    effects = drive(bike_pipeline(), rolling(0.0, 40), until=45.0)
    stale = payloads(effects, "live")[-1]
    assert (stale["fresh"], stale["metrics"]["power_3s_w"]) == (False, None)
    assert stale["metrics"]["avg_power_w"] == 200.0


@pytest.mark.parametrize("by_command", [True, False])
def test_the_retained_state_says_ended_when_a_session_of_an_offline_machine_ends(
    by_command: bool,
) -> None:
    pipeline = bike_pipeline()
    effects = drive(pipeline, rolling(0.0, 10), until=30.0)
    if by_command:
        effects += obey(pipeline, Verb.END, 30.0)
    else:
        effects += [(30.0, effect) for effect in pipeline.finish(30.0)]
    state = payloads(effects, "state")[-1]
    assert (state["session_state"], state["session_id"]) == ("ended", None)


def test_a_silent_machine_cannot_be_resumed_by_command() -> None:
    pipeline = bike_pipeline()
    drive(pipeline, rolling(0.0, 10), until=30.0)
    (result,) = payloads(obey(pipeline, Verb.RESUME, 30.0), "result")
    assert (result["status"], result["reason"]) == ("rejected", "machine_is_silent")
    assert pipeline.deadline() is not None


def test_after_an_end_asked_for_and_a_lost_link_the_next_ride_starts_at_once() -> None:
    pipeline = bike_pipeline()
    effects = drive(pipeline, rolling(0.0, 10))
    effects += obey(pipeline, Verb.END, 9.5)
    effects += drive(pipeline, [*rolling(10.0, 2), LinkChange(12.0, "bike", up=False)])
    effects += drive(pipeline, rolling(5000.0, 10))
    assert events(effects).count("session_started") == 2


def test_a_lap_in_a_pause_ends_with_the_motion() -> None:
    pipeline = bike_pipeline()
    effects = drive(pipeline, [*rolling(0.0, 61), *standing(61.0, 50)])
    effects += obey(pipeline, Verb.LAP, 110.5)
    summary = finished(pipeline, effects, 111.0)
    laps = [lap["elapsed_s"] for lap in summary["laps"]]
    assert all(elapsed_s >= 0 for elapsed_s in laps)
    assert sum(laps) == pytest.approx(summary["elapsed_s"])


def test_a_silence_after_which_nobody_rode_on_is_no_gap_of_the_session() -> None:
    pipeline = bike_pipeline()
    effects = drive(pipeline, [*rolling(0.0, 11), *standing(200.0, 5)])
    summary = finished(pipeline, effects, 205.0)
    assert (summary["gaps"], summary["gap_s"]) == (0, 0.0)
    assert summary["elapsed_s"] == pytest.approx(10.0, abs=0.2)


def test_a_short_blink_of_the_link_costs_no_distance() -> None:
    pipeline = bike_pipeline()
    arrivals: list[Any] = []
    for start in range(0, 60, 10):
        arrivals += [*rolling(float(start), 10), LinkChange(start + 9.4, "bike", up=False)]
        arrivals += [LinkChange(start + 9.6, "bike", up=True)]
    effects = drive(pipeline, [*arrivals, *rolling(60.0, 2)])
    summary = finished(pipeline, effects, 61.0)
    assert summary["gaps"] == 0
    assert summary["metrics"]["distance_m"] == pytest.approx(61 * 7, abs=1)


def test_who_resumes_while_standing_is_given_time_to_get_moving() -> None:
    pipeline = bike_pipeline()
    drive(pipeline, [*rolling(0.0, 20), *standing(20.0, 296)])
    assert payloads(obey(pipeline, Verb.RESUME, 316.5), "result")[0]["status"] == "done"
    effects = drive(pipeline, standing(317.0, 10))
    assert events(effects) == ["session_paused"]


def test_a_machine_that_sends_only_nonsense_pauses_the_session_after_a_while() -> None:
    pipeline = bike_pipeline()
    nonsense = [bike(20.0 + n, speed_kmh=655.34) for n in range(60)]
    effects = drive(pipeline, [*rolling(0.0, 20), *nonsense])
    assert events(effects) == ["session_started", "session_paused"]


def test_a_growing_distance_is_motion_even_when_the_speed_cannot_be_believed() -> None:
    pipeline = bike_pipeline()
    unreadable = [bike(float(n), speed_kmh=655.34, distance_m=7 * n) for n in range(20, 80)]
    effects = drive(pipeline, [*rolling(0.0, 20), *unreadable])
    summary = finished(pipeline, effects, 79.0)
    assert events(effects) == ["session_started"]
    assert summary["moving_s"] == pytest.approx(79.0, abs=1.1)
    assert summary["metrics"]["max_speed_kmh"] == 25.2


def test_a_status_that_was_damaged_does_not_repeat_the_one_before() -> None:
    pipeline = bike_pipeline()
    key = Notification(2.0, "bike", 0x2ADA, bytes.fromhex("03"))
    damaged = [
        Notification(100.0, "bike", 0x2ADA, b""),
        Notification(101.0, "bike", 0x2ADA, b"\x12\x01"),
    ]
    effects = drive(pipeline, [*rolling(0.0, 2), key, *damaged])
    assert events(effects).count("machine_status") == 1


def test_what_a_sender_repeats_is_told_now_and_then_with_its_count() -> None:
    pipeline = bike_pipeline()
    readings = [1000 + (n % 2) * 15 - n for n in range(120)]
    effects = drive(
        pipeline, [bike(n / 2, speed_kmh=20.0, distance_m=m) for n, m in enumerate(readings)]
    )
    told = [e["detail"] for e in payloads(effects, "event") if e["type"] == "counter_decrease"]
    assert 5 <= len(told) <= 7
    assert told[-1]["count"] > 5


def test_windows_begin_anew_after_a_gap_without_a_short_first_second() -> None:
    effects = drive(bike_pipeline(), [*rolling(0.0, 20, rate_hz=4), *rolling(40.3, 20, rate_hz=4)])
    windows = [live["metrics"]["power_3s_w"] for live in payloads(effects, "live")]
    assert {window for window in windows if window is not None} == {200.0}
