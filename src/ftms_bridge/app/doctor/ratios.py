"""How many times more one witness says than another, from many comparisons; pure."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from ftms_bridge.app.doctor.tracks import Stream, Track

WINDOW_STEPS: Final = 20
"""A window of comparison lasts until the counter took so many steps: within 5 %. House choice."""

WINDOW_S: Final = 10.0
LEAST_WINDOWS: Final = 5
"""House choices: five windows of 10 s and more."""

AGREE: Final = 0.08
"""Ratios this near to 1 agree: filters of displays and coarse counters explain it. House choice."""

NEAR_S: Final = 1.5
"""A rate this near in time holds; some machines send their fields in turns."""

NEAR: Final = 0.04
"""How near a ratio must be to a known factor; miles (1.609) and the golden mean are told apart."""

STEADY: Final = 0.15
"""Largest spread of ratios with which a factor is believed; house choice."""

FACTORS: Final = (
    10.0, 100.0, 3.6, 60.0, 2.0, 1 / 10.0, 1 / 100.0, 1 / 3.6, 1 / 60.0, 1 / 2.0,
)  # fmt: skip
"""What firmware gets wrong: the place of the decimal point, m/s, minutes, one foot for two."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times more one witness says than the other."""

    middle: float
    spread: float
    windows: int

    @property
    def text(self) -> str:
        """Return it with its spread."""
        return f"{self.middle:.3f} +- {self.spread / 2:.3f} ({self.windows} comparisons)"

    @property
    def agrees(self) -> bool:
        """Return whether both say the same."""
        return abs(self.middle - 1.0) <= AGREE

    @property
    def is_steady(self) -> bool:
        """Return whether the ratio hardly varies."""
        return self.spread <= STEADY * abs(self.middle)

    def is_near(self, factor: float) -> bool:
        """Return whether it is that factor and no other."""
        return self.is_steady and abs(self.middle / factor - 1.0) <= NEAR


def ratio_of(ratios: list[float]) -> Ratio:
    """Return the middle of the ratios, and from the lowest to the highest quarter."""
    quarters = quantiles(ratios, n=4) if len(ratios) > 1 else [ratios[0]] * 3
    return Ratio(median(ratios), quarters[2] - quarters[0], len(ratios))


def growth_over_rate(
    stream: Stream, counter: Track, rate: Track | None, per_s: float
) -> list[float]:
    """Return, window by window, how much the counter grew over what the rate makes of the time.

    per_s: growth per second for a rate of 1; without a rate it grows by 1 per second. Windows begin
    and end where the counter steps, so that its coarseness counts once; gaps and falls end them.
    """
    ratios: list[float] = []
    smallest = smallest_step(counter)
    near_s = max(stream.interval_s, NEAR_S)
    window = _Window(smallest * WINDOW_STEPS)
    at_step = False
    for earlier, later in stream.steps(counter):
        grown = counter.values[later] - counter.values[earlier]
        if grown < 0 or (window.last and window.last != earlier):
            window, at_step = _Window(smallest * WINDOW_STEPS), False
        speed = 1.0 if rate is None else rate.at(counter.times[later], near_s)
        if speed is None:
            window, at_step = _Window(smallest * WINDOW_STEPS), False
            continue
        if at_step:
            seconds = counter.times[later] - counter.times[earlier]
            window.add(later, grown, seconds, speed * seconds * per_s)
        if grown > 0:
            if window.is_full:
                ratios.append(window.grown / window.expected)
            if window.is_full or not at_step:
                window, at_step = _Window(smallest * WINDOW_STEPS), True
                window.last = later
    return ratios


class _Window:
    """One stretch of time between two steps of the counter."""

    def __init__(self, enough: float) -> None:
        self.enough = enough
        self.grown = self.seconds = self.expected = 0.0
        self.last = 0

    @property
    def is_full(self) -> bool:
        return self.grown >= self.enough and self.seconds >= WINDOW_S and self.expected > 0

    def add(self, place: int, grown: float, seconds: float, expected: float) -> None:
        self.last = place
        self.grown += grown
        self.seconds += seconds
        self.expected += expected


def smallest_step(counter: Track) -> float:
    """Return the smallest growth that was seen, which is how coarsely it counts."""
    steps = {
        round(later - earlier, 6)
        for earlier, later in zip(counter.values, counter.values[1:], strict=False)
        if later > earlier
    }
    return min(steps, default=counter.row.resolution)
