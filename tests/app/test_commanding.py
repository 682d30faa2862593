"""One command to a bridge and its result, over a real broker."""

from __future__ import annotations

import pytest

from ftms_bridge.app.commanding import Order, command_bridge
from ftms_bridge.control.commands import Verb
from ftms_bridge.errors import BrokerUnavailable, CommandRejected, UsageError
from ftms_bridge.mqtt.settings import BrokerSettings
from tests.app.answering import AnsweringBridge
from tests.brokers import HOST, BrokerProcess, free_port

LAP = Order("bike", Verb.LAP, "begin a lap of bike")


def at(port: int) -> BrokerSettings:
    return BrokerSettings(HOST, port, timeout_s=1.0)


async def test_a_command_goes_out_with_an_id_of_its_own(broker: BrokerProcess) -> None:
    async with AnsweringBridge(base="home/gym").running(broker.port) as bridge:
        for _ in range(2):
            await command_bridge(at(broker.port), "home/gym", LAP)
    topics, bodies = zip(*bridge.asked, strict=True)
    assert set(topics) == {"home/gym/bike/set/lap"}
    assert len({body["id"] for body in bodies}) == 2
    assert all(body.keys() == {"id"} for body in bodies)


async def test_a_refusal_gives_reason_and_hint(broker: BrokerProcess) -> None:
    async with AnsweringBridge(refusal=("no_session", "Move first.")).running(broker.port):
        with pytest.raises(CommandRejected, match="refuses to begin a lap of bike: no_se") as no:
            await command_bridge(at(broker.port), "ftms", LAP)
    assert (no.value.hint, no.value.exit_code) == ("Move first.", 65)


async def test_no_answer_is_an_error(broker: BrokerProcess) -> None:
    async with AnsweringBridge(is_silent=True).running(broker.port) as bridge:
        with pytest.raises(BrokerUnavailable, match="no bridge answered below ftms/"):
            await command_bridge(at(broker.port), "ftms", LAP, within_s=0.3)
    assert len(bridge.asked) == 1


async def test_a_bridge_that_is_not_running_is_told_at_once(broker: BrokerProcess) -> None:
    async with AnsweringBridge(availability="offline", is_silent=True).running(broker.port):
        with pytest.raises(BrokerUnavailable, match="is not running") as caught:
            await command_bridge(at(broker.port), "ftms", LAP)
    assert "ftms-bridge run" in caught.value.hint


async def test_without_a_broker_it_is_said_at_once_why() -> None:
    port = free_port()
    with pytest.raises(BrokerUnavailable, match=f"No broker at mqtt://{HOST}:{port}: nothing list"):
        await command_bridge(at(port), "ftms", LAP)


@pytest.mark.parametrize("machine", ["", "Bike", "a/b", "+", "bike\n"])
async def test_what_cannot_be_a_machine_is_not_asked_for(machine: str) -> None:
    with pytest.raises(UsageError, match="cannot be the id of a machine"):
        await command_bridge(at(1), "ftms", Order(machine, Verb.LAP, "lap"))
