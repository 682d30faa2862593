"""The effective configuration as TOML."""

from __future__ import annotations

import tomllib

import pytest

from ftms_bridge.config.loading import load_settings
from ftms_bridge.config.show import effective_toml
from tests.config.surroundings import Writer

FULL = """
[mqtt]
username = "u"
tls = {}
[[machine]]
id = "bike"
kind = "indoor_bike"
name = 'quote " and # hash'
link = { type = "simulator", scenario = "demo_bike" }
priority = { power_w = ["crank", "bike"] }
sensor = [{ id = "crank", kind = "power_meter" }, { id = "strap", kind = "heart_rate" }]
[[machine]]
id = "belt"
kind = "treadmill"
link = { type = "recording", file = "bridge.toml" }
[[machine]]
id = "boat"
kind = "rower"
link = { type = "bluetooth", name = "Boat*", resume_at = ["06:30", "17:00"] }
sensor = [{ id = "chest", kind = "heart_rate", link = { address = "c0-01-02-03-04-05" } }]
"""


def test_what_is_shown_is_a_file_that_gives_the_same_settings(write: Writer) -> None:
    loaded = load_settings(write(FULL))
    again = load_settings(write(effective_toml(loaded), name="again.toml"))
    assert again.settings == loaded.settings


def test_each_value_names_the_place_it_comes_from(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTMS_BRIDGE_MQTT__PORT", "1884")
    file = write(FULL)
    lines = effective_toml(load_settings(file, {"mqtt": {"base": "gym"}})).splitlines()
    assert 'base = "gym"  # command line' in lines
    assert "port = 1884  # environment" in lines
    assert f'username = "u"  # {file}' in lines
    assert 'host = "localhost"  # default' in lines
    assert f'resume_at = ["06:30", "17:00"]  # {file}' in lines
    assert f'address = "C0:01:02:03:04:05"  # {file}' in lines
    assert 'recovery = "power"  # default' in lines
    assert f'power_w = ["crank", "bike"]  # {file}' in lines


def test_secrets_are_masked(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTMS_BRIDGE_MQTT__PASSWORD", "hunter2")
    text = effective_toml(load_settings(write(FULL)))
    assert "hunter2" not in text
    assert tomllib.loads(text)["mqtt"]["password"] == "**********"
