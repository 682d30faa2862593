"""Sends one command to the running bridge and waits for its result."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ftms_bridge.app.broker_url import shown_url
from ftms_bridge.app.loop import pass_over_dead_sockets
from ftms_bridge.control.commands import Verb
from ftms_bridge.dashboard.document import Document, Unreadable, read_document, read_word
from ftms_bridge.errors import BrokerUnavailable, CommandRejected, UsageError
from ftms_bridge.mqtt.asking import Question, ask
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.mqtt.trouble import NOTHING_LISTENS, UNKNOWN_HOST, Trouble
from ftms_bridge.telemetry.topics import BRIDGE_AVAILABILITY, MACHINE_ID, RESULT, SET

ANSWER_WITHIN_S: Final = 10.0
"""How long an answer may take; house choice: much longer than a slow network needs."""

HOPELESS: Final = (NOTHING_LISTENS, UNKNOWN_HOST)
"""Troubles that will not pass while somebody waits for an answer."""

START_HINT: Final = "Start it with: ftms-bridge run; broker and base must be those of the bridge."


@dataclass(frozen=True, slots=True)
class Order:
    """One command.

    what: what is asked for, in words that can follow "refuses to". body: the command without id.
    """

    machine: str
    verb: Verb
    what: str
    body: Mapping[str, object] = field(default_factory=dict)


def check_machine(machine: str) -> None:
    """Raise UsageError for what cannot be the id of a machine."""
    if not MACHINE_ID.fullmatch(machine):
        raise UsageError(
            f"{machine!a} cannot be the id of a machine.",
            hint="Ids have 1 to 32 characters of a-z, 0-9 and _; see: ftms-bridge link status",
        )


async def command_bridge(
    broker: BrokerSettings, base: str, order: Order, *, within_s: float = ANSWER_WITHIN_S
) -> None:
    """Send a command to the bridge below ``base``; return when it is done.

    Raises UsageError for an impossible machine, BrokerUnavailable when the broker or the bridge is
    not there or does not answer, CommandRejected when the bridge refuses.
    """
    check_machine(order.machine)
    pass_over_dead_sockets()
    answer = _Answer(base, order)
    hearing = ask(
        broker,
        answer.question,
        answer.topics,
        on_message=answer.receive,
        on_change=answer.change,
    )
    await first_end(hearing, answer.ended.wait(), asyncio.sleep(within_s))
    if answer.document is None:
        check_there(answer, broker)
        raise BrokerUnavailable(
            f"The broker at {shown_url(broker)} is there, but no bridge answered below {base}/.",
            hint=START_HINT,
        )
    if answer.document.text("status") != "done":
        reason = answer.document.text("reason") or "no reason given"
        raise CommandRejected(
            f"The bridge refuses to {order.what}: {reason}.",
            hint=answer.document.text("hint") or "Look into the log of the bridge.",
        )


class BridgeEars:
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
        if trouble in HOPELESS:
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


def check_there(ears: BridgeEars, broker: BrokerSettings) -> None:
    """Raise BrokerUnavailable when the broker or the bridge is known not to be there."""
    url = shown_url(broker)
    if not ears.connected:
        trouble = ears.trouble
        raise BrokerUnavailable(
            f"No broker at {url}: {trouble.what if trouble else 'it does not answer'}.",
            hint="Start it, or name another one with --broker.",
        )
    if ears.is_offline:
        raise BrokerUnavailable(
            f"The broker at {url} is there, but the bridge below {ears.base}/ is not running.",
            hint=START_HINT,
        )


class _Answer(BridgeEars):
    """Waits for the result of one command."""

    def __init__(self, base: str, order: Order) -> None:
        super().__init__(base)
        self.document: Document | None = None
        self.topics.append(RESULT.path(base, machine=order.machine))
        self._id = secrets.token_hex(8)
        self.question = Question(
            SET.path(base, machine=order.machine, verb=order.verb.value),
            json.dumps({"id": self._id, **order.body}).encode(),
        )

    def take(self, topic: str, document: Document) -> None:
        """Keep the answer if it is ours."""
        if document.text("id") == self._id:
            self.document = document
            self.ended.set()
