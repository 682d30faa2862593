"""``ftms-bridge watch`` against a real broker: lines, screen, outages and errors."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import aiomqtt
import pytest

from ftms_bridge.mqtt.encoding import encode
from tests.brokers import HOST, BrokerProcess, broker, broker_with_login, free_port
from tests.config.surroundings import Writer
from tests.dashboard.build import info, live, state

__all__ = ["broker", "broker_with_login"]

LIMIT_S = 10.0


def watch(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "ftms_bridge", "watch", *words],
        capture_output=True, text=True, timeout=30, env={**os.environ, **environment},
    )  # fmt: skip


async def publish(port: int, *, user: tuple[str, str] | None = None, base: str = "ftms") -> None:
    """Leave at the broker what a bridge with one machine that is offline leaves there."""
    name, password = user or (None, None)
    async with aiomqtt.Client(HOST, port, username=name, password=password) as client:
        for path, payload in (
            ("bridge/availability", b"online"),
            ("bridge/info", encode(info(("bike", "Bike [/x]\x1b[2J", "indoor_bike")))),
            ("bike/availability", b"offline"),
            ("bike/state", encode(state())),
        ):
            await client.publish(f"{base}/{path}", payload, qos=1, retain=True)


async def test_one_look_shows_what_the_bridge_left_and_ends(broker: BrokerProcess) -> None:
    await publish(broker.port)
    result = watch("--once", "--broker", f"mqtt://{HOST}:{broker.port}")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "broker connected",
        "bridge online 0.1.0",
        "bike  offline  unknown (nothing recent to tell it by)  session paused  elapsed 1:00  "
        "moving 0:50  distance 1.50 km  lap 1  forward 0:20  backward 0:10  stopped 0:00  "
        "unknown 0:20",
    ]


async def test_another_base_topic_is_another_bridge(broker: BrokerProcess) -> None:
    await publish(broker.port, base="home/gym")
    url = f"mqtt://{HOST}:{broker.port}"
    assert watch("--once", "--broker", url, "--base", "home/gym").returncode == 0
    result = watch("--once", "--broker", url, "--seconds", "0.5")
    assert result.returncode == 69
    assert "not all of ftms/ was heard" in result.stderr
    assert "ftms-bridge run" in result.stderr


async def test_user_and_password_are_taken_and_the_password_also_from_the_environment(
    broker_with_login: BrokerProcess,
) -> None:
    place = f"{HOST}:{broker_with_login.port}"
    await publish(broker_with_login.port, user=("rider", "secret-7"))
    assert watch("--once", "--broker", f"mqtt://rider:secret-7@{place}").returncode == 0
    words = ("--once", "--broker", f"mqtt://rider@{place}")
    assert watch(*words, FTMS_BRIDGE_MQTT__PASSWORD="secret-7").returncode == 0
    refused = watch(*words, "--seconds", "1.5", FTMS_BRIDGE_MQTT__PASSWORD="wrong-9")
    assert refused.returncode == 69
    assert "refuses" in refused.stderr
    assert "wrong-9" not in refused.stdout + refused.stderr


def test_a_broker_that_is_away_all_the_time_is_an_error() -> None:
    url = f"mqtt://{HOST}:{free_port()}"
    result = watch("--once", "--broker", url, "--seconds", "1")
    assert result.returncode == 69
    assert f"No broker at {url}: nothing listens there." in result.stderr
    result = watch("--broker", url, "--seconds", "1")
    assert result.returncode == 69
    assert f"No broker at {url}: nothing listens there." in result.stderr
    assert result.stdout == "no broker: nothing listens there; trying again\n"


@pytest.mark.parametrize(
    "words",
    [("--broker", "host:1883"), ("--broker", "mqtt://me:secret-7@host:x"), ("--base", "a/#")],
)
def test_a_wrong_option_is_refused_with_a_hint(words: tuple[str, ...]) -> None:
    result = watch(*words)
    assert result.returncode == 64
    assert "what to do:" in result.stderr
    assert "secret-7" not in result.stderr


async def test_broker_and_base_come_from_the_configuration_named_or_found(
    broker: BrokerProcess, write: Writer
) -> None:
    await publish(broker.port, base="home/gym")
    file = write.with_bike(f'[mqtt]\nhost = "{HOST}"\nport = {broker.port}\nbase = "home/gym"\n')
    named = watch("--once", "--config", str(file))
    found = watch("--once", FTMS_BRIDGE_CONFIG=str(file))
    assert (named.returncode, found.returncode) == (0, 0), named.stderr + found.stderr
    assert "bike  offline" in named.stdout
    assert named.stdout == found.stdout


class Screen:
    """A watch on a terminal of its own, 80 by 24."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self.process = process
        self.text = ""
        self._terminal = terminal

    def until(self, *words: str) -> None:
        """Read until all words were drawn since the last call."""
        self.text, limit = "", time.monotonic() + LIMIT_S
        while not all(word in self.text for word in words):
            assert time.monotonic() < limit, f"{words} not drawn; drawn was {self.text[-4000:]}"
            self._read(0.1)

    def end(self) -> int:
        """Press Ctrl-C; return the exit code and leave what was drawn at the end in ``text``."""
        self.process.send_signal(signal.SIGINT)
        self.text, limit = "", time.monotonic() + LIMIT_S
        while self.process.poll() is None and time.monotonic() < limit:
            self._read(0.1)
        self._read(0.1)
        return self.process.wait(1)

    def _read(self, wait_s: float) -> None:
        if select.select([self._terminal], [], [], wait_s)[0]:
            with suppress(OSError):  # the other end is closed
                self.text += os.read(self._terminal, 65536).decode(errors="replace")


@contextmanager
def screen(port: int) -> Iterator[Screen]:
    terminal, inner = pty.openpty()
    size = {"COLUMNS": "80", "LINES": "24", "TERM": "xterm-256color"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ftms_bridge", "watch", "--broker", f"mqtt://{HOST}:{port}"],
        stdin=inner, stdout=inner, stderr=inner, env={**os.environ, **size},
    )  # fmt: skip
    os.close(inner)
    try:
        yield Screen(process, terminal)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


async def test_the_screen_follows_the_bridge_through_an_outage_until_ctrl_c(
    broker: BrokerProcess,
) -> None:
    await publish(broker.port)
    with screen(broker.port) as watching:
        watching.until("\x1b[?1049h", "Bike [/x]\ufffd[2J", "bridge online", "offline")
        async with aiomqtt.Client(HOST, broker.port) as client:
            await client.publish("ftms/bike/availability", b"online", qos=1, retain=True)
            await client.publish("ftms/bike/live", encode(live()), qos=1)
            await client.publish("ftms/bike/live", b"{broken", qos=1)
            watching.until("24.8", "152", "online", "1 unreadable")
        broker.stop()
        watching.until("no broker: ", "trying again")
        broker.start()
        await publish(broker.port)
        watching.until("bridge online")
        assert watching.end() == 0
        assert "\x1b[?1049l" in watching.text
        assert "Traceback" not in watching.text


def test_help_names_every_option() -> None:
    result = watch("--help", COLUMNS="120")
    assert result.returncode == 0
    for word in (
        "--broker",
        "--config",
        "--base",
        "--once",
        "--seconds",
        "FTMS_BRIDGE_MQTT__PASSWORD",
    ):
        assert word in result.stdout
