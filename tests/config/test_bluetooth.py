"""The settings of the radio and of what is bound over it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ftms_bridge.config.bluetooth import BluetoothLink, BluetoothSettings, SensorLink

Values = dict[str, object]


def test_without_any_setting_the_radio_is_that_of_the_computer(home: Path) -> None:
    settings = BluetoothSettings()
    assert (settings.adapter, settings.radio, settings.recovery) == ("", "system", "power")
    assert settings.state_directory == home / ".local" / "state" / "ftms-bridge"


def test_a_link_without_address_and_name_is_the_only_machine_and_is_kept() -> None:
    link = BluetoothLink(type="bluetooth")
    assert (link.address, link.name, link.pick) == (None, None, "only")
    assert (link.release_after_idle_min, link.resume_after_min, link.resume_at) == (0, 30, ())


def test_a_sensor_has_no_need_to_say_that_it_is_over_bluetooth() -> None:
    link = SensorLink.model_validate({"address": "c0:01:02:03:04:05", "pick": "strongest"})
    assert (link.type, link.address) == ("bluetooth", "C0:01:02:03:04:05")


@pytest.mark.parametrize(
    "values",
    [
        {"address": ""}, {"address": 3}, {"name": ""}, {"name": "x" * 101}, {"pick": "any"},
        {"release_after_idle_min": 0.5}, {"release_after_idle_min": 1441},
        {"release_after_idle_min": -1}, {"resume_after_min": -1}, {"resume_after_min": 1441},
        {"resume_at": "06:30"}, {"resume_at": ["6:30"]}, {"adapter": "hci0"},
    ],
)  # fmt: skip
def test_a_value_outside_its_limits_is_refused(values: Values) -> None:
    with pytest.raises(ValidationError):
        BluetoothLink.model_validate({"type": "bluetooth"} | values)


@pytest.mark.parametrize("key", ["release_after_idle_min", "resume_after_min", "resume_at"])
def test_a_sensor_is_given_away_with_its_machine_only(key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SensorLink.model_validate({key: 5})
    assert caught.value.errors()[0]["type"] == "extra_forbidden"
