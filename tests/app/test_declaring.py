"""Declaring a direction to a bridge, over a real broker."""

from __future__ import annotations

import pytest

from ftms_bridge.app.declaring import declare
from ftms_bridge.control.commands import DIRECTIONS
from ftms_bridge.errors import CommandRejected
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.subscriber import CommandReader
from tests.app.answering import AnsweringBridge
from tests.brokers import HOST, BrokerProcess


@pytest.mark.parametrize("direction", DIRECTIONS)
async def test_a_declaration_says_the_direction_and_tells_what_came_of_it(
    direction: str, broker: BrokerProcess
) -> None:
    where = BrokerSettings(HOST, broker.port, timeout_s=1.0)
    async with AnsweringBridge().running(broker.port) as bridge:
        told = await declare(where, "ftms", machine="bike", direction=direction)
    ((topic, body),) = bridge.asked
    assert topic == "ftms/bike/set/declare"
    assert body.keys() == {"id", "direction"}
    assert body["direction"] == direction
    assert told.startswith("bike: ")
    assert ("any more" if direction == "clear" else f"{direction} is declared") in told


async def test_a_refusal_says_what_was_refused(broker: BrokerProcess) -> None:
    where = BrokerSettings(HOST, broker.port, timeout_s=1.0)
    refusal = ("machine_is_silent", "Wake it up.")
    async with AnsweringBridge(refusal=refusal).running(broker.port):
        with pytest.raises(CommandRejected, match="declare bike stopped: machine_is_silent"):
            await declare(where, "ftms", machine="bike", direction="stopped")


def test_every_direction_can_be_asked_for() -> None:
    reader = CommandReader("ftms", ("bike",))
    bodies = [f'{{"direction":"{direction}"}}'.encode() for direction in DIRECTIONS]
    read = [reader.read("ftms/bike/set/declare", body, retained=False) for body in bodies]
    assert [getattr(command, "direction", None) for command in read] == list(DIRECTIONS)
