"""What to do about a radio that refuses or hears nothing: gentle steps first, each counted."""

from __future__ import annotations

import importlib
import logging
from collections import Counter
from collections.abc import Callable
from enum import Enum
from typing import Any, Final, Literal

from ftms_bridge.ble.bounded import BoundedCalls, TookTooLong
from ftms_bridge.ble.stack import Stack

log = logging.getLogger(__name__)

RecoveryMode = Literal["off", "restart", "power", "reset"]
"""The strongest step that is allowed."""

FAILURES_BEFORE: Final = 3
"""Refusals in a row, or silent scans in a row, before the adapter itself is suspected."""

BETWEEN_POWER_CYCLES_S: Final = 600.0
AFTER_SILENCE_S: Final = 3600.0
"""Rest between two power cycles: after refusals, and after silence, which may have no other cause
than that nothing near sends anything. House choices."""

POWER_CYCLE_LIMIT_S: Final = 15.0
RESET_LIMIT_S: Final = 30.0

RESET_MODULE: Final = "bluetooth_auto_recovery"
"""Comes with the optional extra `recovery`; needs the right to administer the network."""


class Cause(Enum):
    """Why the radio is suspected; the value completes the sentence in the log."""

    REFUSES = "refuses to scan"
    BUSY = "refuses to connect"
    SILENT = "has heard nothing at all for a long time"
    HANGS = "does not answer"


class Recovery:
    """Climbs from restarting the scan to cycling the adapter's power, as far as it may.

    recoveries: power cycles and resets that were done.
    is_idle: says whether none of our own links is up; a power cycle would cut them.
    """

    def __init__(
        self,
        stack: Stack,
        *,
        adapter: str,
        mode: RecoveryMode,
        clock: Callable[[], float],
        calls: BoundedCalls,
    ) -> None:
        self.recoveries = 0
        self.is_idle: Callable[[], bool] = lambda: True
        self._stack = stack
        self._adapter = adapter
        self._mode = mode
        self._clock = clock
        self._calls = calls
        self._in_a_row: Counter[Cause] = Counter()
        self._last_at: float | None = None
        self._left_alone: set[Cause] = set()

    def well(self) -> None:
        """Take note that the radio works: a link came up."""
        self._in_a_row.clear()

    def hears(self) -> None:
        """Take note that something is heard; that says nothing of connecting."""
        self._in_a_row.pop(Cause.SILENT, None)
        self._in_a_row.pop(Cause.REFUSES, None)

    async def ill(self, cause: Cause) -> bool:
        """Take note of one more failure, and do what is due; return whether a step was taken."""
        self._in_a_row[cause] += 1
        if self._in_a_row[cause] < FAILURES_BEFORE or self._mode in ("off", "restart"):
            return False
        rest_s = AFTER_SILENCE_S if cause is Cause.SILENT else BETWEEN_POWER_CYCLES_S
        now = self._clock()
        if self._last_at is not None and now - self._last_at < rest_s:
            return False
        state = await self._stack.look(self._adapter)
        if not self.is_idle() or state.held:
            level = logging.DEBUG if cause in self._left_alone else logging.WARNING
            log.log(
                level, "the adapter %s; links are up on it, so it is left as it is", cause.value
            )
            self._left_alone.add(cause)
            return False
        self._last_at = now
        self._in_a_row.clear()
        self._left_alone.clear()
        done = await self._power_cycle(cause)
        if not done and self._mode == "reset":
            done = await self._reset()
        self.recoveries += done
        return done

    async def _power_cycle(self, cause: Cause) -> bool:
        log.warning("the adapter %s; switching it off and on", cause.value)
        try:
            call = self._stack.power_cycle(self._adapter)
            return await self._calls.run(call, POWER_CYCLE_LIMIT_S, "switching the adapter")
        except TookTooLong as error:
            log.warning("%s", error)
            return False

    async def _reset(self) -> bool:
        """Reset the adapter through the optional extra."""
        try:
            module: Any = importlib.import_module(RESET_MODULE)
        except ImportError:
            log.warning("bluetooth.recovery = 'reset' needs: pip install 'ftms-bridge[recovery]'")
            return False
        state = await self._stack.look(self._adapter)
        wanted = self._adapter.upper()
        adapter = next(
            (
                one
                for one in state.adapters
                if wanted in ("", one.name.upper(), one.address.upper())
            ),
            None,
        )
        if adapter is None:
            return False
        try:
            number = int(adapter.name.removeprefix("hci"))
            call = module.recover_adapter(number, adapter.address)
            return bool(await self._calls.run(call, RESET_LIMIT_S, "resetting the adapter"))
        except Exception:
            # a foreign library that talks to the kernel; whatever it raises, the bridge goes on
            log.exception("the adapter could not be reset")
            return False
