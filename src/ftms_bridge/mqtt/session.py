"""The MQTT client; the only module that knows aiomqtt, and paho beneath it."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from ssl import SSLContext
from typing import Final

import aiomqtt
from aiomqtt.types import PahoSocket
from paho.mqtt.client import Client as PahoClient
from paho.mqtt.subscribeoptions import SubscribeOptions

from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.mqtt.trouble import Trouble, explain

MqttError = aiomqtt.MqttError
Version = aiomqtt.ProtocolVersion
Will = aiomqtt.Will

LEAVE_S: Final = 1.0
"""Seconds for a clean disconnection; house choice."""

HANG_UP_S: Final = 0.1
"""Seconds for closing a socket on which no answer came; aiomqtt itself would wait in vain."""

INCOMING_LIMIT: Final = 100
"""Messages that may wait for us; more come only from a flood, and are dropped."""

PENDING_LIMIT: Final = 60
"""Unconfirmed messages before aiomqtt complains; three batches of ours."""

NO_DELAY: Final = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
"""Without it the second small message of a burst waits 40 ms. Source: mosquitto#433."""

_NEW_ONLY: Final = SubscribeOptions(
    qos=1, retainAsPublished=True, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND
)
"""MQTT 5 only: old retained messages stay away, and what is sent retained can be told."""

_NEW_AS_NEW: Final = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
"""MQTT 5 only: as before, but what is new is not told from what was sent without the flag."""

_ALL: Final = SubscribeOptions(qos=1)

_CLIENT_LOG: Final = logging.getLogger(f"{__name__}.aiomqtt")
_CLIENT_LOG.setLevel(logging.ERROR)  # what it warns of is counted and told elsewhere


class Client(aiomqtt.Client):
    """An aiomqtt client that writes at once.

    aiomqtt waits for the selector to call the socket writable, two turns of the loop, before it
    writes anything. Here writing is tried first and the selector asked when the socket is full.
    This uses private names of aiomqtt 2.5 and saves a third of the time to a subscriber.
    """

    version = Version.V5
    _writes_itself = False  # true while ``publish_at_once`` is going to write what it queues

    def publish_at_once(self, path: str, payload: bytes, *, retain: bool) -> bool:
        """Write a message with QoS 0; return False if others still wait for the socket."""
        client = self._client
        if client.want_write():
            return False
        self._writes_itself = True
        try:
            rc = client.publish(path, payload, 0, retain).rc or client.loop_write()
        finally:
            self._writes_itself = False
        if rc:
            raise aiomqtt.MqttCodeError(rc, "Could not publish message")
        self._finish_writing(client)
        return True

    async def subscribe_to(
        self, topics: Sequence[str], *, new_only: bool = False, flag_as_sent: bool = True
    ) -> bool:
        """Subscribe with QoS 1; return False if the broker refuses a topic.

        new_only: leave out what was retained before; MQTT 3.1.1 cannot, there it comes too, with
        the retain flag.
        flag_as_sent: of what is new, show the retain flag too; MQTT 3.1.1 never does.
        """
        if self.version is Version.V5:
            new = _NEW_ONLY if flag_as_sent else _NEW_AS_NEW
            options = new if new_only else _ALL
            codes = await self.subscribe([(topic, options) for topic in topics])
        else:
            codes = await self.subscribe([(topic, 1) for topic in topics])
        return all(_number(code) < 0x80 for code in codes)  # source: MQTT 3.1.1, 3.9.3

    async def disconnect(self, limit_s: float) -> None:
        """Disconnect as well as it goes; never raises."""
        with suppress(MqttError, TimeoutError):
            async with asyncio.timeout(limit_s):
                await first_end(self.__aexit__(None, None, None))
        if self._disconnected.done() and not self._disconnected.cancelled():
            self._disconnected.exception()  # else the loop reports it as never seen

    def _on_socket_register_write(self, client: PahoClient, _: object, __: PahoSocket) -> None:
        """Take note that paho has something to write."""
        if not self._writes_itself:
            self._loop.call_soon_threadsafe(self._write, client)

    def _write(self, client: PahoClient) -> None:
        if client.want_write():
            client.loop_write()
            self._finish_writing(client)

    def _finish_writing(self, client: PahoClient) -> None:
        """Let the selector tell when the socket takes what is left to write."""
        sock = client.socket()
        if client.want_write() and sock is not None:
            super()._on_socket_register_write(client, None, sock)


@asynccontextmanager
async def connection(
    settings: BrokerSettings,
    *,
    client_id: str,
    version: Version,
    will: Will | None = None,
    tls: SSLContext | None = None,
) -> AsyncIterator[Client]:
    """Connect with a fresh client (a used one would send old messages again), and disconnect.

    Raises MqttError. Disconnects also after an attempt without answer, for its socket is open.
    """
    client = Client(
        settings.host,
        settings.port,
        username=settings.username,
        password=settings.password,
        identifier=client_id,
        protocol=version,
        will=will,
        clean_session=None if version is Version.V5 else True,
        timeout=settings.timeout_s,
        keepalive=settings.keepalive_s,
        max_queued_incoming_messages=INCOMING_LIMIT,
        tls_context=tls,
        socket_options=NO_DELAY,
        logger=_CLIENT_LOG,
    )
    client.version = version
    client.pending_calls_threshold = PENDING_LIMIT
    try:
        await first_end(client.__aenter__(), grace_s=HANG_UP_S)
    except (MqttError, asyncio.CancelledError):
        await client.disconnect(HANG_UP_S)
        raise
    try:
        yield client
    finally:
        await client.disconnect(LEAVE_S)


def _number(code: object) -> int:
    """Return the number of a reason code, which is an object or already a number."""
    number = getattr(code, "value", code)
    return number if isinstance(number, int) else 0


def trouble_of(error: MqttError) -> Trouble:
    """Return what is behind an error; aiomqtt hides the socket's error in the context."""
    while isinstance(error.__cause__, MqttError):
        error = error.__cause__
    code = _number(error.rc) if isinstance(error, aiomqtt.MqttCodeError) else 0
    return explain(code, error.__cause__ or error.__context__)


def is_harmless(context: Mapping[str, object]) -> bool:
    """Return whether a loop exception is only the echo of a connection that was cut.

    aiomqtt registers sockets that are closed by then, and leaves errors of dead connections
    unread or raises their cancellation. The loop's exception handler should pass these over.
    """
    error = context.get("exception")
    if isinstance(error, MqttError | asyncio.CancelledError):
        return True
    closed = isinstance(error, ValueError) or (
        isinstance(error, OSError) and error.errno == errno.EBADF
    )
    return closed and "loop.add_" in str(context.get("message", "")).lower()
