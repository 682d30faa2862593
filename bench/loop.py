"""L1 to L3: the whole pipeline with its JSON, against one bare ``Struct.unpack`` per record.

Time covers `Pipeline.receive`, `Pipeline.handle_timer` for every deadline in between, and the
encoding of everything that they return; it does not cover making the notification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.peers import pyftms_on_notify
from bench.rides import NEVER_LIVE_S, RATE_HZ, RICH, bike_pipeline, ride
from bench.rows import Bar, Row, not_run
from bench.timing import Candidate, Run, best_of
from ftms_bridge.gatt.notification import Notification
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.pipeline import Pipeline
from ftms_bridge.telemetry.messages import Payload

WARM_S = 120
TIMED_S = 300
FLOOR_PASSES = 20
ROUNDS = 25
FLOOR = "bare Struct.unpack, 21 B"
L1 = Bar(20)

WITH_STATE = "whole pipeline, 1 Hz state as JSON"
WITH_LIVE_1HZ = "whole pipeline, 1 Hz state and 1 Hz live as JSON"
WITH_LIVE = "whole pipeline, 1 Hz state, live with every notification"
NO_JSON = "whole pipeline, the same payloads built but not encoded"


def drive(
    pipeline: Pipeline,
    notifications: Iterable[Notification],
    take: Callable[[Payload], object] = encode,
) -> None:
    """Do what every driver of the pipeline does, and encode what comes of it."""
    for notification in notifications:
        while (due := pipeline.deadline()) is not None and due <= notification.at:
            for effect in pipeline.handle_timer(due):
                take(effect.payload)
        for effect in pipeline.receive(notification):
            take(effect.payload)


def whole_loop(live_interval_s: float, take: Callable[[Payload], object] = encode) -> Candidate:
    """Return the loop in the middle of a ride, with a fresh pipeline in each round."""
    warm, timed = list(ride(0, WARM_S)), list(ride(WARM_S, TIMED_S))

    def prepare() -> Run:
        pipeline = bike_pipeline(live_interval_s)
        drive(pipeline, warm, take)
        return lambda: drive(pipeline, timed, take)

    return Candidate(prepare, len(timed))


def floor() -> Candidate:
    """Return what cannot be beaten: one `struct` call per record of the same ride.

    It goes over the ride several times, because one pass is over before the caches are warm.
    """
    records = [notification.data for notification in ride(WARM_S, TIMED_S)]
    unpack = RICH.unpack

    def run() -> None:
        for _ in range(FLOOR_PASSES):
            for record in records:
                unpack(record)

    return Candidate(lambda: run, len(records) * FLOOR_PASSES)


def loop_times(rounds: int = ROUNDS) -> dict[str, float]:
    """Return nanoseconds per notification of the floor and of each loop."""
    candidates = {
        FLOOR: floor(),
        WITH_STATE: whole_loop(NEVER_LIVE_S),
        NO_JSON: whole_loop(NEVER_LIVE_S, lambda payload: None),
        WITH_LIVE_1HZ: whole_loop(1.0),
        WITH_LIVE: whole_loop(0.0),
    }
    return best_of(candidates, rounds)


def measure(rounds: int = ROUNDS) -> list[Row]:
    """Measure the loop as it is interpreted."""
    best = loop_times(rounds)
    rows = loop_rows(
        best, {"L1": WITH_STATE, "L1a": NO_JSON, "L1b": WITH_LIVE_1HZ, "L2": WITH_LIVE}
    )
    return [*rows, _against_pyftms(rounds)]


def loop_rows(best: dict[str, float], what: dict[str, str]) -> list[Row]:
    """Return a row for each loop; only the one with the 1 Hz state has a bar."""
    return [
        Row(row_id, name, "ns", best[name], best[FLOOR], FLOOR, L1 if name == WITH_STATE else None)
        for row_id, name in what.items()
    ]


def _against_pyftms(rounds: int) -> Row:
    what = f"{WITH_STATE}, {RATE_HZ} Hz"
    on_notify = pyftms_on_notify()
    if isinstance(on_notify, str):
        return not_run("L3", what, on_notify)
    records = [bytearray(notification.data) for notification in ride(WARM_S, TIMED_S)]

    def run() -> None:
        for record in records:
            on_notify(None, record)

    best = best_of(
        {"ours": whole_loop(NEVER_LIVE_S), "pyftms": Candidate(lambda: run, len(records))},
        max(3, rounds // 4),
    )
    return Row("L3", what, "ns", best["ours"], best["pyftms"], "pyftms' notification handler",
               faster=True)  # fmt: skip
