"""Draws docs/images/watch.svg: the live view of the demo's two machines after some minutes.

The picture is no mock-up: simulated notifications go through the pipeline, its payloads become
bytes as on MQTT, and the view reads them as it would from a broker.

Run: python docs/images/watch.py
"""

from __future__ import annotations

from heapq import merge
from pathlib import Path

from svg import draw

from ftms_bridge.app.health import bridge_info
from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.dashboard.screen import Caption, Screen
from ftms_bridge.dashboard.view import View
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.simulator.motion import Truth
from ftms_bridge.simulator.scenario_file import load_scenario
from ftms_bridge.simulator.simulation import Simulation
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import BRIDGE_AVAILABILITY, BRIDGE_INFO

COLUMNS, LINES = 80, 24
AT = 189.0
"""Seconds into the scripts: both machines are busy, and the last minute has some shape."""
LAP_AT = 180.0
"""When the rider of the bike asks for a lap."""
CAPTION = Caption("mqtt://localhost:1883", "mosquitto_sub -h 127.0.0.1 -t 'ftms/#' -v")


def watched(at: float) -> View:
    """Return a view that has seen the demo's machines up to an instant."""
    rides = [
        Simulation(load_scenario("demo_bike"), seed=1),
        Simulation(load_scenario("demo_treadmill"), seed=2),
    ]
    machines = tuple(ride.machine for ride in rides)
    pipeline = Pipeline(PipelineSettings(machines, run_id="picture"))
    info = bridge_info(
        version="0.1.0", run_id="picture", base="ftms", started=None, machines=machines
    )
    view = View("ftms")
    view.connect()
    show(view, [Publish(BRIDGE_AVAILABILITY, "", "online"), Publish(BRIDGE_INFO, "", info)], 0.0)
    for event in merge(*(ride.events(at) for ride in rides), key=lambda event: event.at):
        while (due := pipeline.deadline()) is not None and due <= event.at:
            show(view, pipeline.handle_timer(due), due)
        if isinstance(event, Notification):
            show(view, pipeline.receive(event), event.at)
        elif isinstance(event, Truth) and event.source == "bike" and event.at == LAP_AT:
            show(view, pipeline.command(Command("bike", Verb.LAP), LAP_AT), LAP_AT)
    return view


def show(view: View, effects: list[Publish], at: float) -> None:
    """Give effects to a view as the broker would."""
    for effect in effects:
        topic = effect.topic.path(view.base, machine=effect.machine)
        view.receive(topic, encode(effect.payload), at)


def main() -> None:
    """Draw the picture."""
    screen = Screen(watched(AT), AT, CAPTION)
    picture = draw(screen.lines(COLUMNS, LINES), title="ftms-bridge watch")
    Path(__file__).with_suffix(".svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
