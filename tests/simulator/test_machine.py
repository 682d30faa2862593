"""Fields go into records as this firmware sends them: whole, split, rotated or cut."""

from __future__ import annotations

import pytest

from ftms_bridge.gatt.codec import Status, decode, encode
from ftms_bridge.simulator.machine import (
    CHARACTERISTICS,
    MACHINE_STATUS,
    in_register,
    layout_of,
    plan_record,
    sendable,
)
from tests.simulator.build import (
    backward,
    column,
    decoded,
    forward,
    notifications,
    run,
    scenario,
    stop,
    treadmill,
    walk,
)

MANY = ["speed_kmh", "avg_speed_kmh", "cadence_rpm", "distance_m", "resistance", "power_w",
        "energy_kcal", "hr_bpm", "met", "elapsed_s"]  # fmt: skip


@pytest.mark.parametrize("kind", list(CHARACTERISTICS))
def test_every_field_that_may_be_listed_is_sent_and_decodes(kind: str) -> None:
    names = list(sendable(kind))
    phases = walk(5) if kind == "treadmill" else forward(5)
    events = run(scenario(phases, kind=kind, firmware={"fields": names}))
    for _, record in decoded(events):
        assert record.status is Status.OK
        assert set(names) <= record.fields.keys()


def test_a_long_record_is_split_and_the_speed_comes_last() -> None:
    given = scenario(forward(10), firmware={"fields": MANY, "oversize": "split"})
    events = run(given)
    parts = [record for _, record in decoded(events)]
    assert len(parts) >= 18
    for first, last in zip(parts[0::2], parts[1::2], strict=True):
        assert first.shape.more_data
        assert "speed_kmh" not in first.fields
        assert not last.shape.more_data
        assert "speed_kmh" in last.fields
        assert set(MANY) <= first.fields.keys() | last.fields.keys()
    assert max(len(n.data) for n in notifications(events)) <= 20
    assert {record.status for record in parts} == {Status.OK}


def test_a_record_that_fits_is_not_split() -> None:
    parts = plan_record(layout_of("indoor_bike"), ["speed_kmh", "cadence_rpm"], 20)
    assert len(parts) == 1


def test_a_long_record_is_cut_at_twenty_bytes_by_firmware_that_truncates() -> None:
    given = scenario(forward(10), firmware={"fields": MANY, "oversize": "truncate"})
    for _, record in decoded(run(given)):
        assert record.status is Status.TRUNCATED
        assert "speed_kmh" in record.fields
        assert "elapsed_s" in record.missing


def test_fields_rotate_between_records_without_more_data_where_the_speed_is_in() -> None:
    rotate = [["speed_kmh", "cadence_rpm"], ["speed_kmh", "power_w"], ["distance_m"]]
    events = run(scenario(forward(12), firmware={"rotate": rotate}))
    seen = [set(record.fields) for _, record in decoded(events)]
    assert seen[0:3] * 4 == seen
    assert seen[0] == {"speed_kmh", "cadence_rpm"}
    assert seen[1] == {"speed_kmh", "power_w"}
    assert seen[2] == {"distance_m"}


@pytest.mark.parametrize(
    ("rule", "ahead", "back"),
    [("set", False, True), ("never", False, False), ("inverted", True, False)],
)
def test_the_movement_direction_bit_depends_on_the_firmware(
    rule: str, ahead: bool, back: bool
) -> None:
    given = scenario(
        forward(10), backward(15), kind="cross_trainer", firmware={"direction_bit": rule}
    )
    bits = [record.shape.backward for _, record in decoded(run(given))]
    assert bits[8] is ahead
    assert bits[-1] is back


def test_a_cross_trainer_counts_two_steps_per_turn_of_the_crank() -> None:
    fields = ["speed_kmh", "steps_per_min", "stride_count"]
    events = run(scenario(forward(60, 50), kind="cross_trainer", firmware={"fields": fields}))
    assert column(events, "steps_per_min")[-1] == pytest.approx(100, abs=1)
    assert column(events, "stride_count")[-1] == pytest.approx(48, abs=2)


@pytest.mark.parametrize(("sign", "expected"), [("unsigned", 2.0), ("twos_complement", 653.36)])
def test_a_belt_that_runs_backward_shows_its_speed_as_the_firmware_does(
    sign: str, expected: float
) -> None:
    given = treadmill(
        walk(20, 2.0, "backward"), belt={"reversible": True}, firmware={"belt_sign": sign}
    )
    assert column(run(given), "speed_kmh")[-1] == pytest.approx(expected, abs=0.011)


@pytest.mark.parametrize("value", [-0.004, -327.68, 655.36, 12.345])
def test_any_speed_fits_its_register(value: float) -> None:
    row = layout_of("treadmill").fields[0]
    fitted = in_register(value, row)
    assert isinstance(fitted, float)
    assert 0 <= fitted < 655.36
    data = encode(0x2ACD, {"speed_kmh": fitted})
    assert decode(0x2ACD, data).fields["speed_kmh"] == pytest.approx(fitted)


def test_counters_roll_over_in_their_registers() -> None:
    rows = {row.name: row for row in layout_of("cross_trainer").fields}
    assert in_register(0x1000000 + 5, rows["distance_m"]) == 5
    assert in_register(65536 + 7, rows["elapsed_s"]) == 7
    assert in_register(6553.6 + 1.5, rows["stride_count"]) == pytest.approx(1.5)
    assert in_register(-12, rows["power_w"]) == -12


def test_machine_status_tells_of_start_stop_and_safety_key() -> None:
    given = treadmill(
        walk(10), stop(20), walk(10), stop(10, safety_key=True), firmware={"machine_status": True}
    )
    ops = [record.fields["op"] for _, record in decoded(run(given), "machine", MACHINE_STATUS)]
    assert ops == [
        "started_or_resumed_by_user",
        "stopped_or_paused_by_user",
        "started_or_resumed_by_user",
        "stopped_by_safety_key",
    ]


@pytest.mark.parametrize("rate_hz", [0.2, 1.0, 2.0, 4.0, 20.0])
def test_records_come_at_the_machines_rate(rate_hz: float) -> None:
    given = scenario(forward(20), firmware={"rate_hz": rate_hz})
    assert len(notifications(run(given))) == pytest.approx(20 * rate_hz, abs=1)
