"""The whole set-up: the same seed gives the same bytes, and labels agree with the physics."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest

from ftms_bridge.gatt.codec import Status, decode
from ftms_bridge.gatt.notification import DirectionReading, LinkChange, Notification
from ftms_bridge.simulator.motion import TrueDirection, Truth
from ftms_bridge.simulator.scenario_file import load_scenario, scenario_names
from ftms_bridge.simulator.simulation import Event, Simulation
from tests.simulator.build import (
    backward,
    decoded,
    forward,
    freewheel,
    notifications,
    run,
    scenario,
    stop,
    treadmill,
    truths,
    walk,
)

GOLDEN = {
    "faults_everything": "4196e273fb525406fbe593a08dee90413c973ffd464c70b01d16081cccbd21c6",
    "bike_with_sensors": "4a6a1253a1d9d84b6433deb9016f58adddafa3565ba64ffc8b7415fae1f8299d",
    "treadmill_turnaround": "1fde83d018a811c8fdf41f790c3591661df41f7f57c96e89213c36cb5b604eb0",
}
"""First 60 s with seed 7: changes only when physics, firmware or the scenario are changed."""


def digest(events: list[Event]) -> str:
    return sha256("\n".join(map(line, events)).encode()).hexdigest()


def line(event: Event) -> str:
    """Return one line of the digest; later additions to the truth are no part of it."""
    if isinstance(event, Notification):
        return f"{event.at:.6f} {event.source} {event.characteristic:04x} {event.data.hex()}"
    if isinstance(event, Truth):
        return repr(event).partition(", row=")[0] + ")"
    return repr(event)


def source_of(event: Event) -> str:
    assert not isinstance(event, DirectionReading)
    return event.source


@pytest.fixture(scope="module")
def shipped() -> dict[str, list[Event]]:
    """The first 60 s of every shipped scenario."""
    return {
        name: list(Simulation(load_scenario(name), seed=7).events(60)) for name in scenario_names()
    }


@pytest.mark.parametrize("name", GOLDEN)
def test_the_same_seed_gives_the_same_bytes_on_every_python(
    name: str, shipped: dict[str, list[Event]]
) -> None:
    assert digest(shipped[name]) == GOLDEN[name]


def test_another_seed_gives_other_bytes() -> None:
    given = load_scenario("bike_freewheel_intervals")
    one, two = (digest(list(Simulation(given, seed=seed).events(20))) for seed in (1, 2))
    assert one != two


def test_the_bytes_do_not_depend_on_how_time_is_cut_into_steps() -> None:
    given = load_scenario("faults_everything")
    whole = list(Simulation(given, seed=3).events(30))
    for dt in (0.01, 0.1, 0.7):
        simulation, parts = Simulation(given, seed=3), list[Event]()
        while simulation.at < 30 - 1e-9:
            parts += simulation.step(min(dt, 30 - simulation.at))
        assert parts == whole


def test_a_further_sensor_does_not_change_what_the_machine_sends() -> None:
    alone = run(scenario(forward(10), rider={}, radio={}))
    strap = [{"kind": "heart_rate", "id": "strap"}]
    together = run(scenario(forward(10), rider={}, radio={}, sensor=strap))
    assert notifications(alone) == notifications(together)
    assert notifications(together, "strap")


@pytest.mark.parametrize("name", scenario_names())
def test_shipped_scenarios_start_with_a_link_and_keep_the_order_of_time(
    name: str, shipped: dict[str, list[Event]]
) -> None:
    events = shipped[name]
    assert isinstance(events[0], LinkChange)
    assert events[0].up
    assert all(a.at <= b.at for a, b in pairwise(events))
    sources = {source_of(event) for event in events}
    machine = load_scenario(name).machine
    assert sources == {machine.id, *(sensor.id for sensor in machine.sensors)}


@pytest.mark.parametrize("name", [n for n in scenario_names() if not load_scenario(n).faults])
def test_without_faults_every_notification_decodes_well(
    name: str, shipped: dict[str, list[Event]]
) -> None:
    sent = [event for event in shipped[name] if isinstance(event, Notification)]
    assert len(sent) > 50
    assert {decode(n.characteristic, n.data).status for n in sent} == {Status.OK}


@pytest.mark.parametrize("name", scenario_names())
def test_a_viewer_sees_motion_within_three_seconds(
    name: str, shipped: dict[str, list[Event]]
) -> None:
    machine = load_scenario(name).machine.id
    speeds = [r.fields.get("speed_kmh") for at, r in decoded(shipped[name], machine) if at < 3.0]
    assert any(isinstance(speed, float) and speed > 0.3 for speed in speeds)


def test_labels_come_every_second_and_at_every_change_of_direction() -> None:
    labels = truths(run(scenario(forward(10), backward(10), stop(5))))
    assert [label.at for label in labels if label.at == int(label.at)] == list(range(26))
    seen = [a.direction for a, b in pairwise(labels) if a.direction is not b.direction]
    assert seen == [
        TrueDirection.STOPPED,
        TrueDirection.FORWARD,
        TrueDirection.STOPPED,
        TrueDirection.BACKWARD,
    ]


@pytest.mark.parametrize("name", scenario_names())
def test_labels_agree_with_the_signs_of_the_motion(
    name: str, shipped: dict[str, list[Event]]
) -> None:
    labels = truths(shipped[name])
    assert len(labels) >= 60
    for label in labels:
        if label.direction is TrueDirection.FORWARD:
            assert label.cadence_per_min > 0
        elif label.direction is TrueDirection.BACKWARD:
            assert label.cadence_per_min < 0
        elif label.direction is TrueDirection.STOPPED:
            assert abs(label.cadence_per_min) < 3
        if label.driving:
            assert label.direction is not TrueDirection.STOPPED


def test_labels_come_as_often_as_wanted_and_change_nothing_else() -> None:
    given = scenario(forward(10), backward(10))
    often = list(Simulation(given, truth_every_s=0.25).events())
    times = [label.at for label in truths(often)]
    assert {n / 4 for n in range(80)} <= set(times)
    assert notifications(often) == notifications(run(given))


def test_the_label_of_a_turned_walker_is_backward_while_the_belt_runs_forward() -> None:
    last = truths(run(treadmill(walk(10, 2.0), walk(20, 2.0, "backward"))))[-1]
    assert last.direction is TrueDirection.BACKWARD
    assert last.speed_kmh == pytest.approx(2.0)
    assert last.cadence_per_min < 0
    assert last.power_w is None


def test_the_label_of_a_back_pedalled_freewheel_shows_a_crank_without_power() -> None:
    last = truths(run(freewheel(forward(10), backward(5, 60))))[-1]
    assert last.direction is TrueDirection.BACKWARD
    assert last.cadence_per_min == pytest.approx(-60, abs=2)
    assert last.speed_kmh > 1
    assert last.power_w == 0
    assert not last.driving


def test_a_finished_script_ends_with_every_link_down() -> None:
    simulation = Simulation(scenario(forward(5), sensor=[{"kind": "heart_rate", "id": "strap"}]))
    events = list(simulation.events())
    last = [event for event in events[-2:] if isinstance(event, LinkChange)]
    assert {(event.source, event.up) for event in last} == {("machine", False), ("strap", False)}
    assert simulation.is_over
    assert simulation.step(10) == []
    assert events[-1].at == 5.0


def test_a_looping_script_goes_on() -> None:
    given = scenario(forward(4), backward(4), loop=True)
    simulation = Simulation(given)
    assert len(notifications(simulation.events(100))) == pytest.approx(100, abs=1)
    assert not simulation.is_over


def test_ids_of_the_bridge_replace_those_of_the_scenario_and_nothing_else() -> None:
    given = load_scenario("demo_bike")
    ids = {"bike": "left_bike", "strap": "my_strap"}
    renamed = Simulation(given, seed=1, ids=ids)
    assert renamed.machine.id == "left_bike"
    assert [sensor.id for sensor in renamed.machine.sensors] == ["my_strap"]
    events = list(renamed.events(10))
    assert {source_of(event) for event in events} == {"left_bike", "my_strap"}
    plain = list(Simulation(given, seed=1).events(10))
    assert [n.data for n in notifications(events, "left_bike")] == [
        n.data for n in notifications(plain, "bike")
    ]


def test_truth_is_never_taken_for_an_arrival() -> None:
    kinds = {type(event) for event in run(scenario(forward(3)))}
    assert kinds == {Notification, LinkChange, Truth}
