"""What the link supervisors need to know and do about the Bluetooth stack below bleak."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ftms_bridge.gatt.notification import Verdict


@dataclass(frozen=True, slots=True)
class Adapter:
    """One Bluetooth adapter of this computer: ``name`` is hci0, which may change; address is not.

    blocked: by a hardware or software switch (rfkill); False where that cannot be known.
    """

    name: str
    address: str
    powered: bool
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class HeldLink:
    """A device that this computer is connected to, whichever program asked for it."""

    address: str
    name: str
    adapter: str


@dataclass(frozen=True, slots=True)
class StackState:
    """How the stack is now.

    trouble: the verdict that keeps every link down, or None when the stack can be used.
    detail: the trouble in words; "" without trouble.
    version: of BlueZ, such as "5.66"; "" where there is none or it does not tell.
    held: links that are up, ours included.
    """

    trouble: Verdict | None
    detail: str
    adapters: tuple[Adapter, ...] = ()
    held: tuple[HeldLink, ...] = ()
    version: str = ""


OnTrouble = Callable[[Verdict, str], None]
"""Is told at once, in the event loop, when the stack went away under all links, and why."""


class Stack(Protocol):
    """The Bluetooth stack of this computer. No method raises; each bounds its own time."""

    async def run(self, on_trouble: OnTrouble) -> None:
        """Watch until cancelled; survives every restart of the stack's parts."""

    async def look(self, adapter: str = "") -> StackState:
        """Return how the stack is; ``adapter`` (name or address) is the one that is wanted."""

    async def adapter_name(self, wanted: str) -> str | None:
        """Return the present name (hci0) of an adapter given by name or address, or None."""

    async def close_link(self, address: str) -> bool:
        """Close a link that this computer holds to that device; return whether there was one."""

    async def forget_device(self, address: str) -> bool:
        """Make the stack forget what it remembers of a device (services); True when it did."""

    async def power_cycle(self, adapter: str = "") -> bool:
        """Switch the adapter off and on; return whether that was allowed and worked."""

    async def close(self) -> None:
        """Let go of everything that is held open for the calls above."""


class PlainStack:
    """A stack that tells nothing of itself: other systems, and virtual radios."""

    async def run(self, on_trouble: OnTrouble) -> None:
        """Return: there is nothing to watch."""

    async def look(self, adapter: str = "") -> StackState:
        """Return that nothing is known to be wrong."""
        return StackState(trouble=None, detail="")

    async def adapter_name(self, wanted: str) -> str | None:
        """Return the name as it is."""
        return wanted or None

    async def close_link(self, address: str) -> bool:
        """Return that there is nothing that could be closed."""
        return False

    async def forget_device(self, address: str) -> bool:
        """Return that there is nothing that could be forgotten."""
        return False

    async def power_cycle(self, adapter: str = "") -> bool:
        """Return that this cannot be done here."""
        return False

    async def close(self) -> None:
        """Do nothing: nothing is held."""
