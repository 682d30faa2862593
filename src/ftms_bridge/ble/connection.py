"""One connection from beginning to end: made, checked, subscribed, watched, ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from bleak import BleakClient

from ftms_bridge.ble.binding import MEASUREMENTS
from ftms_bridge.ble.bounded import TookTooLong
from ftms_bridge.ble.identity import LONGEST_TEXT, Fingerprint
from ftms_bridge.ble.inbox import Gate
from ftms_bridge.ble.patience import Patience, Step
from ftms_bridge.ble.radio import CONNECT_LIMITS_S
from ftms_bridge.ble.scanner import Found
from ftms_bridge.ble.table import (
    DEVICE_NAME,
    FIRMWARE,
    IDENTITY,
    MANUFACTURER,
    MEASURED,
    MODEL,
    GattTable,
    telling_name,
)
from ftms_bridge.ble.target import Common, End, Target
from ftms_bridge.ble.verdicts import STACK_ERRORS, LinkTrouble, Trouble, plain_text, trouble_of
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.gatt.uuids import FITNESS_MACHINE_SERVICE

log = logging.getLogger(__name__)

T = TypeVar("T")

READ_LIMIT_S: Final = 2.0
SUBSCRIBE_LIMIT_S: Final = 3.0
WATCH_EVERY_S: Final = 0.5
"""Answers come within 60 ms on a virtual machine's slow stack; house choices."""

UNANSWERED_FOR_S: Final = 6 * 3600.0
"""After so long a question that was not answered may be asked again: one bad moment on the air
must not cost a fact for months. House choice."""

_GONE: Final = Trouble(Verdict.LOST, "the device or the radio ended the link")


class Connection:
    """Brings what one device sends through its gate, for as long as the link holds.

    is_up: whether the device was found to be the right one and has not been lost.
    is_left_open: whether the stack did not confirm the end of the link.
    tell_down: is told why the link is down, as soon as that is known.
    """

    def __init__(
        self, target: Target, common: Common, gate: Gate, tell_down: Callable[[Trouble], None]
    ) -> None:
        self.is_up = False
        self.is_left_open = False
        self._target = target
        self._common = common
        self._radio = common.radio
        self._gate = gate
        self._tell_down = tell_down
        self._client: BleakClient | None = None
        self._note: Trouble | None = None
        self._refused: set[int] = set()
        self._lost: asyncio.Future[Trouble] = asyncio.get_running_loop().create_future()

    def lose(self, trouble: Trouble = _GONE) -> None:
        """End the connection for this reason; the first reason counts."""
        if not self._lost.done():
            self._gate.close()
            self._lost.set_result(trouble)

    async def serve(self, found: Found, note: Trouble | None, *, quiet: bool, tries: int) -> End:
        """Connect and stay; return how it ended. The link is down and cleaned up then.

        note: something odd that is told when the link is up. quiet: see `Patience`. tries: how many
        in a row before this one did not come to a link.
        """
        self._note = note
        try:
            end = await self._make_and_keep(found, quiet=quiet, tries=tries)
            self.lose(end.trouble)
            self._tell_down(end.trouble)  # before the disconnection, which may take its time
            return end
        finally:
            self.lose()
            if self._client is not None:
                self.is_left_open = not await self._radio.disconnect(self._client)

    async def _make_and_keep(self, found: Found, *, quiet: bool, tries: int) -> End:
        up_at = None
        silent = False
        try:
            limit_s = CONNECT_LIMITS_S[min(tries, len(CONNECT_LIMITS_S) - 1)]
            client = await self._connect(found, limit_s)
            table = GattTable(client.services)
            facts = await self._verify(client, table)
            self._come_up(found, facts)
            up_at = self._radio.clock()
            trouble = await self._stay(client, table, quiet=quiet)
            silent = trouble.verdict is Verdict.MUTE
        except (*STACK_ERRORS, TookTooLong, LinkTrouble) as error:
            trouble = trouble_of(error, Verdict.NO_ANSWER if up_at is None else Verdict.LOST)
            if self._lost.done():
                trouble = self._lost.result()
        lasted_s = 0.0 if up_at is None else self._radio.clock() - up_at
        was_heard = up_at is not None and self._gate.heard_at is not None
        return End(trouble, lasted_s, silent, was_heard)

    async def _connect(self, found: Found, limit_s: float) -> BleakClient:
        async with self._common.connecting, self._common.scanner.paused():
            name = found.candidate.name or found.candidate.address
            call = self._radio.connect(found.device, name, self._note_end, limit_s=limit_s)
            making = asyncio.create_task(call)
            try:
                return await self._unless_lost(making)
            finally:  # a link that came up in the very turn in which it was given up is ours too
                if making.done() and not making.cancelled() and making.exception() is None:
                    self._client = making.result()

    def _note_end(self) -> None:
        """Take bleak's word that the link ended; before there is one, that was a try of its own."""
        if self._client is not None:
            self.lose()

    async def _verify(self, client: BleakClient, table: GattTable) -> dict[int, bytes]:
        """Return what the device says it is, if it is the one that was bound.

        Raises LinkTrouble when it is another one, or does not measure what it was bound for.
        """
        if not client.is_connected:  # its end was told before there was anybody to hear it
            raise LinkTrouble(_GONE.verdict, _GONE.reason)
        needed = MEASUREMENTS[self._target.binding.kind]
        if table.is_empty:  # BlueZ said "resolved" before it showed the services
            raise LinkTrouble(Verdict.NO_ANSWER, "its services were not shown in time")
        if needed not in table:
            offered = " ".join(f"{number:04x}" for number in table.services) or "none"
            raise LinkTrouble(
                Verdict.WRONG_SERVICES,
                f"it has no characteristic {needed:04x}; fitness services it has: {offered}",
            )
        facts: dict[int, bytes] = {}
        for number in IDENTITY:
            if number in table:
                facts[number] = await self._read(client, table, number)
        self._compare(client.address, table, facts)
        return facts

    def _compare(self, address: str, table: GattTable, facts: dict[int, bytes]) -> None:
        now = Fingerprint(
            address,
            table.services,
            manufacturer=_text(facts.get(MANUFACTURER)),
            model=_text(facts.get(MODEL)),
            firmware=_text(facts.get(FIRMWARE)),
            bound_as=self._target.binding.text,
        )
        identities, source = self._common.identities, self._target.source
        before = self._common.known(self._target)
        if before is None:
            identities.remember(source, now)
            return
        if difference := now.difference(before):
            raise LinkTrouble(
                Verdict.CHANGED_IDENTITY, f"not the device that was bound: {difference}"
            )
        if update := now.update_since(before):
            self._note = Trouble(Verdict.CHANGED_IDENTITY, update)
        identities.remember(source, now.completed_by(before))

    def _come_up(self, found: Found, facts: dict[int, bytes]) -> None:
        """Tell that the link is up, then what the device says of itself."""
        if self._lost.done():  # in this very turn; a gate opened now would be closed by nobody
            raise LinkTrouble(self._lost.result().verdict, self._lost.result().reason)
        self._gate.open(self._note)
        self.is_up = True
        if telling := telling_name(found.candidate.name):
            self._gate.put(DEVICE_NAME, telling.encode())
        if found.service_data is not None:
            self._gate.put(FITNESS_MACHINE_SERVICE, found.service_data)
        for number, data in facts.items():
            if data:
                self._gate.put(number, data)

    async def _stay(self, client: BleakClient, table: GattTable, *, quiet: bool) -> Trouble:
        """Return why the link is to be given up."""
        await self._subscribe(client, table)
        await self._read_facts(client, table)
        patience = Patience(self._radio.clock(), quiet=quiet)
        while True:
            await asyncio.wait((self._lost,), timeout=WATCH_EVERY_S)
            if self._lost.done():
                return self._lost.result()
            patience.hear(self._gate.heard_at)
            step = patience.step(self._radio.clock())
            if step is Step.RESUBSCRIBE:
                await self._resubscribe(client, table)
            elif step is Step.PROBE:
                await self._probe(client, table)
            elif step is Step.RECONNECT:
                return Trouble(Verdict.MUTE, "connected, but it sends nothing")

    async def _subscribe(self, client: BleakClient, table: GattTable) -> None:
        """Subscribe to all that is known; only the measurement that was bound for must succeed."""
        needed = MEASUREMENTS[self._target.binding.kind]
        for number, characteristic in table.speaking():
            entrance = self._gate.entrance(number, is_measurement=number in MEASURED)
            call = client.start_notify(characteristic, entrance)
            try:
                await self._call(call, SUBSCRIBE_LIMIT_S, f"subscribing to {number:04x}")
            except (*STACK_ERRORS, TookTooLong) as error:
                if number == needed:
                    raise
                log.warning("%s: no values of %04x: %s", self._target.source, number, error)

    async def _resubscribe(self, client: BleakClient, table: GattTable) -> None:
        """Ask for the measurement again; a device that does not answer even that is gone."""
        number = MEASUREMENTS[self._target.binding.kind]
        log.info("%s: silent; subscribing to %04x again", self._target.source, number)
        characteristic = table[number]
        entrance = self._gate.entrance(number, is_measurement=True)
        await self._ask_silent(client.stop_notify(characteristic), "unsubscribing")
        await self._ask_silent(client.start_notify(characteristic, entrance), "subscribing again")

    async def _probe(self, client: BleakClient, table: GattTable) -> None:
        """Ask a silent device for something that it must answer."""
        characteristic = table.probe(self._refused | self._unanswered())
        if characteristic is not None:
            await self._ask_silent(client.read_gatt_char(characteristic), "asking it")

    async def _ask_silent(self, call: Coroutine[Any, Any, object], what: str) -> None:
        """Make a call to a silent device. Raises LinkTrouble when it does not answer either."""
        try:
            await self._call(call, READ_LIMIT_S, what)
        except TookTooLong as error:
            raise LinkTrouble(
                Verdict.MUTE, f"connected, but it answers nothing: {error}"
            ) from error

    async def _read_facts(self, client: BleakClient, table: GattTable) -> None:
        """Read features, ranges, battery; what cannot be read is missing, and that is all."""
        for number, _ in table.readable():
            if data := await self._read(client, table, number):
                self._gate.put(number, data)

    async def _read(self, client: BleakClient, table: GattTable, number: int) -> bytes:
        """Return a value, or nothing when the device will not tell."""
        if "read" not in table[number].properties or number in self._unanswered():
            return b""
        what = f"reading {number:04x}"
        try:
            call = client.read_gatt_char(table[number])
            return bytes(await self._call(call, READ_LIMIT_S, what))
        except TookTooLong:  # after a question without an answer no other one may be asked
            self._target.unanswered[number] = self._radio.clock()
            raise
        except STACK_ERRORS as error:
            self._refused.add(number)
            log.info("%s: %s: %s", self._target.source, what, plain_text(str(error), 80))
            return b""

    def _unanswered(self) -> set[int]:
        """Return what is better not asked for: the last question cost the link, not long ago."""
        now = self._radio.clock()
        unanswered = self._target.unanswered.items()
        return {number for number, at in unanswered if now - at < UNANSWERED_FOR_S}

    async def _call(self, call: Coroutine[Any, Any, T], limit_s: float, what: str) -> T:
        return await self._unless_lost(self._radio.calls.run(call, limit_s, what))

    async def _unless_lost(self, call: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
        """Return what the call returns; give it up as soon as the link is lost."""
        task = asyncio.ensure_future(call)
        try:
            await asyncio.wait((task, self._lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))
        if task.cancelled():
            raise LinkTrouble(self._lost.result().verdict, self._lost.result().reason)
        return task.result()


def _text(data: bytes | None) -> str:
    """Return a device information string, cleaned; some end with zero bytes."""
    return plain_text((data or b"").decode("utf-8", "replace").rstrip("\0"), LONGEST_TEXT)
