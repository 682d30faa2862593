"""``ftms-bridge link`` against a real broker and the smallest bridge there can be."""

from __future__ import annotations

import asyncio
import json

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.cli.link import command
from ftms_bridge.errors import BridgeError, BrokerUnavailable, UsageError
from tests.app.answering import DOWN, UP, AnsweringBridge
from tests.brokers import HOST, BrokerProcess, broker, free_port
from tests.config.surroundings import Writer

__all__ = ["broker"]


async def link(*words: object) -> Result:
    """Run the command in a thread, as it has an event loop of its own; its errors are raised."""
    arguments = [str(word) for word in words]
    run = CliRunner().invoke
    result = await asyncio.to_thread(run, command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def url(broker: BrokerProcess) -> str:
    return f"mqtt://{HOST}:{broker.port}"


async def test_status_prints_a_table_whose_columns_are_in_line(broker: BrokerProcess) -> None:
    silent = {"source": "crank", "up": None}
    async with AnsweringBridge(links={"bike": [DOWN, UP, silent]}).running(broker.port):
        result = await link("status", "--broker", url(broker))
    assert result.output.splitlines() == [
        "machine  source  up   why                            since",
        "bike     bike    no   not heard for 20 s (not_seen)  2026-01-02T03:04:05.000Z",
        "bike     strap   yes",
        "bike     crank   ?",
    ]


async def test_status_is_one_json_array_for_programs(broker: BrokerProcess) -> None:
    async with AnsweringBridge().running(broker.port):
        result = await link("status", "--json", "--broker", url(broker))
    assert json.loads(result.output) == [{"machine": "bike", **DOWN}, {"machine": "bike", **UP}]


async def test_release_and_resume_say_what_happened_and_what_comes_next(
    broker: BrokerProcess,
) -> None:
    async with AnsweringBridge().running(broker.port) as bridge:
        where = ("--broker", url(broker))
        timed = await link("release", "bike", "--minutes", 1.5, *where)
        endless = await link("release", "bike", *where)
        back = await link("resume", "bike", *where)
    assert timed.output == "bike is given away for 1.5 min.\n"
    assert "ftms-bridge link resume bike" in endless.output
    assert "ftms-bridge link status" in back.output
    assert [body["action"] for _, body in bridge.asked] == ["release", "release", "resume"]
    assert [body.get("minutes") for _, body in bridge.asked] == [1.5, None, None]


async def test_broker_and_base_can_come_from_the_configuration(
    broker: BrokerProcess, write: Writer
) -> None:
    mqtt = f'[mqtt]\nhost = "{HOST}"\nport = {broker.port}\nbase = "home/gym"\n'
    file = write.with_bike(mqtt)
    async with AnsweringBridge(base="home/gym").running(broker.port) as bridge:
        assert "not_seen" in (await link("status", "--config", file)).output
        await link("resume", "bike", "--broker", url(broker), "--base", "home/gym")
    async with AnsweringBridge(base="other").running(broker.port):
        assert "not_seen" in (await link("status", "--config", file, "--base", "other")).output
    assert bridge.asked[0][0] == "home/gym/bike/set/link"


async def test_a_broker_is_named_once(write: Writer) -> None:
    with pytest.raises(UsageError, match="both name a broker"):
        await link("status", "--broker", "mqtt://x", "--config", write.with_bike())


async def test_an_impossible_base_or_url_is_refused() -> None:
    with pytest.raises(UsageError, match="base topic"):
        await link("status", "--base", "a/#")
    with pytest.raises(UsageError, match="mqtt://"):
        await link("resume", "bike", "--broker", "http://x")


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
            await link("release", "bike", "--broker", url(broker))
    assert caught.value.exit_code == code


async def test_a_broker_that_is_away_is_an_error() -> None:
    with pytest.raises(BrokerUnavailable, match="nothing listens there"):
        await link("status", "--broker", f"mqtt://{HOST}:{free_port()}")


@pytest.mark.parametrize("minutes", ["0", "-1", "10081", "long"])
def test_minutes_are_more_than_none_and_at_most_a_week(minutes: str) -> None:
    result = CliRunner().invoke(command, ["release", "bike", "--minutes", minutes])
    assert result.exit_code == 2
    assert "--minutes" in result.output
