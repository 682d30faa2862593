"""Listens for advertisements while anybody searches; restarts itself; says what is in the way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from ftms_bridge.ble.adverts import advertised_bytes, candidate_of
from ftms_bridge.ble.binding import Binding, Candidate
from ftms_bridge.ble.bounded import TookTooLong
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.recovery import Cause, Recovery
from ftms_bridge.ble.verdicts import (
    STACK_ERRORS,
    STACK_VERDICTS,
    LinkTrouble,
    Trouble,
    trouble_of,
)
from ftms_bridge.gatt.notification import Verdict

log = logging.getLogger(__name__)

START_LIMIT_S: Final = 10.0
STOP_LIMIT_S: Final = 5.0

SILENT_AFTER_S: Final = 90.0
"""Without an advertisement from anybody the scan is started anew: some adapters stop to listen
without saying so. Home Assistant's rule."""

RETRY_FIRST_S: Final = 0.5
RETRY_LONGEST_S: Final = 5.0
"""Rests after a scan that could not start. A radio that is back is found within the longest."""

SETTLE_S: Final = 1.5
"""How long to listen for a second one that fits, before the first is taken as the only one: three
times the slowest usual interval between advertisements."""

MOST_SIGHTINGS: Final = 512
"""Devices that are remembered; in a crowd, or among senders of made-up addresses, the oldest go."""


@dataclass(frozen=True, slots=True)
class Found:
    """One device, how bleak calls it, and when and with which FTMS service data it was heard."""

    candidate: Candidate
    device: BLEDevice
    service_data: bytes | None
    at: float


@dataclass(slots=True)
class _Look:
    binding: Binding
    known: str | None
    heard: asyncio.Future[None]

    def offer(self, candidate: Candidate) -> None:
        if self.heard.done() or not self.binding.fits(candidate):
            return
        if self.known is None or candidate.address.upper() == self.known.upper():
            self.heard.set_result(None)


class Scanner:
    """One scan for all who search; it runs only while somebody does.

    trouble: why nothing can be heard, None while all is well or nobody searches.
    adapter: name of the adapter of the newest scan, "" where that is not known.
    adverts: advertisements heard; restarts: scans that were started anew because something failed.
    """

    def __init__(self, radio: Radio, recovery: Recovery) -> None:
        self.trouble: Trouble | None = None
        self.adapter = ""
        self.adverts = 0
        self.restarts = 0
        self._radio = radio
        self._recovery = recovery
        self._searchers = 0
        self._wanted = asyncio.Event()
        self._disturbed = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._at_rest = asyncio.Event()
        self._at_rest.set()
        self._pauses = 0
        self._failed = asyncio.Event()
        self._looks: list[_Look] = []
        self._sightings: dict[str, Found] = {}
        self._heard_at = 0.0
        self._failures = 0

    async def run(self) -> None:
        """Scan whenever somebody searches, until cancelled."""
        while True:
            await self._until_wanted()
            self._disturbed.clear()
            self._at_rest.clear()
            try:
                await self._scan()
            except (*STACK_ERRORS, TookTooLong, LinkTrouble) as error:
                await self._fail(trouble_of(error, Verdict.RADIO_FAULT))
            except Exception:
                # what nobody foresaw must not end the listening for all machines; a fault that
                # stays is logged whole only once
                if not self._failures:
                    log.exception("the scan failed in an unforeseen way")
                await self._fail(Trouble(Verdict.RADIO_FAULT, "an unforeseen fault, see the log"))
            else:
                self._failures = 0
            finally:
                self._at_rest.set()

    def disturb(self, trouble: Trouble) -> None:
        """Take note that the stack below went away; a running scan is started anew."""
        self.trouble = trouble
        self._sightings.clear()
        self._disturbed.set()

    @contextmanager
    def searching(self) -> Iterator[None]:
        """Keep the scan running for as long as this lasts."""
        self._searchers += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._searchers -= 1
            if not self._searchers:
                self._wanted.clear()
                self._disturbed.set()
                self.trouble = None  # nobody would ever take it back

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Leave the adapter to somebody who connects.

        Adapters do one or the other. On BlueZ, a scan that goes on while a connection is made was
        seen to hear nothing any more, from anybody, and to say nothing of it.
        """
        self._pauses += 1
        self._free.clear()
        self._disturbed.set()
        try:
            with contextlib.suppress(TimeoutError):  # a scan that will not stop is no reason not to
                async with asyncio.timeout(STOP_LIMIT_S):
                    await self._at_rest.wait()
            yield
        finally:
            self._pauses -= 1
            if not self._pauses:
                self._free.set()

    async def look(self, binding: Binding, known: str | None, wait_s: float) -> list[Found]:
        """Return all that were heard meanwhile and fit, as soon as there is what may be taken.

        known: the address that is expected; others that fit are returned too, but not waited for.
        Without an address to expect, others get a moment to be heard as well. Empty after
        ``wait_s`` without any.
        """
        since = self._radio.clock()
        look = _Look(binding, known, asyncio.get_running_loop().create_future())
        self._looks.append(look)
        try:
            async with asyncio.timeout(wait_s):
                await look.heard
            if known is None and not binding.address:
                await asyncio.sleep(SETTLE_S)
        except TimeoutError:
            pass  # what does not fit exactly is returned all the same
        finally:
            self._looks.remove(look)
        heard = [found for found in self._sightings.values() if found.at >= since]
        return [found for found in heard if binding.fits(found.candidate)]

    async def first_trouble(self, within_s: float) -> Trouble | None:
        """Return what keeps it from listening as soon as that is known; None: nothing did."""
        try:
            async with asyncio.timeout(within_s):
                await self._failed.wait()
        except TimeoutError:
            return None
        return self.trouble

    def sightings(self) -> tuple[Found, ...]:
        """Return everything of interest that was heard since the scan began."""
        return tuple(self._sightings.values())

    def device(self, address: str) -> BLEDevice | None:
        """Return how bleak calls a device now, if it was heard."""
        found = self._sightings.get(address)
        return None if found is None else found.device

    async def _until_wanted(self) -> None:
        """Return when somebody searches and nobody connects."""
        while not (self._wanted.is_set() and self._free.is_set()):
            await self._wanted.wait()
            await self._free.wait()

    async def _scan(self) -> None:
        """Listen until nobody searches any more, something disturbs, or nothing is heard."""
        state = await self._radio.stack.look(self._radio.adapter)
        if state.trouble is not None:
            raise LinkTrouble(state.trouble, state.detail)
        wanted = self._radio.adapter.upper()
        for adapter in state.adapters:
            if adapter.powered and wanted in ("", adapter.name.upper(), adapter.address.upper()):
                self.adapter = adapter.name
                break
        calls = self._radio.calls
        scanner = await self._radio.scanner(self._hear)
        try:
            await calls.run(scanner.start(), START_LIMIT_S, "starting the scan")
            self.trouble = None
            self._failed.clear()
            self._heard_at = self._radio.clock()
            await self._listen()
        finally:
            await self._stop(scanner)

    async def _listen(self) -> None:
        while not self._disturbed.is_set():
            silent_at = self._heard_at + SILENT_AFTER_S
            wait_s = silent_at - self._radio.clock()
            if wait_s <= 0:
                self.restarts += 1
                log.info(
                    "nothing heard from anybody for %g s; the scan starts anew", SILENT_AFTER_S
                )
                await self._recovery.ill(Cause.SILENT)
                return
            try:
                async with asyncio.timeout(wait_s):
                    await self._disturbed.wait()
            except TimeoutError:
                continue

    async def _stop(self, scanner: BleakScanner) -> None:
        try:
            await self._radio.calls.run(scanner.stop(), STOP_LIMIT_S, "stopping the scan")
        except (*STACK_ERRORS, TookTooLong) as error:
            log.debug("the scan did not stop in order: %s", error)

    async def _fail(self, trouble: Trouble) -> None:
        """Tell, recover, rest."""
        self._at_rest.set()
        if self.trouble is None or self.trouble.verdict is not trouble.verdict:
            log.warning("cannot scan: %s (%s)", trouble.reason, trouble.verdict.value)
        self.trouble = trouble
        self._failed.set()
        self.restarts += 1
        self._failures += 1
        if trouble.verdict not in STACK_VERDICTS or trouble.verdict is Verdict.RADIO_FAULT:
            await self._recovery.ill(Cause.REFUSES)
        rest_s = min(RETRY_FIRST_S * 2.0 ** min(self._failures - 1, 8), RETRY_LONGEST_S)
        await asyncio.sleep(rest_s * (1 - 0.25 * self._radio.random()))

    def _hear(self, device: BLEDevice, advert: AdvertisementData) -> None:
        """Take one advertisement; runs inside bleak, so it must not raise."""
        self._heard_at = self._radio.clock()
        self.adverts += 1
        self._recovery.hears()
        candidate = candidate_of(device, advert)
        if not candidate.services and not candidate.name:
            return
        self._sightings.pop(device.address, None)  # so that the dict is in order of hearing
        self._sightings[device.address] = Found(
            candidate, device, advertised_bytes(advert), self._heard_at
        )
        if len(self._sightings) > MOST_SIGHTINGS:
            del self._sightings[next(iter(self._sightings))]
        for look in self._looks:
            look.offer(candidate)
