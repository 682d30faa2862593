"""The smallest bridge there can be: leaves its documents at a broker and answers commands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiomqtt

from tests.brokers import HOST

Body = dict[str, Any]

DOWN: Body = {
    "source": "bike", "up": False, "verdict": "not_seen", "reason": "not heard for 20 s",
    "since": "2026-01-02T03:04:05.000Z", "quirk": None,
}  # fmt: skip
UP: Body = {
    "source": "strap", "up": True, "verdict": None, "reason": "", "since": None, "quirk": None,
}  # fmt: skip


@dataclass(slots=True)
class AnsweringBridge:
    """What a bridge says; ``asked`` are the commands that it got, as topic and body.

    machines: ids in bridge/info; None: no such document. refusal: reason and hint, if any.
    is_silent: takes commands and does not answer.
    """

    base: str = "ftms"
    availability: str = "online"
    machines: Sequence[str] | None = ("bike",)
    links: dict[str, Any] = field(default_factory=lambda: {"bike": [DOWN, UP]})
    refusal: tuple[str, str] | None = None
    is_silent: bool = False
    asked: list[tuple[str, Body]] = field(default_factory=list)

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[AnsweringBridge]:
        """Publish and answer until the end of the block."""
        async with aiomqtt.Client(HOST, port) as client:
            await client.subscribe(f"{self.base}/+/set/+", qos=1)
            await self._leave(client)
            task = asyncio.create_task(self._answer(client))
            try:
                yield self
            finally:
                while not task.done():  # wait_for of Python 3.11 can swallow a cancellation
                    task.cancel()
                    await asyncio.wait([task], timeout=0.5)

    async def _leave(self, client: aiomqtt.Client) -> None:
        await self._keep(client, "bridge/availability", self.availability)
        for machine, links in self.links.items():
            document = {"schema": 1, "machine": machine, "time": None, "links": links}
            await self._keep(client, f"{machine}/link", json.dumps(document))
        if self.machines is not None:
            machines = [{"id": machine} for machine in self.machines]
            await self._keep(client, "bridge/info", json.dumps({"machines": machines}))

    async def _keep(self, client: aiomqtt.Client, path: str, payload: str) -> None:
        await client.publish(f"{self.base}/{path}", payload.encode(), qos=1, retain=True)

    async def _answer(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            body = json.loads(message.payload)
            self.asked.append((message.topic.value, body))
            if self.is_silent:
                continue
            reason, hint = self.refusal or (None, None)
            status = "done" if self.refusal is None else "rejected"
            result = {"verb": "link", "status": status, "reason": reason, "hint": hint}
            topic = message.topic.value.partition("/set/")[0] + "/result"
            for request in ("another", body["id"]):
                await client.publish(topic, json.dumps(result | {"id": request}).encode(), qos=1)
