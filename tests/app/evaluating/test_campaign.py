"""Rides are spread over processes; the result does not depend on how many there are."""

from __future__ import annotations

import pytest

from ftms_bridge.app.evaluating import campaign
from ftms_bridge.app.evaluating.campaign import by_rig, run, total_of
from ftms_bridge.app.evaluating.ride import Task
from ftms_bridge.app.evaluating.score import Score
from ftms_bridge.app.evaluating.tally import Tally


def test_the_rides_of_a_rig_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def evaluate(task: Task) -> Tally:
        return Tally(Score(rides=1, seconds=float(task.seed)))

    monkeypatch.setattr(campaign, "evaluate", evaluate)
    tasks = [Task("b", 1), Task("b", 2), Task("a", 5)]
    found = [(rig, total_of(rides).score) for rig, rides in by_rig(run(tasks, 1))]
    assert [(rig, one.rides, one.seconds) for rig, one in found] == [("b", 2, 3.0), ("a", 1, 5.0)]


def test_two_processes_give_what_one_gives() -> None:
    tasks = [Task(rig, 1, minutes=1.0) for rig in ("treadmill", "elliptical_bit")]
    alone, together = list(run(tasks, 1)), list(run(tasks, 2))
    for _, one in (*alone, *together):
        one.core_s = 0.0
    assert alone == together
