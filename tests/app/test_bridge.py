"""The bridge between links and core: order, timers, and faults that cost one step only."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest

from ftms_bridge.app.bridge import Bridge
from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import (
    Arrival,
    DirectionReading,
    LinkChange,
    Notification,
    Verdict,
)
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import AVAILABILITY
from tests.pipeline.rides import bike_pipeline

RIDING = encode(0x2AD2, {"speed_kmh": 25.0, "power_w": 150})


class Outlet:
    """Collects what is published."""

    def __init__(self) -> None:
        self.effects: list[Publish] = []

    def publish(self, effect: Publish) -> None:
        self.effects.append(effect)

    def names(self) -> list[str]:
        return [effect.topic.name for effect in self.effects]


class Notes:
    """A journal in memory that notes how much had been published before each entry."""

    def __init__(self, outlet: Outlet) -> None:
        self.entries: list[tuple[object, int]] = []
        self._outlet = outlet

    def write(self, arrival: Arrival) -> None:
        self.entries.append((arrival, len(self._outlet.effects)))

    def write_command(self, command: Command, at: float) -> None:
        self.entries.append((command, len(self._outlet.effects)))

    def write_end(self, at: float) -> None:
        self.entries.append((at, len(self._outlet.effects)))


class HandClock:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_an_arrival_is_recorded_before_anything_is_published_of_it() -> None:
    outlet = Outlet()
    notes = Notes(outlet)
    bridge = Bridge(bike_pipeline(), outlet, HandClock(), notes)
    bridge.deliver(Notification(0.0, "bike", 0x2AD2, RIDING))
    published = len(outlet.effects)
    bridge.obey(Command("bike", Verb.LAP, "1"))
    assert [before for _, before in notes.entries] == [0, published]
    assert outlet.names()[-1] == "result"


async def test_timers_are_handled_at_the_instant_at_which_they_were_due() -> None:
    outlet, clock = Outlet(), HandClock()
    bridge = Bridge(bike_pipeline(), outlet, clock)
    bridge.deliver(Notification(0.0, "bike", 0x2AD2, RIDING))
    clock.now = 100.0
    bridge.deliver(LinkChange(100.0, "bike", up=True))
    words = [e.payload for e in outlet.effects if e.topic.name == "availability"]
    assert words == ["online", "stale", "offline"]
    lives: list[Any] = [e.payload for e in outlet.effects if e.topic.name == "live"]
    assert lives[-1]["t_s"] == 3.0


async def test_the_loop_rings_when_the_core_asked_for_it() -> None:
    outlet = Outlet()
    loop = asyncio.get_running_loop()
    zero = loop.time()
    bridge = Bridge(bike_pipeline(), outlet, lambda: loop.time() - zero)
    bridge.deliver(Notification(0.0, "bike", 0x2AD2, RIDING))
    states = outlet.names().count("state")
    async with asyncio.timeout(3.0):
        while outlet.names().count("state") < states + 2:
            await asyncio.sleep(0.01)
    bridge.finish()
    assert outlet.names()[-1] == "state"


async def test_finishing_ends_the_session_and_takes_the_machine_offline() -> None:
    outlet = Outlet()
    bridge = Bridge(bike_pipeline(), outlet, HandClock())
    bridge.deliver(Notification(0.0, "bike", 0x2AD2, RIDING))
    bridge.finish()
    assert "session_last" in outlet.names()
    assert [e.payload for e in outlet.effects if e.topic.name == "availability"][-1] == "offline"


class Broken(Pipeline):
    """A core with a fault, as no test of the real one could ask for."""

    def receive(self, notification: Notification) -> list[Publish]:
        if notification.at == 1.0:
            raise ZeroDivisionError
        return super().receive(notification)


async def test_a_fault_in_the_core_costs_one_notification_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outlet = Outlet()
    good = bike_pipeline()
    broken = Broken.__new__(Broken)
    broken.__dict__.update(good.__dict__)
    bridge = Bridge(broken, outlet, HandClock())
    with caplog.at_level(logging.ERROR):
        for at in (0.0, 1.0, 2.0):
            bridge.deliver(Notification(at, "bike", 0x2AD2, RIDING))
    assert bridge.failures == 1
    assert outlet.names().count("live") == 2
    assert "the bridge goes on" in caplog.text


class Switch:
    """Links that note what they are asked, and answer what they are told to."""

    def __init__(self, answer: str | None = None) -> None:
        self.asked: list[Command] = []
        self._answer = answer

    def obey(self, command: Command) -> str | None:
        self.asked.append(command)
        if self._answer == "fault":
            raise ZeroDivisionError
        return self._answer


RELEASE = Command("bike", Verb.LINK, "7", action="release", minutes=5.0)


def results(outlet: Outlet) -> list[tuple[Any, Any]]:
    told: list[Any] = [e.payload for e in outlet.effects if e.topic.name == "result"]
    return [(result["status"], result["reason"]) for result in told]


@pytest.mark.parametrize(
    ("switch", "result"),
    [
        (Switch(), ("done", None)),
        (Switch("not_now"), ("rejected", "not_now")),
        (None, ("rejected", "no_radio")),
    ],
)
async def test_the_links_are_asked_first_and_their_answer_is_recorded(
    switch: Switch | None, result: tuple[str, str | None]
) -> None:
    outlet = Outlet()
    notes = Notes(outlet)
    bridge = Bridge(bike_pipeline(), outlet, HandClock(), notes, links=switch)
    bridge.obey(RELEASE)
    assert results(outlet) == [result]
    assert notes.entries == [(replace(RELEASE, refusal=result[1]), 0)]
    assert switch is None or switch.asked == [RELEASE]


async def test_other_commands_are_no_business_of_the_links() -> None:
    outlet, switch = Outlet(), Switch()
    bridge = Bridge(bike_pipeline(), outlet, HandClock(), links=switch)
    bridge.obey(Command("bike", Verb.LAP))
    assert (switch.asked, results(outlet)) == ([], [("rejected", "no_session")])


async def test_a_fault_in_the_links_is_an_answer_too(caplog: pytest.LogCaptureFixture) -> None:
    outlet = Outlet()
    bridge = Bridge(bike_pipeline(), outlet, HandClock(), links=Switch("fault"))
    with caplog.at_level(logging.ERROR):
        bridge.obey(RELEASE)
    assert results(outlet) == [("rejected", "internal_error")]
    assert bridge.failures == 1
    assert "the links failed" in caplog.text


async def test_links_may_deliver_what_comes_of_a_command_before_they_answer() -> None:
    outlet, clock = Outlet(), HandClock()

    class Quick(Switch):
        def obey(self, command: Command) -> str | None:
            bridge.deliver(LinkChange(2.0, "bike", up=False, verdict=Verdict.RELEASED))
            return None

    bridge = Bridge(bike_pipeline(), outlet, clock, links=Quick())
    bridge.deliver(Notification(0.0, "bike", 0x2AD2, RIDING))
    clock.now = 1.9
    bridge.obey(RELEASE)
    assert results(outlet) == [("done", None)]
    assert bridge.failures == 0
    states: list[Any] = [e.payload for e in outlet.effects if e.topic.name == "state"]
    assert states[-1]["availability_reason"] == "released"


class Sensing(Pipeline):
    """A core that notes the readings it gets, between what it was waiting for."""

    sensed: list[DirectionReading | float]

    @classmethod
    def made_of(cls, pipeline: Pipeline) -> Sensing:
        """Return a core like another one."""
        sensing = cls.__new__(cls)
        sensing.__dict__.update(pipeline.__dict__)
        sensing.sensed = []
        return sensing

    def sense(self, reading: DirectionReading) -> list[Publish]:
        self.sensed.append(reading)
        return [Publish(AVAILABILITY, reading.machine, f"sensed {reading.value:g}")]

    def handle_timer(self, at: float) -> list[Publish]:
        self.sensed.append(at)
        return super().handle_timer(at)


@pytest.mark.parametrize("way", ["sense", "deliver"])
async def test_a_reading_of_a_sensor_is_recorded_first_and_then_sensed(way: str) -> None:
    outlet, core = Outlet(), Sensing.made_of(bike_pipeline())
    notes = Notes(outlet)
    bridge = Bridge(core, outlet, HandClock(), notes)
    reading = DirectionReading(0.5, "bike", -62.5)
    getattr(bridge, way)(reading)
    assert notes.entries == [(reading, 0)]
    assert [effect.payload for effect in outlet.effects] == ["sensed -62.5"]


async def test_a_reading_takes_its_turn_behind_the_timers_and_never_goes_back_in_time() -> None:
    outlet, core = Outlet(), Sensing.made_of(bike_pipeline())
    notes = Notes(outlet)
    bridge = Bridge(core, outlet, HandClock(), notes)
    bridge.deliver(Notification(0.0, "bike", 0x2AD2, RIDING))
    bridge.sense(DirectionReading(3.5, "bike", 1.0))
    bridge.sense(DirectionReading(2.0, "bike", -1.0))
    late = DirectionReading(3.5, "bike", -1.0)
    assert core.sensed[-2:] == [DirectionReading(3.5, "bike", 1.0), late]
    due = [at for at in core.sensed if isinstance(at, float)]
    assert due == sorted(due)
    assert due[-1] == 3.0, "the machine was stale before the sensor spoke"
    assert core.sensed.index(3.0) < len(core.sensed) - 2
    assert notes.entries[-1][0] == late


async def test_a_fault_over_a_reading_costs_that_reading_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Breaking(Sensing):
        def sense(self, reading: DirectionReading) -> list[Publish]:
            raise KeyError(reading.machine)

    outlet = Outlet()
    bridge = Bridge(Breaking.made_of(bike_pipeline()), outlet, HandClock())
    with caplog.at_level(logging.ERROR):
        bridge.sense(DirectionReading(0.5, "nobody", 1.0))
    bridge.deliver(Notification(1.0, "bike", 0x2AD2, RIDING))
    assert bridge.failures == 1
    assert "live" in outlet.names()


async def test_a_declaration_goes_to_the_core_and_not_to_the_links() -> None:
    outlet, switch = Outlet(), Switch()
    notes = Notes(outlet)
    bridge = Bridge(bike_pipeline(), outlet, HandClock(), notes, links=switch)
    declared = Command("bike", Verb.DECLARE, "9", direction="backward")
    bridge.obey(declared)
    assert notes.entries == [(declared, 0)]
    assert (switch.asked, len(results(outlet))) == ([], 1)
