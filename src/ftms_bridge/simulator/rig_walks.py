"""What somebody does on a treadmill: the calibration, and a session of chance blocks."""

from __future__ import annotations

from typing import Final

from ftms_bridge.simulator.rig_parts import Draw, Setup, Tables
from ftms_bridge.simulator.rig_rides import Block

STEADY_S: Final = 60.0
"""Length of each way in the calibration: steps need longer than turns."""

RUN_KMH: Final = 9.0


def walk(duration_s: float, way: str, speed_kmh: float, **keys: object) -> Tables:
    """Return a phase of walking; with ``stop`` the walker stands beside the running belt."""
    phase: Tables = {"direction": way, "speed_kmh": speed_kmh, "duration_s": duration_s}
    return phase | keys


def halt(duration_s: float, **keys: object) -> Tables:
    """Return a phase in which the belt stops."""
    phase: Tables = {"direction": "stop", "duration_s": duration_s}
    return phase | keys


def calibrate(draw: Draw, setup: Setup) -> list[Tables]:
    """Return a minute each way at one slow speed; the belt stands between."""
    pace = draw.uniform(1.2, 2.6, 1)
    ramp_s = draw.uniform(1, 4, 1)
    braked_s = pace / braking_kmh_s(setup)
    stop = halt(round(6.0 + max(braked_s, ramp_s) + ramp_s, 1), ramp_s=ramp_s)
    return [
        halt(5.0),
        walk(STEADY_S, "forward", pace, ramp_s=ramp_s),
        stop,
        walk(STEADY_S, "backward", pace, ramp_s=ramp_s),
        stop,
    ]


def braking_kmh_s(setup: Setup) -> float:
    """Return how fast this belt slows down."""
    belt = setup.tables["belt"]
    assert isinstance(belt, dict)
    return float(belt["braking_kmh_s"])


def ahead_kmh(draw: Draw) -> float:
    """Return a speed for walking forward."""
    return draw.uniform(1.5, 6.2, 1)


def back_kmh(draw: Draw) -> float:
    """Return a speed for walking backward."""
    return draw.uniform(0.8, 3.8, 1)


def alternation(draw: Draw, setup: Setup) -> list[Tables]:
    """One or two minutes each way; half of the time without a change of speed.

    Nobody steps today as yesterday: fatigue, shoes and practice move the step rate a little.
    """
    back = back_kmh(draw)
    ahead = back if draw.chance(0.5) else ahead_kmh(draw)
    return [
        walk(draw.uniform(55, 125, 0), "forward", ahead, step_ratio=draw.near(1.0, 0.01)),
        walk(draw.uniform(5, 10, 0), "forward", back),
        walk(draw.uniform(55, 125, 0), "backward", back, step_ratio=draw.near(1.0, 0.02)),
    ]


def quick_turns(draw: Draw, setup: Setup) -> list[Tables]:
    """Turn every half minute."""
    pace = back_kmh(draw)
    ways = ("forward", "backward", "forward", "backward")
    return [walk(draw.uniform(18, 40, 0), way, pace, ramp_s=1.5) for way in ways]


def stop_without_reversal(draw: Draw, setup: Setup) -> list[Tables]:
    """Stop the belt and go on the same way."""
    phases = []
    for way in ("forward", "backward"):
        pace = back_kmh(draw)
        phases += [
            walk(draw.uniform(20, 40, 0), way, pace),
            halt(round(draw.uniform(3, 10, 0) + pace / braking_kmh_s(setup), 1)),
            walk(draw.uniform(20, 40, 0), way, pace),
        ]
    return phases


def speed_ramps(draw: Draw, setup: Setup) -> list[Tables]:
    """Go from a walk to a run and back."""
    low = ahead_kmh(draw)
    return [
        walk(15.0, "forward", low),
        walk(draw.uniform(25, 45, 0), "forward", RUN_KMH, ramp_s=draw.uniform(10, 25, 0)),
        walk(draw.uniform(25, 45, 0), "forward", low, ramp_s=draw.uniform(10, 25, 0)),
    ]


def side_shuffle(draw: Draw, setup: Setup) -> list[Tables]:
    """Shuffle sideways: neither forward nor backward."""
    pace = draw.uniform(0.8, 2.2, 1)
    return [
        walk(15.0, "forward", pace),
        walk(draw.uniform(15, 40, 0), "sideways", pace),
        walk(draw.uniform(15, 30, 0), draw.pick("forward", "backward"), pace),
    ]


def step_off(draw: Draw, setup: Setup) -> list[Tables]:
    """Stand on the side rails while the belt runs on."""
    pace = back_kmh(draw)
    way = "forward" if setup.reversible else draw.pick("forward", "backward")
    return [
        walk(20.0, way, pace),
        walk(draw.uniform(8, 30, 0), "stop", pace),
        walk(20.0, way, pace),
    ]


def rail_holding(draw: Draw, setup: Setup) -> list[Tables]:
    """Hold the rails: the steps change, though not the way."""
    pace, way = back_kmh(draw), draw.pick("forward", "backward")
    return [
        walk(20.0, way, pace),
        walk(draw.uniform(20, 60, 0), way, pace, step_ratio=draw.uniform(0.85, 1.12)),
        walk(20.0, way, pace, step_ratio=1.0),
    ]


def safety_key(draw: Draw, setup: Setup) -> list[Tables]:
    """Pull the safety key, then go on."""
    pace, way = back_kmh(draw), draw.pick("forward", "backward")
    return [
        walk(20.0, way, pace),
        halt(draw.uniform(6, 15, 0), safety_key=True, ramp_s=0.5),
        walk(25.0, draw.pick("forward", "backward"), pace),
    ]


def incline(draw: Draw, setup: Setup) -> list[Tables]:
    """Walk uphill both ways."""
    pace = draw.uniform(1.0, 2.5, 1)
    return [
        walk(30.0, "forward", pace, incline_pct=draw.uniform(1, 8, 0)),
        walk(30.0, "backward", pace),
        walk(20.0, "forward", pace, incline_pct=0.0),
    ]


BLOCKS: Final[dict[str, Block]] = {
    "quick_turns": quick_turns,
    "stop_without_reversal": stop_without_reversal,
    "speed_ramps": speed_ramps,
    "side_shuffle": side_shuffle,
    "step_off": step_off,
    "rail_holding": rail_holding,
    "safety_key": safety_key,
    "incline": incline,
}
