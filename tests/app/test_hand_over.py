from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from ftms_bridge.app.hand_over import HandOver, HandOverRules, minutes_until
from ftms_bridge.control.commands import Command, Verb

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Links:
    """Notes what was asked of it."""

    def __init__(self) -> None:
        self.released: dict[str, float | None] = {}
        self.off: set[str] = set()

    def release(self, machine: str, reason: str, minutes: float | None) -> bool:
        assert reason
        if machine != "virtual":
            self.released[machine] = minutes
        return machine != "virtual"

    def resume(self, machine: str) -> bool:
        self.released.pop(machine, None)
        return machine != "virtual"

    def is_up(self, machine: str) -> bool:
        return machine not in self.off

    def is_released(self, machine: str) -> bool:
        return machine in self.released


class Bench:
    """A hand-over with a clock that is moved by hand."""

    def __init__(self, rules: HandOverRules) -> None:
        self.at = 0.0
        self.idle: float | None = 0.0
        self.links = Links()
        self.hand_over = HandOver(
            self.links, {"bike": rules}, lambda _: self.idle,
            clock=lambda: self.at, now=lambda: NOON,
        )  # fmt: skip

    def obey(self, action: str, minutes: float | None = None, machine: str = "bike") -> str | None:
        command = Command(machine, Verb.LINK, None, action=action, minutes=minutes)
        return self.hand_over.obey(command)

    def look(self, at: float) -> bool:
        self.at = at
        self.hand_over.look_at("bike")
        return self.links.is_released("bike")


@pytest.mark.parametrize(
    ("times", "minutes"),
    [
        ((), None),
        ((time(12, 1),), 1.0),
        ((time(12, 0),), 24 * 60.0),
        ((time(6, 30), time(11, 0)), 18.5 * 60),
    ],
)
def test_the_next_time_of_day(times: tuple[time, ...], minutes: float | None) -> None:
    assert minutes_until(times, NOON) == minutes


def test_a_command_releases_for_minutes_or_until_asked_and_resumes() -> None:
    bench = Bench(HandOverRules())
    assert bench.obey("release", 5.0) is None
    assert bench.links.released == {"bike": 5.0}
    assert bench.obey("resume") is None
    assert bench.links.released == {}
    bench.obey("release")
    assert bench.links.released == {"bike": None}


def test_a_release_without_minutes_ends_at_the_time_of_day() -> None:
    bench = Bench(HandOverRules(back_at=(time(13, 0),)))
    bench.obey("release")
    assert bench.links.released == {"bike": 60.0}


def test_a_machine_without_radio_refuses_both() -> None:
    bench = Bench(HandOverRules())
    assert bench.obey("release", machine="virtual") == "no_radio"
    assert bench.obey("resume", machine="virtual") == "no_radio"


def test_an_idle_machine_is_given_away_and_comes_back() -> None:
    bench = Bench(HandOverRules(idle_min=10, back_after_min=20, back_at=(time(12, 15),)))
    assert not bench.look(0.0)
    assert not bench.look(599.0)
    assert bench.look(600.0)
    assert bench.links.released == {"bike": 15.0}


def test_it_is_kept_as_long_again_after_it_came_back() -> None:
    bench = Bench(HandOverRules(idle_min=10, back_after_min=0))
    bench.look(0.0)
    assert bench.look(600.0)
    assert bench.links.released == {"bike": None}
    bench.look(700.0)
    bench.links.resume("bike")
    assert not bench.look(1000.0)
    assert not bench.look(1599.0)
    assert bench.look(1600.0)


def test_a_machine_in_use_is_never_given_away_nor_without_a_rule() -> None:
    used = Bench(HandOverRules(idle_min=1))
    used.idle = None
    assert not used.look(0.0)
    assert not used.look(9999.0)
    never = Bench(HandOverRules())
    assert not never.look(0.0)
    assert not never.look(9999.0)


def test_a_machine_that_is_not_held_is_not_given_away() -> None:
    bench = Bench(HandOverRules(idle_min=10, back_after_min=0))
    bench.links.off.add("bike")
    assert not bench.look(0.0)
    assert not bench.look(9000.0)
    bench.links.off.clear()
    assert not bench.look(9001.0)
    assert not bench.look(9600.0)
    assert bench.look(9601.0)
