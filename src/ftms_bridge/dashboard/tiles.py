"""Which values are shown, in which order, with which unit; the rows of the screen's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ftms_bridge.dashboard.reading import SessionReading
from ftms_bridge.dashboard.view import MachineView
from ftms_bridge.dashboard.words import ABSENT, duration, figure


@dataclass(frozen=True, slots=True)
class Tile:
    """One row: a quantity of the contract and how it looks; digits as in ``words.figure``."""

    quantity: str
    label: str
    unit: str
    digits: int | None = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A label, a figure and its unit, ready to be shown."""

    label: str
    figure: str
    unit: str = ""

    @property
    def is_known(self) -> bool:
        """Say whether there is a figure at all."""
        return self.figure != ABSENT


SPEED: Final = Tile("speed_kmh", "speed", "km/h", 1)
CADENCE: Final = Tile("cadence_rpm", "cadence", "rpm")
STEPS: Final = Tile("step_rate_spm", "steps", "/min")
STROKES: Final = Tile("stroke_rate_spm", "strokes", "/min")
POWER: Final = Tile("power_w", "power", "W")
HEART: Final = Tile("hr_bpm", "heart rate", "bpm")
INCLINE: Final = Tile("incline_pct", "incline", "%", 1)
RESISTANCE: Final = Tile("resistance", "resistance", "", None)

_RHYTHM_OF_KIND: Final = {
    "treadmill": STEPS,
    "step_climber": STEPS,
    "stair_climber": STEPS,
    "rower": STROKES,
}
"""What such a machine has in place of pedals, while it sends none of the three."""


def signal_tiles(machine: MachineView, at: float) -> tuple[Tile, ...]:
    """Return the six values of motion; the second is the rhythm that this machine has."""
    rhythm = _RHYTHM_OF_KIND.get(machine.kind, CADENCE)
    for tile in (rhythm, CADENCE, STEPS, STROKES):
        if machine.signal(tile.quantity, at) is not None:
            rhythm = tile
            break
    return SPEED, rhythm, POWER, HEART, INCLINE, RESISTANCE


def signal_cells(machine: MachineView, at: float) -> list[Cell]:
    """Return the values of motion as they are now."""
    return [
        Cell(tile.label, figure(machine.signal(tile.quantity, at), tile.digits), tile.unit)
        for tile in signal_tiles(machine, at)
    ]


def session_cells(session: SessionReading) -> list[Cell]:
    """Return what a session amounts to so far."""
    metrics = session.metrics
    metres = metrics.get("distance_m")
    if metres is None:
        metres = metrics.get("integrated_distance_m")
    return [
        Cell("elapsed", duration(session.elapsed_s)),
        Cell("moving", duration(session.moving_s)),
        Cell("distance", figure(None if metres is None else metres / 1000.0, 2), "km"),
        Cell("work", figure(metrics.get("work_kj")), "kJ"),
        Cell("lap", figure(session.lap)),
    ]


def rolling_cells(session: SessionReading) -> list[Cell]:
    """Return the power of the last seconds."""
    return [
        Cell(f"{seconds} s", figure(session.metrics.get(f"power_{seconds}s_w")), "W")
        for seconds in (3, 10, 30)
    ]


def average_cells(session: SessionReading) -> list[Cell]:
    """Return the averages of a session."""
    return [
        Cell(
            tile.label, figure(session.metrics.get(f"avg_{tile.quantity}"), tile.digits), tile.unit
        )
        for tile in (SPEED, CADENCE, POWER, HEART)
    ]
