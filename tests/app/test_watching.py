"""Watching: what is heard is shown until asked to end, and one look ends by itself."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

from ftms_bridge.app import watching
from ftms_bridge.app.watching import (
    OnChange,
    OnMessage,
    Watch,
    WatchSettings,
    checked_base,
    find_bridge,
)
from ftms_bridge.dashboard.display import plain_lines
from ftms_bridge.errors import BrokerUnavailable, ConfigError, UsageError
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.trouble import NO_ANSWER, NOTHING_LISTENS, UNKNOWN_HOST, Trouble
from tests.config.surroundings import Writer, home, write
from tests.dashboard.build import info, live

__all__ = ["home", "write"]

BROKER = BrokerSettings("broker.lan", username="rider", password="secret-7")

Script = Callable[[OnMessage, OnChange], None]


class Air:
    """Stands for the broker: plays a script at once, then keeps silent."""

    def __init__(self, script: Script) -> None:
        self.topics: list[str] = []
        self._script = script

    async def __call__(
        self,
        broker: BrokerSettings,
        topics: Sequence[str],
        *,
        on_message: OnMessage,
        on_change: OnChange,
    ) -> None:
        self.topics = list(topics)
        self._script(on_message, on_change)
        await asyncio.Event().wait()


def bridge_with_a_bike(on_message: OnMessage, on_change: OnChange) -> None:
    on_change(None)
    on_message("ftms/bridge/availability", b"online", True)
    on_message("ftms/bridge/info", encode(info(("bike", "Bike", "indoor_bike"))), True)
    on_message("ftms/bike/availability", b"online", True)
    on_message("ftms/bike/live", encode(live()), False)


def broker_without_a_bridge(on_message: OnMessage, on_change: OnChange) -> None:
    on_change(None)


def no_broker(on_message: OnMessage, on_change: OnChange) -> None:
    on_change(NO_ANSWER)


async def watched(
    script: Script, *, once: bool = False, seconds: float | None = None, base: str = "ftms"
) -> tuple[str, Watch, Air]:
    """Watch what a script plays; return the lines that were shown."""
    out, air = io.StringIO(), Air(script)
    settings = WatchSettings(BROKER, base, once=once, seconds=seconds)
    ticks = count()
    watch = Watch(settings, plain_lines(Console(file=out)), air, clock=lambda: next(ticks) / 100)
    await watch.run(asyncio.Event())
    return out.getvalue(), watch, air


async def test_what_is_heard_is_shown() -> None:
    text, watch, air = await watched(bridge_with_a_bike, seconds=0.01)
    lines = text.splitlines()
    assert lines[:2] == ["broker connected", "bridge online 0.1.0"]
    assert lines[2].startswith("bike  online  unknown (")
    assert watch.view.unreadable == 0
    assert "ftms/+/live" in air.topics
    assert "ftms/bridge/info" in air.topics


async def test_only_what_the_view_shows_is_subscribed_below_its_base() -> None:
    _, watch, air = await watched(no_broker, seconds=0.01, base="home/gym")
    assert all(topic.startswith("home/gym/") for topic in air.topics)
    assert not any("set" in topic.split("/") for topic in air.topics)
    assert len(air.topics) == len(set(air.topics))
    assert watch.view.base == "home/gym"


async def test_a_broker_that_is_away_is_shown_and_nothing_ends() -> None:
    text, watch, _ = await watched(no_broker, seconds=0.01)
    assert text == f"no broker: {NO_ANSWER.what}; trying again\n"
    assert not watch.view.connected


async def test_it_is_known_whether_there_was_a_broker_at_all() -> None:
    _, never, _ = await watched(no_broker, seconds=0.01)
    with pytest.raises(BrokerUnavailable, match=NO_ANSWER.what):
        never.check_was_connected()

    def broker_for_a_while(on_message: OnMessage, on_change: OnChange) -> None:
        on_change(None)
        on_change(NO_ANSWER)

    _, once, _ = await watched(broker_for_a_while, seconds=0.01)
    once.check_was_connected()
    assert not once.view.connected


def test_a_bridge_is_found_by_url_file_configuration_or_on_this_computer(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_bridge(None, None, None) == (BrokerSettings("localhost"), "ftms")
    file = write.with_bike('[mqtt]\nhost = "broker.lan"\nbase = "home/gym"\n')
    for found in (find_bridge(None, file, None), _found(monkeypatch, file)):
        assert (found[0].host, found[1]) == ("broker.lan", "home/gym")
    assert find_bridge(None, None, "other")[1] == "other"
    assert find_bridge("mqtt://x", None, None) == (BrokerSettings("x"), "ftms")
    with pytest.raises(UsageError, match="both name a broker"):
        find_bridge("mqtt://x", file, None)


def test_a_found_configuration_that_is_wrong_says_how_to_do_without(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError) as caught:
        _found(monkeypatch, write("x = ["))
    assert "--broker" in caught.value.hint

    def refuse(explicit: Path | None) -> Path | None:
        raise PermissionError(13, "Permission denied", "/etc/ftms-bridge/x.toml")

    monkeypatch.setattr(watching, "find_file", refuse)
    with pytest.raises(ConfigError, match=r"/etc/ftms-bridge/x.toml: may not be read"):
        find_bridge(None, None, None)


def _found(monkeypatch: pytest.MonkeyPatch, file: Path) -> tuple[BrokerSettings, str]:
    monkeypatch.setenv("FTMS_BRIDGE_CONFIG", str(file))
    return find_bridge(None, None, None)


async def test_watching_ends_when_it_is_asked_to() -> None:
    out, stop = io.StringIO(), asyncio.Event()

    def bridge_then_stop(on_message: OnMessage, on_change: OnChange) -> None:
        bridge_with_a_bike(on_message, on_change)
        stop.set()

    watch = Watch(WatchSettings(BROKER), plain_lines(Console(file=out)), Air(bridge_then_stop))
    await asyncio.wait_for(watch.run(stop), 5)
    assert "bike  online" in out.getvalue(), "the end shows the last that was heard"


async def test_one_look_ends_as_soon_as_everything_is_known() -> None:
    text, _, _ = await asyncio.wait_for(watched(bridge_with_a_bike, once=True), 5)
    assert text.splitlines()[-1].startswith("bike  online  unknown (")
    assert len(text.splitlines()) == 3


@pytest.mark.parametrize("trouble", [NOTHING_LISTENS, UNKNOWN_HOST])
async def test_one_look_ends_at_once_when_there_is_no_broker_to_wait_for(trouble: Trouble) -> None:
    looking = watched(lambda _, on_change: on_change(trouble), once=True)
    with pytest.raises(BrokerUnavailable, match=trouble.what):
        await asyncio.wait_for(looking, 5)


async def test_one_look_without_broker_is_an_error_that_says_why() -> None:
    with pytest.raises(BrokerUnavailable) as caught:
        await watched(no_broker, once=True, seconds=0.01)
    assert caught.value.exit_code == 69
    assert "mqtt://broker.lan:1883" in caught.value.what
    assert NO_ANSWER.what in caught.value.what
    assert "secret-7" not in str(caught.value)


async def test_one_look_without_bridge_is_an_error_that_says_what_to_start() -> None:
    with pytest.raises(BrokerUnavailable) as caught:
        await watched(broker_without_a_bridge, once=True, seconds=0.01)
    assert "ftms/" in caught.value.what
    assert "ftms-bridge run" in caught.value.hint


async def test_an_error_while_listening_ends_the_watch() -> None:
    def wrong_certificate(on_message: OnMessage, on_change: OnChange) -> None:
        raise ConfigError("The TLS files cannot be used.", hint="Give PEM files.")

    with pytest.raises(ConfigError):
        await asyncio.wait_for(watched(wrong_certificate), 5)


@pytest.mark.parametrize("base", ["ftms", "home/gym", "Zuhause"])
def test_a_base_topic_is_taken(base: str) -> None:
    assert checked_base(base) == base


@pytest.mark.parametrize("base", ["", "/ftms", "ftms/", "a//b", "ftms/#", "+", "a\nb", "\x1b"])
def test_what_cannot_be_a_base_topic_is_refused(base: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_base(base)
    assert caught.value.what.isprintable()
