"""Rides a shipped scenario through the core, and picks one payload of each kind to show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic_core import to_json

from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.notification import LinkChange, Notification, Verdict
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.simulator.simulation import Simulation
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import DEFAULT_BASE, EVENT, LINK, LIVE, SESSION_LAST, STATE

SCENARIO: Final = "demo_bike"
SHOWN: Final = (LIVE, STATE, LINK, EVENT, SESSION_LAST)
LAP_AT_S: Final = 30.0
END_AT_S: Final = 55.0
NOT_SEEN: Final = "not heard for 30 s"
WALL_ZERO: Final = 1_767_225_600.0
"""2026-01-01T00:00:00Z; any instant would do, as long as it stays."""


def examples() -> str:
    """Return the first lap event, and the last payload of every other kind before the end."""
    chosen: dict[str, Publish] = {}
    for effect in _ride():
        if effect.topic in SHOWN and (effect.topic is not EVENT or _is_lap(effect)):
            chosen[effect.topic.template] = effect
    return "\n\n".join(_shown(chosen[topic.template]) for topic in SHOWN)


def _ride() -> Iterator[Publish]:
    """Yield the effects of a ride with one lap, ended by command."""
    simulation = Simulation(load_scenario(SCENARIO), seed=1)
    machine = simulation.machine
    pipeline = Pipeline(PipelineSettings((machine,), run_id="4f1c", wall_zero=WALL_ZERO))
    yield from pipeline.begin(0.0)
    for until_s, verb in ((LAP_AT_S, Verb.LAP), (END_AT_S, Verb.END)):
        for arrival in simulation.events(until_s):
            while (due := pipeline.deadline()) is not None and due <= arrival.at:
                yield from pipeline.handle_timer(due)
            if isinstance(arrival, Notification):
                yield from pipeline.receive(arrival)
            elif isinstance(arrival, LinkChange):
                yield from pipeline.change_link(arrival)
        ended = pipeline.command(Command(machine.id, verb, "a1"), until_s)
        yield from (effect for effect in ended if effect.topic is not STATE)
    for source in (sensor.id for sensor in machine.sensors):
        gone = LinkChange(END_AT_S, source, up=False, reason=NOT_SEEN, verdict=Verdict.NOT_SEEN)
        yield from (effect for effect in pipeline.change_link(gone) if effect.topic is LINK)


def _is_lap(effect: Publish) -> bool:
    return isinstance(effect.payload, dict) and effect.payload.get("type") == "lap"


def _shown(effect: Publish) -> str:
    path = effect.topic.path(DEFAULT_BASE, machine=effect.machine)
    text = to_json(effect.payload, indent=2).decode()
    return f"`{path}`:\n\n```json\n{text}\n```"
