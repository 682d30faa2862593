"""Candidates timed side by side: interleaved, best of rounds, garbage collection off."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter
from types import FunctionType

Run = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to time.

    prepare: builds, untimed, what one round runs. count: how often the run does the thing timed.
    """

    prepare: Callable[[], Run]
    count: int


def calls(function: Callable[..., object], *arguments: object, count: int) -> Candidate:
    """Return a candidate that calls a function with one or two arguments so often, loop included.

    Each candidate gets a loop of its own: Python adapts the code of a loop to what it calls, and
    one loop for several candidates would serve the first of them best.
    """

    def run_with_one() -> None:
        (argument,) = arguments
        for _ in repeat(None, count):
            function(argument)

    def run_with_two() -> None:
        first, second = arguments
        for _ in repeat(None, count):
            function(first, second)

    loop = run_with_one if len(arguments) == 1 else run_with_two
    own = FunctionType(loop.__code__.replace(), loop.__globals__, closure=loop.__closure__)
    return Candidate(lambda: own, count)


def best_of(candidates: Mapping[str, Candidate], rounds: int) -> dict[str, float]:
    """Return the best time of each candidate, in nanoseconds per count.

    In each round every candidate runs once, the first of one round last in the next; so a slow
    spell of the machine hits them all, and the best round of each is what the code can do.
    """
    best = dict.fromkeys(candidates, float("inf"))
    order = list(candidates)
    for _ in range(rounds):
        for name in order:
            candidate = candidates[name]
            run = candidate.prepare()
            best[name] = min(best[name], _timed(run) / candidate.count * 1e9)
        order.append(order.pop(0))
    return best


def _timed(run: Run) -> float:
    gc.collect()
    gc.disable()
    try:
        start = perf_counter()
        run()
        return perf_counter() - start
    finally:
        gc.enable()
