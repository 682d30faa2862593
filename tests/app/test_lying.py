"""Machines that lie, over real Bluetooth packets: nothing breaks, and what is wrong is told."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from ftms_bridge.gatt.notification import Notification
from ftms_bridge.mqtt.encoding import encode
from ftms_bridge.recordings.reader import RecordingReader
from ftms_bridge.simulator.on_air import OnAir
from ftms_bridge.simulator.peripheral import Lies, Peripheral
from ftms_bridge.simulator.scenario import Scenario
from ftms_bridge.simulator.scenario_file import load_scenario
from tests.app.on_air import World, bridged
from tests.virtual_clock import run_virtual

BIKE_DATA = 0x2AD2
HEART_RATE = 0x2A37
FLAT_OBJECTS = 2000
"""Objects that may come and go; a leak of one per record would be more than twice as many."""

EVIL_NAMES = {
    "controls": "a\x1b[31mb\r\nc\x00d\x9b2J",
    "markup": '<b>"[red]x[/red]"</b>&',
    "backwards": "\u202eekib\u2066\u200f",
    "long": "\u00fc" * 30,
}


def bike(name: str = "Virtual bike") -> Scenario:
    """Return the demo's bike; without a name it is bound as the only one of its kind."""
    scenario = load_scenario("demo_bike")
    table = scenario.machine_table.model_copy(update={"name": name})
    return scenario.model_copy(update={"machine_table": table})


def run(
    folder: Path,
    work: Callable[[World], Coroutine[Any, Any, None]],
    *,
    scenario: Scenario | None = None,
    **ride: Any,
) -> World:
    """Let a bridge follow one bike while ``work`` goes on; no task may be left over meanwhile."""

    async def main() -> World:
        async with bridged(scenario or bike(), folder=folder, **ride) as world:
            await asyncio.sleep(5.0)
            tasks = own_tasks()
            await work(world)
            assert abs(own_tasks() - tasks) <= 3  # a call under way, and its limit
        return world

    return run_virtual(main())


def own_tasks() -> int:
    """Return how many tasks there are, but for those of the virtual devices."""
    return len([one for one in asyncio.all_tasks() if "AsyncRunner" not in str(one.get_coro())])


def ride_for(seconds: float) -> Callable[[World], Coroutine[Any, Any, None]]:
    async def work(_: World) -> None:
        await asyncio.sleep(seconds)

    return work


def told(world: World, source: str = "bike") -> list[str | None]:
    """Return the verdicts of one link, in order; None is: it is up and all is well."""
    return [
        event["detail"]["verdict"]
        for event in world.out.events("link")
        if event["detail"]["source"] == source
    ]


def link(world: World, source: str = "bike") -> Mapping[str, Any]:
    """Return what the newest link document says of one link."""
    rows = world.out.payloads("link")[-1]["links"]
    return next(row for row in rows if row["source"] == source)


def recorded(folder: Path, characteristic: int, source: str = "bike") -> list[bytes]:
    [file] = folder.iterdir()
    return [
        row.data
        for row in RecordingReader(file)
        if isinstance(row, Notification)
        and (row.source, row.characteristic) == (source, characteristic)
    ]


def test_records_of_a_wrong_length_are_counted_and_the_rest_is_used(tmp_path: Path) -> None:
    world = run(tmp_path, ride_for(60.0), lies={"bike": Lies(odd_lengths=True)})
    counters = world.bridge.pipeline.counters
    sent = len(recorded(tmp_path, BIKE_DATA))
    assert sent >= 120
    assert counters.damaged >= 0.8 * sent  # each of the five ways of lying but perhaps one
    assert told(world) == ["searching", None]
    assert world.rides["bike"].machine.connections == 1
    live = world.out.payloads("live")[-1]["signals"]
    assert live["hr_bpm"] is not None


@pytest.mark.parametrize("missing", [0x2ACC, 0x180A, 0x2ADA, 0x2AD9])
def test_what_is_not_needed_may_be_missing(tmp_path: Path, missing: int) -> None:
    world = run(tmp_path, ride_for(10.0), lies={"bike": Lies(missing=frozenset({missing}))})
    assert told(world) == ["searching", None]
    assert world.out.words() == ["offline", "online", "offline"]
    assert world.out.payloads("live")[-1]["signals"]["cadence_rpm"] is not None


@pytest.mark.parametrize("missing", [0x2AD2, 0x1826])
def test_a_bike_without_bike_data_is_told_and_left_in_peace(tmp_path: Path, missing: int) -> None:
    world = run(tmp_path, ride_for(300.0), lies={"bike": Lies(missing=frozenset({missing}))})
    # the first time it may be that the system has not shown all yet
    assert told(world) == ["searching", "no_answer", "wrong_services"]
    assert "2ad2" in link(world)["reason"]
    assert world.out.words() == ["offline"]
    assert world.rides["bike"].machine.connections <= 300 / 30 + 3
    assert link(world, "strap")["up"] is True  # the liar costs nobody else anything


@pytest.mark.parametrize("mtu_bytes", [23, 517])
def test_records_longer_than_a_packet_or_than_any_record(tmp_path: Path, mtu_bytes: int) -> None:
    async def work(world: World) -> None:
        machine = world.rides["bike"].machine
        for number in range(200):
            machine.notify(BIKE_DATA, bytes([number]) * 600)
            await asyncio.sleep(0.1)

    lies = {"bike": Lies(mtu_bytes=mtu_bytes)}
    world = run(tmp_path, work, lies=lies)
    longest = max(map(len, recorded(tmp_path, BIKE_DATA)))
    assert longest == mtu_bytes - 3
    assert world.bridge.pipeline.counters.damaged >= 200 * 0.5
    assert told(world) == ["searching", None]


def test_ten_minutes_of_flood_lose_nothing_and_live_keeps_its_rhythm(tmp_path: Path) -> None:
    sizes: list[int] = []
    sent = 0

    async def work(world: World) -> None:
        nonlocal sent
        machine = world.rides["bike"].machine
        send = machine._send

        def counted(number: int, data: bytes) -> bool:
            nonlocal sent
            done = send(number, data)
            sent += done and number == BIKE_DATA
            return done

        machine._send = counted  # type: ignore[method-assign]
        before = world.bluetooth.supervisors()[0].gate
        assert before is not None
        taken = before.taken
        for _ in range(2):
            await asyncio.sleep(300.0)
            sizes.append(objects_without(world))
        await asyncio.sleep(0.01)  # what is under way arrives
        assert abs(before.taken - taken - sent) <= 1  # one may have been under way at the start

    world = run(tmp_path, work, lies={"bike": Lies(flood_hz=20.0)})
    assert sent >= 600 * 20
    assert world.bluetooth.overflow == 0
    assert world.bridge.pipeline.counters.damaged == 0
    assert len(world.out.payloads("live")) <= 4 * 2 + 1  # the rest was cleared twice
    assert sizes[1] - sizes[0] < FLAT_OBJECTS


def objects_without(world: World) -> int:
    """Return how many objects live beside what was published, and forget that."""
    lives = [at for at, effect in world.out.effects if effect.topic.name == "live"]
    assert 0 < len(lives) <= 4 * (lives[-1] - lives[0]) + 2
    world.out.effects.clear()
    gc.collect()
    return len(gc.get_objects())


@asynccontextmanager
async def second(world: World, name: str | None = None) -> AsyncIterator[OnAir]:
    """Put another bike of the same kind on the air."""
    async with OnAir(world.air, bike(), seed=99, name=name) as other:
        yield other


@pytest.mark.parametrize("word", EVIL_NAMES)
def test_no_name_gets_raw_into_what_is_published(tmp_path: Path, word: str) -> None:
    name = EVIL_NAMES[word]

    async def work(world: World) -> None:
        async with second(world, name[::-1]):
            world.air.drop(world.rides["bike"].machine.address)
            await asyncio.sleep(20.0)

    world = run(tmp_path, work, scenario=bike(name=""), name=name)
    assert world.out.words()[-2:] == ["online", "offline"]
    assert told(world)[-1] == "ambiguous"  # its reason names the other one
    assert {effect.machine for _, effect in world.out.effects} <= {"bike", None}
    for _, effect in world.out.effects:
        text = encode(effect.payload).decode()
        assert text.isprintable(), text
        assert "\\u" not in text
        assert "\\n" not in text
    assert len(link(world)["reason"]) < 200


def test_services_that_vanish_under_a_link_are_told(tmp_path: Path) -> None:
    async def work(world: World) -> None:
        machine = world.rides["bike"].machine
        whole = machine.table.services
        machine.change_services(row for row in whole if row.number != 0x1826)
        await asyncio.sleep(120.0)
        assert told(world)[-1] == "wrong_services"
        machine.change_services(whole)
        await asyncio.sleep(60.0)

    world = run(tmp_path, work)
    words = told(world)
    assert words[:2] == ["searching", None]
    assert words[-1] is None
    assert world.out.words()[-2:] == ["online", "offline"]
    assert world.rides["bike"].machine.connections <= 12


def test_services_that_are_gone_after_a_loss_are_told(tmp_path: Path) -> None:
    async def work(world: World) -> None:
        machine = world.rides["bike"].machine
        machine.change_services(row for row in machine.table.services if row.number == 0x180A)
        world.air.drop(machine.address)
        await asyncio.sleep(120.0)

    world = run(tmp_path, work)
    assert told(world) == ["searching", None, "lost", "no_answer", "wrong_services"]
    assert world.out.words() == ["offline", "online", "offline"]
    assert link(world)["up"] is False
    assert world.rides["bike"].machine.connections <= 8


def drop_each(world: World, after_s: float) -> Callable[[], None]:
    """Have the bike end every connection so soon; return what makes it behave again."""
    machine = world.rides["bike"].machine
    loop = asyncio.get_running_loop()

    def drop(_: object) -> None:
        loop.call_later(after_s, world.air.drop, machine.address)

    machine._device.on("connection", drop)
    return lambda: machine._device.remove_listener("connection", drop)


@pytest.mark.parametrize(
    ("after_s", "seconds", "at_most"),
    [
        pytest.param(0.0, 600.0, 40, id="before anything could be asked"),
        pytest.param(0.3, 60.0, 60, id="when the link is up"),
    ],
)
def test_one_that_drops_every_connection_is_not_hammered(
    tmp_path: Path, after_s: float, seconds: float, at_most: int
) -> None:
    async def work(world: World) -> None:
        machine = world.rides["bike"].machine
        before = machine.connections
        behave = drop_each(world, after_s)
        world.air.drop(machine.address)
        await asyncio.sleep(seconds)
        made = machine.connections - before
        assert 5 < made <= at_most
        assert told(world)[2] == "lost"
        behave()
        await asyncio.sleep(70.0)
        assert link(world)["up"] is True  # it behaves again, and is followed again

    world = run(tmp_path, work)
    assert world.out.words()[-2:] == ["online", "offline"]
    assert len(world.out.events("link")) <= 2 * at_most + 5


def test_a_link_that_never_lasts_is_tried_less_and_less_often(tmp_path: Path) -> None:
    async def work(world: World) -> None:
        drop_each(world, 0.005)
        world.air.drop(world.rides["bike"].machine.address)
        await asyncio.sleep(600.0)
        assert world.rides["bike"].machine.connections <= 150

    world = run(tmp_path, work)
    assert len(world.out.events("link")) <= 310


def test_one_that_answers_no_read_still_delivers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> bytes:
        return await asyncio.Event().wait() and b""

    monkeypatch.setattr(Peripheral, "_read", never)
    world = run(tmp_path, ride_for(300.0))
    assert "no_answer" in told(world)
    assert told(world)[-1] is None
    assert world.out.words()[-2:] == ["online", "offline"]
    assert len(recorded(tmp_path, BIKE_DATA)) >= 2 * 240
    assert world.rides["bike"].machine.connections <= 20


def test_of_two_with_one_name_none_is_taken_by_chance(tmp_path: Path) -> None:
    async def main() -> World:
        async with bridged(bike(), folder=tmp_path) as world, second(world) as other:
            await asyncio.sleep(30.0)
            assert told(world) == ["searching", "ambiguous"]
            assert "Virtual bike" in link(world)["reason"]
            assert world.rides["bike"].machine.connections == 0
            assert other.machine.connections == 0
            other.switch_off("bike")
            await asyncio.sleep(60.0)
            assert link(world)["up"] is True
            world.air.drop(world.rides["bike"].machine.address)
            await asyncio.sleep(30.0)  # the other one left long ago
            assert (link(world)["up"], link(world)["verdict"]) == (True, None)
            await other.switch_on("bike")
            await asyncio.sleep(30.0)
            assert other.machine.connections == 0
        return world

    world = run_virtual(main())
    assert world.out.words()[-2:] == ["online", "offline"]


def test_no_whole_address_is_published_or_recorded(tmp_path: Path) -> None:
    async def work(world: World) -> None:
        drop_each(world, 0.0)
        world.air.drop(world.rides["bike"].machine.address)
        await asyncio.sleep(20.0)

    world = run(tmp_path, work)
    assert told(world)[-1] == "no_answer"  # the library's words for it hold the address
    [file] = tmp_path.iterdir()
    texts = [encode(effect.payload).decode() for _, effect in world.out.effects]
    texts.append(file.read_text())
    for peripheral in world.rides["bike"].peripherals.values():
        assert not any(peripheral.address in text for text in texts)


def test_a_strap_that_sends_garbage_costs_only_the_heart_rate(tmp_path: Path) -> None:
    chance = random.Random(7)

    async def work(world: World) -> None:
        strap = world.rides["bike"].peripherals["strap"]
        for _ in range(1200):
            strap.notify(HEART_RATE, chance.randbytes(chance.randrange(20)))
            await asyncio.sleep(0.05)

    world = run(tmp_path, work)
    assert len(recorded(tmp_path, HEART_RATE, "strap")) >= 1200
    assert world.bridge.pipeline.counters.damaged > 200
    assert told(world) == told(world, "strap") == ["searching", None]
    for live in world.out.payloads("live"):
        rate = live["signals"].get("hr_bpm")
        assert rate is None or 0 < rate < 255
    assert world.out.payloads("live")[-1]["signals"]["cadence_rpm"] is not None
