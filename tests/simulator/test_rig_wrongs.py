"""Rides that are not as at calibration: turned signs, swapped wires, a neighbour's sensors."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ftms_bridge.errors import UsageError
from ftms_bridge.gatt.notification import DirectionReading, Notification
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.rig_wrongs import inverted, swapped, with_sensors_of
from ftms_bridge.simulator.rigs import RigSession, rig_session
from ftms_bridge.simulator.sensor_tables import DirectionTable, SpeedCadence
from ftms_bridge.simulator.simulation import Simulation


def first_of(kind: type, session: RigSession) -> object:
    return next(one for one in session.ride.sensors if isinstance(one, kind))


def test_a_sensor_wired_the_other_way_round_after_calibration() -> None:
    session = rig_session("direction_sensor", 1)
    wrong = inverted(session)
    before, after = (first_of(DirectionTable, one) for one in (session, wrong))
    assert isinstance(before, DirectionTable)
    assert isinstance(after, DirectionTable)
    assert before.inverted != after.inverted
    assert wrong.calibration == session.calibration
    assert inverted(wrong) == session


def test_firmware_that_turns_the_direction_bit_round() -> None:
    session = rig_session("elliptical_bit", 1)
    bits = {one.ride.firmware.direction_bit for one in (session, inverted(session))}
    assert bits == {"set", "inverted"}


def test_swapped_wires() -> None:
    sessions = (rig_session("signed_counters", seed) for seed in range(20))
    session = next(s for s in sessions if any(isinstance(o, SpeedCadence) for o in s.ride.sensors))
    sensor = first_of(SpeedCadence, swapped(session))
    assert isinstance(sensor, SpeedCadence)
    assert sensor.swapped


@pytest.mark.parametrize("wrong", [inverted, swapped])
def test_a_rig_without_that_part_is_told(wrong: type) -> None:
    with pytest.raises(UsageError, match="nothing of that kind"):
        wrong(rig_session("air_bike", 1))


@pytest.mark.parametrize("name", ["spin_bike_meter", "direction_sensor"])
def test_the_sensors_of_a_neighbour_come_with_the_own_machine(name: str) -> None:
    own, other = (
        list(Simulation(rig_session(name, seed, minutes=2).ride).events()) for seed in (1, 2)
    )
    mixed = list(with_sensors_of(own, other, "machine"))
    assert all(a.at <= b.at for a, b in pairwise(mixed))
    for kind in (Truth, Notification):
        machines = [e for e in mixed if isinstance(e, kind) and e.source == "machine"]
        assert machines == [e for e in own if isinstance(e, kind) and e.source == "machine"]
    sensed = [e for e in mixed if isinstance(e, DirectionReading) or e.source == "meter"]
    wanted = [e for e in other if isinstance(e, DirectionReading) or e.source == "meter"]
    assert sensed == wanted
    assert sensed
