"""docs/simulator.md says what the code does."""

from __future__ import annotations

import re
from typing import get_args

from ftms_bridge.simulator.motion import TrueDirection
from ftms_bridge.simulator.scenario import FaultKind
from ftms_bridge.simulator.scenario_file import parse_scenario
from tests.simulator.key_table import BEGIN, DOCUMENT, END, render

TEXT = DOCUMENT.read_text("utf-8")


def test_the_tables_of_keys_are_those_of_the_code() -> None:
    written = TEXT.partition(BEGIN)[2].partition(END)[0].strip() + "\n"
    assert written == render(), "write them anew: python -m tests.simulator.key_table"


def test_the_example_is_a_scenario() -> None:
    example = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert example is not None
    assert parse_scenario(example[1], "the example").script_s == 180


def test_every_fault_and_direction_is_described() -> None:
    for word in (*get_args(FaultKind), *(direction.value for direction in TrueDirection)):
        assert f"`{word}`" in TEXT
