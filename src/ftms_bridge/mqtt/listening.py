"""Hears what others publish, for those who only watch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ftms_bridge.mqtt.reconnecting import Reconnector, Surroundings
from ftms_bridge.mqtt.session import Client
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.tasks import first_end
from ftms_bridge.mqtt.trouble import Trouble

WORLD = Surroundings()


async def listen(
    broker: BrokerSettings,
    topics: Sequence[str],
    *,
    on_message: Callable[[str, bytes, bool], None],
    on_change: Callable[[Trouble | None], None],
    around: Surroundings = WORLD,
) -> None:
    """Subscribe and hand over what comes, connecting again for ever, until cancelled.

    on_message: takes topic, payload, and whether the broker had kept it.
    on_change: takes None when the broker is there, else why it is not.
    """

    async def hear(client: Client) -> None:
        await client.subscribe_to(topics)
        on_change(None)
        async for message in client.messages:
            on_message(message.topic.value, message.payload, message.retain)

    async def serve(client: Client) -> None:
        await first_end(hear(client))

    own = replace(broker, client_id=None)  # the bridge may use the one that is configured
    await Reconnector(own, around).run(serve, on_change)
