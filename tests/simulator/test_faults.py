"""Every kind of fault can be seen in the bytes or in the times of arrival."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest

from ftms_bridge.gatt.codec import Status
from ftms_bridge.gatt.notification import LinkChange, Notification
from ftms_bridge.simulator.faults import Timetable
from ftms_bridge.simulator.scenario import FaultKind
from ftms_bridge.simulator.simulation import Event
from tests.simulator.build import Tables, column, decoded, forward, notifications, run, scenario

STRAP: Tables = {"kind": "heart_rate", "id": "strap"}
CRANK: Tables = {"kind": "speed_cadence", "id": "crank"}


def ride(kind: str, at_s: float = 20.0, duration_s: float = 10.0, **keys: object) -> list[Event]:
    """Return 40 s at 4 Hz with one fault from 20 s to 30 s."""
    fault = {"kind": kind, "at_s": at_s, "duration_s": duration_s, **keys}
    return run(
        scenario(forward(40), firmware={"rate_hz": 4.0}, sensor=[STRAP, CRANK], fault=[fault])
    )


def within(events: list[Event], source: str = "machine") -> list[Notification]:
    return [n for n in notifications(events, source) if 20.0 <= n.at < 30.0]


def clean() -> list[Event]:
    return run(scenario(forward(40), firmware={"rate_hz": 4.0}, sensor=[STRAP, CRANK]))


def statuses(events: list[Event]) -> set[Status]:
    return {record.status for at, record in decoded(events) if 20.0 <= at < 30.0}


def test_without_a_fault_everything_is_whole_and_regular() -> None:
    assert statuses(clean()) == {Status.OK}
    assert len(within(clean())) == 40


def test_loss_takes_single_notifications() -> None:
    assert 8 < len(within(ride("loss", probability=0.5))) < 32


def test_a_gap_is_silence() -> None:
    events = ride("gap")
    assert within(events) == []
    assert len(within(events, "strap")) == 10


def test_freeze_repeats_the_last_values_while_notifying() -> None:
    frozen = within(ride("freeze"))
    assert len(frozen) == 40
    assert len({n.data for n in frozen}) == 1
    assert len({n.data for n in within(clean())}) > 10


def test_garbage_has_random_bytes_of_any_length() -> None:
    garbage = within(ride("garbage"))
    assert len({n.data for n in garbage}) == len(garbage) == 40
    assert len({len(n.data) for n in garbage}) > 5


def test_all_ones_keeps_the_flags_and_fills_the_rest() -> None:
    events = ride("all_ones")
    good = notifications(events)[0].data
    assert {n.data for n in within(events)} == {good[:2] + b"\xff" * (len(good) - 2)}
    assert statuses(events) == {Status.OK}


def test_truncate_cuts_the_bytes() -> None:
    events = ride("truncate", length=5)
    assert {len(n.data) for n in within(events)} == {5}
    assert statuses(events) == {Status.TRUNCATED}


def test_trailing_adds_stray_bytes() -> None:
    events = ride("trailing", length=2)
    assert statuses(events) == {Status.TRAILING}
    assert {r.extra_bytes for at, r in decoded(events) if 20 <= at < 30} == {2}


def test_duplicates_come_twice() -> None:
    doubled = within(ride("duplicate"))
    assert len(doubled) == 80
    assert all(a.data == b.data for a, b in zip(doubled[0::2], doubled[1::2], strict=True))


def test_a_disconnect_is_told_and_silent_until_the_link_is_back() -> None:
    events = ride("disconnect")
    changes = [e for e in events if isinstance(e, LinkChange) and e.source == "machine"]
    assert [(c.at, c.up) for c in changes] == [(0, True), (20, False), (30, True), (40, False)]
    assert within(events) == []
    assert len(within(events, "strap")) == 10


def test_a_disconnect_of_everybody_silences_the_sensors_too() -> None:
    assert within(ride("disconnect", source="*"), "strap") == []


def test_a_zero_blip_shows_zeros_in_the_middle_of_the_motion() -> None:
    events = ride("zero_blip", duration_s=0.25)
    speeds = column(events, "speed_kmh")
    blips = [i for i, speed in enumerate(speeds) if speed == 0 and i > 4]
    assert len(blips) == 1
    assert speeds[blips[0] - 1] > 20 < speeds[blips[0] + 1]


def test_a_firmware_in_miles_shows_smaller_speeds() -> None:
    ratios = [
        good / bad
        for good, bad in zip(
            column(clean(), "speed_kmh"), column(ride("mph"), "speed_kmh"), strict=True
        )
        if bad
    ]
    assert ratios[90] == pytest.approx(1.609, abs=0.001)
    assert ratios[60] == pytest.approx(1.0) == ratios[140]


def test_a_reset_sets_the_machines_counters_to_zero() -> None:
    distances = column(ride("reset", duration_s=0.0), "distance_m")
    falls = [(a, b) for a, b in pairwise(distances) if b < a]
    assert len(falls) == 1
    assert falls[0][0] > 90
    assert falls[0][1] <= 2


def test_a_reset_of_a_sensor_sets_its_counts_to_zero() -> None:
    events = ride("reset", duration_s=0.0, source="crank")
    falls = [(a, b) for a, b in pairwise(column(events, "crank_revs", "crank")) if b < a]
    assert len(falls) == 1
    assert falls[0][1] <= 2
    distances = column(events, "distance_m")
    assert distances == sorted(distances)


def test_a_fault_comes_again_in_each_round_of_a_looping_script() -> None:
    faults = [
        {"kind": "gap", "at_s": 5, "duration_s": 2},
        {"kind": "reset", "at_s": 8},
    ]
    table = Timetable(scenario(forward(10), loop=True, fault=faults))
    active = [at for at in range(40) if any(table.active("machine", at + 0.5))]
    assert active == [5, 6, 15, 16, 25, 26, 35, 36]
    incidents = table.incidents()
    assert [next(incidents).at for _ in range(3)] == [8, 18, 28]


def test_jitter_and_loss_of_the_radio_act_all_the_time() -> None:
    radio = {"jitter_s": 0.4, "loss": 0.2}
    events = run(scenario(forward(60), firmware={"rate_hz": 4.0}, radio=radio))
    arrived = notifications(events)
    assert len(arrived) == pytest.approx(192, abs=25)
    gaps = [b.at - a.at for a, b in pairwise(arrived)]
    assert min(gaps) > 0
    assert max(gaps) > 0.45 > 0.2 > min(gaps)


def test_every_kind_of_fault_has_a_test_here() -> None:
    tested = {
        "loss", "gap", "freeze", "garbage", "all_ones", "truncate", "trailing", "duplicate",
        "disconnect", "reset", "zero_blip", "mph",
    }  # fmt: skip
    assert set(get_args(FaultKind)) == tested
