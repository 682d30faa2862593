"""``ftms-bridge topics``."""

from __future__ import annotations

import json

from click.testing import CliRunner

from ftms_bridge.cli.topics import command
from ftms_bridge.telemetry.topics import TOPICS


def output(*arguments: str) -> str:
    return CliRunner().invoke(command, arguments, catch_exceptions=False).output


def test_every_topic_is_listed_with_its_purpose() -> None:
    text = output()
    for topic in TOPICS:
        assert topic.path("ftms", machine="<machine>", verb="<verb>") in text
        assert topic.purpose in text


def test_the_base_is_that_of_the_option() -> None:
    lines = [line for line in output("--base", "home/gym").splitlines()[1:] if line[0] != " "]
    assert len(lines) == len(TOPICS)
    assert all(line.startswith("home/gym/") for line in lines)


def test_the_columns_line_up() -> None:
    lines = [line for line in output().splitlines() if line[0] != " "]
    assert {len(line) - len(line.split(maxsplit=1)[1]) for line in lines} == {32}


def test_json_holds_one_record_per_topic() -> None:
    rows = json.loads(output("--json"))
    assert [row["payload"] for row in rows] == [topic.payload for topic in TOPICS]
    live = next(row for row in rows if row["topic"] == "ftms/<machine>/live")
    assert (live["qos"], live["retain"], live["direction"]) == (0, False, "out")
