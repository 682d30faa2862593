"""Whether the links of one machine are given away, so that a phone can take it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

Clock = Callable[[], float]


class Hold:
    """Released until asked, or until a time; shared by all links of one machine.

    reason: in words why it is released; until: instant at which it resumes by itself, or None.
    """

    def __init__(self, clock: Clock) -> None:
        self.is_released = False
        self.reason = ""
        self.until: float | None = None
        self._clock = clock
        self._turned = asyncio.Event()

    def release(self, reason: str, *, for_s: float | None) -> None:
        """Give the links away, for so many seconds or until somebody asks for them."""
        self.is_released = True
        self.reason = reason
        self.until = None if for_s is None else self._clock() + for_s
        self._turn()

    def resume(self) -> None:
        """Take the links back."""
        self.is_released = False
        self.until = None
        self._turn()

    async def until_released(self) -> None:
        """Return when the links are given away."""
        while not self.is_released:
            await self._turned.wait()

    async def until_resumed(self) -> None:
        """Return when the links are to be taken back."""
        while self.is_released:
            left_s = None if self.until is None else self.until - self._clock()
            if left_s is not None and left_s <= 0:
                self.resume()
                return
            try:
                async with asyncio.timeout(left_s):
                    await self._turned.wait()
            except TimeoutError:
                continue

    def _turn(self) -> None:
        """Wake all who wait; they look for themselves at what is so now."""
        self._turned.set()
        self._turned = asyncio.Event()
