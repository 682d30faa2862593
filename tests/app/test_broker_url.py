"""Brokers named by URL, and errors that never repeat a password."""

from __future__ import annotations

import pytest

from ftms_bridge.app.broker_url import DEFAULT_URL, PASSWORD_VARIABLE, broker_settings, shown_url
from ftms_bridge.errors import UsageError
from ftms_bridge.mqtt.settings import BrokerSettings, Tls


@pytest.mark.parametrize(
    ("url", "settings", "shown"),
    [
        (DEFAULT_URL, BrokerSettings("localhost", 1883), "mqtt://localhost:1883"),
        ("mqtt://broker.lan", BrokerSettings("broker.lan", 1883), "mqtt://broker.lan:1883"),
        ("mqtt://10.0.0.2:1884/", BrokerSettings("10.0.0.2", 1884), "mqtt://10.0.0.2:1884"),
        ("mqtts://broker.lan", BrokerSettings("broker.lan", 8883, tls=Tls()),
         "mqtts://broker.lan:8883"),
        ("mqtt://[::1]:1885", BrokerSettings("::1", 1885), "mqtt://[::1]:1885"),
        ("mqtt://me:p%40ss%2F@host", BrokerSettings("host", 1883, "me", "p@ss/"),
         "mqtt://host:1883"),
        ("mqtt://m%C3%A9@host", BrokerSettings("host", 1883, "mé"), "mqtt://host:1883"),
    ],
)  # fmt: skip
def test_a_url_names_a_broker(url: str, settings: BrokerSettings, shown: str) -> None:
    assert broker_settings(url, {}) == settings
    assert shown_url(settings) == shown


def test_the_password_may_be_in_the_environment() -> None:
    environment = {PASSWORD_VARIABLE: "secret-7"}
    assert broker_settings("mqtt://me@host", environment).password == "secret-7"
    assert broker_settings("mqtt://me:other@host", environment).password == "other"


@pytest.mark.parametrize(
    "url",
    [
        "", "host", "host:1883", "http://host", "mqtt://", "mqtt://:1883", "mqtt:///ftms",
        "mqtt://me:secret-7@host:port", "mqtt://me:secret-7@host:99999", "mqtt://host:1883/ftms",
        "mqtt://host?secret-7", "mqtt://host#secret-7", "mqtt://[::1", "mqtt://me:secret-7@",
        "mqtt://:secret-7@host", "ws://me:secret-7@host",
    ],
)  # fmt: skip
def test_what_names_no_broker_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        broker_settings(url, {})
    assert caught.value.hint
    assert "secret-7" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_password_in_the_environment_needs_a_user() -> None:
    with pytest.raises(UsageError, match="no user name"):
        broker_settings("mqtt://host", {PASSWORD_VARIABLE: "secret-7"})
