"""Constant and doubled fields, and values beyond what can be: each planted, each found alone."""

from __future__ import annotations

import math

import pytest

from ftms_bridge.app.doctor.oddities import Fix
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import Notification
from tests.app.doctor.rides import found, spoiled


def test_an_honest_machine_has_nothing_odd() -> None:
    assert found(spoiled(lambda _: {})) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("cadence_rpm", 0), ("power_w", 0), ("speed_kmh", 0), ("distance_m", 0), ("elapsed_s", 0),
     ("energy_kcal", 0), ("cadence_rpm", 60), ("power_w", 100), ("distance_m", 77)],
)  # fmt: skip
def test_a_field_that_never_moves_while_others_do(field: str, value: float) -> None:
    odd = found(spoiled(lambda _: {field: value}))
    assert list(odd) == [("constant_field", field)]
    one = odd["constant_field", field]
    assert one.what.startswith(f"{value} in 300 values in 299 s, while ")
    assert one.fixes == (Fix(0x2AD2, field, ignored=True),)


def test_a_steady_value_on_a_steady_ride_proves_nothing() -> None:
    steady = {"speed_kmh": 25.0, "cadence_rpm": 80.0, "power_w": 150}
    entries = spoiled(lambda fields: {**steady, "distance_m": int(fields["elapsed_s"] * 6.9444)})  # type: ignore[operator]
    assert {word for word, _ in found(entries)} <= {"energy_unlikely"}


def test_a_level_belt_and_an_unchanged_brake_are_no_oddity() -> None:
    assert found(spoiled(lambda _: {"resistance": 20})) == {}


def test_a_heart_rate_of_0_is_a_missing_strap() -> None:
    odd = found(spoiled(lambda _: {"hr_bpm": 0}))
    assert list(odd) == [("heart_rate_zero", "hr_bpm")]
    assert odd["heart_rate_zero", "hr_bpm"].fixes == ()


def test_a_strap_that_says_0_twice_a_second() -> None:
    entries = [Notification(i / 2, "strap", 0x2A37, bytes(2)) for i in range(200)]
    assert list(found(entries)) == [("heart_rate_zero", "hr_bpm")]


def test_the_same_bytes_in_speed_and_energy_are_a_copy_of_the_counter() -> None:
    """So a BH bike sends them; its strides carry them too."""
    odd = found(spoiled(lambda fields: {"speed_kmh": (fields["energy_kcal"] or 0) / 100}))
    one = odd["duplicate_field", "speed_kmh"]
    assert "are those of energy_kcal in all of 300 values" in one.what
    assert one.fixes == (Fix(0x2AD2, "speed_kmh", ignored=True),)


def test_of_two_counters_with_the_same_bytes_none_is_judged() -> None:
    odd = found(spoiled(lambda fields: {"distance_m": fields["elapsed_s"]}))
    assert odd["duplicate_field", "distance_m"].fixes == ()


def test_a_speed_made_of_the_cadence_is_one_measurement() -> None:
    def spoil(fields: dict[str, float | int | None]) -> dict[str, float]:
        return {"speed_kmh": round((fields["cadence_rpm"] or 0) * 0.3, 2)}

    odd = found(spoiled(spoil))
    assert "cadence_rpm is 3.33" in odd["derived_field", "speed_kmh"].what


def test_an_average_of_everything_is_no_copy() -> None:
    odd = found(spoiled(lambda _: {"avg_power_w": 150}))
    assert list(odd) == [("constant_field", "avg_power_w")]


def test_too_little_is_said_to_be_too_little() -> None:
    odd = found(spoiled(lambda _: {"power_w": 0}, seconds=20))
    assert ("too_short", "") in odd
    assert all(word == "too_short" for word, _ in odd)


def incline_ride(scale: float) -> list[Notification]:
    return [
        Notification(
            float(i), "bike", 0x2ACD,
            encode(0x2ACD, {
                "speed_kmh": 5.0 + math.sin(i / 20), "ramp_deg": None,
                "incline_pct": round(scale * (5 + 4 * math.sin(i / 30)), 1),
            }),
        )
        for i in range(120)
    ]  # fmt: skip


def test_an_incline_ten_times_too_high_is_beyond_what_can_be() -> None:
    assert found(incline_ride(1)) == {}
    one = found(incline_ride(10))["out_of_range", "incline_pct"]
    assert one.fixes == (Fix(0x2ACD, "incline_pct", resolution=0.01),)
    assert "nobody goes beyond 40" in one.what


def test_the_range_that_the_machine_names_counts_before_ours() -> None:
    span = Notification(0.0, "bike", 0x2AD6, encode(0x2AD6, {"min": 0, "max": 10, "step": 1}))
    entries = spoiled(lambda fields: {"resistance": 40 + (fields["cadence_rpm"] or 0) // 2})
    assert found(entries) == {}
    one = found([span, *entries])["out_of_range", "resistance"]
    assert "the machine says it goes to 10" in one.what
    assert one.fixes == (Fix(0x2AD2, "resistance", resolution=0.1),)


def test_single_wild_values_are_damage_and_no_scale() -> None:
    def spoil(fields: dict[str, float | int | None]) -> dict[str, float]:
        return {"speed_kmh": 655.35} if fields["elapsed_s"] in range(100, 106) else {}

    one = found(spoiled(spoil))["out_of_range", "speed_kmh"]
    assert "So few may be damaged records." in one.what
    assert one.fixes == ()


def test_a_belt_that_runs_backward_is_told_from_a_wrong_scale() -> None:
    entries = [
        Notification(float(i), "bike", 0x2ACD, encode(0x2ACD, {"speed_kmh": speed}))
        for i in range(120)
        for speed in ([3.0, 653.36 + 0.01 * (i % 20)][i > 60],)
    ]
    one = found(entries)["out_of_range", "speed_kmh"]
    assert "As negative numbers they go down to -2" in one.what
    assert one.fixes == ()
