"""Findings about configuration, clock, disk and broker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ftms_bridge.app.doctor.system_checks import (
    BrokerFacts,
    ClockFacts,
    ConfigFacts,
    DiskFacts,
    check_broker,
    check_clock,
    check_config,
    check_disk,
)
from ftms_bridge.errors import ConfigError
from ftms_bridge.mqtt.trouble import BY_CODE, UNKNOWN_HOST
from tests.app.doctor.staging import IN_2026

MB = 1_000_000
DISK = DiskFacts(Path("rides"), "", 1000 * MB, 10_000 * MB)
BROKER = BrokerFacts("mqtt://b:1883", "ftms", connected=False)


def test_the_words_of_the_configuration_are_passed_on() -> None:
    error = ConfigError("2 problems in the configuration:\n  a\n  b", hint="Correct these.")
    found = check_config(ConfigFacts(Path("x.toml"), error))
    assert (found.cause.word, found.what, found.remedy) == (
        "config_wrong", error.what, "Correct these.",
    )  # fmt: skip


def test_a_clock_before_the_first_release_is_wrong() -> None:
    assert check_clock(ClockFacts(0.0, synchronised=True)).cause.word == "clock_wrong"
    assert check_clock(ClockFacts(IN_2026, synchronised=None)).cause.word == "ok"


@pytest.mark.parametrize(
    ("free_mb", "total_mb", "word"),
    [(1000, 10_000, "ok"), (201, 4000, "ok"), (199, 500, "disk_nearly_full"),
     (499, 10_000, "disk_nearly_full"), (500, 10_000, "ok"), (0, 0, "disk_nearly_full")],
)  # fmt: skip
def test_200_megabytes_and_5_percent_are_the_least(free_mb: int, total_mb: int, word: str) -> None:
    disk = replace(DISK, free_bytes=free_mb * MB, total_bytes=total_mb * MB)
    assert check_disk(disk).cause.word == word


def test_the_remedy_names_the_folder() -> None:
    found = check_disk(replace(DISK, problem="Permission denied"))
    assert "chown -R $USER rides" in found.remedy


@pytest.mark.parametrize(
    ("code", "word"),
    [(134, "broker_refuses"), (133, "broker_refuses"), (138, "broker_refuses"),
     (137, "broker_unreachable")],
)  # fmt: skip
def test_refusals_are_told_from_absence(code: int, word: str) -> None:
    [found] = check_broker(replace(BROKER, trouble=BY_CODE[code]))
    assert found.cause.word == word
    assert BY_CODE[code].what in found.what
    assert found.remedy.startswith(BY_CODE[code].hint)


def test_a_broker_that_says_nothing_is_unreachable() -> None:
    assert check_broker(BROKER)[0].what == "mqtt://b:1883: no answer in time."
    assert check_broker(replace(BROKER, trouble=UNKNOWN_HOST))[0].cause.word == "broker_unreachable"


def test_a_bridge_that_went_away_is_no_finding() -> None:
    offline = replace(BROKER, connected=True, availability="offline")
    assert [one.cause.word for one in check_broker(offline)] == ["ok"]
