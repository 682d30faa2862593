"""What runs in a process of its own: ``python -m bench.child TASK ...`` prints one JSON line.

A process of its own is needed where memory is measured and where the core is a compiled one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from bench.rides import (
    BIKE,
    RATE_HZ,
    TREADMILL,
    arrival_at,
    bike_record,
    two_machines,
    walk_record,
)
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.pipeline import Pipeline

WALK_S, REST_S = 3000, 600
"""The treadmill walks for 50 min and stands for 10: a new session each hour."""


def run_loop(rounds: str) -> dict[str, object]:
    """Time the whole pipeline, and say whether the core in use is a compiled one."""
    import ftms_bridge.pipeline.core
    from bench.decoding import SAMPLES, decode_times
    from bench.loop import loop_times

    compiled = not str(ftms_bridge.pipeline.core.__file__).endswith(".py")
    decode = {sample.name: decode_times(sample, int(rounds)) for sample in SAMPLES}
    return {"compiled": compiled, "loop": loop_times(int(rounds)), "decode": decode}


def run_replay(recording: str, transcript: str) -> dict[str, object]:
    """Replay a recording into a transcript."""
    from ftms_bridge.app.replaying import Replay, ReplaySettings

    report = Replay(ReplaySettings((Path(recording),), base="ftms")).run(Path(transcript))
    return {"published": report.published}


def run_soak(hours: str) -> dict[str, object]:
    """Ride a bike and walk for so many hours; return the memory in MB before and after.

    Every notification is made, used and forgotten; live documents go out at the default rate.
    """
    from ftms_bridge.app.health import rss_mb

    pipeline = two_machines(live_interval_s=0.25)
    memory, encoded = [], 0
    for index in range(int(hours) * 3600 * RATE_HZ):
        encoded += _step(pipeline, index)
        if index % (600 * RATE_HZ) == 600 * RATE_HZ - 1:  # the first after ten minutes
            memory.append(rss_mb())
    return {"memory_mb": memory, "documents": encoded, "notifications": 2 * (index + 1)}


def _step(pipeline: Pipeline, index: int) -> int:
    at = arrival_at(index)
    encoded = 0
    moving = at % (WALK_S + REST_S) < WALK_S
    for arrival in (
        Notification(at, "bike", BIKE, bike_record(at)),
        Notification(at, "treadmill", TREADMILL, walk_record(at, moving=moving)),
    ):
        while (due := pipeline.deadline()) is not None and due <= at:
            encoded += len([encode(effect.payload) for effect in pipeline.handle_timer(due)])
        encoded += len([encode(effect.payload) for effect in pipeline.receive(arrival)])
    return encoded


def run_imports(*names: str) -> dict[str, object]:
    """Import modules; return the memory in MB then."""
    from importlib import import_module

    from ftms_bridge.app.health import rss_mb

    for name in names:
        import_module(name)
    return {"memory_mb": rss_mb()}


TASKS: dict[str, Callable[..., dict[str, object]]] = {
    "loop": run_loop,
    "replay": run_replay,
    "soak": run_soak,
    "imports": run_imports,
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
