"""Places where settings come from, and how they are laid over each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftms_bridge.config.catalogue import setting_rows
from ftms_bridge.config.layers import (
    PATH_KEYS,
    Layer,
    environment_layer,
    file_layer,
    merge,
    value_at,
)
from tests.config.surroundings import Writer

TREES = st.recursive(
    st.integers(),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
).filter(lambda tree: isinstance(tree, dict))


@given(TREES, TREES)
def test_the_first_layer_wins_wherever_it_has_a_value(
    above: dict[str, Any], below: dict[str, Any]
) -> None:
    merged = merge([Layer("above", above), Layer("below", below)])

    def leaves(tree: object, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], object]]:
        if not isinstance(tree, dict):
            return [(path, tree)]
        return [leaf for key, inner in tree.items() for leaf in leaves(inner, (*path, key))]

    def covers(tree: object, path: tuple[str, ...]) -> bool:
        found, value = value_at(tree, path)
        return found and (not isinstance(value, dict) or value_at(below, path)[1] != value)

    for path, value in leaves(above):
        assert value_at(merged, path) == (True, value)
    for path, value in leaves(below):
        if not any(covers(above, path[:depth]) for depth in range(1, len(path) + 1)):
            assert value_at(merged, path) == (True, value)


def test_a_list_is_replaced_as_a_whole() -> None:
    assert merge([Layer("a", {"x": [1]}), Layer("b", {"x": [2, 3]})]) == {"x": [1]}


def test_a_value_is_found_by_names_and_places() -> None:
    tree = {"machine": [{"id": "a"}, {"id": None}]}
    assert value_at(tree, ("machine", 1, "id")) == (True, None)
    assert value_at(tree, ("machine", 2, "id")) == (False, None)
    assert value_at(tree, ("machine", "id")) == (False, None)


def test_variables_become_nested_values_and_unknown_ones_stay_visible(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FTMS_BRIDGE_MQTT__PORT", "1884")
    monkeypatch.setenv("FTMS_BRIDGE_MQTT__TLS__CA_FILE", "ca.pem")
    monkeypatch.setenv("FTMS_BRIDGE_COLOUR", "red")
    monkeypatch.setenv("FTMS_BRIDGE_CONFIG", "not a setting")
    assert environment_layer().values == {
        "mqtt": {"port": "1884", "tls": {"ca_file": "ca.pem"}},
        "colour": "red",
    }


def test_every_setting_that_is_a_path_has_a_name_that_says_so() -> None:
    for row in setting_rows():
        assert row.name.endswith(PATH_KEYS) == (row.type == "path"), row.path


def test_a_scenario_is_a_path_when_it_names_a_toml_file(write: Writer) -> None:
    file = write('a = { scenario = "demo_bike" }\nb = { scenario = "mine.toml" }\n')
    assert file_layer(file).values == {
        "a": {"scenario": "demo_bike"},
        "b": {"scenario": str(file.parent / "mine.toml")},
    }


def test_an_absolute_path_in_a_file_stays_as_it_is(write: Writer) -> None:
    assert file_layer(write('file = "/a/b"\n')).values == {"file": "/a/b"}
