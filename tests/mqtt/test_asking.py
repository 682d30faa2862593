"""One question over a real broker, and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ftms_bridge.mqtt.asking import Question, ask
from ftms_bridge.mqtt.reconnecting import Surroundings
from ftms_bridge.mqtt.session import Client
from ftms_bridge.mqtt.settings import BrokerSettings
from ftms_bridge.mqtt.trouble import Trouble
from tests.brokers import HOST, BrokerProcess, free_port, listening

QUESTION = Question("ftms/bike/set/link", b'{"id":"1"}')
ANSWERS = "ftms/bike/result"


class Asker:
    """Writes down what is told to one who asks."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes, bool]] = []
        self.changes: list[Trouble | None] = []
        self._news = asyncio.Event()

    def receive(self, topic: str, payload: bytes, retained: bool) -> None:
        self.messages.append((topic, payload, retained))
        self._news.set()

    def change(self, trouble: Trouble | None) -> None:
        self.changes.append(trouble)
        self._news.set()

    async def news(self) -> None:
        async with asyncio.timeout(5):
            await self._news.wait()
        self._news.clear()


async def soon(_: float) -> None:
    await asyncio.sleep(0.02)


@asynccontextmanager
async def asking(port: int, *answers: str) -> AsyncIterator[Asker]:
    asker = Asker()
    settings = BrokerSettings(host=HOST, port=port, client_id="bridge", timeout_s=1.0)
    task = asyncio.create_task(
        ask(
            settings, QUESTION, answers, on_message=asker.receive, on_change=asker.change,
            around=Surroundings(sleep=soon),
        )
    )  # fmt: skip
    try:
        yield asker
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_question_is_sent_and_its_answer_is_heard(broker: BrokerProcess) -> None:
    async with (
        listening(broker.port, QUESTION.topic) as bridge,
        asking(broker.port, ANSWERS) as asker,
    ):
        await bridge.until_text(QUESTION.topic, '{"id":"1"}')
        await bridge.client.publish(ANSWERS, b"done", qos=1)
        while not asker.messages:
            await asker.news()
    assert asker.messages == [(ANSWERS, b"done", False)]
    assert [(one.qos, one.retain) for one in bridge.heard] == [(1, False)]


async def test_the_answers_are_subscribed_to_before_the_question_is_sent(
    broker: BrokerProcess,
) -> None:
    async with asking(broker.port, QUESTION.topic) as asker:
        while not asker.messages:
            await asker.news()
    assert asker.messages[0] == (QUESTION.topic, QUESTION.payload, False)


async def test_a_question_is_kept_until_there_is_a_broker_and_sent_once(
    broker: BrokerProcess,
) -> None:
    broker.kill()
    async with asking(broker.port, QUESTION.topic) as asker:
        await asker.news()
        assert asker.changes[0] is not None
        broker.start()
        while not asker.messages:
            await asker.news()
        broker.kill()
        while asker.changes[-1] is None:
            await asker.news()
        broker.start()
        while asker.changes[-1] is not None:
            await asker.news()
        async with listening(broker.port, "nothing") as other:
            await other.client.publish(QUESTION.topic, b"end", qos=1)
            while asker.messages[-1][1] != b"end":
                await asker.news()
    assert [payload for _, payload, _ in asker.messages] == [QUESTION.payload, b"end"]


async def test_without_a_broker_it_is_said_why() -> None:
    async with asking(free_port(), ANSWERS) as asker:
        await asker.news()
    assert asker.changes[0] is not None
    assert asker.changes[0].what == "nothing listens there"


async def test_asking_does_not_push_the_bridge_off_its_client_id(broker: BrokerProcess) -> None:
    async with Client(HOST, broker.port, identifier="bridge") as bridge:
        await bridge.subscribe(QUESTION.topic, qos=1)
        async with asking(broker.port, ANSWERS) as asker, asyncio.timeout(5):
            heard = await anext(aiter(bridge.messages))
            await bridge.publish(ANSWERS, b"done", qos=1)
            while not asker.messages:
                await asker.news()
    assert heard.payload == QUESTION.payload
    assert asker.changes == [None], "both stay connected"
