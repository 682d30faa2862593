"""Keeps the link to one device: searches, connects, rests, for ever; says why when it cannot."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from ftms_bridge.ble.backoff import BackOff
from ftms_bridge.ble.connection import Connection
from ftms_bridge.ble.hold import Hold
from ftms_bridge.ble.inbox import Gate, Inbox
from ftms_bridge.ble.recovery import Cause, Recovery
from ftms_bridge.ble.scanner import Found
from ftms_bridge.ble.target import Common, End, Target
from ftms_bridge.ble.verdicts import STACK_VERDICTS, Trouble
from ftms_bridge.gatt.notification import Verdict

log = logging.getLogger(__name__)

LOOK_S: Final = 2.0
"""How often a search asks itself what to tell."""

NOT_SEEN_AFTER_S: Final = 20.0
"""A device that is on shows itself at least every 10 s (Core Specification, Vol 6, Part B, 4.4.2.2:
the longest advertising interval is 10.24 s); twice that may miss one."""

STUBBORN_REST_S: Final = 30.0
"""Rest after a device that is not what was bound: it will hardly change soon. House choice."""

TIMES_WRONG: Final = 2
"""So often in a row must services be missing to be believed."""

_NOT_SEEN: Final = Trouble(
    Verdict.NOT_SEEN, "not heard: switched off, out of reach, or held by another app?"
)
_SEARCHING: Final = Trouble(Verdict.SEARCHING, "searching")


class Supervisor:
    """Serves one target until cancelled; a fault in it is logged and costs one attempt."""

    def __init__(
        self,
        target: Target,
        common: Common,
        *,
        recovery: Recovery,
        hold: Hold,
    ) -> None:
        self.target = target
        self.gate: Gate | None = None
        self.verdict: Verdict | None = Verdict.SEARCHING
        self.rssi_dbm: int | None = None
        self._common = common
        self._radio = common.radio
        self._scanner = common.scanner
        self._recovery = recovery
        self._hold = hold
        self._connection: Connection | None = None
        self._back_off = BackOff(common.radio.random)
        self._was_silent = False
        self._failed_tries = 0
        self._freed = False
        self._times_wrong = 0
        if target.binding.address:
            common.taken[target.source] = target.binding.address

    @property
    def is_up(self) -> bool:
        """Return whether the link is up."""
        return self.verdict is None

    def disturb(self, trouble: Trouble) -> None:
        """End the connection: the stack below it went away."""
        if self._connection is not None:
            self._connection.lose(trouble)
        if not self.is_up and not self._hold.is_released:
            self._tell(trouble)  # the machine may have been lost a moment earlier, and for this

    async def run(self, inbox: Inbox) -> None:
        """Keep the link, except while it is given away, until cancelled."""
        self.gate = Gate(self.target.source, inbox)
        self.verdict = None
        self._tell(_SEARCHING)
        while True:
            if self._hold.is_released:
                self._tell(Trouble(Verdict.RELEASED, self._hold.reason))
                await self._hold.until_resumed()
                self._tell(_SEARCHING)
            keeping = asyncio.create_task(self._keep(self.gate), name=self.target.source)
            released = asyncio.create_task(self._hold.until_released())
            try:
                await asyncio.wait((keeping, released), return_when=asyncio.FIRST_COMPLETED)
            finally:
                keeping.cancel()
                released.cancel()
                await asyncio.gather(keeping, released, return_exceptions=True)
            if self.is_up and not self._hold.is_released:  # taken back before it was closed
                self._tell(_SEARCHING)

    async def _keep(self, gate: Gate) -> None:
        while True:
            try:
                found, note = await self._search()
                end = await self._serve(found, note, gate)
                await self._after(end, found)
            except Exception:
                # a fault of ours, or of the stack in a way nobody foresaw, must not end the link
                # for good: it is logged whole, and the search begins again
                log.exception("%s: the link failed in an unforeseen way", self.target.source)
                self._tell(Trouble(Verdict.LOST, "an unforeseen fault, see the log"))
                await asyncio.sleep(self._back_off.rest_s())

    async def _search(self) -> tuple[Found, Trouble | None]:
        """Return the device once it is heard, and what is odd about it."""
        binding = self.target.binding
        began_at = self._radio.clock()
        with self._scanner.searching():
            await self._free_held_link()
            while True:
                known = self._common.known(self.target)
                address = None if known is None else known.address
                heard = [
                    one
                    for one in await self._scanner.look(binding, address, LOOK_S)
                    if self._may(one)
                ]
                chosen = binding.choose([found.candidate for found in heard], address)
                for found in heard:
                    if found.candidate is chosen:
                        self._common.taken[self.target.source] = found.candidate.address
                        return found, self._odd(found)
                searched_s = self._radio.clock() - began_at
                self._tell_search(heard, searched_s, is_known=known is not None)

    def _tell_search(self, heard: list[Found], searched_s: float, *, is_known: bool) -> None:
        """Say why the search has found nothing yet."""
        if self._scanner.trouble is not None:
            self._tell(self._scanner.trouble)
        elif heard and not is_known:
            names = ", ".join(sorted(_label(found) for found in heard))
            self._tell(Trouble(Verdict.AMBIGUOUS, f"several fit: {names}; name one by its address"))
        elif searched_s >= NOT_SEEN_AFTER_S:
            if heard:
                names = ", ".join(sorted(_label(found) for found in heard))
                self._tell(Trouble(
                    Verdict.CHANGED_IDENTITY,
                    f"the device that was bound is not heard; {names} fits too but is not followed",
                ))  # fmt: skip
            else:
                self._tell(_NOT_SEEN)
        elif self.verdict in STACK_VERDICTS:
            self._tell(_SEARCHING)

    def _may(self, found: Found) -> bool:
        return self._common.is_for(found.candidate.address, self.target)

    def _odd(self, found: Found) -> Trouble | None:
        """Return that another device fits as well, if one was heard."""
        if self.target.binding.address:
            return None
        address = found.candidate.address
        others = [
            _label(other)
            for other in self._scanner.sightings()
            if self.target.binding.fits(other.candidate)
            and other.candidate.address != address
            and other.at >= found.at - NOT_SEEN_AFTER_S  # it may have been gone for weeks
            and self._may(other)
        ]
        if not others:
            return None
        return Trouble(Verdict.AMBIGUOUS, f"{', '.join(sorted(others))} fits too, is not followed")

    async def _serve(self, found: Found, note: Trouble | None, gate: Gate) -> End:
        """Hold one connection as long as it lasts."""
        self.rssi_dbm = found.candidate.rssi_dbm
        hung = self._radio.calls.hung
        connection = Connection(self.target, self._common, gate, self._tell)
        gate.on_open = self._note_up
        self._connection = connection
        try:
            end = await connection.serve(
                found, note, quiet=self._was_silent, tries=self._failed_tries
            )
        finally:
            self._connection = None
            if not connection.is_up and not self.target.binding.address:
                self._common.taken.pop(self.target.source, None)  # it was not the one
            self._freed = not connection.is_left_open
        if self._radio.calls.hung > hung:
            await self._recovery.ill(Cause.HANGS)
        return end

    async def _after(self, end: End, found: Found) -> None:
        """Learn from how a connection ended, and rest before the next search."""
        self._was_silent = end.was_silent
        self._failed_tries = 0 if end.lasted_s > 0.0 else self._failed_tries + 1
        self._back_off.ended(end.lasted_s, was_heard=end.was_heard)
        if self._scanner.trouble is not None:  # it came in the same turn as the loss
            self._tell(self._scanner.trouble)
        if end.trouble.verdict is Verdict.WRONG_SERVICES:
            self._times_wrong += 1
        elif end.lasted_s > 0.0:
            self._times_wrong = 0
        if self._times_wrong == TIMES_WRONG:
            # after an update of its firmware the system may still remember the old services
            await self._radio.stack.forget_device(found.candidate.address)
        elif self._times_wrong > TIMES_WRONG or end.trouble.verdict is Verdict.CHANGED_IDENTITY:
            await asyncio.sleep(STUBBORN_REST_S)
            return
        if "InProgress" in end.trouble.reason:
            await self._recovery.ill(Cause.BUSY)
        await asyncio.sleep(self._back_off.rest_s())

    async def _free_held_link(self) -> None:
        """Close the link that a killed predecessor, or a call that hung, may have left open.

        A device that has one does not advertise, and would never be found. Only at the start and
        after such a call: at other times a link belongs to somebody.
        """
        if self._freed:
            return
        self._freed = True
        known = self._common.known(self.target)
        address = self.target.binding.address or ("" if known is None else known.address)
        if address and await self._radio.stack.close_link(address):
            log.info("%s: closed a link that was left open", self.target.source)

    def _note_up(self, note: Trouble | None) -> None:
        self.verdict = None
        self._recovery.well()
        log.info("%s: %s", self.target.source, "connected" if note is None else note.reason)

    def _tell(self, trouble: Trouble) -> None:
        """Deliver that the link is down for this reason, if that is news."""
        if trouble.verdict is Verdict.WRONG_SERVICES and self._times_wrong < TIMES_WRONG - 1:
            # BlueZ may say that all services are known before it shows them
            trouble = Trouble(Verdict.NO_ANSWER, trouble.reason)
        if self.gate is None or trouble.verdict is self.verdict:
            return
        self.verdict = trouble.verdict
        log.log(_level(trouble), "%s: %s", self.target.source, trouble.reason)
        self.gate.tell_down(trouble)


def _level(trouble: Trouble) -> int:
    """Return how important it is; what is wrong with the radio itself is told once, not by link."""
    if trouble.verdict in STACK_VERDICTS:
        return logging.DEBUG
    return logging.INFO if trouble.verdict in _EXPECTED else logging.WARNING


_EXPECTED: Final = frozenset({Verdict.SEARCHING, Verdict.RELEASED, Verdict.LOST, Verdict.NOT_SEEN})


def _label(found: Found) -> str:
    """Return a device as people can tell it from others; the end of the address will do.

    Whole addresses do not leave this computer: they tell where somebody is.
    """
    return f"{found.candidate.name or 'unnamed'} (...{found.candidate.address[-5:]})"
