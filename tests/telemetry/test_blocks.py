"""The words of the contract are those of the core."""

from __future__ import annotations

from typing import get_args

from ftms_bridge.control.commands import ACTIONS
from ftms_bridge.gatt.notification import Verdict
from ftms_bridge.telemetry.blocks import ActionWord, VerdictWord


def test_the_words_of_verdicts_are_those_of_the_links() -> None:
    assert get_args(VerdictWord) == tuple(verdict.value for verdict in Verdict)


def test_the_words_of_actions_are_those_that_commands_know() -> None:
    assert get_args(ActionWord) == ACTIONS
