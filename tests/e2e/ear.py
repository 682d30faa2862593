"""Hears everything that the bridge publishes, and notes when."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import aiomqtt

LAST: Final = 4
LONGEST: Final = 100
"""Messages that a complaint repeats, and characters of each."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message. at: guest's monotonic clock, which all processes of the guest share."""

    at: float
    topic: str
    text: str
    retained: bool

    @property
    def document(self) -> Any:
        return json.loads(self.text)


class Ear:
    """A subscriber to all topics of one base."""

    def __init__(self, port: int, base: str = "ftms") -> None:
        self._port = port
        self._base = base
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self.heard: list[Heard] = []

    async def __aenter__(self) -> Self:
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._listen(ready))
        await ready.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _listen(self, ready: asyncio.Event) -> None:
        async with aiomqtt.Client(
            "127.0.0.1", self._port, protocol=aiomqtt.ProtocolVersion.V311
        ) as client:
            await client.subscribe(f"{self._base}/#", qos=1)
            ready.set()
            async for message in client.messages:
                at = time.monotonic()
                assert isinstance(message.payload, bytes)
                topic = str(message.topic).removeprefix(f"{self._base}/")
                text = message.payload.decode()
                self.heard.append(Heard(at, topic, text, message.retain))
                async with self._news:
                    self._news.notify_all()

    def after(self, since: float, topic: str) -> list[Heard]:
        return [one for one in self.heard if one.at >= since and one.topic == topic]

    async def until(
        self, topic: str, wanted: Callable[[Heard], bool], *, since: float, limit_s: float
    ) -> Heard:
        """Return the first message on a topic, heard after ``since``, that is wanted.

        limit_s: counts from now. Raises AssertionError that says what was heard instead.
        """

        def found() -> Heard | None:
            return next(filter(wanted, self.after(since, topic)), None)

        try:
            async with asyncio.timeout(limit_s), self._news:
                await self._news.wait_for(lambda: found() is not None)
        except TimeoutError:
            instead = [
                f"{one.at - since:.1f} s: {one.text[:LONGEST]}" for one in self.after(since, topic)
            ]
            raise AssertionError(
                f"{topic}: not what was wanted within {limit_s} s, but {instead[-8:]}"
            ) from None
        result = found()
        assert result
        return result
