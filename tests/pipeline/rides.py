"""Builds pipelines and notifications for the tests of the core, and drives them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ftms_bridge.gatt.codec import encode
from ftms_bridge.gatt.notification import LinkChange, Notification
from ftms_bridge.measurement.sources import MachineKind, MachineSpec, SensorSpec
from ftms_bridge.pipeline import Pipeline, PipelineSettings
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.workout.session import SessionRules

BIKE = 0x2AD2
TREADMILL = 0x2ACD
POWER_METER = 0x2A63
HEART_RATE = 0x2A37


def bike_pipeline(
    *sensors: SensorSpec,
    rules: SessionRules | None = None,
    live_interval_s: float = 0.0,
    priority: tuple[tuple[str, tuple[str, ...]], ...] = (),
) -> Pipeline:
    """Return a pipeline with one bike called ``bike``."""
    spec = MachineSpec("bike", MachineKind.INDOOR_BIKE, sensors=sensors, priority=priority)
    return Pipeline(
        PipelineSettings(
            machines=(spec,),
            run_id="run",
            wall_zero=1_700_000_000.0,
            rules=rules or SessionRules(),
            live_interval_s=live_interval_s,
        )
    )


def bike(at: float, **fields: Any) -> Notification:
    """Return one indoor bike notification with these fields."""
    return Notification(at, "bike", BIKE, encode(BIKE, fields))


def ride(start: float, seconds: int, **fields: Any) -> list[Notification]:
    """Return the same bike notification once a second."""
    return [bike(start + second, **fields) for second in range(seconds)]


def drive(
    pipeline: Pipeline, arrivals: Iterable[Notification | LinkChange], until: float | None = None
) -> list[tuple[float, Publish]]:
    """Hand over the arrivals as a driver must; return every effect with its instant."""
    effects: list[tuple[float, Publish]] = []

    def timers(at: float) -> None:
        while (due := pipeline.deadline()) is not None and due <= at:
            effects.extend((due, effect) for effect in pipeline.handle_timer(due))

    for arrival in arrivals:
        timers(arrival.at)
        step = (
            pipeline.receive(arrival)
            if isinstance(arrival, Notification)
            else pipeline.change_link(arrival)
        )
        effects.extend((arrival.at, effect) for effect in step)
    if until is not None:
        timers(until)
    return effects


def payloads(effects: Sequence[tuple[float, Publish]], topic: str) -> list[Any]:
    """Return the payloads of one topic, by the name of its row."""
    return [effect.payload for _, effect in effects if effect.topic.name == topic]


def events(effects: Sequence[tuple[float, Publish]]) -> list[str]:
    """Return the types of the events, in order."""
    return [event["type"] for event in payloads(effects, "event")]
