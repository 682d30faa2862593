"""Fields off by a factor: each planted in an honest ride, told by its second witness."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.app.doctor.oddities import Fix
from ftms_bridge.app.doctor.recording import examine_recording
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.recordings.format import Entry
from tests.app.doctor.rides import found, honest, simulated, spoiled
from tests.simulator.build import scenario, treadmill, walk

Numbers = dict[str, float | int | None]


def scaled(field: str, factor: float, digits: int | None = None) -> list[Entry]:
    def spoil(fields: Numbers) -> Numbers:
        value = (fields[field] or 0) * factor
        return {field: int(value) if digits is None else round(value, digits)}

    return spoiled(spoil, seconds=600)


def test_a_speed_in_miles_per_hour() -> None:
    odd = found(scaled("speed_kmh", 1 / 1.609344, 2))
    assert list(odd) == [("miles", "speed_kmh")]
    one = odd["miles", "speed_kmh"]
    assert "1.6" in one.what
    assert "comparisons" in one.what
    assert one.fixes == (Fix(0x2AD2, "speed_kmh", resolution=0.01609344, decimals=4),)


def test_a_distance_in_thousandths_of_a_mile() -> None:
    odd = found(scaled("distance_m", 1 / 1.609344))
    assert list(odd) == [("miles", "distance_m")]
    assert odd["miles", "distance_m"].fixes[0].resolution == pytest.approx(1.609344)


def test_a_speed_ten_times_too_small_is_told_from_a_distance_too_large() -> None:
    small = found(scaled("speed_kmh", 0.1, 2))
    assert list(small) == [("wrong_scale", "speed_kmh")]
    assert small["wrong_scale", "speed_kmh"].fixes == (Fix(0x2AD2, "speed_kmh", resolution=0.1),)
    large = found(scaled("distance_m", 10))
    one = large["wrong_scale", "distance_m"]
    assert one.fixes == (Fix(0x2AD2, "distance_m", resolution=0.1),)


def test_a_factor_that_nobody_knows_is_only_a_disagreement() -> None:
    odd = found(scaled("speed_kmh", 0.8, 2))
    assert list(odd) == [("sources_disagree", "speed_kmh")]
    assert odd["sources_disagree", "speed_kmh"].fixes == ()


def test_a_clock_in_tenths_of_a_second() -> None:
    odd = found(scaled("elapsed_s", 10))
    assert odd["wrong_scale", "elapsed_s"].fixes == (Fix(0x2AD2, "elapsed_s", resolution=0.1),)


def test_energy_that_is_only_the_work() -> None:
    odd = found(scaled("energy_kcal", 0.24))
    assert list(odd) == [("energy_unlikely", "energy_kcal")]
    assert "It counts the work alone." in odd["energy_unlikely", "energy_kcal"].what


def crank(factor: float) -> list[Entry]:
    """Return the honest ride with a crank sensor that turns ``factor`` times as fast."""
    entries: list[Entry] = []
    turns = 0.0
    event = 0.0
    whole = 0
    for at, fields in honest(200):
        rate_hz = (fields["cadence_rpm"] or 0) / 60 * factor
        before, turns = turns, turns + rate_hz
        if int(turns) > whole:
            whole = int(turns)
            event = at + (whole - before) / rate_hz
        entries.append(Notification(at, "bike", 0x2AD2, encode(0x2AD2, dict(fields))))
        data = {"crank_revs": whole % 65536, "crank_event": int(event * 1024) % 65536}
        entries.append(Notification(at, "crank", 0x2A5B, encode(0x2A5B, dict(data))))
    return entries


def test_a_cadence_agrees_with_the_count_of_a_sensor_or_is_half_of_it() -> None:
    assert found(crank(1.0)) == {}
    one = found(crank(2.0))["wrong_scale", "cadence_rpm"]
    assert one.what.startswith("crank's count is 2.0")
    assert one.fixes == (Fix(0x2AD2, "cadence_rpm", resolution=1.0),)


def meter(factor: float) -> list[Entry]:
    entries: list[Entry] = []
    for at, fields in honest(200):
        entries.append(Notification(at, "bike", 0x2AD2, encode(0x2AD2, dict(fields))))
        power = {"power_w": round((fields["power_w"] or 0) * factor)}
        entries.append(Notification(at + 0.3, "meter", 0x2A63, encode(0x2A63, dict(power))))
    return entries


def test_a_power_meter_that_disagrees_is_told_without_a_verdict() -> None:
    assert found(meter(1.04)) == {}
    one = found(meter(1.3))["sources_disagree", "power_w"]
    assert one.what.startswith("meter's is 1.3")


def test_a_coarse_counter_is_not_judged_too_soon() -> None:
    odd = found(spoiled(lambda fields: {"distance_m": (fields["distance_m"] or 0) // 10 * 10}, 80))
    assert list(odd) == [("too_short", "speed_kmh")]
    assert "counts in steps of 10 m" in odd["too_short", "speed_kmh"].what


def test_the_miles_of_a_simulated_treadmill_give_the_shipped_profile(tmp_path: Path) -> None:
    phases = [walk(120, 4.0), walk(120, 6.0), walk(120, 3.0)]
    fault = {"kind": "mph", "at_s": 0.0, "duration_s": 360.0}
    clean = simulated(treadmill(*phases), tmp_path / "clean.ndjson")
    assert examine_recording(clean).oddities == ()
    miles = examine_recording(simulated(treadmill(*phases, fault=[fault]), tmp_path / "m.ndjson"))
    assert [(one.cause.word, one.field) for one in miles.oddities] == [("miles", "speed_kmh")]
    [proposal] = miles.proposals
    assert proposal.shipped == ("treadmill-mph",)


def test_a_foot_pod_tells_miles_that_the_distance_hides(tmp_path: Path) -> None:
    phases = [walk(120, 4.0), walk(120, 6.0), walk(120, 3.0)]
    fault = {"kind": "mph", "at_s": 0.0, "duration_s": 360.0}
    pod = {"kind": "foot_pod", "id": "pod"}
    fields = {"fields": ["speed_kmh", "elapsed_s"]}
    given = treadmill(*phases, fault=[fault], sensor=[pod], firmware=fields)
    odd = examine_recording(simulated(given, tmp_path / "pod.ndjson")).oddities
    assert [(one.cause.word, one.field) for one in odd] == [("miles", "speed_kmh")]
    assert odd[0].what.startswith("pod's is 1.6")


def test_a_cross_trainer_may_count_strides_either_way(tmp_path: Path) -> None:
    phases = [{"duration_s": 150, "direction": "forward", "cadence_rpm": rpm} for rpm in (60, 85)]
    given = scenario(*phases, kind="cross_trainer")
    assert examine_recording(simulated(given, tmp_path / "x.ndjson")).oddities == ()
