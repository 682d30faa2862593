"""The link delivers in real time, on a clock that the test turns."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from ftms_bridge.gatt.notification import Arrival, LinkChange, Notification
from ftms_bridge.simulator.link import SimulatorLink
from ftms_bridge.simulator.simulation import Simulation
from tests.simulator.build import backward, forward, run, scenario


class Clock:
    """A clock that only sleeping moves, and on which the computer can be suspended."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


async def test_arrivals_are_stamped_with_the_daemons_clock_in_real_time() -> None:
    clock, arrivals = Clock(), list[Arrival]()
    given = scenario(forward(10))
    await SimulatorLink(Simulation(given), clock=clock.time, sleep=clock.sleep).run(arrivals.append)
    expected = [event for event in run(given) if isinstance(event, Arrival)]
    assert [a.at - 1000.0 for a in arrivals] == pytest.approx([e.at for e in expected])
    sent = [a.data for a in arrivals if isinstance(a, Notification)]
    assert sent == [e.data for e in expected if isinstance(e, Notification)]
    assert clock.now == pytest.approx(1010.0)


async def test_the_link_ends_with_the_script_and_says_so() -> None:
    clock, arrivals = Clock(), list[Arrival]()
    simulation = Simulation(scenario(forward(3)))
    await SimulatorLink(simulation, clock=clock.time, sleep=clock.sleep).run(arrivals.append)
    assert arrivals[0] == LinkChange(1000.0, "machine", up=True, reason="simulated")
    assert isinstance(arrivals[-1], LinkChange)
    assert not arrivals[-1].up


async def test_a_looping_script_delivers_until_it_is_cancelled() -> None:
    clock, arrivals = Clock(), list[Arrival]()
    enough = asyncio.Event()

    def deliver(arrival: Arrival) -> None:
        arrivals.append(arrival)
        if clock.now >= 1060.0:
            enough.set()

    given = scenario(forward(5), backward(5), loop=True)
    link = SimulatorLink(Simulation(given), clock=clock.time, sleep=clock.sleep)
    task = asyncio.create_task(link.run(deliver))
    await enough.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(arrivals) >= 58


async def test_after_the_computer_slept_there_is_a_gap_and_no_burst() -> None:
    clock, arrivals = Clock(), list[Arrival]()

    async def sleep(seconds: float) -> None:
        suspended = len(arrivals) == 10 and clock.now < 2000
        await clock.sleep(seconds + (3600.0 if suspended else 0.0))

    simulation = Simulation(scenario(forward(30)))
    await SimulatorLink(simulation, clock=clock.time, sleep=sleep).run(arrivals.append)
    gaps = [b.at - a.at for a, b in itertools.pairwise(arrivals)]
    assert sum(gap > 3000 for gap in gaps) == 1
    assert sum(gap < 0.5 for gap in gaps) <= 3


async def test_a_short_delay_of_the_computer_is_made_up_for() -> None:
    clock, arrivals = Clock(), list[Arrival]()

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds + (0.7 if len(arrivals) == 5 else 0.0))

    simulation = Simulation(scenario(forward(20)))
    await SimulatorLink(simulation, clock=clock.time, sleep=sleep).run(arrivals.append)
    assert arrivals[-1].at == pytest.approx(1020.0, abs=0.8)
