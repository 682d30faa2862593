"""Asking a bridge about its links, over a real broker."""

from __future__ import annotations

import pytest

from ftms_bridge.app.linking import BridgePlace, Wish, ask_bridge, known_links, links_if_any
from ftms_bridge.errors import BrokerUnavailable, CommandRejected, UsageError
from ftms_bridge.mqtt.settings import BrokerSettings
from tests.app.answering import DOWN, UP, AnsweringBridge
from tests.brokers import HOST, BrokerProcess, free_port, listening


def place(port: int, base: str = "ftms") -> BridgePlace:
    return BridgePlace(BrokerSettings(HOST, port, timeout_s=1.0), base)


async def test_every_link_is_told_in_the_order_of_the_machines(broker: BrokerProcess) -> None:
    belt = [DOWN | {"source": "belt", "quirk": "treadmill-mph"}]
    bridge = AnsweringBridge(machines=("belt", "bike"), links={"bike": [DOWN, UP], "belt": belt})
    async with bridge.running(broker.port):
        rows = await known_links(place(broker.port))
    assert rows == [
        {"machine": "belt", **belt[0]}, {"machine": "bike", **DOWN}, {"machine": "bike", **UP},
    ]  # fmt: skip


async def test_another_base_is_another_bridge(broker: BrokerProcess) -> None:
    async with AnsweringBridge(base="home/gym").running(broker.port):
        assert len(await known_links(place(broker.port, "home/gym"))) == 2
        with pytest.raises(BrokerUnavailable, match="tells nothing of its links below ftms/"):
            await known_links(place(broker.port), within_s=0.2)


async def test_what_a_machine_left_that_is_no_longer_configured_is_not_told(
    broker: BrokerProcess,
) -> None:
    bridge = AnsweringBridge(links={"bike": [DOWN], "sold": [UP]})
    async with bridge.running(broker.port):
        assert [row["machine"] for row in await known_links(place(broker.port))] == ["bike"]


async def test_a_machine_that_tells_nothing_does_not_keep_the_others_waiting(
    broker: BrokerProcess,
) -> None:
    async with AnsweringBridge(machines=("bike", "mute")).running(broker.port):
        assert [row["machine"] for row in await known_links(place(broker.port))] == ["bike", "bike"]


async def test_what_cannot_be_read_is_passed_over_and_texts_are_made_harmless(
    broker: BrokerProcess,
) -> None:
    links = {"bike": [{"up": "yes", "reason": "\x1b[2Jgone", "verdict": 3}, 7]}
    async with listening(broker.port) as other:
        await other.client.publish("ftms/Not an id/link", b'{"links":[{}]}', qos=1, retain=True)
        await other.client.publish("ftms/broken/link", b"{", qos=1, retain=True)
        async with AnsweringBridge(links=links).running(broker.port):
            (row,) = await known_links(place(broker.port))
    assert (row["source"], row["up"], row["verdict"]) == ("bike", None, None)
    assert row["reason"] == "\ufffd[2Jgone"


async def test_a_link_that_has_said_nothing_is_neither_up_nor_down(broker: BrokerProcess) -> None:
    nothing = dict.fromkeys(DOWN) | {"source": "bike"}
    async with AnsweringBridge(links={"bike": [nothing]}).running(broker.port):
        (row,) = await known_links(place(broker.port))
    assert row["up"] is None


@pytest.mark.parametrize("action", ["status", "release"])
async def test_a_bridge_that_is_not_running_is_told_at_once(
    action: str, broker: BrokerProcess
) -> None:
    asked = known_links if action == "status" else _release
    async with AnsweringBridge(availability="offline", is_silent=True).running(broker.port):
        with pytest.raises(BrokerUnavailable, match="is not running") as caught:
            await asked(place(broker.port))
    assert caught.value.exit_code == 69
    assert "ftms-bridge run" in caught.value.hint


@pytest.mark.parametrize("action", ["status", "release"])
async def test_without_a_broker_it_is_said_at_once_why(action: str) -> None:
    asked = known_links if action == "status" else _release
    port = free_port()
    with pytest.raises(BrokerUnavailable, match=f"No broker at mqtt://{HOST}:{port}: nothing list"):
        await asked(place(port))


async def test_a_release_says_for_how_long_and_a_resume_does_not(broker: BrokerProcess) -> None:
    async with AnsweringBridge().running(broker.port) as bridge:
        await ask_bridge(place(broker.port), Wish("bike", "release", 30))
        await ask_bridge(place(broker.port), Wish("bike", "release"))
        await ask_bridge(place(broker.port), Wish("bike", "resume"))
    topics, bodies = zip(*bridge.asked, strict=True)
    assert set(topics) == {"ftms/bike/set/link"}
    assert len({body.pop("id") for body in bodies}) == 3
    assert list(bodies) == [
        {"action": "release", "minutes": 30}, {"action": "release"}, {"action": "resume"},
    ]  # fmt: skip


async def test_a_refusal_gives_reason_and_hint(broker: BrokerProcess) -> None:
    bridge = AnsweringBridge(refusal=("no_radio_link", "Only machines over Bluetooth have one."))
    async with bridge.running(broker.port):
        with pytest.raises(CommandRejected, match="release bike: no_radio_link") as caught:
            await ask_bridge(place(broker.port), Wish("bike", "release"))
    assert caught.value.hint == "Only machines over Bluetooth have one."
    assert caught.value.exit_code == 65


async def test_no_answer_is_an_error(broker: BrokerProcess) -> None:
    async with AnsweringBridge(is_silent=True).running(broker.port) as bridge:
        with pytest.raises(BrokerUnavailable, match="no bridge answered below ftms/"):
            await ask_bridge(place(broker.port), Wish("bike", "resume"), within_s=0.3)
    assert len(bridge.asked) == 1


async def test_the_link_as_it_was_before_is_returned(broker: BrokerProcess) -> None:
    async with AnsweringBridge().running(broker.port):
        before = await ask_bridge(place(broker.port), Wish("bike", "release"))
    assert before == {"machine": "bike", **DOWN}


async def test_a_sensor_is_told_with_its_machine(broker: BrokerProcess) -> None:
    async with AnsweringBridge().running(broker.port) as bridge:
        with pytest.raises(UsageError, match="strap is a sensor of bike"):
            await ask_bridge(place(broker.port), Wish("strap", "release"))
    assert not bridge.asked


async def test_links_are_none_where_there_is_no_broker() -> None:
    assert await links_if_any(place(free_port())) == []


@pytest.mark.parametrize("machine", ["", "Bike", "a/b", "+", "bike\n"])
async def test_what_cannot_be_a_machine_is_not_asked_for(machine: str) -> None:
    with pytest.raises(UsageError, match="cannot be the id of a machine"):
        await ask_bridge(place(1), Wish(machine, "resume"))


async def _release(where: BridgePlace) -> None:
    await ask_bridge(where, Wish("bike", "release"))
