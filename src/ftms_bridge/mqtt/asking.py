"""Sends one message and hears what comes of it, for those who ask the bridge for something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ftms_bridge.mqtt.reconnecting import Reconnector, Surroundings
from ftms_bridge.mqtt.session import Client
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.mqtt.trouble import Trouble

WORLD = Surroundings()


@dataclass(frozen=True, slots=True)
class Question:
    """One message, sent with QoS 1 and never retained."""

    topic: str
    payload: bytes


async def ask(
    broker: BrokerSettings,
    question: Question,
    answers: Sequence[str],
    *,
    on_message: Callable[[str, bytes, bool], None],
    on_change: Callable[[Trouble | None], None],
    around: Surroundings = WORLD,
) -> None:
    """Subscribe, send, and hand over what comes, connecting again for ever, until cancelled.

    answers: topics to hear; they are subscribed to before the question is sent.
    on_message: takes topic, payload, and whether the broker had kept it.
    on_change: takes None when the broker is there, else why it is not.

    The question is sent until the broker has it; a connection that is lost before may send twice.
    """
    sent = False

    async def hear(client: Client) -> None:
        nonlocal sent
        await client.subscribe_to(answers)
        on_change(None)
        if not sent:
            await client.publish(question.topic, question.payload, qos=1)
            sent = True
        async for message in client.messages:
            on_message(message.topic.value, message.payload, message.retain)

    async def serve(client: Client) -> None:
        await first_end(hear(client))

    own = replace(broker, client_id=None)  # the bridge may use the one that is configured
    await Reconnector(own, around).run(serve, on_change)
