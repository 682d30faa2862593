"""G1: what a notification costs after a day of riding. G2: what that day leaves in memory."""

from __future__ import annotations

from bench.loop import drive
from bench.processes import run_child
from bench.rides import RATE_HZ, bike_pipeline, ride
from bench.rows import Bar, Row
from bench.timing import Candidate, Run, best_of

DAY_H = 24
EARLY_S = 600
TIMED_S = 300
ROUNDS = 15


def measure(rounds: int = ROUNDS, hours: int = DAY_H) -> list[Row]:
    """Measure the cost late against early, and the memory in a process of its own."""
    return [_cost(rounds, hours), _memory(hours)]


def _cost(rounds: int, hours: int) -> Row:
    """Time the same stretch of riding ten minutes into a session and a day into one."""
    late = bike_pipeline(0.25)
    drive(late, ride(0, hours * 3600))
    ridden_s = hours * 3600

    def prepare_late() -> Run:
        nonlocal ridden_s
        stretch = list(ride(ridden_s, TIMED_S))
        ridden_s += TIMED_S
        return lambda: drive(late, stretch)

    def prepare_early() -> Run:
        early = bike_pipeline(0.25)
        drive(early, ride(0, EARLY_S))
        stretch = list(ride(EARLY_S, TIMED_S))
        return lambda: drive(early, stretch)

    count = TIMED_S * RATE_HZ
    best = best_of(
        {"late": Candidate(prepare_late, count), "early": Candidate(prepare_early, count)}, rounds
    )
    return Row(
        "G1", f"whole pipeline with 4 Hz live as JSON, after {hours} h of one session", "ns",
        best["late"], best["early"], "after 10 min", Bar(1.2),
    )  # fmt: skip


def _memory(hours: int) -> Row:
    found = run_child("soak", str(hours))
    memory = found["memory_mb"]
    return Row(
        "G2", f"resident memory gained in {hours} simulated hours, two machines", "MB",
        max(memory) - memory[0], bar=Bar(5, of_value=True),
        note=f"G2: {found['notifications']:,} notifications, {found['documents']:,} documents; "
        f"{memory[0]:.1f} MB after ten minutes, at most {max(memory):.1f} MB later. One machine "
        f"rides without a stop, the other one begins a session each hour.",
    )  # fmt: skip
