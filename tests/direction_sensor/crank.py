"""A crank with magnets and sensors, and the C++ of the ESPHome component that watches it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
COMPONENT = TOP / "config" / "esphome" / "components" / "direction_sensor"
DRIVER = Path(__file__).parent / "gauge_driver.cpp"

STEP_US = 500
LOOP_US = 16_000
"""How often ESPHome turns its main loop."""

Leg = tuple[float, float]
"""For how many seconds, at how many turns per minute; negative is backward."""

Line = tuple[int, str]
"""When (microseconds since the start), and what the driver reads."""


def compiler() -> str:
    """Return a C++ compiler; in CI there must be one."""
    found = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no C++ compiler; CI must have one")
        pytest.skip("no C++ compiler on this computer")
    return found


def build(folder: Path) -> Path:
    """Compile the component's logic with the driver; a warning is an error."""
    program = folder / "gauge"
    subprocess.run(
        [compiler(), "-std=c++17", "-O1", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter",
         f"-I{COMPONENT}", str(DRIVER), "-o", str(program)],
        check=True,
    )  # fmt: skip
    return program


@dataclass(frozen=True, slots=True)
class Said:
    """One published value: seconds since the start, signed turns per minute."""

    at_s: float
    rpm: float


@dataclass(slots=True)
class Sensor:
    """The program under test, as it is configured."""

    program: Path
    type: str = "pair"
    magnets: int = 4
    invert: bool = False
    stop_after_ms: int = 2000
    start_us: int = 1_000_000
    clock_lag_us: int = 0
    """The loop reads its clock so long before it takes the edges."""
    lonely: int = field(default=0, init=False)
    """Passes in a row that only one of the two sensors saw, after a run."""

    def hear(self, lines: list[Line]) -> list[Said]:
        """Return what is published on these edges, with a turn of the loop every 16 ms."""
        head = f"{self.type} {self.magnets} {int(self.invert)} {self.stop_after_ms} {self.start_us}"
        lag_us = {"e": 0, "p": self.clock_lag_us}
        body = (
            f"{what[0]} {self.start_us + at_us - lag_us[what[0]]}{what[1:]}"
            for at_us, what in sorted(lines)
        )
        result = subprocess.run(
            [str(self.program)], input="\n".join((head, *body)),
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        self.lonely = int(result.stderr.split()[1])
        rows = (line.split() for line in result.stdout.splitlines())
        return [Said((int(at) - self.start_us) / 1e6, float(value)) for at, value in rows]


def loops(seconds: float) -> list[Line]:
    return [(at_us, "p") for at_us in range(0, int(seconds * 1e6), LOOP_US)]


def angles(legs: list[Leg]) -> Iterator[tuple[int, float, float]]:
    """Yield time, angle in turns and speed, in small steps."""
    at_us, turns = 0, 0.1
    for seconds, rpm in legs:
        for _ in range(int(seconds * 1e6 / STEP_US)):
            yield at_us, turns, rpm
            at_us += STEP_US
            turns += rpm / 60 * STEP_US / 1e6


def pair_levels(magnets: int, *, apart: float = 0.15, width: float = 0.25) -> Callable[..., int]:
    """Two sensors: A sees a magnet for `width` of the way to the next one, B sees it later."""

    def levels(turns: float, _: float) -> int:
        place = turns * magnets % 1
        return (place < width) + 2 * ((place - apart) % 1 < width)

    return levels


def single_wire_levels(magnets: int, *, share: float = 0.65) -> Callable[..., int]:
    """One wire that is high for more than half of the time forward, for less backward."""

    def levels(turns: float, rpm: float) -> int:
        high = share if rpm >= 0 else 1 - share
        return int(turns * magnets % 1 < high)

    return levels


def edges(legs: list[Leg], levels: Callable[..., int]) -> list[Line]:
    """Return the first level and every change after it."""
    found: list[Line] = []
    last: int | None = None
    for at_us, turns, rpm in angles(legs):
        now = levels(turns, rpm)
        if now != last:
            found.append((at_us, f"e {now}"))
            last = now
    return found


def with_bounces(lines: list[Line], *, seed: int, within_us: int = 400) -> list[Line]:
    """Let every edge go back and forth up to three times before it stays."""
    chance = random.Random(seed)
    bounced: list[Line] = []
    for (_, before), (at_us, after) in pairwise(lines):
        times = sorted(chance.sample(range(1, within_us), 2 * chance.randint(0, 3)))
        bounced.append((at_us, after))
        bounced += [(at_us + t, (before, after)[i % 2]) for i, t in enumerate(times)]
    return [lines[0], *bounced]


def seconds_of(legs: list[Leg]) -> float:
    return sum(seconds for seconds, _ in legs)
