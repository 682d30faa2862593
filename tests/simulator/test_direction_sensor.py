"""A direction sensor speaks while something turns, late and lossy as everything else."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ftms_bridge.gatt.notification import DirectionReading, LinkChange
from ftms_bridge.simulator.gatt_tables import device_tables
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.simulation import Event, Simulation
from tests.simulator.build import (
    Tables,
    backward,
    forward,
    notifications,
    run,
    scenario,
    stop,
    treadmill,
    walk,
)


def sensor(**keys: object) -> list[Tables]:
    return [{"kind": "direction", "id": "way", **keys}]


def ride(**keys: object) -> Scenario:
    return scenario(forward(20), backward(20), stop(20), sensor=sensor(**keys))


def readings(events: list[Event]) -> list[DirectionReading]:
    return [event for event in events if isinstance(event, DirectionReading)]


def test_it_says_the_way_and_nothing_when_nothing_turns() -> None:
    given = readings(run(ride()))
    assert {r.value for r in given if r.at < 20} == {1.0}
    assert len([r for r in given if r.at < 20]) == pytest.approx(20, abs=1)
    assert {r.value for r in given if 25 < r.at < 40} == {-1.0}
    assert not [r for r in given if r.at > 46]
    assert {r.machine for r in given} == {"machine"}


def test_it_says_zero_when_still_if_it_is_made_so() -> None:
    given = readings(run(ride(when_still="zero")))
    assert len(given) == pytest.approx(60, abs=1)
    assert {r.value for r in given if r.at > 46} == {0.0}


def test_a_rate_is_signed_and_whole_and_wrong_wires_turn_the_sign() -> None:
    right, wrong = (readings(run(ride(reports="rate", inverted=i))) for i in (False, True))
    assert [r.value for r in wrong] == [-r.value for r in right]
    assert {r.value for r in right if 10 < r.at < 20} == {80.0}
    assert {r.value for r in right if 30 < r.at < 40} == {-60.0}


def test_on_a_treadmill_it_tells_how_the_walker_walks() -> None:
    given = treadmill(walk(20), walk(20, way="backward"), walk(20, way="sideways"), sensor=sensor())
    values = [(r.at, r.value) for r in readings(run(given))]
    assert {value for at, value in values if at < 20} == {1.0}
    assert {value for at, value in values if 23 < at < 40} == {-1.0}
    assert not [value for at, value in values if at > 41]


def test_it_is_no_bluetooth_device() -> None:
    given = ride()
    assert given.machine.sensors == ()
    assert [table.source for table in device_tables(given)] == ["machine"]
    assert {event.source for event in run(given) if isinstance(event, LinkChange)} == {"machine"}
    assert notifications(run(given)) == notifications(
        run(scenario(forward(20), backward(20), stop(20)))
    )


def test_it_speaks_of_the_machine_under_the_id_of_the_bridge() -> None:
    events = list(Simulation(ride(), ids={"machine": "left_bike"}).events(10))
    assert {r.machine for r in readings(events)} == {"left_bike"}


@pytest.mark.parametrize("kind", ["gap", "loss", "disconnect"])
def test_it_falls_silent_for_a_while(kind: str) -> None:
    fault = {"kind": kind, "at_s": 8, "duration_s": 5, "source": "way"}
    given = scenario(forward(20), sensor=sensor(), fault=[fault])
    times = [r.at for r in readings(run(given))]
    assert not [at for at in times if 8 <= at < 13]
    assert [at for at in times if at < 8]
    assert [at for at in times if at > 13]


def test_readings_are_late_and_lost_but_in_order() -> None:
    radio = {"jitter_s": 0.4, "loss": 0.2}
    given = scenario(forward(100), sensor=sensor(rate_hz=4.0), radio=radio)
    times = [r.at for r in readings(run(given))]
    assert 280 < len(times) < 350
    assert all(a <= b for a, b in pairwise(times))


def test_a_reset_changes_nothing() -> None:
    reset = {"kind": "reset", "at_s": 5, "source": "way"}
    given = scenario(forward(20), sensor=sensor(), fault=[reset])
    assert readings(run(given)) == readings(run(scenario(forward(20), sensor=sensor())))
