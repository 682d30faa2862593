"""Asks the running bridge how its links are, or to give a machine away or take it back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from ftms_bridge.app.broker_url import shown_url
from ftms_bridge.app.commanding import (
    ANSWER_WITHIN_S,
    START_HINT,
    BridgeEars,
    Order,
    check_machine,
    check_there,
    command_bridge,
)
from ftms_bridge.app.loop import pass_over_dead_sockets
from ftms_bridge.control.commands import Verb
from ftms_bridge.dashboard.document import Document
from ftms_bridge.errors import BrokerUnavailable, UsageError
from ftms_bridge.mqtt.listening import listen
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.telemetry.blocks import ActionWord
from ftms_bridge.telemetry.topics import BRIDGE_INFO, DEFAULT_BASE, LINK, MACHINE_ID

GLANCE_WITHIN_S: Final = 3.0
"""How long a look may take that only makes an answer better; house choice."""

REST_WITHIN_S: Final = 1.0
"""What the broker keeps comes in one go; what is not there by then is not there. House choice."""


class KnownLink(TypedDict):
    """One link of one machine, as the bridge tells of it; None is what it does not tell.

    up: None as long as the link has said nothing of itself. The rest is as in ``LinkReport``.
    """

    machine: str
    source: str
    up: bool | None
    verdict: str | None
    reason: str | None
    since: str | None
    quirk: str | None


@dataclass(frozen=True, slots=True)
class BridgePlace:
    """Where a bridge publishes."""

    broker: BrokerSettings
    base: str = DEFAULT_BASE


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; minutes: how long a release lasts, None until somebody resumes."""

    machine: str
    action: ActionWord
    minutes: float | None = None

    def order(self) -> Order:
        """Return the command that says so."""
        body: dict[str, object] = {"action": self.action}
        if self.minutes is not None:
            body["minutes"] = self.minutes
        return Order(self.machine, Verb.LINK, f"{self.action} {self.machine}", body)


async def known_links(place: BridgePlace, *, within_s: float = ANSWER_WITHIN_S) -> list[KnownLink]:
    """Return every link of the running bridge, in the order of its machines.

    Raises BrokerUnavailable when the broker or the bridge is not there, or tells of no links.
    """
    pass_over_dead_sockets()
    survey = _Survey(place.base)
    hearing = listen(
        place.broker, survey.topics, on_message=survey.receive, on_change=survey.change
    )
    await first_end(hearing, survey.rest_is_over(), survey.ended.wait(), asyncio.sleep(within_s))
    check_there(survey, place.broker)
    if not survey.links:
        raise BrokerUnavailable(
            f"The bridge at {shown_url(place.broker)} tells nothing of its links below "
            f"{place.base}/.",
            hint=START_HINT,
        )
    return survey.rows()


async def links_if_any(place: BridgePlace, *, within_s: float = GLANCE_WITHIN_S) -> list[KnownLink]:
    """Return every link of the running bridge; none when broker or bridge is not there."""
    try:
        return await known_links(place, within_s=within_s)
    except BrokerUnavailable:  # who asks goes on without, or finds out by itself why not
        return []


async def ask_bridge(
    place: BridgePlace, wish: Wish, *, within_s: float = ANSWER_WITHIN_S
) -> KnownLink | None:
    """Ask the running bridge to give a machine away or to take it back; return when it is done.

    Returns the link of the machine as it was before, if the bridge tells of it. Raises UsageError
    for an impossible machine or a sensor, BrokerUnavailable when the broker or the bridge is not
    there or does not answer, CommandRejected when the bridge refuses.
    """
    check_machine(wish.machine)
    pass_over_dead_sockets()
    rows = await links_if_any(place, within_s=min(within_s, GLANCE_WITHIN_S))
    _check_no_sensor(rows, wish)
    await command_bridge(place.broker, place.base, wish.order(), within_s=within_s)
    own = (row for row in rows if row["machine"] == row["source"] == wish.machine)
    return next(own, None)


def _check_no_sensor(rows: Sequence[KnownLink], wish: Wish) -> None:
    """Raise UsageError when the wish names a sensor in place of its machine."""
    if any(row["machine"] == wish.machine for row in rows):
        return
    for row in rows:
        if row["source"] == wish.machine:
            raise UsageError(
                f"{wish.machine} is a sensor of {row['machine']}.",
                hint=f"ftms-bridge link {wish.action} {row['machine']}",
            )


class _Survey(BridgeEars):
    """Collects what the broker keeps of the links of all machines."""

    def __init__(self, base: str) -> None:
        super().__init__(base)
        self.links: dict[str, list[KnownLink]] = {}
        self.machines: list[str] | None = None
        self.topics += [BRIDGE_INFO.path(base), LINK.path(base, machine="+")]
        self._known = asyncio.Event()

    async def rest_is_over(self) -> None:
        """Return some time after the machines are known, when their links should be too."""
        await self._known.wait()
        await asyncio.sleep(REST_WITHIN_S)

    def take(self, topic: str, document: Document) -> None:
        """Keep the machines of the bridge, or the links of one machine."""
        if topic == BRIDGE_INFO.path(self.base):
            ids = [one.text("id") for one in document.parts("machines")]
            self.machines = [name for name in ids if name is not None]
            self._known.set()
        else:
            machine = topic.removeprefix(f"{self.base}/").partition("/")[0]
            if MACHINE_ID.fullmatch(machine):
                self.links[machine] = [_row(machine, one) for one in document.parts("links")]
        if self.machines is not None and self.links.keys() >= set(self.machines):
            self.ended.set()

    def rows(self) -> list[KnownLink]:
        """Return the links of the machines that the bridge has now; old topics may linger."""
        machines = sorted(self.links) if self.machines is None else self.machines
        return [row for machine in machines for row in self.links.get(machine, [])]


def _row(machine: str, link: Document) -> KnownLink:
    return {
        "machine": machine,
        "source": link.text("source") or machine,
        "up": link.truth("up"),
        "verdict": link.text("verdict"),
        "reason": link.text("reason"),
        "since": link.text("since"),
        "quirk": link.text("quirk"),
    }
