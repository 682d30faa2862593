"""How long to rest after a connection that failed or ended; pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

FIRST_S: Final = 0.25
PATIENT_S: Final = 4.0
LONGEST_S: Final = 60.0
"""First rest, the longest of the first failures, and the longest at all. With the second, a machine
that comes back during a rest is connected within the 5 s that were promised; house choices."""

PATIENT_FAILURES: Final = 8
"""Failures after which the rests grow beyond ``PATIENT_S``: the machine answers nobody."""

STABLE_S: Final = 30.0
"""A connection that lasted this long was a good one: the next failure is the first again."""

BRIEF_S: Final = 5.0
"""A connection without a measurement that was shorter than this brought nothing."""

SHAKY_FAILURES: Final = 2
"""What a connection that came up but did not last counts as: the next rest is 1 s at most."""

JITTER: Final = 0.25
"""Share by which a rest may be shorter, so that two bridges do not keep colliding."""


class BackOff:
    """Rests longer with each failure; ``random`` gives numbers from 0 up to 1."""

    __slots__ = ("_failures", "_random")

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._failures = 0

    @property
    def failures(self) -> int:
        """Return how many failures there were in a row."""
        return self._failures

    def ended(self, lasted_s: float, *, was_heard: bool) -> None:
        """Take note that a connection ended that had been up for so long; 0 is not at all.

        was_heard: whether it brought a measurement. One that brought none and went at once is a
        failure like any other: some machines let everybody in and throw them out again.
        """
        if lasted_s >= STABLE_S:
            self._failures = 0
        elif was_heard or lasted_s >= BRIEF_S:
            self._failures = min(self._failures, SHAKY_FAILURES)

    def rest_s(self) -> float:
        """Return the seconds to rest now, after one more failure."""
        self._failures += 1
        cap_s = PATIENT_S if self._failures <= PATIENT_FAILURES else LONGEST_S
        plain_s = min(FIRST_S * 2.0 ** min(self._failures - 1, 10), cap_s)
        return plain_s * (1 - JITTER * self._random())
