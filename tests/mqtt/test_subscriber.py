from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftms_bridge.control.commands import DIRECTIONS, Command, Verb
from ftms_bridge.mqtt.publisher import Outbox
from ftms_bridge.mqtt.subscriber import (
    COMMANDS_AT_ONCE,
    COMMANDS_PER_S,
    PAYLOAD_LIMIT_BYTES,
    CommandReader,
    Inbox,
)

BARE = [verb for verb in Verb if verb not in (Verb.LINK, Verb.DECLARE)]
"""Verbs whose body is an id at most."""

READER = CommandReader("ftms", ("bike", "mill"))


@pytest.mark.parametrize("verb", BARE)
def test_every_verb_is_read_with_its_id(verb: Verb) -> None:
    topic = f"ftms/bike/set/{verb.value}"
    assert READER.read(topic, b'{"id":"7"}', retained=False) == Command("bike", verb, "7")


LINK_BODIES = {
    b'{"action":"release"}': ("release", None),
    b'{"action":"release","minutes":0.5}': ("release", 0.5),
    b'{"action":"release","minutes":10080}': ("release", 10080.0),
    b'{"action":"release","minutes":null}': ("release", None),
    b'{"action":"resume"}': ("resume", None),
}


@pytest.mark.parametrize("payload", LINK_BODIES)
def test_a_link_is_released_and_resumed(payload: bytes) -> None:
    action, minutes = LINK_BODIES[payload]
    command = READER.read("ftms/bike/set/link", payload, retained=False)
    assert command == Command("bike", Verb.LINK, None, action=action, minutes=minutes)


BAD_LINK_BODIES = {
    b"{}": "no_action",
    b'{"minutes":5}': "no_action",
    b'{"action":null}': "no_action",
    b'{"action":"drop"}': "unknown_action",
    b'{"action":"RELEASE"}': "unknown_action",
    b'{"action":["release"]}': "unknown_action",
    b'{"action":{"release":1}}': "unknown_action",
    b'{"action":true}': "unknown_action",
    b'{"action":"release","minutes":0}': "bad_minutes",
    b'{"action":"release","minutes":-1}': "bad_minutes",
    b'{"action":"release","minutes":10080.01}': "bad_minutes",
    b'{"action":"release","minutes":1e999}': "bad_minutes",
    b'{"action":"release","minutes":true}': "bad_minutes",
    b'{"action":"release","minutes":"5"}': "bad_minutes",
    b'{"action":"release","minutes":[5]}': "bad_minutes",
    b'{"action":"release","minutes":NaN}': "payload_not_json",
    b'{"action":"release","minutes":' + b"9" * 400 + b"}": "bad_minutes",
    b'{"action":"resume","minutes":5}': "minutes_without_release",
    b'{"action":"release","force":true}': "unknown_key",
    b'{"action":"release","id":7}': "bad_id",
    b"": "payload_empty",
}


@pytest.mark.parametrize("payload", BAD_LINK_BODIES)
def test_a_command_about_a_link_is_read_strictly(payload: bytes) -> None:
    result = READER.read("ftms/bike/set/link", payload, retained=False)
    assert isinstance(result, dict)
    assert result["reason"] == BAD_LINK_BODIES[payload]
    assert result["hint"]


def test_the_id_comes_back_with_what_is_wrong_about_a_link() -> None:
    result = READER.read("ftms/bike/set/link", b'{"id":"7"}', retained=False)
    assert isinstance(result, dict)
    assert (result["id"], result["verb"]) == ("7", "link")


DECLARE_BODIES = {
    b"{}": "no_direction",
    b'{"direction":null}': "no_direction",
    b'{"direction":"sideways"}': "unknown_direction",
    b'{"direction":"Forward"}': "unknown_direction",
    b'{"direction":"unknown"}': "unknown_direction",
    b'{"direction":" forward"}': "unknown_direction",
    b'{"direction":""}': "unknown_direction",
    b'{"direction":1}': "unknown_direction",
    b'{"direction":true}': "unknown_direction",
    b'{"direction":["forward"]}': "unknown_direction",
    b'{"direction":{"forward":1}}': "unknown_direction",
    b'{"direction":"forward","minutes":5}': "unknown_key",
    b'{"action":"forward"}': "unknown_key",
    b'{"direction":"forward","id":7}': "bad_id",
    b'"forward"': "payload_not_an_object",
    b"forward": "payload_not_json",
    b"": "payload_empty",
}


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_direction_is_declared_and_taken_back(direction: str) -> None:
    body = json.dumps({"id": "7", "direction": direction}).encode()
    command = READER.read("ftms/bike/set/declare", body, retained=False)
    assert command == Command("bike", Verb.DECLARE, "7", direction=direction)


@pytest.mark.parametrize("payload", DECLARE_BODIES)
def test_a_declaration_is_read_strictly(payload: bytes) -> None:
    result = READER.read("ftms/bike/set/declare", payload, retained=False)
    assert isinstance(result, dict)
    assert result["reason"] == DECLARE_BODIES[payload]
    assert result["hint"]
    assert result["verb"] == "declare"


@given(
    st.dictionaries(
        st.sampled_from(["id", "direction", "action", "x"]),
        st.sampled_from([*DIRECTIONS, "unknown", ""]) | st.text(max_size=70) | st.none()
        | st.integers() | st.floats() | st.lists(st.text(max_size=3), max_size=2),
        max_size=3,
    ).map(lambda body: json.dumps(body).encode())
    | st.binary(max_size=40)
)  # fmt: skip
def test_every_body_of_a_declaration_gets_exactly_one_verdict(payload: bytes) -> None:
    outbox, commands = Outbox("ftms"), list[Command]()
    inbox = Inbox(READER, outbox, commands.append)
    inbox.receive("ftms/bike/set/declare", payload, retained=False, at=0.0, time=None)
    assert len(commands) + outbox.stats.queue == 1
    assert outbox.stats.rejected == outbox.stats.queue
    assert all(command.direction in DIRECTIONS for command in commands)


@pytest.mark.parametrize("verb", BARE)
@pytest.mark.parametrize(
    "body",
    [b'{"action":"release"}', b'{"minutes":5}', b'{"minutes":null}', b'{"direction":"forward"}'],
)
def test_other_verbs_have_no_action_no_minutes_and_no_direction(verb: Verb, body: bytes) -> None:
    result = READER.read(f"ftms/bike/set/{verb.value}", body, retained=False)
    assert isinstance(result, dict)
    assert result["reason"] == "unknown_key"


@pytest.mark.parametrize("payload", [b"{}", b' {"id": null} '])
def test_a_command_needs_no_id(payload: bytes) -> None:
    assert READER.read("ftms/mill/set/end", payload, retained=False) == Command("mill", Verb.END)


def test_an_id_may_have_sixty_four_characters_of_any_script() -> None:
    request_id = "ü" * 64
    payload = json.dumps({"id": request_id}).encode()
    command = READER.read("ftms/bike/set/lap", payload, retained=False)
    assert command == Command("bike", Verb.LAP, request_id)


HOSTILE = {
    "deep nesting": (b"[" * 1000, "payload_not_json"),
    "deep nesting in the id": (b'{"id":' + b"[" * 400 + b"]" * 400 + b"}", "payload_not_json"),
    "too large": (b" " * (PAYLOAD_LIMIT_BYTES + 1), "payload_too_large"),
    "huge": (b"x" * 1_000_000, "payload_too_large"),
    "not a number": (b'{"id":NaN}', "payload_not_json"),
    "infinity": (b'{"id":-Infinity}', "payload_not_json"),
    "overflow": (b'{"id":1e999}', "bad_id"),
    "not UTF-8": (b'{"id":"\xff\xfe"}', "payload_not_json"),
    "lone surrogate": (b'{"id":"\\ud800"}', "payload_not_json"),
    "raw control character": (b'{"id":"\x00"}', "payload_not_json"),
    "word": (b"start", "payload_not_json"),
    "nothing": (b"", "payload_empty"),
    "white space": (b"   ", "payload_not_json"),
    "two documents": (b"{}{}", "payload_not_json"),
    "trailing comma": (b'{"id":"7",}', "payload_not_json"),
    "null": (b"null", "payload_not_an_object"),
    "array": (b'["id"]', "payload_not_an_object"),
    "text": (b'"lap"', "payload_not_an_object"),
    "number id": (b'{"id":7}', "bad_id"),
    "true id": (b'{"id":true}', "bad_id"),
    "object id": (b'{"id":{}}', "bad_id"),
    "long id": (b'{"id":"' + b"x" * 65 + b'"}', "bad_id"),
    "other key": (b'{"speed_kmh":22}', "unknown_key"),
    "key too many": (b'{"id":"7","force":true}', "unknown_key"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_body_is_rejected_with_its_reason(case: str) -> None:
    payload, reason = HOSTILE[case]
    result = READER.read("ftms/bike/set/lap", payload, retained=False, time="now")
    assert isinstance(result, dict)
    assert (result["status"], result["reason"]) == ("rejected", reason)
    assert result["hint"]
    assert (result["machine"], result["verb"], result["time"]) == ("bike", "lap", "now")


def test_a_retained_command_is_refused_however_right_it_is() -> None:
    result = READER.read("ftms/bike/set/lap", b'{"id":"7"}', retained=True)
    assert isinstance(result, dict)
    assert (result["reason"], result["id"]) == ("retained_command", "7")


def test_an_unknown_verb_is_answered_with_the_known_ones() -> None:
    result = READER.read("ftms/bike/set/start", b'{"id":"7"}', retained=False)
    assert isinstance(result, dict)
    assert (result["reason"], result["id"], result["verb"]) == ("unknown_verb", "7", "start")
    assert result["hint"] == "Verbs are: lap, pause, resume, end, link, declare."


def test_an_unknown_machine_is_answered_with_the_known_ones() -> None:
    result = READER.read("ftms/rower/set/lap", b"", retained=False)
    assert isinstance(result, dict)
    assert (result["reason"], result["machine"]) == ("unknown_machine", "rower")
    assert result["hint"] == "Machines are: bike, mill."


@pytest.mark.parametrize("name", ["Bike", "b" * 33, "", "AA:BB", "b ke", "b\nke"])
def test_a_name_that_no_machine_can_have_is_not_repeated(name: str) -> None:
    result = READER.read(f"ftms/{name}/set/lap", b"", retained=False)
    assert isinstance(result, dict)
    assert (result["reason"], result["machine"]) == ("unknown_machine", "")


def test_a_long_verb_is_cut_in_the_answer() -> None:
    result = READER.read(f"ftms/bike/set/{'v' * 60_000}", b"", retained=False)
    assert isinstance(result, dict)
    assert len(result["verb"]) == 64


@given(
    topic=st.text(max_size=60) | st.sampled_from(["ftms/bike/set/lap", "ftms/mill/set/end"]),
    payload=st.binary(max_size=PAYLOAD_LIMIT_BYTES + 10)
    | st.text(alphabet='{}[]":,idNa1e9\\u', max_size=40).map(str.encode),
    retained=st.booleans(),
)
@example(topic="ftms/bike/set/lap", payload=b'{"id":"7"}', retained=False)
@example(topic="ftms/bike/set/lap", payload=b"", retained=False)
def test_nothing_that_arrives_raises_or_slips_through(
    topic: str, payload: bytes, *, retained: bool
) -> None:
    outcome = READER.read(topic, payload, retained=retained)
    if isinstance(outcome, Command):
        assert not retained
        assert topic == f"ftms/{outcome.machine}/set/{outcome.verb.value}"
        body = json.loads(payload)
        assert set(body) <= {"id"}
        assert body.get("id") == outcome.request_id
    else:
        assert outcome["status"] == "rejected"
        assert outcome["hint"]


def test_a_flood_is_cut_to_a_few_commands_per_second() -> None:
    outbox, commands = Outbox("ftms"), list[Command]()
    inbox = Inbox(READER, outbox, commands.append)
    for number in range(20_000):
        inbox.receive("ftms/bike/set/lap", b"{}", retained=False, at=number / 2000, time=None)
    assert len(commands) == pytest.approx(COMMANDS_AT_ONCE + 10 * COMMANDS_PER_S, abs=1)
    assert outbox.stats.rejected == 20_000 - len(commands)


def test_the_inbox_hands_commands_on_and_answers_rejections() -> None:
    outbox, commands = Outbox("ftms"), list[Command]()
    inbox = Inbox(READER, outbox, commands.append)
    inbox.receive("ftms/bike/set/lap", b"{}", retained=False, at=0.0, time=None)
    inbox.receive("ftms/bike/set/start", b"", retained=False, at=0.0, time="now")
    inbox.receive("ftms/NO/set/start", b"", retained=False, at=0.0, time=None)
    assert commands == [Command("bike", Verb.LAP)]
    assert [item.path for item in outbox.take_lasting()] == ["ftms/bike/result"]
    assert outbox.stats.rejected == 2


def test_an_empty_payload_is_told_what_to_send_instead() -> None:
    result = READER.read("ftms/bike/set/lap", b"", retained=False)
    assert isinstance(result, dict)
    assert result["hint"] == "Send a JSON object, {} at least; with mosquitto_pub: -m '{}'."


def test_clearing_retained_commands_is_passed_over_in_silence() -> None:
    outbox, commands = Outbox("ftms"), list[Command]()
    inbox = Inbox(READER, outbox, commands.append)
    for _ in range(100):
        inbox.receive("ftms/bike/set/lap", b"", retained=True, at=0.0, time=None)
    assert (commands, outbox.stats.queue, outbox.stats.rejected) == ([], 0, 0)
    inbox.receive("ftms/bike/set/lap", b"{}", retained=False, at=0.0, time=None)
    assert commands == [Command("bike", Verb.LAP)]


def test_a_flood_of_bad_commands_cannot_fill_the_queue() -> None:
    outbox = Outbox("ftms")
    inbox = Inbox(READER, outbox, lambda _: None)
    for _ in range(5000):
        inbox.receive("ftms/bike/set/start", b"", retained=False, at=1.0, time=None)
    assert outbox.stats.queue == COMMANDS_AT_ONCE
    assert outbox.stats.rejected == 5000
