from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.mqtt.publisher import BATCH, Outbox, Outgoing
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import AVAILABILITY, BRIDGE_INFO, EVENT, LIVE, RESULT, STATE


def paths(batch: Sequence[Outgoing]) -> list[str]:
    return [item.path for item in batch]


def payloads(batch: Sequence[Outgoing]) -> list[object]:
    return [item.payload for item in batch]


def put(outbox: Outbox, *words: str) -> None:
    """Publish events; any text does, because nothing is encoded here."""
    for word in words:
        outbox.publish(Publish(EVENT, "bike", word))


def confirm(outbox: Outbox, batch: Sequence[Outgoing]) -> None:
    for item in batch:
        item.settled = True
    outbox.settle(batch)


def test_the_newest_value_of_a_retained_topic_wins() -> None:
    outbox = Outbox("ftms")
    outbox.publish(Publish(AVAILABILITY, "bike", "stale"))
    outbox.publish(Publish(AVAILABILITY, "bike", "online"))
    outbox.publish(Publish(AVAILABILITY, "mill", "offline"))
    batch = outbox.take_lasting()
    assert paths(batch) == ["ftms/bike/availability", "ftms/mill/availability"]
    assert payloads(batch) == ["online", "offline"]


def test_every_retained_topic_is_due_again_on_each_connection() -> None:
    outbox = Outbox("home/gym")
    outbox.publish(Publish(BRIDGE_INFO, "", "about"))
    outbox.publish(Publish(AVAILABILITY, "bike", "online"))
    confirm(outbox, outbox.take_lasting())
    assert outbox.take_lasting() == []
    outbox.open()
    again = outbox.take_changed()
    assert paths(again) == ["home/gym/bridge/info", "home/gym/bike/availability"]
    assert not any(item.settled for item in again)


def test_a_retained_value_that_was_not_confirmed_is_sent_again_unless_there_is_a_newer_one() -> (
    None
):
    outbox = Outbox("ftms")
    outbox.publish(Publish(AVAILABILITY, "bike", "stale"))
    outbox.publish(Publish(AVAILABILITY, "mill", "stale"))
    batch = outbox.take_lasting()
    outbox.publish(Publish(AVAILABILITY, "bike", "online"))
    outbox.settle(batch)
    assert sorted(payloads(outbox.take_lasting()), key=str) == ["online", "stale"]


def test_live_values_are_dropped_and_counted_while_there_is_no_broker() -> None:
    outbox = Outbox("ftms")
    outbox.publish(Publish(LIVE, "bike", "1"))
    assert outbox.take_live() == []
    assert outbox.stats.dropped == 1


def test_a_live_value_overtakes_the_one_that_waits() -> None:
    outbox = Outbox("ftms")
    outbox.open()
    for word in "123":
        outbox.publish(Publish(LIVE, "bike", word))
    assert payloads(outbox.take_live()) == ["3"]
    assert outbox.stats.dropped == 2


def test_live_values_do_not_outlive_their_connection() -> None:
    outbox = Outbox("ftms")
    outbox.open()
    outbox.publish(Publish(LIVE, "bike", "1"))
    outbox.publish(Publish(LIVE, "mill", "1"))
    in_flight = outbox.take_live()[:1]
    outbox.publish(Publish(LIVE, "bike", "2"))
    outbox.settle(in_flight)
    outbox.close()
    outbox.open()
    assert outbox.take_live() == []
    assert outbox.stats.dropped == 2


def test_events_stay_until_they_are_confirmed_and_keep_their_order() -> None:
    outbox = Outbox("ftms")
    put(outbox, *"abcde")
    batch = outbox.take_lasting()
    for item in batch:
        item.settled = item.payload in {"a", "c"}
    outbox.settle(batch)
    assert outbox.stats.queue == 3
    put(outbox, "f")
    assert payloads(outbox.take_lasting()) == list("bdef")


def test_a_full_queue_drops_the_oldest_and_counts_it() -> None:
    outbox = Outbox("ftms", queue_limit=3)
    put(outbox, *"abcde")
    assert payloads(outbox.take_lasting()) == list("cde")
    assert outbox.stats.dropped == 2
    assert outbox.stats.queue == 3


def test_the_queue_stays_bounded_when_a_batch_comes_back() -> None:
    outbox = Outbox("ftms", queue_limit=3)
    put(outbox, *"abc")
    batch = outbox.take_lasting()
    put(outbox, *"def")
    outbox.settle(batch)
    assert payloads(outbox.take_lasting()) == list("def")
    assert outbox.stats.queue == 3
    assert outbox.stats.dropped == 3


def test_events_are_not_starved_by_states_nor_states_by_events() -> None:
    outbox = Outbox("ftms")
    put(outbox, *(str(number) for number in range(100)))
    for number in range(100):
        outbox.publish(Publish(STATE, f"machine_{number}", "s"))
    batch = outbox.take_lasting()
    assert len(batch) == BATCH
    assert sum(item.topic is EVENT for item in batch) == BATCH // 2


def test_events_and_results_share_one_order() -> None:
    outbox = Outbox("ftms")
    put(outbox, "a")
    outbox.publish(Publish(RESULT, "bike", "r"))
    put(outbox, "b")
    assert payloads(outbox.take_lasting()) == ["a", "r", "b"]


def test_connections_and_reconnections_are_counted() -> None:
    outbox = Outbox("ftms")
    counts = []
    for _ in range(3):
        outbox.open()
        counts.append((outbox.stats.connections, outbox.stats.reconnections))
        assert outbox.stats.connected
        outbox.close()
        assert not outbox.stats.connected
    assert counts == [(1, 0), (2, 1), (3, 2)]


async def test_who_waits_for_an_event_gets_it_at_once_and_waits_again() -> None:
    outbox = Outbox("ftms")
    taker = asyncio.create_task(outbox.lasting())
    await asyncio.sleep(0)
    put(outbox, "a")
    assert payloads(await taker) == ["a"]
    assert outbox.take_lasting() == []
    again = asyncio.create_task(outbox.lasting())
    await asyncio.sleep(0)
    assert not again.done()
    again.cancel()


async def test_who_waits_for_live_values_is_not_woken_by_events() -> None:
    outbox = Outbox("ftms")
    outbox.open()
    taker = asyncio.create_task(outbox.live())
    await asyncio.sleep(0)
    put(outbox, "a")
    await asyncio.sleep(0)
    assert not taker.done()
    outbox.publish(Publish(LIVE, "bike", "1"))
    assert payloads(await taker) == ["1"]


async def test_the_outbox_is_empty_only_when_nothing_is_on_its_way() -> None:
    outbox = Outbox("ftms")
    put(outbox, "a")
    first = outbox.take_lasting()
    emptied = asyncio.create_task(outbox.emptied())
    await asyncio.sleep(0.01)
    assert not emptied.done()
    outbox.settle(first)
    await asyncio.sleep(0.01)
    assert not emptied.done()
    confirm(outbox, outbox.take_lasting())
    await asyncio.wait_for(emptied, 1)


@given(st.lists(st.tuples(st.integers(0, 7), st.lists(st.booleans(), max_size=BATCH))))
def test_whatever_the_broker_confirms_every_event_is_confirmed_once_and_tried_in_order(
    steps: list[tuple[int, list[bool]]],
) -> None:
    outbox, confirmed, made = Outbox("ftms"), list[int](), 0
    while steps or outbox.stats.queue:
        new, outcomes = steps.pop(0) if steps else (0, [True] * BATCH)
        put(outbox, *(str(made + number) for number in range(new)))
        made += new
        batch = outbox.take_lasting()
        numbers = [int(str(item.payload)) for item in batch]
        assert numbers == sorted(numbers)
        for item, number, outcome in zip(batch, numbers, outcomes, strict=False):
            item.settled = outcome
            confirmed += [number] * outcome
        outbox.settle(batch)
        assert outbox.stats.queue == made - len(confirmed)
    assert sorted(confirmed) == list(range(made))
