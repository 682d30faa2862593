"""Real brokers for tests, and an independent client that writes down what it hears.

mosquitto is the broker of choice. Without it tests that work with any broker run on amqtt in a
process of its own; in CI (``CI=true``) a missing mosquitto is a failure.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiomqtt
import pytest

HOST: Final = "127.0.0.1"
START_LIMIT_S: Final = 10.0
HEAR_LIMIT_S: Final = 5.0


def free_port() -> int:
    """Return a TCP port that nobody listens on.

    It lies below the ports that Linux gives to outgoing connections, for a client that tries such
    a port again and again while nobody listens can end up connected to itself.
    """
    while True:
        port = random.randrange(20_000, 30_000)
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def find_mosquitto() -> str | None:
    """Return the path of mosquitto; Debian puts it where only root looks."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class BrokerProcess:
    """A broker in a process of its own, on one port for its whole life; nothing is kept."""

    speaks_mqtt5 = False

    def __init__(self, folder: Path, *, login: tuple[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.login = login
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Return the command line that starts the broker."""
        raise NotImplementedError

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        with (self.folder / "broker.log").open("ab") as out:
            self._process = subprocess.Popen(self.command(), stdout=out, stderr=out)
        limit = time.monotonic() + START_LIMIT_S
        while time.monotonic() < limit:
            with closing(socket.socket()) as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.005)
        pytest.fail(f"the broker does not start: {(self.folder / 'broker.log').read_text()}")

    def stop(self) -> None:
        """Let it end in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it stop answering while its connections stay open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after ``freeze``."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(how)
        self._process.wait(START_LIMIT_S)
        self._process = None


class Mosquitto(BrokerProcess):
    """mosquitto; ``extra`` are further lines of its configuration."""

    speaks_mqtt5 = True

    def __init__(
        self, folder: Path, *, login: tuple[str, str] | None = None, extra: tuple[str, ...] = ()
    ) -> None:
        super().__init__(folder, login=login)
        self.extra = extra

    def command(self) -> list[str]:
        program = find_mosquitto()
        assert program is not None
        lines = [
            f"listener {self.port} {HOST}",
            "persistence false",
            "set_tcp_nodelay true",
            *self.extra,
        ]
        if os.geteuid() == 0:
            lines.append("user root")
        if self.login is None:
            lines.append("allow_anonymous true")
        else:
            passwords = self.folder / "passwords"
            maker = ["mosquitto_passwd", "-c", "-b", str(passwords), *self.login]
            subprocess.run(maker, check=True, capture_output=True)
            lines += ["allow_anonymous false", f"password_file {passwords}"]
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        return [program, "-c", str(config)]


class Amqtt(BrokerProcess):
    """amqtt, for machines without mosquitto."""

    def command(self) -> list[str]:
        plugins: dict[str, object] = {
            "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
        }
        if self.login is not None:
            from pwdlib.hashers.argon2 import Argon2Hasher

            passwords = self.folder / "passwords"
            passwords.write_text(f"{self.login[0]}:{Argon2Hasher().hash(self.login[1])}\n")
            plugins = {
                "amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(passwords)}
            }
        listener = {"type": "tcp", "bind": f"{HOST}:{self.port}"}
        config = {"listeners": {"default": listener}, "plugins": plugins}
        return [sys.executable, __file__, json.dumps(config)]


def make_broker(folder: Path, *, login: tuple[str, str] | None = None) -> BrokerProcess:
    """Return a broker of the best kind at hand, not yet started."""
    if find_mosquitto():
        return Mosquitto(folder, login=login)
    if os.environ.get("CI") == "true":
        pytest.fail("mosquitto is missing; CI must have it")
    return Amqtt(folder, login=login)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[BrokerProcess]:
    """A running broker of the best kind at hand."""
    process = make_broker(tmp_path)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def broker_with_login(tmp_path: Path) -> Iterator[BrokerProcess]:
    """A running broker that only lets ``rider`` with the password ``secret-7`` in."""
    process = make_broker(tmp_path, login=("rider", "secret-7"))
    process.start()
    yield process
    process.kill()


@pytest.fixture
def mosquitto_folder(tmp_path: Path) -> Path:
    """A folder for what only mosquitto can do; skips without mosquitto, but fails in CI."""
    if not find_mosquitto():
        if os.environ.get("CI") == "true":
            pytest.fail("mosquitto is missing; CI must have it")
        pytest.skip("only mosquitto can do this, and it is not installed")
    return tmp_path


@dataclass(frozen=True, slots=True)
class Heard:
    """One message that the independent client received."""

    topic: str
    payload: bytes
    qos: int
    retain: bool

    @property
    def text(self) -> str:
        return self.payload.decode()


class Ear:
    """What an independent client heard, and the client itself to speak with."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.heard: list[Heard] = []
        self._news = asyncio.Event()

    def texts(self, topic: str) -> list[str]:
        """Return what was heard on one topic so far, as text, in order."""
        return [message.text for message in self.heard if message.topic == topic]

    async def until(self, done: Callable[[Ear], bool]) -> None:
        """Wait until what was heard is enough."""
        try:
            async with asyncio.timeout(HEAR_LIMIT_S):
                while not done(self):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f"not heard in time; heard {self.heard[-20:]}")

    async def until_text(self, topic: str, *texts: str) -> None:
        """Wait until exactly these texts were heard on the topic."""
        await self.until(lambda ear: ear.texts(topic) == list(texts))

    async def collect(self) -> None:
        """Write down what comes in until the connection ends."""
        try:
            async for message in self.client.messages:
                self.heard.append(
                    Heard(message.topic.value, message.payload, message.qos, message.retain)
                )
                self._news.set()
        except aiomqtt.MqttError:
            return


@asynccontextmanager
async def listening(
    port: int, topic: str = "#", *, login: tuple[str, str] | None = None
) -> AsyncIterator[Ear]:
    """Subscribe to a topic as anybody could; leaves in peace even when the broker is gone."""
    user, password = login or (None, None)
    client = aiomqtt.Client(HOST, port, username=user, password=password, timeout=START_LIMIT_S)
    await client.__aenter__()
    await client.subscribe(topic, qos=1)
    ear = Ear(client)
    task = asyncio.create_task(ear.collect())
    try:
        yield ear
    finally:
        with suppress(aiomqtt.MqttError):
            await client.__aexit__(None, None, None)
        await task  # ends because the connection did


async def _serve_amqtt(config: dict[str, object]) -> None:
    from amqtt.broker import Broker  # type: ignore[import-untyped]

    await Broker(config).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve_amqtt(json.loads(sys.argv[1])))
