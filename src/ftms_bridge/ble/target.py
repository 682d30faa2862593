"""What the connections of one bridge are made for, what they share, and how one ended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from ftms_bridge.ble.binding import Binding
from ftms_bridge.ble.identity import Fingerprint, IdentityStore
from ftms_bridge.ble.radio import Radio
from ftms_bridge.ble.scanner import Scanner
from ftms_bridge.ble.verdicts import Trouble


@dataclass(frozen=True, slots=True)
class Target:
    """One device that is to be kept: the id of its values, and which device it is."""

    source: str
    binding: Binding
    unanswered: dict[int, float] = field(default_factory=dict)
    """Characteristics that this device did not answer for, and when: a second question would cost
    the link again."""


@dataclass(frozen=True, slots=True)
class End:
    """How a connection ended; ``lasted_s`` is 0 when it never came up.

    was_silent: it was given up because nothing was heard. was_heard: it brought a measurement.
    """

    trouble: Trouble
    lasted_s: float = 0.0
    was_silent: bool = False
    was_heard: bool = False


@dataclass(slots=True)
class Common:
    """What the connections of one bridge share; one of them is made at a time."""

    radio: Radio
    identities: IdentityStore
    scanner: Scanner
    connecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    taken: dict[str, str] = field(default_factory=dict)
    """Which address is whose, by source: bound by it, or being served."""

    def is_for(self, address: str, target: Target) -> bool:
        """Return whether a device may be taken for a target: no other one has it.

        Two links to one device are one to the system: its values would count twice, and the end of
        one ends the other. Who is bound by address gets what was asked for.
        """
        if target.binding.address:
            return True
        others = (one for source, one in self.taken.items() if source != target.source)
        return address.upper() not in map(str.upper, others)

    def known(self, target: Target) -> Fingerprint | None:
        """Return what a device was when it was bound; None when it is bound otherwise by now."""
        known = self.identities.known(target.source)
        return known if known is not None and known.bound_as == target.binding.text else None
