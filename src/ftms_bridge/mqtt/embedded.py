"""A small broker inside this process, for the demo."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

from ftms_bridge.errors import InstanceRunning, UsageError

if TYPE_CHECKING:
    from amqtt.broker import Broker  # type: ignore[import-untyped]
    from amqtt.mqtt.protocol.broker_handler import (  # type: ignore[import-untyped]
        BrokerProtocolHandler,
    )
    from amqtt.session import Session  # type: ignore[import-untyped]

    _Base: TypeAlias = Broker
else:
    _Base = object  # amqtt is optional: the broker itself joins in ``_make_broker``

HOST: Final = "127.0.0.1"
"""Never the network: anybody who reaches this broker may publish."""

SHUTDOWN_S: Final = 1.0
"""House choice; on Python 3.12 amqtt waits for ever for a client that never said CONNECT."""

LOOK_AGAIN_S: Final = 0.001
"""Between two looks at what a leaving client still has to deliver; house choice."""


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


class _Corrections(_Base):  # type: ignore[misc]
    """What amqtt 0.12.1 does wrong and people notice; overrides its private methods."""

    async def _client_message_loop(self, session: Session, handler: BrokerProtocolHandler) -> None:
        """Let the disconnection wait until all that the client sent before it is delivered.

        amqtt forgets the queue: on Python 3.13 one arrives of several that come with a DISCONNECT.
        """
        wait_disconnect, queue = handler.wait_disconnect, session.delivered_message_queue
        looping = True

        async def wait_disconnect_and_delivery() -> object:
            reason = await wait_disconnect()
            while looping and not queue.empty():  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(LOOK_AGAIN_S)
            return reason

        handler.wait_disconnect = wait_disconnect_and_delivery
        try:
            await super()._client_message_loop(session, handler)  # empties the queue
        finally:
            looping = False

    async def _handle_subscription(
        self, session: Session, handler: BrokerProtocolHandler, waiter: asyncio.Future[Any]
    ) -> None:
        """Send what is retained here, where it is asked for, and nowhere else.

        A refused filter matches no topic.
        """
        await super()._handle_subscription(session, handler, waiter)
        for subscription in waiter.result().topics:
            await super()._publish_retained_messages_for_subscription(subscription, session)

    async def _publish_retained_messages_for_subscription(self, *_: object) -> None:
        """Do nothing: amqtt calls this for each new client with the filters of all others.

        Besides, one that leaves in the meantime loses what it published: ``mosquitto_pub`` does.
        """


def _make_broker(port: int) -> Broker:
    try:
        from amqtt.broker import Broker
    except ImportError as error:
        raise UsageError(
            "The embedded broker needs the package amqtt, which is not installed.",
            hint="In a checkout run: pip install '.[demo]', or: make demo",
        ) from error
    logging.getLogger("amqtt").setLevel(logging.CRITICAL)  # else it logs each client that comes
    logging.getLogger("transitions").setLevel(logging.CRITICAL)

    class CorrectedBroker(_Corrections, Broker):  # type: ignore[misc]
        pass

    return CorrectedBroker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}},
            "plugins": {
                "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
            },
        }
    )
