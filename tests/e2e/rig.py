"""Everything in the guest that the checks work with."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.e2e.bridge import Bridge
from tests.e2e.checks import Figures
from tests.e2e.ear import Ear, Heard
from tests.e2e.fate import Fate
from tests.e2e.system import System

BROKER_PORT: Final = 1883
COME_LIMIT_S: Final = 40.0
"""From the start of the process to values of all machines; Python alone needs seconds here."""

AROUND_S: Final = 0.5
"""The word on the link may come before the word on the values."""


@dataclass(slots=True)
class Rig:
    """out: folder whose content is handed to the host.

    bridge: the run under test, if any; runs: all, from the first.
    """

    out: Path
    system: System
    fate: Fate
    ear: Ear
    bridge: Bridge | None = None
    runs: list[Bridge] = field(default_factory=list)

    async def run_bridge(self, *machines: str) -> Bridge:
        """Start the bridge, and return it when all machines but the absent one send."""
        await self.stop_bridge()
        folder = self.out / f"bridge-{len(self.runs) + 1}"
        self.bridge = Bridge(folder, BROKER_PORT, machines)
        self.runs.append(self.bridge)
        self.bridge.start()
        since = self.bridge.started_at
        coming = asyncio.gather(
            *(
                self.values(machine, since=since, limit_s=COME_LIMIT_S)
                for machine in machines
                if machine != "absent"
            )
        )
        while not coming.done():
            if not self.bridge.is_running:
                coming.cancel()
                raise AssertionError(f"the bridge ended: {self.bridge.log[-2000:]}")
            await asyncio.sleep(0.05)
        await coming
        return self.bridge

    async def stop_bridge(self) -> tuple[int, float]:
        """Stop the bridge if it runs; return its exit code and how long it took."""
        if self.bridge is None or not self.bridge.is_running:
            return 0, 0.0
        return await self.bridge.stop()

    async def settled(self) -> Bridge:
        """Return the bridge with both machines sending; start it when it does not run."""
        if self.bridge is None or not self.bridge.is_running:
            return await self.run_bridge("bike", "treadmill")
        for machine in ("bike", "treadmill"):
            await self.values(machine, since=time.monotonic(), limit_s=COME_LIMIT_S)
        return self.bridge

    async def values(self, machine: str, *, since: float, limit_s: float) -> Heard:
        """Return the first live document with values of now."""
        return await self.ear.until(
            f"{machine}/live", lambda one: bool(one.document["fresh"]), since=since, limit_s=limit_s
        )

    async def noticed(self, machine: str, *, since: float, limit_s: float) -> Heard:
        """Return the first word that a machine's values cannot be relied upon."""
        return await self.ear.until(
            f"{machine}/availability",
            lambda one: one.text in ("stale", "offline") and not one.retained,
            since=since,
            limit_s=limit_s,
        )

    async def back(self, machine: str, *, since: float, limit_s: float) -> Heard:
        """Return the first values of a record that was sent after ``since``."""

        def number(one: Heard) -> int:
            return int(one.document["signals"].get("machine_distance_m") or 0)

        before = [number(one) for one in self.ear.heard if one.topic == f"{machine}/live"]
        newest = max(before, default=0)
        try:
            return await self.ear.until(
                f"{machine}/live",
                lambda one: bool(one.document["fresh"]) and number(one) > newest,
                since=since,
                limit_s=limit_s,
            )
        except AssertionError as error:
            connected = await self.fate.do("connected", machine=machine)
            raise AssertionError(f"{error}; the machine is connected: {connected}") from None

    def verdicts(self, machine: str, *, since: float) -> list[str]:
        """Return the words that were told of a machine's link, in their order."""
        heard = self.ear.after(since - AROUND_S, f"{machine}/link")
        words = [str(one.document["links"][0]["verdict"] or "up") for one in heard]
        return [word for index, word in enumerate(words) if words[index - 1 : index] != [word]]

    async def count(self, machine: str) -> Figures:
        """Compare what a machine sent in this run with what was recorded.

        Raises AssertionError when a record was counted twice, is out of order or was never sent.
        """
        assert self.bridge
        got = self.bridge.received(machine)
        since = self.bridge.started_at
        sent = [number for at, number in await self.fate.do("sent", machine=machine) if at >= since]
        twice = sorted({number for number in got if got.count(number) > 1})
        assert not twice, f"{machine}: counted more than once: {twice[:20]}"
        assert got == sorted(got), f"{machine}: out of order"
        assert set(got) <= set(sent), f"{machine}: never sent: {sorted(set(got) - set(sent))[:20]}"
        lost = [number for number in sent if number not in set(got) and number <= got[-1]]
        return {f"{machine}_got": len(got), f"{machine}_lost": len(lost)}
