"""Keeps running what must not end for months."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

log = logging.getLogger(__name__)

AGAIN_AFTER_S: Final = 5.0
"""Rest after a fault that nobody foresaw; house choice."""


async def keep_running(run: Callable[[], Awaitable[None]], what: str) -> None:
    """Run it until it returns or this is cancelled; after a fault it is run again."""
    while True:
        try:
            await run()
        except Exception:
            # a task that ends with a fault is silent until somebody awaits it, and nobody does:
            # the program would go on without its radio
            log.exception("%s failed in an unforeseen way; it starts again", what)
            await asyncio.sleep(AGAIN_AFTER_S)
        else:
            return
