"""Many rides on all processors of this computer; the same result in any order of finishing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from multiprocessing import get_context

from ftms_bridge.app.evaluating.ride import Task, evaluate
from ftms_bridge.app.evaluating.tally import Tally


def run(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, Tally]]:
    """Yield every ride with its counts, in the order of the tasks.

    jobs: processes; 1 works in this one.
    """
    if jobs == 1 or len(tasks) == 1:
        yield from zip(tasks, map(evaluate, tasks), strict=True)
        return
    # a fresh interpreter per process: the same on every platform
    with get_context("spawn").Pool(min(jobs, len(tasks))) as pool:
        yield from zip(tasks, pool.imap(evaluate, tasks), strict=True)


def by_rig(
    rides: Iterable[tuple[Task, Tally]],
) -> Iterator[tuple[str, list[tuple[Task, Tally]]]]:
    """Yield each rig with its rides, as soon as the last of them is there.

    The rides of one rig must follow one another.
    """
    for rig, group in groupby(rides, key=lambda ride: ride[0].rig):
        yield rig, list(group)


def total_of(rides: Iterable[tuple[Task, Tally]]) -> Tally:
    """Return the counts of several rides, added up."""
    total = Tally()
    for _, tally in rides:
        total.add(tally)
    return total
