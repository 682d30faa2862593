"""Asks the running bridge how its links are, or to give a machine away or take it back."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from ftms_bridge.app.broker_url import shown_url
from ftms_bridge.app.loop import pass_over_dead_sockets
from ftms_bridge.control.commands import Verb
from ftms_bridge.dashboard.document import Document, Unreadable, read_document, read_word
from ftms_bridge.errors import BrokerUnavailable, CommandRejected, UsageError
from ftms_bridge.mqtt.asking import Question, ask
from ftms_bridge.mqtt.listening import listen
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.mqtt.trouble import NOTHING_LISTENS, UNKNOWN_HOST, Trouble
from ftms_bridge.telemetry.blocks import ActionWord
from ftms_bridge.telemetry.topics import (
    BRIDGE_AVAILABILITY,
    BRIDGE_INFO,
    DEFAULT_BASE,
    LINK,
    MACHINE_ID,
    RESULT,
    SET,
)

ANSWER_WITHIN_S: Final = 10.0
"""How long an answer may take; house choice: much longer than a slow network needs."""

GLANCE_WITHIN_S: Final = 3.0
"""How long a look may take that only makes an answer better; house choice."""

REST_WITHIN_S: Final = 1.0
"""What the broker keeps comes in one go; what is not there by then is not there. House choice."""

_HOPELESS: Final = (NOTHING_LISTENS, UNKNOWN_HOST)
"""Troubles that will not pass while somebody waits for an answer."""

_START_HINT: Final = "Start it with: ftms-bridge run; broker and base must be those of the bridge."


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
    _check_there(survey, place)
    if not survey.links:
        raise BrokerUnavailable(
            f"The bridge at {shown_url(place.broker)} tells nothing of its links below "
            f"{place.base}/.",
            hint=_START_HINT,
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
    if not MACHINE_ID.fullmatch(wish.machine):
        raise UsageError(
            f"{wish.machine!a} cannot be the id of a machine.",
            hint="Ids have 1 to 32 characters of a-z, 0-9 and _; see: ftms-bridge link status",
        )
    pass_over_dead_sockets()
    rows = await links_if_any(place, within_s=min(within_s, GLANCE_WITHIN_S))
    _check_no_sensor(rows, wish)
    await _ask(place, wish, within_s)
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


async def _ask(place: BridgePlace, wish: Wish, within_s: float) -> None:
    answer = _Answer(place.base, wish.machine)
    hearing = ask(
        place.broker,
        answer.question(wish),
        answer.topics,
        on_message=answer.receive,
        on_change=answer.change,
    )
    await first_end(hearing, answer.ended.wait(), asyncio.sleep(within_s))
    if answer.document is None:
        _check_there(answer, place)
        raise BrokerUnavailable(
            f"The broker at {shown_url(place.broker)} is there, but no bridge answered below "
            f"{place.base}/.",
            hint=_START_HINT,
        )
    if answer.document.text("status") != "done":
        reason = answer.document.text("reason") or "no reason given"
        raise CommandRejected(
            f"The bridge refuses to {wish.action} {wish.machine}: {reason}.",
            hint=answer.document.text("hint") or "Look into the log of the bridge.",
        )


def _check_there(ears: _BridgeEars, place: BridgePlace) -> None:
    """Raise BrokerUnavailable when the broker or the bridge is known not to be there."""
    url = shown_url(place.broker)
    if not ears.connected:
        trouble = ears.trouble
        raise BrokerUnavailable(
            f"No broker at {url}: {trouble.what if trouble else 'it does not answer'}.",
            hint="Start it, or name another one with --broker.",
        )
    if ears.is_offline:
        raise BrokerUnavailable(
            f"The broker at {url} is there, but the bridge below {place.base}/ is not running.",
            hint=_START_HINT,
        )


class _BridgeEars:
    """Keeps track of broker and bridge; ``ended`` is set when waiting makes no more sense."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.trouble: Trouble | None = None
        self.connected = False
        self.is_offline = False
        self.ended = asyncio.Event()
        self.topics = [BRIDGE_AVAILABILITY.path(base)]

    def change(self, trouble: Trouble | None) -> None:
        """Take note of whether the broker is there."""
        self.connected = trouble is None
        self.trouble = trouble
        if trouble in _HOPELESS:
            self.ended.set()

    def receive(self, topic: str, payload: bytes, _: bool) -> None:
        """Take one message; what cannot be read is passed over, as anybody may send anything."""
        if topic == BRIDGE_AVAILABILITY.path(self.base):
            self.is_offline = read_word(payload) == "offline"
            if self.is_offline:
                self.ended.set()
            return
        try:
            self.take(topic, read_document(payload))
        except Unreadable:
            return

    def take(self, topic: str, document: Document) -> None:
        """Take a JSON object that was heard; here there is none of interest."""


class _Answer(_BridgeEars):
    """Waits for the result of one command."""

    def __init__(self, base: str, machine: str) -> None:
        super().__init__(base)
        self.document: Document | None = None
        self.topics.append(RESULT.path(base, machine=machine))
        self._id = secrets.token_hex(8)

    def question(self, wish: Wish) -> Question:
        """Return the command, with the id that its answer will bear."""
        body: dict[str, object] = {"id": self._id, "action": wish.action}
        if wish.minutes is not None:
            body["minutes"] = wish.minutes
        topic = SET.path(self.base, machine=wish.machine, verb=Verb.LINK.value)
        return Question(topic, json.dumps(body).encode())

    def take(self, topic: str, document: Document) -> None:
        """Keep the answer if it is ours."""
        if document.text("id") == self._id:
            self.document = document
            self.ended.set()


class _Survey(_BridgeEars):
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
