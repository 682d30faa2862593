"""Commands as values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from ftms_bridge.control.commands import Command, Verb


def test_a_verb_is_the_last_part_of_its_topic() -> None:
    assert [verb.value for verb in Verb] == ["lap", "pause", "resume", "end"]


def test_a_command_cannot_be_changed_on_its_way() -> None:
    command = Command("bike", Verb.LAP, "7")
    with pytest.raises(FrozenInstanceError):
        command.verb = Verb.END  # type: ignore[misc]
    assert command == Command("bike", Verb.LAP, "7")
