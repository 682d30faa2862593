from __future__ import annotations

from pathlib import Path

import pytest

from ftms_bridge.errors import ConfigError, InputMissing
from ftms_bridge.mqtt.settings import BrokerSettings, Tls, tls_context


def test_the_password_does_not_show() -> None:
    assert "secret-7" not in repr(BrokerSettings(username="rider", password="secret-7"))


def test_a_missing_tls_file_says_what_to_check(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="ca_file"):
        tls_context(Tls(ca_file=tmp_path / "none.pem"))


def test_a_tls_file_that_is_no_certificate_says_so(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    with pytest.raises(ConfigError, match="PEM"):
        tls_context(Tls(ca_file=wrong))


def test_the_broker_is_always_verified() -> None:
    assert tls_context(Tls()).check_hostname
