"""``ftms-bridge link`` against a real broker and the smallest bridge there can be."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ftms_bridge.app import radios
from ftms_bridge.cli import link as link_module
from ftms_bridge.cli.link import ago, command
from ftms_bridge.errors import BridgeError, BrokerUnavailable, UsageError
from tests.app.answering import DOWN, UP, AnsweringBridge, Body
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
    sought = {"source": "pod", "up": False, "verdict": "searching", "reason": "searching"}
    odd = DOWN | {"since": "yesterday"}
    async with AnsweringBridge(links={"bike": [odd, UP, silent, sought]}).running(broker.port):
        result = await link("status", "--broker", url(broker))
    assert result.output.splitlines() == [
        "machine  source  up   verdict    why                 since",
        "bike     bike    no   not_seen   not heard for 20 s  yesterday",
        "bike     strap   yes",
        "bike     crank   ?",
        "bike     pod     no   searching",
    ]


NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def utc() -> Iterator[None]:
    """Let the local time be UTC for one test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("2026-01-02T11:59:57.000Z", "3 s ago (11:59)"),
        ("2026-01-02T11:57:30.000Z", "2 min ago (11:57)"),
        ("2026-01-01T23:00:00.000Z", "13 h ago (2026-01-01 23:00)"),
        ("2025-12-23T12:00:00.000Z", "10 d ago (2025-12-23 12:00)"),
        ("2026-01-02T12:30:00.000Z", "12:30"),
        ("2026-01-02T12:30:00", "2026-01-02T12:30:00"),
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59"),
        ("soon", "soon"),
    ],
)
def test_since_is_told_as_an_age_with_the_local_time(since: str, told: str, utc: None) -> None:
    assert ago(since, NOW) == told


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


@pytest.mark.parametrize("action", ["release", "resume"])
async def test_a_sensor_is_not_given_away_but_its_machine(
    action: str, broker: BrokerProcess
) -> None:
    async with AnsweringBridge().running(broker.port) as bridge:
        with pytest.raises(UsageError, match="strap is a sensor of bike") as caught:
            await link(action, "strap", "--broker", url(broker))
    assert caught.value.hint == f"ftms-bridge link {action} bike"
    assert not bridge.asked


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (UP | {"source": "bike"}, "bike was not given away; connected as before.\n"),
        (DOWN, "bike was not given away; why it is not connected: ftms-bridge link status\n"),
        (DOWN | {"verdict": "released"}, "bike is being taken back. Whether it is found: "
                                         "ftms-bridge link status\n"),
    ],
)  # fmt: skip
async def test_resume_says_whether_the_machine_was_away(
    own: Body, told: str, broker: BrokerProcess
) -> None:
    async with AnsweringBridge(links={"bike": [own, UP]}).running(broker.port):
        assert (await link("resume", "bike", "--broker", url(broker))).output == told


class Accepting:
    """Stands for what forgets a device; ``forgotten`` are the sources."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, answer: bool | None = None) -> None:
        self.forgotten: list[str] = []
        monkeypatch.setattr(radios, "forget_device", self._forget)
        if answer is not None:
            monkeypatch.setattr(link_module, "_confirmed", lambda _: answer)

    def _forget(self, source: str, _: Path | None) -> str:
        self.forgotten.append(source)
        return "Acme B1"


def configured(write: Writer, port: int) -> Path:
    return write.with_bike(f'[mqtt]\nhost = "{HOST}"\nport = {port}\n')


async def test_a_source_that_is_well_is_forgotten_only_when_confirmed(
    broker: BrokerProcess, write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--config", configured(write, broker.port))
    async with AnsweringBridge().running(broker.port):
        kept = Accepting(monkeypatch, answer=False)
        assert "stays bound" in (await link("accept", "strap", *where)).output
        dropped = Accepting(monkeypatch, answer=True)
        assert "was bound to Acme B1" in (await link("accept", "strap", *where)).output
    assert (kept.forgotten, dropped.forgotten) == ([], ["strap"])


async def test_without_a_terminal_only_yes_forgets_what_is_well(
    broker: BrokerProcess, write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, where = Accepting(monkeypatch), ("--config", configured(write, broker.port))
    async with AnsweringBridge().running(broker.port):
        with pytest.raises(UsageError, match="strap is connected and nothing is odd") as caught:
            await link("accept", "strap", *where)
        assert (caught.value.exit_code, store.forgotten) == (64, [])
        await link("accept", "strap", "--yes", *where)
        await link("accept", "bike", *where)
    assert store.forgotten == ["strap", "bike"], "bike is down: nobody is asked"


async def test_accept_goes_on_without_a_broker(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Accepting(monkeypatch)
    await link("accept", "bike", "--config", configured(write, free_port()))
    assert store.forgotten == ["bike"]


@pytest.mark.parametrize("minutes", ["0", "-1", "10081", "long"])
def test_minutes_are_more_than_none_and_at_most_a_week(minutes: str) -> None:
    result = CliRunner().invoke(command, ["release", "bike", "--minutes", minutes])
    assert result.exit_code == 2
    assert "--minutes" in result.output
