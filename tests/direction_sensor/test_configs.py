"""The ESPHome configurations that are shipped: their topics, values, secrets and description."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest
import yaml  # type: ignore[import-untyped]

from esphome_check import CHECKS
from ftms_bridge.telemetry.topics import DEFAULT_BASE, MACHINE_ID, SENSOR_DIRECTION

TOP = Path(__file__).resolve().parents[2]
FOLDER = TOP / "config" / "esphome"
DOCUMENT = (TOP / "docs" / "direction-sensor.md").read_text(encoding="utf-8")
REQUIREMENTS = (TOP / "requirements-esphome.txt").read_text(encoding="utf-8")

CONFIGS = sorted(FOLDER.glob("*-direction.yaml"))
USED = re.compile(r"\$\{(\w+)\}")

Table = dict[str, object]


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Reads ESPHome's own tags as what they name."""


for tag in ("!secret", "!include", "!lambda"):
    Loader.add_constructor(tag, lambda loader, node: f"{node.tag} {node.value}")


def load(name: str) -> Table:
    text = (FOLDER / name).read_text(encoding="utf-8")
    return cast("Table", yaml.load(text, Loader))


def common() -> Table:
    return load("common.yaml")


def substitutions(config: Path) -> dict[str, str]:
    return cast("dict[str, str]", load(config.name)["substitutions"])


def sensor(config: Path) -> Table:
    (only,) = cast("list[Table]", load(config.name)["sensor"])
    return only


def text_without_comments(name: str) -> str:
    return re.sub(r"(?m)(^|\s)#.*$", "", (FOLDER / name).read_text(encoding="utf-8"))


def test_there_is_one_for_the_crank_and_one_for_the_belt() -> None:
    assert [path.name for path in CONFIGS] == ["belt-direction.yaml", "crank-direction.yaml"]


def test_make_esphome_checks_every_one_and_both_kinds_of_sensor() -> None:
    assert {file for file, _ in CHECKS} == {path.name for path in CONFIGS}
    assert ("crank-direction.yaml", ("sensor", "single_wire")) in CHECKS


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_it_publishes_where_the_bridge_listens(config: Path) -> None:
    topic = SENSOR_DIRECTION.path("${base}", machine="${machine}")
    shown = sensor(config)
    assert (shown["state_topic"], shown["qos"], shown["retain"]) == (topic, 0, False)
    assert f"# {config.read_text(encoding='utf-8')}".count(topic) == 2  # and in the first lines
    values = substitutions(config)
    assert values["base"] == DEFAULT_BASE
    assert MACHINE_ID.fullmatch(values["machine"])


def test_nothing_else_gets_under_the_base_of_the_bridge() -> None:
    mqtt = cast("Table", common()["mqtt"])
    assert mqtt["topic_prefix"] == "direction-sensor/${node}"
    assert (mqtt["discovery"], mqtt["discover_ip"], mqtt["log_topic"]) == (False, False, None)
    assert not {"birth_message", "will_message", "shutdown_message"} & set(mqtt)
    assert "${base}" not in text_without_comments("common.yaml")


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_value_is_used_and_every_used_one_is_there(config: Path) -> None:
    both = text_without_comments(config.name) + text_without_comments("common.yaml")
    assert set(USED.findall(both)) == set(substitutions(config))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_every_value_is_text_and_described(config: Path) -> None:
    rows = "\n".join(line for line in DOCUMENT.splitlines() if line.startswith("| `"))
    for name, value in substitutions(config).items():
        assert isinstance(value, str), name
        assert re.search(rf"^\|[^|]*`{name}`", rows, re.MULTILINE), name


@pytest.mark.parametrize("config", CONFIGS, ids=lambda path: path.stem)
def test_the_pins_in_the_wiring_table_are_those_of_the_configuration(config: Path) -> None:
    values = substitutions(config)
    for pin in ("pin_a", "pin_b"):
        assert f"| {values[pin]} (`{pin}`) |" in DOCUMENT


def test_the_example_holds_exactly_the_secrets_that_are_used() -> None:
    used = re.findall(r"!secret (\w+)", (FOLDER / "common.yaml").read_text(encoding="utf-8"))
    assert sorted(used) == sorted(load("secrets.example.yaml"))
    assert "config/esphome/secrets.yaml" in (TOP / ".gitignore").read_text().splitlines()
    assert "!secret" not in "".join(path.read_text(encoding="utf-8") for path in CONFIGS)


def test_the_document_says_what_was_not_tried() -> None:
    assert "never flashed" in DOCUMENT
    assert "nothing was compiled for an ESP32" in DOCUMENT


def test_esphome_is_pinned_with_hashes_and_no_line_names_a_place() -> None:
    entries = re.split(r"\n(?=\S)", REQUIREMENTS.strip())
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert any(entry.startswith("esphome==") for entry in entries)
    assert "://" not in REQUIREMENTS
    assert "index" not in REQUIREMENTS
