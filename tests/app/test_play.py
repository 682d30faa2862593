"""Playing entries, and commands that arrive while they are played."""

from __future__ import annotations

from typing import Any

import pytest

from ftms_bridge.app.play import Player
from ftms_bridge.control.commands import Command, Verb
from ftms_bridge.gatt.notification import DirectionReading
from ftms_bridge.recordings.format import Entry, Marker
from ftms_bridge.telemetry.publish import Publish
from ftms_bridge.telemetry.topics import AVAILABILITY
from tests.pipeline.rides import bike, bike_pipeline


def test_a_link_cannot_be_given_away_while_a_recording_is_played() -> None:
    told: list[Any] = []
    player = Player(bike_pipeline(), lambda _, effect: told.append(effect.payload))
    player.obey(Command("bike", Verb.LINK, "1", action="release"))
    assert (told[-1]["status"], told[-1]["reason"]) == ("rejected", "no_radio")


def test_commands_of_machines_that_are_not_there_are_passed_over() -> None:
    told: list[str] = []
    player = Player(bike_pipeline(), lambda _, effect: told.append(effect.topic.name))
    player.play(
        [
            bike(0.0, speed_kmh=20.0),
            Marker(1.0, "command", "bike", {"verb": "link", "action": "resume"}),
            Marker(1.0, "command", "rower", {"verb": "lap"}),
            Marker(1.0, "command", "bike", {"verb": "of_a_newer_version"}),
        ]
    )
    assert told.count("result") == 1


class Ears:
    """Stands for `Pipeline.sense`, and keeps what it was told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.heard: list[DirectionReading] = []
        self.pipeline = bike_pipeline()
        monkeypatch.setattr(self.pipeline, "sense", self._sense, raising=False)

    def _sense(self, reading: DirectionReading) -> list[Publish]:
        self.heard.append(reading)
        return [Publish(AVAILABILITY, reading.machine, f"sensed {reading.value:g}")]


def sensed(at: float, value: float, machine: str = "bike") -> Marker:
    return Marker(at, "sensor", machine, {"what": "direction", "value": value})


STORY: list[Entry] = [
    bike(0.0, speed_kmh=20.0), sensed(0.5, -62.5), sensed(0.75, 1, "rower"),
    Marker(0.8, "sensor", "bike", {"what": "of a newer version", "value": 1}), sensed(1.0, 0),
]  # fmt: skip


async def test_readings_are_heard_again_at_any_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait_until(_: float) -> None:
        return

    told: list[tuple[float, object]] = []
    for is_paced in (False, True):
        ears = Ears(monkeypatch)
        told.clear()
        player = Player(ears.pipeline, lambda at, effect: told.append((at, effect.payload)))
        if is_paced:
            await player.play_paced(STORY, wait_until)
        else:
            player.play(STORY)
        assert ears.heard == [
            DirectionReading(0.5, "bike", -62.5), DirectionReading(1.0, "bike", 0.0),
        ]  # fmt: skip
        assert [one for one in told if "sensed" in str(one[1])] == [
            (0.5, "sensed -62.5"), (1.0, "sensed 0"),
        ]  # fmt: skip


def test_a_declaration_can_be_made_while_a_recording_is_played() -> None:
    told: list[Any] = []
    player = Player(bike_pipeline(), lambda _, effect: told.append(effect.payload))
    player.obey(Command("bike", Verb.DECLARE, "1", direction="clear"))
    results = [one for one in told if isinstance(one, dict) and one.get("verb") == "declare"]
    assert len(results) == 1
