"""What somebody does on a bike or cross trainer: the calibration, and a ride of chance blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ftms_bridge.simulator.rig_parts import Draw, Setup, Tables

FULL_BRAKE_PCT: Final = 100.0
LOW_BRAKE_PCT: Final = 8.0

Block = Callable[[Draw, Setup], list[Tables]]
"""Returns the phases of a stretch of a ride."""


def forward(duration_s: float, cadence_rpm: float, **keys: object) -> Tables:
    """Return a phase of pedalling forward."""
    phase: Tables = {"direction": "forward", "cadence_rpm": cadence_rpm}
    return phase | {"duration_s": duration_s} | keys


def backward(duration_s: float, cadence_rpm: float, **keys: object) -> Tables:
    """Return a phase of pedalling backward."""
    return forward(duration_s, cadence_rpm, **keys) | {"direction": "backward"}


def still(duration_s: float, **keys: object) -> Tables:
    """Return a phase of still cranks."""
    phase: Tables = {"direction": "stop", "duration_s": duration_s}
    return phase | keys


def calibrate(draw: Draw, setup: Setup) -> list[Tables]:
    """Return the minutes with the wizard: each way once, full stops between, then a coast.

    The ghost pedalling at the end is optional: the crank turns forward slower than it would drive.
    """
    level, quick = draw.uniform(15, 35, 0), draw.uniform(1.0, 2.5, 1)
    ahead, back = draw.uniform(55, 85, 0), draw.uniform(40, 65, 0)
    # the ramp, then legs that come to rest, then five seconds in which nothing turns
    stop_s = round(setup.run_down_s + quick + 7.0, 1)
    stop = still(stop_s, resistance_pct=FULL_BRAKE_PCT, ramp_s=quick)
    phases = [
        still(5.0),
        forward(34.0, ahead, resistance_pct=level, ramp_s=quick),
        stop,
        backward(34.0, back, resistance_pct=level, ramp_s=quick),
        stop,
        forward(8.0, ahead, resistance_pct=LOW_BRAKE_PCT, ramp_s=quick),
        still(10.0, ramp_s=0.5),
    ]
    if setup.freewheel and draw.chance(0.5):
        phases += [
            forward(6.0, ahead, ramp_s=quick),
            forward(10.0, round(ahead * 0.45), ramp_s=0.5),
        ]
    return [*phases, still(3.0, ramp_s=1.0)]


def level(draw: Draw) -> dict[str, object]:
    """Return the key for a usual brake level."""
    return {"resistance_pct": draw.uniform(10, 45, 0)}


def ahead_rpm(draw: Draw) -> float:
    """Return a cadence for pedalling forward."""
    return draw.uniform(50, 98, 0)


def back_rpm(draw: Draw) -> float:
    """Return a cadence for pedalling backward."""
    return draw.uniform(32, 76, 0)


def alternation(draw: Draw, setup: Setup) -> list[Tables]:
    """One or two minutes each way, the core of a session."""
    return [
        forward(draw.uniform(55, 125, 0), ahead_rpm(draw), **level(draw), ramp_s=ramp(draw)),
        backward(draw.uniform(55, 125, 0), back_rpm(draw), ramp_s=ramp(draw)),
    ]


def ramp(draw: Draw) -> float:
    """Return how long a change of pace usually takes."""
    return draw.uniform(1.5, 5.0, 1)


def fast_reversal(draw: Draw, setup: Setup) -> list[Tables]:
    """Turn round within 1.5 s, three times, if flywheel and strength allow it."""
    return _reversals(draw, 1.5)


def slow_reversal(draw: Draw, setup: Setup) -> list[Tables]:
    """Turn round within 5 s, three times."""
    return _reversals(draw, 5.0)


def _reversals(draw: Draw, ramp_s: float) -> list[Tables]:
    return [
        forward(draw.uniform(15, 40, 0), ahead_rpm(draw), **level(draw)),
        backward(draw.uniform(15, 40, 0), back_rpm(draw), ramp_s=ramp_s),
        forward(draw.uniform(15, 40, 0), ahead_rpm(draw), ramp_s=ramp_s),
        backward(draw.uniform(15, 40, 0), back_rpm(draw), ramp_s=ramp_s),
    ]


def stop_without_reversal(draw: Draw, setup: Setup) -> list[Tables]:
    """Stop, and go on the same way: a stop is a chance to turn round, not a proof."""
    moves: list[Callable[..., Tables]] = [forward, backward]
    phases = []
    for move in moves if draw.chance(0.5) else moves[::-1]:
        pace = back_rpm(draw)
        phases += [
            move(draw.uniform(12, 30, 0), pace, **level(draw)),
            still(draw.uniform(2, 12, 0), ramp_s=draw.uniform(1, 3, 1)),
            move(draw.uniform(12, 30, 0), pace),
        ]
    return phases


def coast(draw: Draw, setup: Setup) -> list[Tables]:
    """Hold the cranks still while the wheel rolls, then go on either way."""
    move = draw.pick(forward, backward)
    return [
        forward(draw.uniform(12, 30, 0), ahead_rpm(draw), **level(draw)),
        still(draw.uniform(4, 20, 0), ramp_s=draw.uniform(0.3, 1.5, 1)),
        move(draw.uniform(12, 30, 0), back_rpm(draw)),
    ]


def ghost(draw: Draw, setup: Setup) -> list[Tables]:
    """Turn the crank forward too slowly to drive: on a freewheel that looks like backward."""
    pace = draw.uniform(70, 98, 0)
    return [
        forward(draw.uniform(12, 25, 0), pace, **level(draw)),
        forward(
            draw.uniform(8, 25, 0),
            round(pace * draw.uniform(0.35, 0.65)),
            resistance_pct=draw.uniform(0, 10, 0),
            ramp_s=0.8,
        ),
        forward(draw.uniform(8, 20, 0), pace, **level(draw)),
    ]


def sprint(draw: Draw, setup: Setup) -> list[Tables]:
    """Stand up and sprint."""
    return [
        forward(draw.uniform(10, 20, 0), ahead_rpm(draw), **level(draw)),
        forward(
            draw.uniform(8, 18, 0),
            draw.uniform(100, 130, 0),
            resistance_pct=draw.uniform(35, 65, 0),
            ramp_s=draw.uniform(1.5, 4, 1),
        ),
        forward(draw.uniform(10, 25, 0), ahead_rpm(draw), **level(draw)),
    ]


def erg_step(draw: Draw, setup: Setup) -> list[Tables]:
    """Change the constant power in steps, with one stretch backward against it."""
    pace = ahead_rpm(draw)
    watts = draw.uniform(80, 150, 0)
    return [
        forward(draw.uniform(15, 30, 0), pace, power_w=watts),
        forward(draw.uniform(15, 30, 0), pace, power_w=watts + 60.0, ramp_s=0.5),
        backward(draw.uniform(15, 30, 0), back_rpm(draw)),
        forward(draw.uniform(15, 30, 0), pace, power_w=watts, ramp_s=2.0),
        forward(5.0, pace, **level(draw)),
    ]


def gear_change(draw: Draw, setup: Setup) -> list[Tables]:
    """Change gear while pedalling, ride on in it either way, and often change back."""
    pace = draw.uniform(60, 85, 0)
    gear = round(setup.gear * draw.uniform(0.78, 1.28), 2)
    phases = [
        forward(draw.uniform(12, 25, 0), pace, **level(draw)),
        forward(draw.uniform(12, 25, 0), pace, gear=min(max(gear, 0.5), 10.0), ramp_s=1.0),
        backward(draw.uniform(12, 30, 0), back_rpm(draw)),
        forward(draw.uniform(12, 25, 0), pace),
    ]
    if draw.chance(0.7):
        phases.append(forward(10.0, pace, gear=setup.gear, ramp_s=1.0))
    return phases


def motor_downhill(draw: Draw, setup: Setup) -> list[Tables]:
    """Let a downhill programme turn the wheel: over still cranks, ahead of them, under backward."""
    kmh, low = draw.uniform(15, 35, 0), {"resistance_pct": draw.uniform(0, 5, 0)}
    return [
        forward(draw.uniform(10, 20, 0), ahead_rpm(draw), **level(draw)),
        still(draw.uniform(8, 20, 0), motor_kmh=kmh, ramp_s=1.0, **low),
        forward(draw.uniform(10, 20, 0), ahead_rpm(draw)),
        backward(draw.uniform(10, 20, 0), back_rpm(draw)),
        still(draw.uniform(3, 8, 0), motor_kmh=0.0, ramp_s=1.0, **level(draw)),
        forward(draw.uniform(8, 15, 0), ahead_rpm(draw)),
    ]


def blocks_for(setup: Setup) -> dict[str, Block]:
    """Return the special blocks that this machine allows, by name."""
    blocks: dict[str, Block] = {
        "fast_reversal": fast_reversal,
        "slow_reversal": slow_reversal,
        "stop_without_reversal": stop_without_reversal,
        "sprint": sprint,
    }
    if setup.freewheel:
        blocks |= {"coast": coast, "ghost": ghost}
    if setup.erg:
        blocks["erg_step"] = erg_step
    if setup.gears:
        blocks["gear_change"] = gear_change
    if setup.motor:
        blocks["motor_downhill"] = motor_downhill
    return blocks
