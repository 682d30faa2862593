"""Connects to a broker again and again: with which version of MQTT, and after which wait."""

from __future__ import annotations

import asyncio
import random as random_numbers
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import NoReturn

from ftms_bridge.mqtt.backoff import BackOff
from ftms_bridge.mqtt.session import Client, MqttError, Version, Will, connection, trouble_of
from ftms_bridge.mqtt.settings import BrokerSettings, tls_context
from ftms_bridge.mqtt.trouble import NO_ANSWER, WRONG_VERSION, Trouble


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The world outside, replaced in tests."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random_numbers.random


class Reconnector:
    """Keeps a connection up; every one of them is made with the same ``client_id``."""

    def __init__(
        self, settings: BrokerSettings, around: Surroundings, *, will: Will | None = None
    ) -> None:
        self.client_id = settings.client_id or f"ftms-bridge-{secrets.token_hex(4)}"
        self._version = Version.V311 if settings.protocol == "3.1.1" else Version.V5
        self._version_works = settings.protocol != "auto"
        self._settings = settings
        self._around = around
        self._will = will
        self._tls = tls_context(settings.tls) if settings.tls else None
        self._back_off = BackOff(around.random)

    async def run(
        self, serve: Callable[[Client], Awaitable[None]], on_trouble: Callable[[Trouble], None]
    ) -> NoReturn:
        """Connect and serve, again and again, until cancelled.

        serve: uses one connection until that fails with MqttError.
        on_trouble: is told why there is no connection, before each wait.
        """
        clock = self._around.clock
        while True:
            try:
                async with self._connection() as client:
                    self._version_works = True
                    self._back_off.connected(clock())
                    await serve(client)
            except MqttError as error:
                trouble = trouble_of(error)
                if not self._falls_back(trouble):
                    on_trouble(trouble)
                    await self._around.sleep(self._back_off.wait_s(clock()))

    def _connection(self) -> AbstractAsyncContextManager[Client]:
        return connection(
            self._settings,
            client_id=self.client_id,
            version=self._version,
            will=self._will,
            tls=self._tls,
        )

    def _falls_back(self, trouble: Trouble) -> bool:
        """Return whether to try MQTT 3.1.1 at once, because MQTT 5 may be what was in the way.

        Old brokers refuse the version; amqtt misreads a CONNECT with a last will and keeps silent.
        """
        if self._version_works:
            return False
        falls_back = self._version is Version.V5 and trouble in (WRONG_VERSION, NO_ANSWER)
        self._version = Version.V311 if falls_back else Version.V5
        return falls_back
