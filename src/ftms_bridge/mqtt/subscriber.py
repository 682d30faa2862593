"""Command topic and payload to a Command, or to a rejection that says why; nothing sent raises."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ftms_bridge.control.commands import (
    ACTIONS,
    DIRECTIONS,
    MINUTES_AT_MOST,
    Command,
    Verb,
    minutes_of,
)
from ftms_bridge.mqtt.encoding import decode
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.mqtt.rate import Rate
from ftms_bridge.telemetry.messages import CONTRACT_VERSION, CommandResult
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import MACHINE_ID, RESULT

log = logging.getLogger(__name__)

PAYLOAD_LIMIT_BYTES: Final = 1024
"""House choice: a command is an id and a word or two."""

TEXT_LIMIT: Final = 64
"""Characters of an id, and of what is repeated in a rejection; house choice."""

VERBS: Final = {verb.value: verb for verb in Verb}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a command is rejected: one word for programs, a sentence for people."""

    reason: str
    hint: str


RETAINED: Final = Problem(
    "retained_command", "Send commands without the retain flag, and clear the retained one."
)
TOO_LARGE: Final = Problem(
    "payload_too_large", f"Send at most {PAYLOAD_LIMIT_BYTES} bytes; {{}} will do."
)
EMPTY: Final = Problem(
    "payload_empty", "Send a JSON object, {} at least; with mosquitto_pub: -m '{}'."
)
NOT_JSON: Final = Problem("payload_not_json", 'Send {}, or a JSON object such as {"id": "1"}.')
NOT_AN_OBJECT: Final = Problem(
    "payload_not_an_object", 'Send {}, or a JSON object such as {"id": "1"}.'
)
UNKNOWN_KEY: Final = Problem("unknown_key", "The only key of a command is id.")
UNKNOWN_LINK_KEY: Final = Problem("unknown_key", "The keys of link are id, action and minutes.")
NO_ACTION: Final = Problem("no_action", 'Say what to do: {"action": "release"} or "resume".')
UNKNOWN_ACTION: Final = Problem("unknown_action", f"Actions are: {', '.join(ACTIONS)}.")
BAD_MINUTES: Final = Problem(
    "bad_minutes",
    f"minutes must be a number above 0 and at most {MINUTES_AT_MOST} (a week); leave it out to "
    "release until you resume.",
)
MINUTES_OF_RESUME: Final = Problem("minutes_without_release", "minutes go with release only.")
UNKNOWN_DECLARE_KEY: Final = Problem("unknown_key", "The keys of declare are id and direction.")
NO_DIRECTION: Final = Problem(
    "no_direction", f'Say which way: {{"direction": "backward"}}, or {", ".join(DIRECTIONS)}.'
)
UNKNOWN_DIRECTION: Final = Problem("unknown_direction", f"Directions are: {', '.join(DIRECTIONS)}.")
BAD_ID: Final = Problem("bad_id", f"id must be text of at most {TEXT_LIMIT} characters.")


@dataclass(frozen=True, slots=True)
class CommandReader:
    """Knows which machines there are, and reads what arrives on ``<base>/<machine>/set/<verb>``."""

    base: str
    machines: tuple[str, ...]

    def read(
        self, topic: str, payload: bytes, *, retained: bool, time: str | None = None
    ) -> Command | CommandResult:
        """Return the command, or its rejection.

        The rejection's ``machine`` is empty when the topic names none that could exist: then there
        is no topic to answer on.
        """
        machine, verb = self._address(topic)
        request, problem = read_request(payload, VERBS.get(verb))
        if retained:
            problem = RETAINED
        elif machine not in self.machines:
            problem = Problem("unknown_machine", f"Machines are: {', '.join(self.machines)}.")
        elif verb not in VERBS:
            problem = Problem("unknown_verb", f"Verbs are: {', '.join(VERBS)}.")
        if problem is None:
            return Command(
                machine,
                VERBS[verb],
                request.id,
                action=request.action,
                minutes=request.minutes,
                direction=request.direction,
            )
        return {
            "schema": CONTRACT_VERSION,
            "machine": machine,
            "id": request.id,
            "verb": verb[:TEXT_LIMIT],
            "status": "rejected",
            "reason": problem.reason,
            "hint": problem.hint,
            "time": time,
        }

    def _address(self, topic: str) -> tuple[str, str]:
        match topic.removeprefix(f"{self.base}/").split("/"):
            case [machine, "set", verb] if MACHINE_ID.fullmatch(machine):
                return machine, verb
            case [_, "set", verb]:
                return "", verb
        return "", ""


@dataclass(frozen=True, slots=True)
class Request:
    """What the body of a command says.

    action, minutes: of the verb ``link`` alone. direction: of the verb ``declare`` alone.
    """

    id: str | None = None
    action: str | None = None
    minutes: float | None = None
    direction: str | None = None


def read_request(payload: bytes, verb: Verb | None = None) -> tuple[Request, Problem | None]:
    """Return what a command's body says, and what is wrong with it; never raises."""
    body = _read_body(payload)
    if isinstance(body, Problem):
        return Request(), body
    request_id = body.pop("id", None)
    if (
        not (request_id is None or isinstance(request_id, str))
        or len(request_id or "") > TEXT_LIMIT
    ):
        return Request(), BAD_ID
    if verb is Verb.LINK:
        return _read_link(request_id, body)
    if verb is Verb.DECLARE:
        return _read_declaration(request_id, body)
    return Request(request_id), UNKNOWN_KEY if body else None


def _read_body(payload: bytes) -> dict[str, object] | Problem:
    if len(payload) > PAYLOAD_LIMIT_BYTES:
        return TOO_LARGE
    if not payload:
        return EMPTY
    try:
        body = decode(payload)
    except ValueError:
        return NOT_JSON
    return body if isinstance(body, dict) else NOT_AN_OBJECT


def _read_link(request_id: str | None, body: dict[str, object]) -> tuple[Request, Problem | None]:
    """Return what is asked of a link; what is not as it must be is not repeated."""
    request = Request(request_id)
    if body.keys() - {"action", "minutes"}:
        return request, UNKNOWN_LINK_KEY
    action, wanted = body.get("action"), body.get("minutes")
    minutes = minutes_of(wanted)
    if action is None:
        return request, NO_ACTION
    if not isinstance(action, str) or action not in ACTIONS:
        return request, UNKNOWN_ACTION
    if wanted is not None and minutes is None:
        return request, BAD_MINUTES
    if wanted is not None and action != "release":
        return request, MINUTES_OF_RESUME
    return Request(request_id, action, minutes), None


def _read_declaration(
    request_id: str | None, body: dict[str, object]
) -> tuple[Request, Problem | None]:
    """Return what is declared; what is not as it must be is not repeated."""
    request = Request(request_id)
    if body.keys() - {"direction"}:
        return request, UNKNOWN_DECLARE_KEY
    direction = body.get("direction")
    if direction is None:
        return request, NO_DIRECTION
    if not isinstance(direction, str) or direction not in DIRECTIONS:
        return request, UNKNOWN_DIRECTION
    return Request(request_id, direction=direction), None


COMMANDS_PER_S: Final = 5.0
COMMANDS_AT_ONCE: Final = 20
"""More than a person or a dashboard sends, and too few to fill the queue; house choices."""


class Inbox:
    """Takes what arrives on the command topics: commands go on, rejections are answered.

    What comes too fast is counted and not answered, so that a flood cannot crowd out the events.
    """

    def __init__(
        self,
        reader: CommandReader,
        outbox: Outbox,
        on_command: Callable[[Command], None],
    ) -> None:
        self._reader = reader
        self._outbox = outbox
        self._on_command = on_command
        self._rate = Rate(COMMANDS_PER_S, at_once=COMMANDS_AT_ONCE)

    def receive(
        self, topic: str, payload: bytes, *, retained: bool, at: float, time: str | None
    ) -> None:
        """Take one message of a command topic; ``time`` labels the answer."""
        if retained and not payload:  # somebody clears a retained command, as the hint asks
            return
        if not self._rate.allows(at):
            self._outbox.stats.rejected += 1
            return
        command = self._reader.read(topic, payload, retained=retained, time=time)
        if isinstance(command, Command):
            self._on_command(command)
            return
        self._outbox.stats.rejected += 1
        log.info("Command on %.100r rejected: %s.", topic, command["reason"])
        if command["machine"]:
            self._outbox.publish(Publish(RESULT, command["machine"], command))
