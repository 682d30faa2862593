"""The radio side of one bridge: one scanner, one watch on the stack, and all supervisors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from ftms_bridge.ble.endless import keep_running
from ftms_bridge.ble.hold import Hold
from ftms_bridge.ble.identity import IdentityStore
from ftms_bridge.ble.inbox import Inbox
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.recovery import Recovery, RecoveryMode
from ftms_bridge.ble.scanner import Scanner
from ftms_bridge.ble.supervisor import Supervisor
from ftms_bridge.ble.target import Common, Target
from ftms_bridge.ble.verdicts import Trouble, without_addresses
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.ports import Deliver

log = logging.getLogger(__name__)

MINUTE_S: Final = 60.0


class BluetoothLink:
    """The links of one machine and its sensors; a `ports.MachineLink`."""

    def __init__(self, supervisors: Sequence[Supervisor], hold: Hold, radio: Radio) -> None:
        self.supervisors = tuple(supervisors)
        self.hold = hold
        self._radio = radio
        self._inbox: Inbox | None = None

    @property
    def overflow(self) -> int:
        """Return how many notifications found no room."""
        return 0 if self._inbox is None else self._inbox.overflow

    async def run(self, deliver: Deliver) -> None:
        """Deliver until cancelled; then every link is closed in order."""
        inbox = self._inbox = Inbox(deliver, self._radio.clock)
        async with asyncio.TaskGroup() as tasks:
            for supervisor in self.supervisors:
                source = supervisor.target.source
                run = partial(supervisor.run, inbox)
                tasks.create_task(keep_running(run, source), name=source)


class Bluetooth:
    """What the application holds of the radio.

    state_directory: where it is remembered which device was bound; None remembers nothing.
    """

    def __init__(
        self, radio: Radio, *, state_directory: Path | None, recovery: RecoveryMode = "power"
    ) -> None:
        self.radio = radio
        self.recovery = Recovery(
            radio.stack,
            adapter=radio.adapter,
            mode=recovery,
            clock=radio.clock,
            calls=radio.calls,
        )
        self.recovery.is_idle = lambda: not any(one.is_up for one in self.supervisors())
        self.scanner = Scanner(radio, self.recovery)
        self._common = Common(radio, IdentityStore(state_directory), self.scanner)
        self._links: dict[str, BluetoothLink] = {}

    def link(self, machine: str, targets: Iterable[Target]) -> BluetoothLink:
        """Return the link of a machine; its targets are the machine itself and its sensors."""
        hold = Hold(self.radio.clock)
        supervisors = [
            Supervisor(target, self._common, recovery=self.recovery, hold=hold)
            for target in targets
        ]
        link = self._links[machine] = BluetoothLink(supervisors, hold, self.radio)
        return link

    async def run(self) -> None:
        """Scan for the links and watch the stack, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_running(self.scanner.run, "the scan"), name="scanner")
            watch = partial(self.radio.stack.run, self._disturb)
            tasks.create_task(keep_running(watch, "the watch on Bluetooth"), name="stack")

    @property
    def overflow(self) -> int:
        """Return how many notifications of all machines found no room."""
        return sum(link.overflow for link in self._links.values())

    def supervisors(self) -> list[Supervisor]:
        """Return the supervisors of all machines."""
        return [one for link in self._links.values() for one in link.supervisors]

    def release(self, machine: str, reason: str, minutes: float | None) -> bool:
        """Give the links of a machine away; False when it has none over this radio."""
        link = self._links.get(machine)
        if link is None:
            return False
        link.hold.release(reason, for_s=None if minutes is None else minutes * MINUTE_S)
        return True

    def resume(self, machine: str) -> bool:
        """Take the links of a machine back; False when it has none over this radio."""
        link = self._links.get(machine)
        if link is None:
            return False
        link.hold.resume()
        return True

    def is_up(self, machine: str) -> bool:
        """Return whether the link to a machine itself is up, whatever its sensors do."""
        link = self._links.get(machine)
        return link is not None and link.supervisors[0].is_up

    def is_released(self, machine: str) -> bool:
        """Return whether the links of a machine are given away now."""
        link = self._links.get(machine)
        return link is not None and link.hold.is_released

    def _disturb(self, verdict: Verdict, reason: str) -> None:
        """Let go of everything at once: bleak itself may never notice."""
        trouble = Trouble(verdict, without_addresses(reason))
        log.warning("Bluetooth: %s (%s)", reason, verdict.value)
        self.scanner.disturb(trouble)
        for supervisor in self.supervisors():
            supervisor.disturb(trouble)
