"""What goes wrong during a ride on a rig: faults of radio and firmware at chance moments."""

from __future__ import annotations

from typing import Final

from ftms_bridge.simulator.rig_parts import Draw, Setup, Tables

SHARE: Final = 0.4
"""How likely each kind is in a ride of a quarter of an hour; house choice."""

MOST: Final = 2
"""How often a kind comes at most."""

QUIET_S: Final = 15.0
"""Nothing goes wrong at the start and at the end."""

LENGTHS_S: Final[dict[str, tuple[float, float]]] = {
    "zero_blip": (0.3, 1.5),
    "all_ones": (0.5, 3.0),
    "garbage": (0.5, 3.0),
    "truncate": (0.5, 3.0),
    "disconnect": (2.0, 12.0),
    "gap": (1.5, 6.0),
    "duplicate": (1.0, 5.0),
    "reset": (0.0, 0.0),
}
"""Shortest and longest duration by kind."""

OF_THE_MACHINE: Final = frozenset({"zero_blip"})


def faults_for(draw: Draw, setup: Setup, length_s: float) -> list[Tables]:
    """Return the faults of a ride of this length."""
    faults: list[Tables] = []
    for kind, (shortest, longest) in LENGTHS_S.items():
        if not draw.chance(SHARE):
            continue
        for _ in range(draw.whole(1, MOST)):
            at_s = draw.uniform(QUIET_S, length_s - QUIET_S - longest, 1)
            duration_s = draw.uniform(shortest, longest, 1)
            faults.append(_fault(draw, setup, kind, at_s=at_s, duration_s=duration_s))
    return faults


def _fault(draw: Draw, setup: Setup, kind: str, *, at_s: float, duration_s: float) -> Tables:
    sources = ("", "", "*", *setup.sensor_ids)
    fault: Tables = {"kind": kind, "at_s": at_s, "duration_s": duration_s}
    fault["source"] = "" if kind in OF_THE_MACHINE else draw.pick(*sources)
    if kind == "truncate":
        fault["length"] = draw.whole(0, 12)
    if kind == "garbage":
        fault["probability"] = draw.uniform(0.3, 1.0, 1)
    return fault
