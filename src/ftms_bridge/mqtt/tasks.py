"""Works that are done at once, and cancelled for certain."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Final

PATIENCE_S: Final = 0.1
"""How long a cancelled task may take before it is cancelled again; house choice."""


async def first_end(*works: Coroutine[object, object, object], grace_s: float = 0.0) -> None:
    """Do all works at once until one ends or fails, then cancel the others.

    Everything that waits inside aiomqtt goes through here, because it waits with ``wait_for``,
    which before Python 3.12 can swallow a cancellation: hence each work is a task of its own, and
    is cancelled as often as it takes. Source: python/cpython#86296.

    grace_s: how long the works may go on when this is cancelled; a thread in them cannot be.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        await asyncio.wait(tasks, timeout=grace_s)
        raise
    finally:
        while pending := [task for task in tasks if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.wait(pending, timeout=PATIENCE_S)
        await asyncio.gather(*tasks, return_exceptions=True)  # else unseen errors are logged
    for task in done:
        task.result()
