"""Checks of single values about the radio."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from ftms_bridge.config.radio_checks import (
    check_adapter,
    check_address,
    check_idle_minutes,
    check_radio,
    check_time_of_day,
    default_state_directory,
)

UUID = "6E400001-B5A3-F393-E0A9-E50E24DCCA9E"


@pytest.mark.parametrize("text", ["c0:01:02:03:04:0a", "C0-01-02-03-04-0A", "c0010203040A"])
def test_an_address_is_written_one_way(text: str) -> None:
    assert check_address(text) == "C0:01:02:03:04:0A"


def test_a_uuid_stands_for_an_address() -> None:
    assert check_address(UUID.lower()) == UUID


@pytest.mark.parametrize(
    "text",
    [
        "", "C0:01:02:03:04", "C0:01:02:03:04:05:06", "C0:01:02:03:04:0G", "C0:01-02:03:04:05",
        "C0:01:02:03:04:05\n", " C0:01:02:03:04:05", UUID[:-1], UUID.replace("-", ""), "bike",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="^must be six pairs"):
        check_address(text)


@given(st.binary(min_size=6, max_size=6), st.sampled_from([":", "-", ""]), st.booleans())
def test_every_address_is_taken_and_stays_the_same(
    octets: bytes, separator: str, capitals: bool
) -> None:
    text = octets.hex(separator) if separator else octets.hex()
    address = check_address(text.upper() if capitals else text)
    assert bytes.fromhex(address.replace(":", "")) == octets
    assert check_address(address) == address


def test_an_adapter_has_a_name_or_an_address_or_is_any() -> None:
    wanted = ("", "hci0", "hci12", "00:1a:7d:da:71:13")
    assert [check_adapter(one) for one in wanted] == ["", "hci0", "hci12", "00:1A:7D:DA:71:13"]


@pytest.mark.parametrize("text", ["hci", "HCI0", "hci0 ", "usb", "0", UUID])
def test_what_is_no_adapter_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="^must be an adapter"):
        check_adapter(text)


@pytest.mark.parametrize(
    "text", ["system", "tcp:127.0.0.1:7310", "tcp:gym.local:1", "tcp:[::1]:65535"]
)
def test_a_radio_is_of_the_system_or_behind_a_port(text: str) -> None:
    assert check_radio(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "System", "tcp", "tcp:", "tcp:host", "tcp::7310", "tcp:host:0", "tcp:host:65536",
     "tcp:host:123456", "tcp:host:port", "tcp:::1:7310", "udp:host:1", "tcp:a b:1", "tcp:h:1\n"],
)  # fmt: skip
def test_another_radio_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="^must be 'system' or tcp:HOST:PORT"):
        check_radio(text)


def test_an_idle_time_of_less_than_a_minute_is_refused() -> None:
    assert [check_idle_minutes(minutes) for minutes in (0, 1, 1.5)] == [0, 1, 1.5]
    with pytest.raises(PydanticCustomError, match="^must be 0 for never"):
        check_idle_minutes(0.5)


@pytest.mark.parametrize("text", ["00:00", "06:30", "23:59"])
def test_a_time_of_day_is_kept(text: str) -> None:
    assert check_time_of_day(text) == text


@pytest.mark.parametrize(
    "text", ["", "6:30", "24:00", "12:60", "06:30:00", "06.30", "noon", "٠٦:٣٠"]
)
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="^must be a time"):
        check_time_of_day(text)


def test_what_was_learned_lies_in_the_home_folder(home: Path) -> None:
    assert default_state_directory() == home / ".local" / "state" / "ftms-bridge"
