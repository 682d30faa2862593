"""A small broker inside this process, for the demo."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from ftms_bridge.errors import InstanceRunning, UsageError

if TYPE_CHECKING:
    from amqtt.broker import Broker  # type: ignore[import-untyped]

HOST: Final = "127.0.0.1"
"""Never the network: anybody who reaches this broker may publish."""


SHUTDOWN_S: Final = 1.0
"""House choice; on Python 3.12 amqtt waits for ever for a client that never said CONNECT."""


class EmbeddedBroker:
    """An amqtt broker on this machine only, open to every local client; nothing is kept."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._broker: Broker | None = None

    async def __aenter__(self) -> Self:
        """Start to listen.

        Raises UsageError when amqtt is not installed, InstanceRunning when the port is taken.
        """
        await self._check_port()
        self._broker = _make_broker(self.port)
        await self._broker.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect every client and stop to listen."""
        if self._broker is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_S):
                await self._broker.shutdown()

    async def _check_port(self) -> None:
        try:
            probe = await asyncio.start_server(lambda *_: None, HOST, self.port)
        except OSError as error:
            raise InstanceRunning(
                f"Port {self.port} of {HOST} cannot be used: {error.strerror}.",
                hint="Another broker or demo holds it: stop that one, or choose another port.",
            ) from error
        probe.close()
        await probe.wait_closed()


def _make_broker(port: int) -> Broker:
    try:
        from amqtt.broker import Broker
    except ImportError as error:
        raise UsageError(
            "The embedded broker needs the package amqtt, which is not installed.",
            hint="Run: pip install 'ftms-bridge[demo]'",
        ) from error
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # else it logs each client that comes
    logging.getLogger("transitions").setLevel(logging.CRITICAL)
    return Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}},
            "plugins": {
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
            },
        }
    )
