"""The core as a whole: notifications in, telemetry out, by its own time only."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import LinkChange, Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorKind, SensorSpec
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.workout.session import SessionRules
from tests.pipeline.rides import (
    BIKE,
    HEART_RATE,
    POWER_METER,
    bike,
    bike_pipeline,
    drive,
    events,
    payloads,
    ride,
)

RIDING = {"speed_kmh": 25.0, "cadence_rpm": 80.0, "power_w": 150, "distance_m": 100}
STANDING = {"speed_kmh": 0.0, "cadence_rpm": 0.0, "power_w": 0, "distance_m": 100}


def test_the_first_notification_brings_the_machine_online_with_a_live_document() -> None:
    effects = drive(bike_pipeline(), [bike(1.0, **STANDING)], until=1.0)
    assert payloads(effects, "availability") == ["online"]
    live = payloads(effects, "live")[0]
    assert live["fresh"] is True
    assert live["signals"]["speed_kmh"] == 0.0
    assert live["time"] == "2023-11-14T22:13:21.000Z"
    assert payloads(effects, "state")[0]["availability"] == "online"


def test_a_machine_that_was_never_heard_is_offline_and_says_so_at_the_start() -> None:
    effects = [(0.0, effect) for effect in bike_pipeline().begin(0.0)]
    assert payloads(effects, "availability") == ["offline"]
    (state,) = payloads(effects, "state")
    assert (state["fresh"], state["direction"], state["speed_kmh"]) == (False, "unknown", None)


def test_an_all_zero_record_is_a_stop_and_not_silence() -> None:
    effects = drive(bike_pipeline(), ride(0.0, 30, **STANDING), until=30.0)
    assert payloads(effects, "availability") == ["online"]
    last = payloads(effects, "live")[-1]
    assert last["signals"]["power_w"] == 0
    assert last["direction"]["direction"] == "stopped"
    assert last["direction"]["basis"] == "measured"


def test_a_moving_bike_has_an_unknown_direction_with_a_reason() -> None:
    effects = drive(bike_pipeline(), ride(0.0, 5, **RIDING))
    block = payloads(effects, "live")[-1]["direction"]
    assert (block["direction"], block["reason"]) == ("unknown", "speed_source_unverified")
    assert block["basis"] is None
    assert block["confidence"] is None


def test_silence_makes_values_null_after_3_s_and_the_machine_offline_after_10_s() -> None:
    effects = drive(bike_pipeline(), ride(0.0, 5, **RIDING), until=20.0)
    words = [(at, e.payload) for at, e in effects if e.topic.name == "availability"]
    assert words == [(0.0, "online"), (7.0, "stale"), (14.0, "offline")]
    stale = payloads(effects, "live")[-1]
    assert stale["fresh"] is False
    assert stale["signals"]["speed_kmh"] is None
    assert stale["signals"]["power_w"] is None
    assert stale["direction"]["reason"] == "evidence_stale"
    assert payloads(effects, "state")[-1]["speed_kmh"] is None


def test_nothing_is_due_while_a_machine_is_offline_and_no_session_is_open() -> None:
    pipeline = bike_pipeline()
    drive(pipeline, ride(0.0, 3, **STANDING), until=60.0)
    assert pipeline.deadline() is None


def test_motion_starts_a_session_standing_pauses_it_and_time_ends_it() -> None:
    pipeline = bike_pipeline(rules=SessionRules(pause_after_s=3.0, end_after_s=60.0))
    arrivals = [
        *ride(0.0, 10, **RIDING),
        *ride(10.0, 20, **STANDING),
        *ride(30.0, 10, **RIDING),
        *ride(40.0, 90, **STANDING),
    ]
    effects = drive(pipeline, arrivals)
    assert [event for event in events(effects) if event.startswith("session")] == [
        "session_started", "session_paused", "session_resumed", "session_paused", "session_ended",
    ]  # fmt: skip
    summary = payloads(effects, "session_last")[0]
    assert summary["session_id"] == "run-bike-0"
    assert summary["ended_by"] == "idle"
    assert summary["moving_s"] == 20.0
    assert summary["elapsed_s"] == 40.0
    assert summary["metrics"]["avg_power_w"] == 150.0


def test_a_second_session_has_an_id_of_its_own() -> None:
    pipeline = bike_pipeline(rules=SessionRules(end_after_s=20.0))
    arrivals = [*ride(0.0, 5, **RIDING), *ride(5.0, 60, **STANDING), *ride(65.0, 5, **RIDING)]
    effects = drive(pipeline, arrivals)
    ids = [e["session_id"] for e in payloads(effects, "event") if e["type"] == "session_started"]
    assert ids == ["run-bike-0", "run-bike-65"]


def test_a_gap_is_marked_and_never_credited() -> None:
    before = [bike(float(n), **{**RIDING, "distance_m": 7 * n}) for n in range(10)]
    after = [bike(30.0 + n, **{**RIDING, "distance_m": 200 + 7 * n}) for n in range(10)]
    pipeline = bike_pipeline()
    effects = drive(pipeline, [*before, *after])
    effects += [(40.0, effect) for effect in pipeline.finish(39.0)]
    assert events(effects).count("gap") == 1
    summary = payloads(effects, "session_last")[0]
    assert (summary["gaps"], summary["gap_s"]) == (1, 21.0)
    assert summary["moving_s"] == 18.0
    assert summary["metrics"]["work_kj"] == 2.7
    assert summary["metrics"]["distance_m"] == 18 * 7
    assert summary["metrics"]["integrated_distance_m"] == pytest.approx(18 * 25 / 3.6, abs=0.1)


def test_a_machine_that_notifies_slowly_has_no_gaps() -> None:
    pipeline = bike_pipeline()
    effects = drive(pipeline, [bike(5.0 * n, **RIDING) for n in range(20)])
    effects += [(0.0, effect) for effect in pipeline.finish(95.0)]
    summary = payloads(effects, "session_last")[0]
    assert summary["gaps"] <= 1
    assert summary["moving_s"] >= 90.0


def test_the_distance_counter_survives_resets() -> None:
    readings = [*range(100, 160, 6), *range(0, 60, 6), *range(0, 60, 6)]
    arrivals = [bike(float(n), **{**RIDING, "distance_m": d}) for n, d in enumerate(readings)]
    effects = drive(bike_pipeline(), arrivals)
    distances = [live["metrics"]["distance_m"] for live in payloads(effects, "live")]
    known = [distance for distance in distances if distance is not None]
    assert known == sorted(known)
    assert known[-1] == 54 * 3
    assert events(effects).count("counter_reset") == 2


def test_rotating_fields_keep_the_age_of_their_own_record() -> None:
    arrivals = []
    for n in range(6):
        fields: dict[str, Any] = {"speed_kmh": 25.0}
        if n % 2:
            fields = {"speed_kmh": 25.0, "power_w": 150}
        arrivals.append(bike(float(n), **fields))
    live = payloads(drive(bike_pipeline(), arrivals[:-1]), "live")[-1]
    assert live["signals"]["power_w"] == 150
    ages = {name: row["age_s"] for row in live["sources"] for name in row["signals"]}
    assert ages == {"speed_kmh": 0.0, "power_w": 1.0}


def test_the_parts_of_a_split_record_are_one_record() -> None:
    # gatt.md 7, made there: 1234 m, then 25.10 km/h, 71 rpm, 142 W.
    parts = [
        Notification(1.0, "bike", BIKE, bytes.fromhex("1100d20400")),
        Notification(1.1, "bike", BIKE, bytes.fromhex("4400ce098e008e00")),
    ]
    effects = drive(bike_pipeline(), parts)
    lives = payloads(effects, "live")
    assert len(lives) == 1
    assert lives[0]["signals"]["machine_distance_m"] == 1234
    assert lives[0]["signals"]["power_w"] == 142


def test_a_part_whose_rest_never_comes_is_passed_on_after_1_s_and_counted() -> None:
    pipeline = bike_pipeline()
    part = Notification(1.0, "bike", BIKE, bytes.fromhex("1100d20400"))
    effects = drive(pipeline, [part], until=5.0)
    at = next(at for at, e in effects if e.topic.name == "live")
    assert at == 2.0
    assert pipeline.counters.partial == 1


def power_meter(at: float, power_w: int) -> Notification:
    return Notification(at, "crank", POWER_METER, encode(POWER_METER, {"power_w": power_w}))


def test_a_power_meter_is_believed_before_the_bike_and_replaced_when_it_falls_silent() -> None:
    meter = SensorSpec("crank", SensorKind.POWER_METER)
    arrivals: list[Notification] = []
    for n in range(20):
        if n < 8:
            arrivals.append(power_meter(n - 0.1 + 1, 200))
        arrivals.append(bike(n + 1.0, **RIDING))
    effects = drive(bike_pipeline(meter), sorted(arrivals, key=lambda n: n.at))
    powers = [live["signals"]["power_w"] for live in payloads(effects, "live")]
    assert powers[:8] == [200] * 8
    assert powers[-1] == 150
    assert powers.count(200) <= 8 + 3
    changes = [e["detail"] for e in payloads(effects, "event") if e["type"] == "source_changed"]
    assert changes == [{"quantity": "power_w", "before": "crank", "now": "bike"}]


def test_the_configured_priority_wins() -> None:
    meter = SensorSpec("crank", SensorKind.POWER_METER)
    pipeline = bike_pipeline(meter, priority=(("power_w", ("bike", "crank")),))
    effects = drive(pipeline, [power_meter(0.9, 200), bike(1.0, **RIDING)])
    assert payloads(effects, "live")[-1]["signals"]["power_w"] == 150


def test_a_heart_rate_of_zero_or_without_contact_is_absent() -> None:
    strap = SensorSpec("strap", SensorKind.HEART_RATE)
    arrivals = [
        Notification(0.5, "strap", HEART_RATE, bytes.fromhex("0454")),  # no contact, 84
        bike(1.0, speed_kmh=20.0, hr_bpm=0),
    ]
    assert payloads(drive(bike_pipeline(strap), arrivals), "live")[-1]["signals"]["hr_bpm"] is None


def test_crank_revolutions_of_a_sensor_give_a_derived_cadence() -> None:
    sensor = SensorSpec("cadence", SensorKind.SPEED_CADENCE)
    counts = [(50, 1024), (51, 2048), (52, 3072)]
    arrivals = [
        Notification(
            n + 0.9, "cadence", 0x2A5B, encode(0x2A5B, {"crank_revs": r, "crank_event": t})
        )
        for n, (r, t) in enumerate(counts)
    ]
    arrivals.append(bike(3.0, speed_kmh=20.0))
    live = payloads(drive(bike_pipeline(sensor), arrivals), "live")[-1]
    assert live["signals"]["cadence_rpm"] == 60.0
    basis = {name: row["basis"] for row in live["sources"] for name in row["signals"]}
    assert basis["cadence_rpm"] == "derived"


def test_fields_before_a_cut_are_believed_and_the_notification_is_counted() -> None:
    # Matrix treadmill, 20 of 30 bytes: TrackMyIndoorWorkout test/matrix_treadmill_test.dart.
    spec = MachineSpec("belt", MachineKind.TREADMILL)
    pipeline = Pipeline(PipelineSettings(machines=(spec,), run_id="run"))
    data = bytes.fromhex("9e1f5100b2005800000000ff7f0000ffff0c0097")
    effects = drive(pipeline, [Notification(0.0, "belt", 0x2ACD, data)])
    live = payloads(effects, "live")[0]
    assert live["signals"]["speed_kmh"] == 0.81
    assert live["signals"]["machine_elapsed_s"] is None
    assert live["time"] is None
    assert pipeline.counters.damaged == 1


def test_shifted_fields_of_a_notification_with_surplus_bytes_are_not_believed() -> None:
    # Life Fitness bike, cadence sent without its flag: TrackMyIndoorWorkout test files.
    data = bytes.fromhex("fa092d09f208740077006500000d00660061000200ffffff1100")
    pipeline = bike_pipeline()
    effects = drive(pipeline, [Notification(0.0, "bike", BIKE, data)])
    assert payloads(effects, "live") == []
    assert pipeline.counters.damaged == 1


def test_notifications_of_strangers_and_unknown_characteristics_are_counted() -> None:
    pipeline = bike_pipeline()
    drive(
        pipeline, [Notification(0.0, "other", BIKE, b"\x00\x00"), Notification(0.0, "bike", 1, b"")]
    )
    assert (pipeline.counters.unknown, pipeline.counters.notifications) == (2, 2)


def obey(pipeline: Pipeline, verb: Verb, at: float) -> list[Any]:
    effects = [(at, e) for e in pipeline.command(Command("bike", verb, "42"), at)]
    return payloads(effects, "result")


def test_commands_have_exactly_one_result() -> None:
    pipeline = bike_pipeline()
    assert obey(pipeline, Verb.LAP, 0.0)[0]["reason"] == "no_session"
    drive(pipeline, ride(0.0, 10, **RIDING))
    for verb, status, reason in (
        (Verb.LAP, "done", None),
        (Verb.PAUSE, "done", None),
        (Verb.PAUSE, "rejected", "session_is_paused"),
        (Verb.RESUME, "done", None),
        (Verb.END, "done", None),
        (Verb.END, "rejected", "no_session"),
    ):
        (result,) = obey(pipeline, verb, 10.0)
        assert (result["id"], result["status"], result["reason"]) == ("42", status, reason)
        assert (result["hint"] is None) is (status == "done")


def test_laps_add_up_to_the_session() -> None:
    pipeline = bike_pipeline()
    effects = drive(
        pipeline, [bike(float(n), **{**RIDING, "distance_m": 7 * n}) for n in range(21)]
    )
    effects += [(0.0, e) for e in pipeline.command(Command("bike", Verb.LAP), 20.0)]
    more = [bike(20.0 + n, **{**RIDING, "distance_m": 7 * (20 + n)}) for n in range(1, 11)]
    effects += drive(pipeline, more)
    effects += [(30.0, e) for e in pipeline.finish(30.0)]
    summary = payloads(effects, "session_last")[0]
    laps = summary["laps"]
    assert [lap["lap"] for lap in laps] == [1, 2]
    assert [lap["distance_m"] for lap in laps] == [140, 70]
    assert sum(lap["moving_s"] for lap in laps) == summary["moving_s"] == 30.0


def test_a_link_that_goes_down_takes_the_machine_offline_at_once() -> None:
    pipeline = bike_pipeline()
    effects = drive(
        pipeline, [*ride(0.0, 5, **RIDING), LinkChange(4.5, "bike", up=False, reason="lost")]
    )
    assert payloads(effects, "availability")[-1] == "offline"
    assert events(effects)[-2:] == ["link", "session_paused"]
    assert payloads(effects, "state")[-1]["speed_kmh"] is None


def test_live_documents_are_limited_to_four_per_second() -> None:
    pipeline = bike_pipeline(live_interval_s=0.25)
    effects = drive(pipeline, [bike(n / 20, **RIDING) for n in range(200)])
    assert 38 <= len(payloads(effects, "live")) <= 42


def test_the_state_comes_once_a_second_in_a_session_and_on_change_else() -> None:
    pipeline = bike_pipeline()
    standing = drive(pipeline, ride(0.0, 20, **STANDING), until=20.0)
    assert len(payloads(standing, "state")) <= 3
    riding = drive(pipeline, ride(20.0, 20, **RIDING), until=40.0)
    assert 19 <= len(payloads(riding, "state")) <= 22


def test_sequence_numbers_have_no_holes() -> None:
    effects = drive(bike_pipeline(), ride(0.0, 20, **RIDING), until=40.0)
    for topic in ("live", "state"):
        numbers = [payload["seq"] for payload in payloads(effects, topic)]
        assert numbers == list(range(1, len(numbers) + 1))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 5.0),
            st.sampled_from(["bike", "crank"]),
            st.sampled_from(
                [BIKE, POWER_METER, HEART_RATE, 0x2A5B, 0x2ADA, 0x2AD3, 0x2AD9, 0xFFFF]
            ),
            st.binary(max_size=32),
        ),
        max_size=30,
    )
)
def test_bytes_from_the_air_never_raise_and_never_give_wild_totals(
    rows: list[tuple[float, str, int, bytes]],
) -> None:
    pipeline = bike_pipeline(SensorSpec("crank", SensorKind.POWER_METER))
    at, arrivals = 0.0, []
    for step, source, characteristic, data in rows:
        at += step
        arrivals.append(Notification(at, source, characteristic, data))
    effects = drive(pipeline, arrivals, until=at + 30.0)
    for live in payloads(effects, "live"):
        json.dumps(live, allow_nan=False)
        distance_m = live["metrics"]["distance_m"]
        assert distance_m is None or 0 <= distance_m <= 30 * at + 30 * len(rows)


def test_the_same_ride_gives_the_same_effects() -> None:
    arrivals = [*ride(0.0, 30, **RIDING), *ride(40.0, 30, **STANDING)]
    runs = [
        [(at, e.topic.name, e.payload) for at, e in drive(bike_pipeline(), arrivals, until=400.0)]
        for _ in range(2)
    ]
    assert runs[0] == runs[1]


def corpus_ride(path: Path, source: str) -> list[Notification]:
    """Return the notifications of a recorded ride, in the order of their times."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [
        Notification(row["t"], source, int(row["char"], 16), bytes.fromhex(row["hex"]))
        for row in rows
        if row["dir"] in "ni" and row["t"] is not None
    ]


def test_the_recorded_elite_ride_is_one_session_of_934_m_over_five_resets(corpus: Path) -> None:
    arrivals = corpus_ride(corpus / "bike-elite-direto-xr-ride.ndjson", "bike")
    pipeline = bike_pipeline()
    effects = drive(pipeline, arrivals)
    effects += [(0.0, effect) for effect in pipeline.finish(arrivals[-1].at)]
    distances = [live["metrics"]["distance_m"] for live in payloads(effects, "live")]
    known = [distance for distance in distances if distance is not None]
    assert known == sorted(known)
    (summary,) = payloads(effects, "session_last")
    assert summary["metrics"]["distance_m"] == pytest.approx(934, rel=0.03)
    assert summary["metrics"]["integrated_distance_m"] == pytest.approx(934, rel=0.03)
    assert summary["counter_resets"] == 5
    assert pipeline.counters.damaged == 0


def test_the_recorded_walk_has_steps_speed_and_no_invented_distance(corpus: Path) -> None:
    spec = MachineSpec("belt", MachineKind.TREADMILL)
    pipeline = Pipeline(PipelineSettings(machines=(spec,), run_id="run"))
    arrivals = corpus_ride(corpus / "treadmill-urevo-e1l-walk.ndjson", "belt")
    effects = drive(pipeline, arrivals)
    effects += [(0.0, effect) for effect in pipeline.finish(arrivals[-1].at)]
    lives = payloads(effects, "live")
    assert max(live["signals"]["step_count"] for live in lives) > 0
    summary = payloads(effects, "session_last")[-1]
    assert 0 < summary["metrics"]["integrated_distance_m"] < 60
    assert summary["metrics"]["max_speed_kmh"] == pytest.approx(2.25, abs=0.1)


def test_an_impossible_speed_is_neither_shown_nor_taken_for_a_stop() -> None:
    # 400.00 km/h; as a two's complement it would be 255 km/h backward, no less impossible
    spec = MachineSpec("belt", MachineKind.TREADMILL)
    pipeline = Pipeline(PipelineSettings(machines=(spec,), run_id="run", live_interval_s=0.0))
    data = bytes.fromhex("0404409c7b00003d00")
    effects = drive(pipeline, [Notification(float(n), "belt", 0x2ACD, data) for n in range(10)])
    live = payloads(effects, "live")[-1]
    assert live["signals"]["speed_kmh"] is None
    assert (live["direction"]["direction"], live["direction"]["reason"]) == (
        "unknown",
        "parse_uncertain",
    )
    assert live["metrics"]["max_speed_kmh"] is None


def test_impossible_values_do_not_reach_the_metrics() -> None:
    arrivals = [
        bike(float(n), speed_kmh=655.34 if n % 3 == 1 else 20.0, power_w=100) for n in range(30)
    ]
    effects = drive(bike_pipeline(), arrivals)
    metrics = payloads(effects, "live")[-1]["metrics"]
    assert metrics["max_speed_kmh"] == 20.0
    assert metrics["integrated_distance_m"] < 29 * 20 / 3.6


def test_a_command_about_a_link_is_answered_with_what_the_shell_made_of_it() -> None:
    pipeline = bike_pipeline()
    drive(pipeline, ride(0.0, 3, **RIDING))
    release = Command("bike", Verb.LINK, "7", action="release", minutes=5.0)
    (done,) = payloads([(2.5, effect) for effect in pipeline.command(release, 2.5)], "result")
    assert (done["status"], done["verb"], done["id"]) == ("done", "link", "7")
    assert done["reason"] is None
    refused = replace(release, refusal="no_radio")
    (result,) = payloads([(2.6, effect) for effect in pipeline.command(refused, 2.6)], "result")
    assert (result["status"], result["reason"]) == ("rejected", "no_radio")
    assert "no Bluetooth link" in result["hint"]


def test_a_refusal_that_only_the_shell_knows_has_no_hint() -> None:
    command = Command("bike", Verb.LINK, action="resume", refusal="something_new")
    (effect,) = bike_pipeline().command(command, 1.0)
    assert isinstance(effect.payload, dict)
    assert (effect.payload.get("reason"), effect.payload.get("hint")) == ("something_new", None)


def test_a_machine_is_idle_from_the_start_until_it_moves_and_from_the_end_of_a_session() -> None:
    pipeline = bike_pipeline(rules=SessionRules(pause_after_s=3.0, end_after_s=60.0))
    assert pipeline.machine("bike").idle_since is None
    pipeline.begin(0.5)
    assert pipeline.machine("bike").idle_since == 0.5
    drive(pipeline, ride(1.0, 10, **STANDING))
    assert pipeline.machine("bike").idle_since == 0.5
    drive(pipeline, ride(11.0, 5, **RIDING))
    assert pipeline.machine("bike").idle_since is None
    drive(pipeline, ride(16.0, 10, **STANDING))
    assert pipeline.machine("bike").idle_since is None, "a pause is part of a session"
    drive(pipeline, [], until=500.0)
    assert pipeline.machine("bike").idle_since == 76.0


def test_a_machine_that_rolls_on_after_the_end_of_its_session_is_not_idle_yet() -> None:
    pipeline = bike_pipeline()
    pipeline.begin(0.0)
    drive(pipeline, ride(0.0, 5, **RIDING))
    pipeline.command(Command("bike", Verb.END), 4.5)
    assert pipeline.machine("bike").idle_since == 4.5
    drive(pipeline, ride(5.0, 5, **RIDING))
    assert pipeline.machine("bike").idle_since == 9.0
    drive(pipeline, ride(10.0, 5, **STANDING))
    assert pipeline.machine("bike").idle_since == 9.0


def test_nobody_knows_how_long_a_strange_machine_has_been_idle() -> None:
    with pytest.raises(KeyError):
        bike_pipeline().machine("rower")
