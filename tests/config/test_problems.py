"""One line per problem."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from ftms_bridge.config.layers import Layer
from ftms_bridge.config.problems import GOT_MAX_CHARACTERS, TEXTS, describe, written
from ftms_bridge.config.settings import Settings


def lines(values: dict[str, object], *above: Layer) -> list[str]:
    layers = (*above, Layer("f.toml", values))
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(values)
    return [describe(error, layers) for error in caught.value.errors()]


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ({"mqtt": {"port": "x"}}, 'mqtt.port: must be a whole number (got "x")'),
        ({"mqtt": {"port": 1.5}}, "mqtt.port: must be a whole number (got 1.5)"),
        ({"mqtt": {"port": [1]}}, "mqtt.port: must be a whole number"),
        ({"mqtt": {"host": 3}}, "mqtt.host: must be text in quotes (got 3)"),
        ({"mqtt": {"host": ""}}, 'mqtt.host: must not be empty (got "")'),
        ({"mqtt": 3}, "mqtt: must be a table (got 3)"),
        (
            {"mqtt": {"protocol": 5}},
            "mqtt.protocol: must be 'auto', '5' or '3.1.1' (got 5)",
        ),
        ({"telemetry": {"live_per_s": "x"}}, 'telemetry.live_per_s: must be a number (got "x")'),
        (
            {"telemetry": {"live_per_s": float("inf")}},
            "telemetry.live_per_s: must be a finite number (got inf)",
        ),
        ({"recording": {"enabled": "x"}}, 'recording.enabled: must be true or false (got "x")'),
        ({"recording": {"directory": 3}}, "recording.directory: must be a path in quotes (got 3)"),
        ({"machine": 3}, "machine: must be a list (got 3)"),
        ({"machine": [3]}, "machine[0]: must be a table (got 3)"),
    ],
)  # fmt: skip
def test_each_kind_of_problem_has_its_text(section: dict[str, object], line: str) -> None:
    assert f"f.toml: {line}" in lines(section)


def test_the_tag_of_a_link_is_not_part_of_the_path_people_see() -> None:
    link = {"type": "simulator", "scenario": "x", "seed": -1}
    machine = {"id": "a", "kind": "rower", "link": link}
    assert lines({"machine": [machine]}) == [
        "f.toml: machine[0].link.seed: must be at least 0 (got -1)"
    ]


def test_a_link_without_or_with_a_wrong_type_is_told_the_types() -> None:
    machine = {"id": "a", "kind": "rower"}
    assert lines({"machine": [machine | {"link": {}}]}) == [
        "f.toml: machine[0].link: must have a type: 'bluetooth', 'simulator' or 'recording'"
    ]
    assert lines({"machine": [machine | {"link": {"type": "usb"}}]}) == [
        "f.toml: machine[0].link: must have one of the types 'bluetooth', 'simulator', "
        "'recording', not 'usb'"
    ]


def test_a_wrong_quantity_is_shown_with_its_table() -> None:
    link = {"type": "simulator", "scenario": "x"}
    machine = {"id": "a", "kind": "rower", "link": link, "priority": {"watts": ["a"]}}
    assert lines({"machine": [machine]}) == [
        "f.toml: machine[0].priority.watts: must be a quantity that is measured, such as power_w "
        'or hr_bpm (got "watts")'
    ]


def test_a_long_value_is_cut() -> None:
    (line,) = lines({"log": {"level": "x" * 1000}, "machine": [_bike()]})
    assert len(line) < GOT_MAX_CHARACTERS + 100
    assert line.endswith("...)")


def test_control_characters_of_a_value_are_written_as_escapes() -> None:
    (line,) = lines({"log": {"level": "\x1b[31m\n"}, "machine": [_bike()]})
    assert line.isprintable()


def test_a_path_is_written_like_in_program_code() -> None:
    assert written(("machine", 0, "link", "seed")) == "machine[0].link.seed"
    assert written(()) == ""


def test_every_text_reads_on_after_a_key() -> None:
    assert all(text.startswith(("must ", "is ")) for text in TEXTS.values())


def _bike() -> dict[str, object]:
    return {"id": "a", "kind": "rower", "link": {"type": "simulator", "scenario": "x"}}
