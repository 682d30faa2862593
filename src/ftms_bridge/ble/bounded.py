"""Awaits calls into the Bluetooth stack, none longer than its limit.

bleak promises no bound: `connect`, `start_notify` and `disconnect` can wait for ever for a reply
that the system never sends. A call that does not even end when it is cancelled is left behind and
counted, so that it cannot take the machine's supervisor with it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

GRACE_S: Final = 1.0
"""How long a cancelled call may take to clean up; house choice."""


class TookTooLong(Exception):
    """A call did not end within its limit; the text says which call and which limit."""


class BoundedCalls:
    """Runs calls with a limit each; ``hung`` counts those that ignored even their cancellation."""

    def __init__(self) -> None:
        self.hung = 0
        self._left_behind: set[asyncio.Task[Any]] = set()

    async def run(self, call: Coroutine[Any, Any, T], limit_s: float, what: str) -> T:
        """Return what the call returns.

        Raises TookTooLong after ``limit_s`` seconds, and whatever the call raises. A call that was
        cancelled from inside the stack counts as taking too long, not as a wish to stop.
        """
        task = asyncio.ensure_future(call)
        try:
            done, _ = await asyncio.wait((task,), timeout=limit_s)
        except asyncio.CancelledError:
            await self._end(task, what)
            raise
        if not done:
            await self._end(task, what)
            raise TookTooLong(f"{what}: no answer within {limit_s:g} s")
        if task.cancelled():
            raise TookTooLong(f"{what}: given up by the Bluetooth stack")
        return task.result()

    async def _end(self, task: asyncio.Task[Any], what: str) -> None:
        """Cancel a call, and leave it behind if that does not help."""
        task.cancel()
        self._left_behind.add(task)
        task.add_done_callback(self._forget)
        done, _ = await asyncio.wait((task,), timeout=GRACE_S)
        if not done:
            self.hung += 1
            log.warning("%s does not end even when cancelled; it is left behind", what)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._left_behind.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.debug("a call that was given up ended with %r", error)
