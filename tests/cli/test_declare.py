"""``ftms-bridge declare`` against a real broker and the smallest bridge there can be."""

from __future__ import annotations

import asyncio

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.cli.declare import command
from ftms_bridge.errors import BridgeError, UsageError
from tests.app.answering import AnsweringBridge
from tests.brokers import HOST, BrokerProcess, broker
from tests.config.surroundings import Writer

__all__ = ["broker"]


async def declare(*words: object) -> Result:
    """Run the command in a thread, as it has an event loop of its own; its errors are raised."""
    arguments = [str(word) for word in words]
    run = CliRunner().invoke
    result = await asyncio.to_thread(run, command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def url(broker: BrokerProcess) -> str:
    return f"mqtt://{HOST}:{broker.port}"


async def test_what_is_declared_is_said_and_taken_back(broker: BrokerProcess) -> None:
    async with AnsweringBridge().running(broker.port) as bridge:
        back = await declare("bike", "backward", "--broker", url(broker))
        clear = await declare("bike", "clear", "--broker", url(broker))
    assert [body["direction"] for _, body in bridge.asked] == ["backward", "clear"]
    assert "backward is declared" in back.output
    assert clear.output == "bike: nothing is declared any more.\n"


async def test_broker_and_base_can_come_from_the_configuration(
    broker: BrokerProcess, write: Writer
) -> None:
    mqtt = f'[mqtt]\nhost = "{HOST}"\nport = {broker.port}\nbase = "home/gym"\n'
    file = write.with_bike(mqtt)
    async with AnsweringBridge(base="home/gym").running(broker.port) as bridge:
        await declare("bike", "forward", "--config", file)
        await declare("bike", "forward", "--broker", url(broker), "--base", "home/gym")
    assert {topic for topic, _ in bridge.asked} == {"home/gym/bike/set/declare"}


@pytest.mark.parametrize(
    ("bridge", "code"),
    [
        (AnsweringBridge(availability="offline", is_silent=True), 69),
        (AnsweringBridge(refusal=("unknown_machine", "Machines are: belt.")), 65),
    ],
)
async def test_the_exit_code_tells_a_missing_bridge_from_a_refusal(
    bridge: AnsweringBridge, code: int, broker: BrokerProcess
) -> None:
    async with bridge.running(broker.port):
        with pytest.raises(BridgeError) as caught:
            await declare("bike", "stopped", "--broker", url(broker))
    assert caught.value.exit_code == code
    assert caught.value.hint


async def test_an_impossible_machine_is_refused_before_anybody_is_asked() -> None:
    with pytest.raises(UsageError, match="cannot be the id of a machine"):
        await declare("My Bike", "forward", "--broker", "mqtt://localhost:1")


@pytest.mark.parametrize("words", [["bike"], ["bike", "sideways"], ["bike", "unknown"], []])
def test_only_the_four_words_can_be_declared(words: list[str]) -> None:
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 2
